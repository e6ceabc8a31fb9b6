# SPDX-License-Identifier: MIT
"""
The focus leaves mid-text, by hand: `python -m tests.soak.focus`. 200 tries at random moments, in turn to another window,
to nothing, and into another program's grab. It prints what went wrong at once, and in the end how many characters went
elsewhere; its exit status is 1 when a promise was broken.
"""

from __future__ import annotations

import random
import sys
from collections import Counter

from tests.helpers import desktop
from tests.helpers.focus_moves import WAYS, mover

TRIES = 200


def main() -> int:
    """All tries; the number of those that went wrong."""
    chance = random.Random(4)
    wrong, elsewhere = 0, Counter[tuple[str, int]]()
    with desktop.xvfb() as display, desktop.session_bus() as bus:
        environ = desktop.environment(display, bus)
        with desktop.terminal(environ) as terminal, desktop.service(environ), mover(environ, terminal) as moving:
            for number in range(TRIES):
                way = WAYS[number % len(WAYS)]
                moved = moving.move(way, chance)
                elsewhere[way, moved.elsewhere] += 1
                if not moved.kept:
                    wrong += 1
                    print(f"try {number}, {way}: {moved}", flush=True)
                if keys := desktop.keys_down(environ):
                    wrong += 1
                    print(f"try {number}, {way}: down: {keys}", flush=True)
    for (way, count), times in sorted(elsewhere.items()):
        print(f"{way}: {count} characters elsewhere in {times} tries")
    print(f"{TRIES} tries, {wrong} failures")
    return wrong


if __name__ == "__main__":
    sys.exit(main() != 0)
