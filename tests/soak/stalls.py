# SPDX-License-Identifier: MIT
"""
The service stands still mid-text, by hand: `python -m tests.soak.stalls`. 200 stalls of a second at random moments,
under `xset r rate 200 30`, on four desktops at the same time. It prints what went wrong at once; its exit status is 1 when
anything was doubled, lost or not confirmed.
"""

from __future__ import annotations

import random
import sys
from concurrent.futures import ThreadPoolExecutor

from tests.helpers import desktop
from tests.helpers.stalling import TEXT, Stalled, quick_repeat, stall

STALLS, DESKTOPS = 200, 4


def stalls(seed: int, count: int) -> list[Stalled]:
    """That many on a desktop of their own."""
    done = []
    with desktop.xvfb() as display, desktop.session_bus() as bus:
        environ = desktop.environment(display, bus)
        with desktop.terminal(environ) as terminal, desktop.service(environ) as service, quick_repeat(environ):
            chance = random.Random(seed)
            for number in range(count):
                done.append(stall(environ, terminal, service.process.pid, chance, TEXT))
                if not done[-1].is_exact:
                    print(f"seed {seed}, stall {number}: {done[-1]}", flush=True)
    return done


def main() -> int:
    """All stalls; the number of those that went wrong."""
    with ThreadPoolExecutor(DESKTOPS) as desktops:
        parts = [desktops.submit(stalls, seed, STALLS // DESKTOPS) for seed in range(DESKTOPS)]
        done = [each for part in parts for each in part.result()]
    wrong = sum(not each.is_exact for each in done)
    print(f"{len(done)} stalls, {wrong} failures")
    return wrong


if __name__ == "__main__":
    sys.exit(main() != 0)
