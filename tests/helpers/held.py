# SPDX-License-Identifier: MIT
"""What a service holds: memory, descriptors, objects."""

from __future__ import annotations

import re
import signal
import sys
from typing import NamedTuple

from tests.helpers import desktop

UNDER = (sys.executable, "-m", "tests.helpers.counted")
"""What a service has to be started under, so that it can be asked."""


class Held(NamedTuple):
    """Resident memory in MiB, and the most that it was; open file descriptors; objects that Python's collector knows."""

    resident: float
    peak: float
    descriptors: int
    objects: int

    def __str__(self) -> str:
        return f"{self.resident:.1f} MiB (at most {self.peak:.1f}), {self.descriptors} descriptors, {self.objects} objects"


def held(service: desktop.Service) -> Held:
    """What it holds now, garbage collected."""
    before = len(_told(service))
    service.process.send_signal(signal.SIGUSR2)
    desktop.until(lambda: len(_told(service)) > before)
    resident, peak, descriptors, objects = map(int, _told(service)[-1])
    return Held(resident / 1024, peak / 1024, descriptors, objects)


def _told(service: desktop.Service) -> list[tuple[str, ...]]:
    return re.findall(r"^held: (\d+) (\d+) (\d+) (\d+)\n", service.log.read_text(), re.MULTILINE)
