# SPDX-License-Identifier: MIT
"""The guard: which window takes keys now, found out behind each burst at the price of one round trip."""

from __future__ import annotations

import struct

import Xlib.protocol.request as core
from twisted.internet.defer import Deferred
from Xlib import X

from typewright.backends.x11.connection import Connection
from typewright.backends.x11.cover import is_covered
from typewright.backends.x11.requests import GET_INPUT_FOCUS
from typewright.backends.x11.window_tree import under_pointer
from typewright.interfaces.backend import HELD

_ALREADY_GRABBED = X.AlreadyGrabbed
_WINDOW_AT = struct.Struct("=8xI")


class Guard:
    """
    I ask two questions in one write, behind whatever else is to be written.

    Who holds the keyboard? I ask for a grab on a window of mine that is never mapped. The server can't grant it, and the
    reason that it gives tells: AlreadyGrabbed if another client has the keyboard, NotViewable if nobody has. Nothing
    changes on either answer (xserver, GrabDevice). And where is the focus? The reply to that is also what makes the server
    send RECORD's data on. While the focus goes with the pointer, as it does on a root window, too, the program under
    that is found out by some more. That `window` serves others who need one of our own, too.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.window = connection.new_id()
        connection.send(
            core.CreateWindow._request.to_binary(
                depth=0,
                wid=self.window,
                parent=connection.root,
                x=-1,
                y=-1,
                width=1,
                height=1,
                border_width=0,
                window_class=X.InputOnly,
                visual=X.CopyFromParent,
                attrs={},
            )
        )
        self._grab = struct.pack("=BBHIIBBH", 31, 0, 4, self.window, X.CurrentTime, X.GrabModeAsync, X.GrabModeAsync, 0)

    def focused(self) -> Deferred[int]:
        """See `IFocus`."""
        return self.behind(b"", 0)

    def is_background(self, window: int) -> bool:
        """See `IFocus`."""
        return window in self._connection.roots

    def covered(self) -> Deferred[bool]:
        """See `IFocus`."""
        return is_covered(self._connection)

    def behind(self, requests: bytes, count: int) -> Deferred[int]:
        """As `focused`, once the server has processed `count` requests without reply, sent in the same write."""
        window: Deferred[int] = Deferred()
        free = True

        def take_grab(reply: bytes) -> None:
            nonlocal free
            free = reply[1] != _ALREADY_GRABBED

        def take_focus(reply: bytes) -> None:
            (focus,) = _WINDOW_AT.unpack_from(reply)
            if free and (focus == X.PointerRoot or self.is_background(focus)):
                found = self._connection.carry_out(under_pointer(self._connection, focus))
                found.addCallbacks(window.callback, window.errback)
            else:
                window.callback(focus if free else HELD)

        self._connection.call(self._grab, take_grab, _told_below, requests, count, flush=False)
        self._connection.call(GET_INPUT_FOCUS, take_focus, window.errback)
        return window


def _told_below(problem: Exception) -> None:
    """The request behind fails for the same reason, and its asker hears of it."""
