# SPDX-License-Identifier: MIT
"""
Hours of typing, by hand: `python -m tests.soak.marathon [CHARACTERS]`. Five million characters into an xterm, compared as
they arrive, and what the service holds in between. Its exit status is 1 when it grew, or when a character was wrong.
"""

from __future__ import annotations

import sys
import time

from tests.helpers import desktop
from tests.helpers.marathon import run, runner

CHARACTERS = 5_000_000
PARTS = 20
GROWTH_MIB, GROWTH_OBJECTS = 1.0, 500
"""By how much the service may grow between the first fifth and the end."""


def main(characters: int = CHARACTERS) -> bool:
    """One run; whether nothing grew."""
    parts = []
    with desktop.xvfb() as display, desktop.session_bus() as bus:
        environ = desktop.environment(display, bus)
        with desktop.terminal(environ) as terminal, runner(environ, terminal) as running:
            began = time.monotonic()
            for part in range(1, PARTS + 1):
                parts.append(run(running, characters * part // PARTS))
                print(f"{running.characters:,} characters in {time.monotonic() - began:.0f} s: {parts[-1]}", flush=True)
    warm, end = parts[PARTS // 5 - 1], parts[-1]
    return (
        end.resident <= warm.resident + GROWTH_MIB
        and end.descriptors <= warm.descriptors
        and end.objects <= warm.objects + GROWTH_OBJECTS
    )


if __name__ == "__main__":
    sys.exit(not main(*map(int, sys.argv[1:])))
