# SPDX-License-Identifier: MIT
"""
Another client that types as fast as it can beside the service, and a third one that sees what a window gets of it.

    python -m tests.helpers.beside flood DISPLAY
    python -m tests.helpers.beside witness DISPLAY WINDOW

types the key 1 until it is killed, in bursts as fast as the server takes them; or collects the key events of a window, and
prints them, each as two bytes, its type and its keycode, at the release of the key F1. RECORD would be no good witness: on a
busy machine it loses events.
"""

from __future__ import annotations

import struct
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from Xlib import X
from Xlib.display import Display
from Xlib.ext import xtest

from tests.helpers.desktop import Child
from typewright.backends.x11.blocking_connection import BlockingConnection
from typewright.backends.x11.requests import GET_INPUT_FOCUS, Request, Requests, extension
from typewright.backends.x11.xtest import NAME, fake_input

SHIFT, FOREIGN, FENCE = 50, 10, 67
_BURST, _PAUSE_S = 20, 0.01
"""Without a pause between them, a busy machine leaves the service no time to look at all these events."""


class Chords(NamedTuple):
    """Of our chords with Shift: how many, and how many foreign events fell into them and between them."""

    count: int
    inside: int
    outside: int


@contextmanager
def helper(environ: dict[str, str], *arguments: str) -> Iterator[Child]:
    """One of the two, when it is ready."""
    name, *more = arguments
    child = Child([sys.executable, "-m", "tests.helpers.beside", name, environ["DISPLAY"], *more], stdout=-1)
    try:
        assert child.line() == "ready"
        yield child
    finally:
        child.kill()
        child.process.stdout.close()


def chords_seen(witness: Child, environ: dict[str, str]) -> Chords:
    """What lay between each press of Shift and its release, and what did not, by the one who has seen it."""
    display = Display(environ["DISPLAY"])
    # The other one may have been killed with its key down, which repeats.
    for kind, keycode in ((X.KeyRelease, FOREIGN), (X.KeyPress, FENCE), (X.KeyRelease, FENCE)):
        xtest.fake_input(display, kind, keycode)
    display.sync()
    display.close()
    seen, _ = witness.process.communicate(timeout=60)
    count = inside = outside = 0
    shifted = False
    for kind, keycode in zip(seen[::2], seen[1::2], strict=True):
        if keycode == SHIFT:
            shifted = kind == X.KeyPress
            count += shifted
        elif keycode == FOREIGN:
            inside += shifted
            outside += not shifted
    return Chords(count, inside, outside)


def _flood(display: str) -> None:
    connection = BlockingConnection(f"unix/{display}")
    major = connection.carry_out(extension(NAME)).major
    down, up = (Request(GET_INPUT_FOCUS, fake_input(major, FOREIGN, pressed), 1) for pressed in (True, False))

    def steps() -> Requests[None]:
        while True:
            for _ in range(_BURST):
                yield down
                yield up
            time.sleep(_PAUSE_S)

    print("ready", flush=True)
    connection.carry_out(steps())


def _witness(display: str, window: str) -> None:
    connection = BlockingConnection(f"unix/{display}")
    seen = bytearray()
    for kind in (X.KeyPress, X.KeyRelease):
        connection.listen(kind, lambda event: seen.extend((event[0] & 0x7F, event[1])))
    select = struct.pack("=BBHIII", 2, 0, 4, int(window), X.CWEventMask, X.KeyPressMask | X.KeyReleaseMask)

    def steps() -> Requests[None]:
        yield Request(GET_INPUT_FOCUS, select, 1)

    connection.carry_out(steps())
    print("ready", flush=True)
    connection.wait(lambda: seen.endswith(bytes((X.KeyRelease, FENCE))))
    sys.stdout.buffer.write(seen)


if __name__ == "__main__":
    {"flood": _flood, "witness": _witness}[sys.argv[1]](*sys.argv[2:])
