# SPDX-License-Identifier: MIT
"""The focus: where keys go now, found out after each write at the price of one round trip."""

from __future__ import annotations

import struct

import Xlib.protocol.request as core
from twisted.internet.defer import Deferred
from Xlib import X

from typewright.backends.x11.connection import Connection, next_reports
from typewright.backends.x11.requests import GET_INPUT_FOCUS, RequestError, Requests, reply_to
from typewright.backends.x11.window_tree import under_pointer
from typewright.interfaces.backend import BACKGROUND, HELD, LOCKED, NOWHERE, WINDOW, Place

_ALREADY_GRABBED = X.AlreadyGrabbed
_WINDOW_AT = struct.Struct("=8xI")


class Focus:
    """
    Makes two requests in one write, after whatever else is to be written.

    The first finds out whether another client holds the keyboard: it asks for a grab on a window that is never mapped. The
    server can't grant that, and gives the reason: AlreadyGrabbed if another client has the keyboard, NotViewable if none
    has. Neither changes anything (xserver, GrabDevice). The second asks for the window with the focus; its reply also makes
    the server send RECORD's data. If the focus goes with the pointer, as it does on root windows too, a few more requests
    find the program there; and if the keyboard is held, whether that looks like a screen locker.

    `window` is the one that is never mapped; others may use it for their purposes.
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

    def focused(self) -> Deferred[Place]:
        """See `IFocus`."""
        return self.after(b"", 0)

    def after(self, requests: bytes, count: int) -> Deferred[Place]:
        """As `focused`, when the server has processed `count` requests without reply, which precede it in the same write."""
        place: Deferred[Place] = Deferred()
        held = False

        def take_grab(reply: bytes) -> None:
            nonlocal held
            held = reply[1] == _ALREADY_GRABBED

        def take_focus(reply: bytes) -> None:
            (focus,) = _WINDOW_AT.unpack_from(reply)
            if held:
                self._connection.carry_out(self._holder()).addCallbacks(place.callback, place.errback)
            elif focus == X.PointerRoot or focus in self._connection.roots:
                found = self._connection.carry_out(under_pointer(self._connection, focus))
                found.addCallback(self._place).addCallbacks(place.callback, place.errback)
            else:
                place.callback(Place(WINDOW, focus) if focus else NOWHERE)

        self._connection.call(self._grab, take_grab, next_reports, requests, count, flush=False)
        self._connection.call(GET_INPUT_FOCUS, take_focus, place.errback)
        return place

    def _place(self, window: int) -> Place:
        """Return the place that is `window`, which may be a root window or NONE."""
        if window == X.NONE:
            return NOWHERE
        return Place(BACKGROUND if window in self._connection.roots else WINDOW, window)

    def _holder(self) -> Requests[Place]:
        """
        Return LOCKED if what holds the keyboard looks like a screen locker, else HELD.

        A locker shows one window as large as the screen, above all others that no window manager controls (i3lock, slock,
        xsecurelock, xscreensaver). A launcher holds the keyboard as well, but its window is smaller.
        """
        screen = yield from reply_to(core.GetGeometry, drawable=self._connection.root)
        family = yield from reply_to(core.QueryTree, window=self._connection.root)
        for window in reversed(family.children):
            try:
                shown = yield from reply_to(core.GetWindowAttributes, window=window)
                if shown.map_state != X.IsViewable or not shown.override_redirect or shown.win_class != X.InputOutput:
                    continue
                at = yield from reply_to(core.GetGeometry, drawable=window)
            except RequestError:
                continue  # it is gone
            covers = at.x <= 0 and at.y <= 0 and at.x + at.width >= screen.width and at.y + at.height >= screen.height
            return LOCKED if covers else HELD
        return HELD
