# SPDX-License-Identifier: MIT
"""
The guardian: a second process, which puts the keyboard right when the service has died and can't.

It is a client of the X server, waits for the end of a window that the service owns, and does nothing else meanwhile. The
server ends that window with the connection, so nothing that the service had sent is still on its way then. After a clean
stop there is nothing to put right. It knows nothing of what is typed.

    python -m typewright.backends.x11.recovery.guardian DISPLAY WINDOW

says `guarding` when it does, and lives as long as the service or the X server, whichever ends first; the end of its
standard input is the service's end, too, should somebody else have a window of that number. Signals that end a whole
session or cgroup don't end it: it has to outlive the service by a moment.
"""

from __future__ import annotations

import contextlib
import signal
import struct
import sys
from collections.abc import Sequence

from Xlib import X

from typewright.backends.x11 import xkb, xtest
from typewright.backends.x11.blocking_connection import Waiting
from typewright.backends.x11.program_ping import Questions
from typewright.backends.x11.recovery.restore import LONGEST_GRAB_S, Recovery
from typewright.backends.x11.recovery.stuck_keys import sweep
from typewright.backends.x11.requests import GET_INPUT_FOCUS, Ask, Asking, RequestError, extension
from typewright.backends.x11.root_events import RootEvents
from typewright.errors import DisplayLost, TypewrightError

READY = "guarding"
_PATIENCE_S = 0.3
_PARTING_S = 0.1
_CREATE_WINDOW = struct.Struct("=BBHIIhhHHHHII")
_WINDOW_AT = struct.Struct("=8xI")


class Guardian:
    """I guard the client of `connection`'s server that owns `window`."""

    def __init__(self, connection: Waiting, window: int) -> None:
        self._connection = connection
        self._window = window
        self._orphaned = False
        carry_out = connection.carry_out
        self._faking = carry_out(extension(xtest.NAME))
        self._xinput = carry_out(extension(xtest.XINPUT))
        self._device = carry_out(xtest.keyboard(self._xinput))
        self._recovery = Recovery(connection, carry_out(extension(xkb.NAME)), self._device)
        carry_out(self._recovery.prepare())
        self._questions = Questions(connection, self._own_window(), RootEvents(connection))
        carry_out(self._questions.prepare())
        connection.listen(X.DestroyNotify, self._on_destroyed)
        carry_out(self._watch())

    def guard(self) -> None:
        """Return when the service is gone, and what it left behind is right again."""
        self._connection.wait(lambda: self._orphaned, beside=sys.stdin.fileno())
        self._connection.wait(lambda: self._orphaned, _PARTING_S)
        # Another Typewright that has the display has put it right when it came. It may hold keys down, and ask programs.
        if self._connection.carry_out(self._recovery.is_anothers(self._window)):
            return
        self._connection.carry_out(sweep(self._xinput, self._faking, self._device))
        if self._connection.carry_out(self._recovery.owed()):
            self._let_the_program_catch_up()
            # The server is grabbed meanwhile: better to die, which ends that, than to hang in it.
            signal.alarm(LONGEST_GRAB_S)
            self._connection.carry_out(self._recovery.redeem())
            signal.alarm(0)

    def _own_window(self) -> int:
        window = self._connection.new_id()
        request = _CREATE_WINDOW.pack(1, 0, 8, window, self._connection.root, -1, -1, 1, 1, 0, X.InputOnly, 0, 0)
        self._connection.send(request)
        return window

    def _watch(self) -> Asking[None]:
        """Have the server tell of the window's end, unless that has come already."""
        select = struct.pack("=BBHIII", 2, 0, 4, self._window, X.CWEventMask, X.StructureNotifyMask)
        try:
            yield Ask(struct.pack("=BBHI", 14, 0, 2, self._window), select, 1)
        except RequestError:
            self._orphaned = True

    def _on_destroyed(self, event: bytes) -> None:
        self._orphaned |= _WINDOW_AT.unpack_from(event)[0] == self._window

    def _let_the_program_catch_up(self) -> None:
        """
        Wait until the program with the focus has taken the keys that were sent, but not for ever.

        It looks keycodes up when it comes to them, and must find there what was lent.
        """
        taken: list[int] = []
        self._questions.on_answer = lambda serial, way: taken.append(serial)
        self._questions.open()
        with contextlib.suppress(RequestError):
            self._connection.carry_out(self._ask_the_program())
        self._connection.wait(lambda: bool(taken), _PATIENCE_S)

    def _ask_the_program(self) -> Asking[None]:
        (focus,) = _WINDOW_AT.unpack_from((yield Ask(GET_INPUT_FOCUS)))
        window, ways = yield from self._questions.program_of(focus)
        self._questions.ask(window, ways, 1)


def main(arguments: Sequence[str]) -> int:
    """Guard, and return the exit status."""
    for ending in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(ending, signal.SIG_IGN)
    display, window = arguments
    try:
        guardian = Guardian(Waiting(display), int(window))
        with contextlib.suppress(OSError):
            print(READY, flush=True)
        guardian.guard()
    except DisplayLost as problem:
        return problem.exit_status  # and with it all is gone that could have been left behind, or only our connection is
    except RequestError as problem:
        print(f"typewright guardian: the X server does not let it put things right: {problem}", file=sys.stderr)
        return TypewrightError.exit_status
    except TypewrightError as problem:
        print(f"typewright guardian: {problem}", file=sys.stderr)
        return problem.exit_status
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
