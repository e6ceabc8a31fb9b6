# SPDX-License-Identifier: MIT
"""
A sender with nothing of Typewright in it: XTEST, and either one keycode and a wait for the program after each character, or
no wait at all.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator, Sequence

from Xlib import X
from Xlib.display import Display
from Xlib.ext import xtest

from tests.targets.program import Program

_KEYCODE = 97
"""Empty on the layouts of evdev keyboards."""
_MOST_S = 0.3
"""How long a program has for one character; nothing else is under way."""
_AHEAD_S = 0.03
"""How long it has for the new map: Chromium looks a key up in the old one if it comes within a millisecond."""


def type_plainly(environ: dict[str, str], program: Program, keysyms: Sequence[int]) -> str:
    """
    All that the program holds when each of `keysyms` was given to one keycode, this pressed and let go, and it had time.

    So whatever differs from what was sent is the program's own doing.
    """
    with _borrowed(environ) as display:
        for keysym in keysyms:
            before = program.text()
            display.change_keyboard_mapping(_KEYCODE, [(keysym, keysym)])
            display.sync()
            time.sleep(_AHEAD_S)
            for kind in (X.KeyPress, X.KeyRelease):
                xtest.fake_input(display, kind, _KEYCODE)
            display.sync()
            deadline = time.monotonic() + _MOST_S
            while program.text() == before and time.monotonic() < deadline:
                time.sleep(0.01)
    return program.text()


def type_while_stopped(environ: dict[str, str], program: Program, count: int) -> None:
    """Press and let go the key of `a` `count` times while the program is stopped, and let it go on."""
    display = Display(environ["DISPLAY"])
    keycode = display.keysym_to_keycode(ord("a"))
    os.kill(program.pid, signal.SIGSTOP)
    try:
        os.waitid(os.P_PID, program.pid, os.WSTOPPED | os.WNOWAIT)
        for _ in range(count):
            for kind in (X.KeyPress, X.KeyRelease):
                xtest.fake_input(display, kind, keycode)
        display.sync()
    finally:
        os.kill(program.pid, signal.SIGCONT)
        display.close()


@contextlib.contextmanager
def _borrowed(environ: dict[str, str]) -> Iterator[Display]:
    display = Display(environ["DISPLAY"])
    try:
        yield display
    finally:
        display.change_keyboard_mapping(_KEYCODE, [(X.NoSymbol,)])
        display.close()
