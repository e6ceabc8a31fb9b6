# SPDX-License-Identifier: MIT
"""
The guardian: a second process, which restores the keyboard when the service has died and cannot.

It is a client of the X server, waits for the end of a window that the service owns, and does nothing else meanwhile. The
server ends that window with the service's connection, after it has processed all that the service had sent. After a clean
stop there is nothing to restore. The guardian knows nothing of what is typed.

    python -m typewright.backends.x11.recovery.guardian DISPLAY WINDOW

prints `guarding` when it does, and lives as long as the service or the X server, whichever ends first. The end of its
standard input counts as the service's end as well, in case another client has a window of that number. It ignores the
signals that end a whole session or cgroup, because it has to outlive the service by a moment.
"""

from __future__ import annotations

import contextlib
import signal
import struct
import sys
from collections.abc import Sequence

from Xlib import X

from typewright.backends.x11 import xkb, xtest
from typewright.backends.x11.blocking_connection import BlockingConnection
from typewright.backends.x11.program_ping import ProgramPing
from typewright.backends.x11.recovery.restore import LONGEST_GRAB_S, Restorer
from typewright.backends.x11.requests import (
    GET_INPUT_FOCUS,
    Request,
    RequestError,
    Requests,
    RootEvents,
    extension,
    select_events,
)
from typewright.backends.x11.window_tree import key_window
from typewright.errors import DisplayLost, TypewrightError

READY = "guarding"
_ANSWER_S = 0.3
_LAST_EVENT_S = 0.1
_CREATE_WINDOW = struct.Struct("=BBHIIhhHHHHII")
_WINDOW_AT = struct.Struct("=8xI")


class Guardian:
    """Guards the client of `connection`'s server that owns `window`."""

    def __init__(self, connection: BlockingConnection, window: int) -> None:
        self._connection = connection
        self._window = window
        self._gone = False
        carry_out = connection.carry_out
        self._xtest = carry_out(extension(xtest.NAME))
        self._xinput = carry_out(extension(xtest.XINPUT))
        self._device = carry_out(xtest.keyboard(self._xinput))
        self._restorer = Restorer(connection, carry_out(extension(xkb.NAME)), self._device)
        carry_out(self._restorer.prepare())
        self._token = carry_out(self._restorer.token(window))
        self._ping = ProgramPing(connection, self._create_window(), RootEvents(connection))
        carry_out(self._ping.prepare())
        connection.listen(X.DestroyNotify, self._on_destroyed)
        carry_out(self._watch())

    def guard(self) -> None:
        """Return when the service is gone, and what it left behind is restored."""
        self._connection.wait(lambda: self._gone, also=sys.stdin.fileno())
        self._connection.wait(lambda: self._gone, _LAST_EVENT_S)
        # Another living Typewright may hold keys down, and ping programs.
        others = self._connection.carry_out(self._restorer.others_live(self._token))
        if not others:
            self._connection.carry_out(xtest.release_held_keys(self._xinput, self._xtest, self._device))
        if self._connection.carry_out(self._restorer.needed()):
            if not others:
                self._wait_for_program()
            # The server is grabbed meanwhile: the alarm ends this process, and with it the grab, rather than have it hang.
            signal.alarm(LONGEST_GRAB_S)
            self._connection.carry_out(self._restorer.restore())
            signal.alarm(0)

    def _create_window(self) -> int:
        window = self._connection.new_id()
        request = _CREATE_WINDOW.pack(1, 0, 8, window, self._connection.root, -1, -1, 1, 1, 0, X.InputOnly, 0, 0)
        self._connection.send(request)
        return window

    def _watch(self) -> Requests[None]:
        """Have the server announce the window's end, unless that has come already."""
        try:
            get_geometry = struct.pack("=BBHI", 14, 0, 2, self._window)
            yield Request(get_geometry, select_events(self._window, X.StructureNotifyMask), 1)
        except RequestError:
            self._gone = True

    def _on_destroyed(self, event: bytes) -> None:
        self._gone |= _WINDOW_AT.unpack_from(event)[0] == self._window

    def _wait_for_program(self) -> None:
        """
        Wait, for a short time, until the program with the focus has taken the keys that were sent.

        It looks keycodes up when it comes to them, and must find there what they were lent to.
        """
        answers: list[int] = []
        self._ping.on_answer = lambda serial, way: answers.append(serial)
        self._ping.open()
        with contextlib.suppress(RequestError):
            self._connection.carry_out(self._ping_program())
        self._connection.wait(lambda: bool(answers), _ANSWER_S)

    def _ping_program(self) -> Requests[None]:
        (focus,) = _WINDOW_AT.unpack_from((yield Request(GET_INPUT_FOCUS)))
        window, ways = yield from self._ping.find((yield from key_window(self._connection, focus)))
        self._ping.ask(window, ways, 1)


def main(arguments: Sequence[str]) -> int:
    """Guard, and return the exit status."""
    for ending in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(ending, signal.SIG_IGN)
    display, window = arguments
    try:
        guardian = Guardian(BlockingConnection(display), int(window))
        with contextlib.suppress(OSError):
            print(READY, flush=True)
        guardian.guard()
    except DisplayLost as problem:
        return problem.exit_status  # the server is gone, and all that could be restored with it; or this connection alone
    except RequestError as problem:
        print(f"typewright guardian: the X server does not let it restore the keyboard: {problem}", file=sys.stderr)
        return TypewrightError.exit_status
    except TypewrightError as problem:
        print(f"typewright guardian: {problem}", file=sys.stderr)
        return problem.exit_status
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
