# SPDX-License-Identifier: MIT
"""The focus: where keys go now, found out after each write at the price of one round trip."""

from __future__ import annotations

import struct
from collections.abc import Generator
from typing import Any

import Xlib.protocol.request as core
from twisted.internet.defer import Deferred, inlineCallbacks
from twisted.internet.task import deferLater
from Xlib import X

from typewright.backends.x11.connection import Connection, next_reports
from typewright.backends.x11.popups import COVER, NOTHING, OTHER, POPUP, Popups
from typewright.backends.x11.requests import (
    GET_INPUT_FOCUS,
    GRAB_SERVER,
    UNGRAB_SERVER,
    Request,
    RequestError,
    Requests,
    reply_to,
)
from typewright.backends.x11.window_events import WindowEvents
from typewright.backends.x11.window_kind import WindowKind
from typewright.backends.x11.window_tree import under_pointer
from typewright.interfaces.backend import BACKGROUND, HELD, LOCKED, MENU, NOWHERE, TAKEN, WINDOW, IClock, Place

_ALREADY_GRABBED = X.AlreadyGrabbed
_LOOKS, _LOOK_S = 20, 0.005
_WINDOW_AT = struct.Struct("=8xI")


class Focus:
    """
    Makes two requests in one write, together with what else is to be written.

    The first, between a press and its release, finds out whether another client holds the keyboard: it asks for a grab on a
    window that is never mapped. The server can't grant that, and gives the reason: AlreadyGrabbed if another client has the
    keyboard, NotViewable if none has. Neither changes anything (xserver, GrabDevice). The second asks for the window with
    the focus; its reply also makes the server send RECORD's data. A few more requests find out whether a window is a
    program's, when it has the focus for the first time; which program is under the pointer, if the focus goes with that, as
    it does on root windows too; and if the keyboard is held, whether that looks like a screen locker.

    `window` is the one that is never mapped; others may use it for their purposes.
    """

    def __init__(self, connection: Connection, windows: WindowEvents, clock: IClock) -> None:
        self._connection = connection
        self._windows = windows
        self._clock: Any = clock  # the type checker can't see that a clock is Twisted's IReactorTime
        self._kind = WindowKind(connection)
        self._popups = Popups(connection)
        self._held = ""
        self._follows_pointer = False
        self._programs: dict[int, Place] = {}
        windows.on_destroyed.append(self._forget)
        windows.on_forgotten.append(self._forget)
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

    def prepare(self) -> Deferred[None]:
        """Fires when places can be asked for."""
        return self._connection.carry_out(self._prepare())

    def focused(self) -> Deferred[Place]:
        """See `IFocus`."""
        return self.after((b"", 0), (b"", 0))

    @property
    def is_certain(self) -> bool:
        """Whether one question tells where keys go: not while a program holds the keyboard, or they go with the pointer."""
        return not (self._held or self._follows_pointer)

    def hold(self, place: Place) -> Deferred[bool]:
        """Grab the server; fires True if keys go to `place` for certain. Else, and if cancelled, the grab has ended."""
        held = False

        def let_go(_: object = None) -> None:
            self._connection.send(UNGRAB_SERVER)

        found: Deferred[bool] = Deferred(let_go)

        def take_grab(reply: bytes) -> None:
            nonlocal held
            held = reply[1] == _ALREADY_GRABBED

        def take_focus(reply: bytes) -> None:
            if found.called:
                return  # cancelled
            (focus,) = _WINDOW_AT.unpack_from(reply)
            there = not (held or self._held) and self._programs.get(focus) == place
            if not there:
                let_go()
            found.callback(there)

        def fail(problem: Exception) -> None:
            if not found.called:
                found.errback(problem)

        self._connection.call(self._grab, take_grab, next_reports, GRAB_SERVER, 1, flush=False)
        self._connection.call(GET_INPUT_FOCUS, take_focus, fail)
        return found

    def after(self, *parts: tuple[bytes, int], between: bool = False, then: bytes = b"") -> Deferred[Place]:
        """
        As `focused`, when the server has processed all requests in `parts`, which precede it in the same write.

        A part is requests without reply, packed, and their number. After each part but the last, who holds the keyboard is
        asked: a place is WINDOW only if no other program did at any of these times. `between` tells that a key is down then,
        so that a grab may be a hotkey's. `then` is a request that follows.
        """
        place: Deferred[Place] = Deferred()
        held = held_last = False

        def take_grab(reply: bytes) -> None:
            nonlocal held, held_last
            held_last = reply[1] == _ALREADY_GRABBED
            held = held or held_last

        def take_focus(reply: bytes) -> None:
            (focus,) = _WINDOW_AT.unpack_from(reply)
            if held:
                before = self._held if held_last or not between else ""
                self._find_holder(focus, before, between).addCallbacks(place.callback, place.errback)
                return
            self._held = ""
            self._follows_pointer = focus == X.PointerRoot or focus in self._connection.roots
            if known := self._programs.get(focus):
                place.callback(known)
            elif self._follows_pointer:
                self._connection.carry_out(self._under_pointer(focus)).addCallbacks(place.callback, place.errback)
            else:
                self._connection.carry_out(self._place(focus)).addCallbacks(place.callback, place.errback)

        twice = bool(self._held)
        for requests, count in parts if twice else parts[:-1]:
            self._connection.call(self._grab, take_grab, next_reports, requests, count, flush=False)
        last = (b"", 0) if twice else parts[-1]
        self._connection.call(GET_INPUT_FOCUS, take_focus, place.errback, *last, flush=not then)
        if then:
            self._connection.send(then)
        return place

    def _prepare(self) -> Requests[None]:
        yield from self._kind.prepare()
        yield from self._popups.prepare()

    def _forget(self, window: int) -> None:
        self._programs.pop(window, None)

    def _under_pointer(self, focus: int) -> Requests[Place]:
        window = yield from under_pointer(self._connection, focus)
        return self._programs.get(window) or (yield from self._place(window))

    def _place(self, window: int) -> Requests[Place]:
        """
        Return the place that is `window`, which may be a root window or NONE.

        That it is a program's window is remembered until it is destroyed: a place is asked for with each write.
        """
        if window == X.NONE:
            return NOWHERE
        if window in self._connection.roots:
            return Place(BACKGROUND, window)
        place = Place(WINDOW, window)
        try:
            yield from reply_to(core.GetGeometry, drawable=window)  # it exists, so it can be watched
            self._windows.watch(window)
            if (yield from self._kind.is_background(window)):
                return Place(BACKGROUND, window)
        except RequestError:
            return place  # it is gone, as will be noticed elsewhere
        self._programs[window] = place
        return place

    @inlineCallbacks
    def _find_holder(self, focus: int, before: str, between: bool) -> Generator[Deferred[Any], Any, Place]:
        """Fires with what `_holder` returns. A popup that closes may be gone before the grab is: that gets a moment."""
        for look in range(_LOOKS if before == POPUP else 1):
            if look:
                yield deferLater(self._clock, _LOOK_S)
            found: Place | None = yield self._connection.carry_out(self._holder(focus, before, between))
            if found is not None:
                return found
        self._held = OTHER
        return HELD

    def _holder(self, focus: int, before: str, between: bool) -> Requests[Place | None]:
        """
        Return where keys went that a grab has received, while `focus` had the focus.

        That is LOCKED if what holds the keyboard looks like a screen locker; the program with the focus, if that holds it
        for a popup of its own; else HELD, or None if nothing is shown for which it might be held. `before` tells what held
        it before these keys and after them, POPUP or OTHER: that may have gone by now. TAKEN if it held it only for as long
        as a key was down, as a hotkey does.
        """
        if (yield Request(self._grab))[1] != _ALREADY_GRABBED:
            self._held = ""
            if before == POPUP:
                return (yield from self._place(focus))
            return TAKEN if between and not before else HELD
        found = yield from self._popups.on_top(focus)
        if found == NOTHING:
            return None
        self._held = POPUP if found in (POPUP, MENU) else OTHER
        if self._held == OTHER:
            return LOCKED if found == COVER else HELD
        place = self._programs.get(focus) or (yield from self._place(focus))
        return Place(MENU, focus) if found == MENU and place.kind == WINDOW else place
