# SPDX-License-Identifier: MIT
"""What a process holds, as the kernel knows it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple


class Footprint(NamedTuple):
    """Resident memory in MiB, and open file descriptors."""

    resident: float
    descriptors: int

    def __str__(self) -> str:
        return f"{self.resident:.1f} MiB, {self.descriptors} descriptors"


def footprint(pid: int) -> Footprint:
    """That of a process that lives."""
    (kilobytes,) = re.findall(r"VmRSS:\s*(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return Footprint(int(kilobytes) / 1024, len(os.listdir(f"/proc/{pid}/fd")))
