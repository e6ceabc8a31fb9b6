# SPDX-License-Identifier: MIT
"""
Every lock on every keyboard, by hand: `python -m tests.soak.locks`. It prints what is wrong at once, and in the end how many
of how many texts arrived as given; its exit status is 1 when one did not.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from tests.helpers import desktop
from tests.helpers.lockable import CONTROL, LOCK, MOD1, MOD2, MOD3, MOD4, MOD5, SHIFT, TEXT, Lockable, lockable

LAYOUTS = ("us", "us(intl)", "de", "de(T3)", "de(neo)", "cz", "fr", "us,ru", "ca(multix)")
OPTIONS = (
    "shift:breaks_caps",
    "shift:both_capslock",
    "shift:both_capslock_cancel",
    "shift:both_shiftlock",
    "shift:lshift_both_capslock_cancel",
    "caps:capslock",
    "caps:shiftlock",
    "caps:shift_nocancel",
    "caps:internal",
    "caps:internal_nocancel",
    "lv3:caps_switch",
    "lv3:ralt_switch_multikey",
    "lv5:ralt_switch_lock",
    "lv5:lsgt_switch_lock",
)
LOCKS = (0, LOCK, SHIFT, SHIFT | LOCK | MOD2, MOD3, MOD5, LOCK | MOD5, CONTROL, MOD1 | MOD4 | MOD2)


def tries(desk: Lockable) -> Iterator[tuple[str, str, int]]:
    """What is set, and what is to be typed under which lock: all on one desk, one after the other."""
    for layout in LAYOUTS:
        desk.keymap(layout)
        yield from ((layout, TEXT, locked) for locked in LOCKS)
        standing = desk.standing()
        yield from ((f"{layout}, all that stands on it", standing, locked) for locked in (0, LOCK, SHIFT | MOD2))
    for option in OPTIONS:
        desk.keymap("de", option)
        yield from ((option, TEXT, locked) for locked in LOCKS)


def main() -> int:
    """Try all; the number of texts that were wrong."""
    wrong = total = 0
    for pacing in ("chord", "event"):
        with lockable(pacing) as desk:
            for what, text, locked in tries(desk):
                total += 1
                try:
                    desk.types(text, locked)
                except (AssertionError, desktop.Ended) as problem:
                    wrong += 1
                    print(f"{pacing}, {what}, locked {locked:#04x}: {problem}", flush=True)
    print(f"{total - wrong} of {total} texts arrived as given")
    return wrong


if __name__ == "__main__":
    sys.exit(main() != 0)
