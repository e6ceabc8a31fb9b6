# SPDX-License-Identifier: MIT
"""
The backend of compositors with zwp_virtual_keyboard_v1: all parts, over one connection.

One connection, since its events and its syncs are in one order: what the compositor tells of the focus is known when the
sync after a key fires.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import Any

from twisted.internet.defer import Deferred, inlineCallbacks, succeed

from typewright.backends.shared.barrier import Barrier
from typewright.backends.shared.synced_observer import SyncedObserver
from typewright.backends.shared.unread import Unread
from typewright.backends.shared.xwayland import Xwayland
from typewright.backends.wlroots import input_method, toplevels, virtual_keyboard
from typewright.backends.wlroots.input_method import InputMethod
from typewright.backends.wlroots.keyer import Keyer
from typewright.backends.wlroots.slots import Slots
from typewright.backends.wlroots.toplevels import CHROMIUM, Toplevels
from typewright.backends.wlroots.virtual_keyboard import VirtualKeyboard
from typewright.interfaces.backend import ANY_TEXT, FOCUS, LOCKS, SHORTCUTS, ICommitter, IListener, Place
from typewright.keymap.packing import LAST_CHARACTER
from typewright.wayland.connection import Connection

_LAST_OF_16_BITS = "\uffff"
_UNKNOWN_PAUSE_S = 0.001
"""The pause after each chord where it cannot be told what programs have read."""


class WlrootsBackend:
    """
    A compositor to type on; satisfies `IBackend`.

    `connection` knows its globals, with a seat and the virtual keyboard manager among them.
    """

    name = "wlroots"
    consent = None
    runs = None

    def __init__(self, reactor: Any, connection: Connection, *, linger_s: float, commits: bool = True) -> None:
        """
        `linger_s` is how long characters stay in the keymap after their last use. With `commits`, what a program takes from
        no key is handed to it as an input method does.
        """
        registry = connection.registry
        self._connection = connection
        self._listener: IListener | None = None
        seat = registry.bind("wl_seat", 5)
        managed = registry.find(toplevels.MANAGER) is not None
        self._toplevels = Toplevels(connection, registry.bind(toplevels.MANAGER) if managed else None)
        self._device = VirtualKeyboard(connection, reactor, seat, registry.bind(virtual_keyboard.MANAGER))
        xwayland = Xwayland(os.environ)
        unread = Unread.of(connection.fileno(), xwayland.paths, xwayland.sockets)
        self.slots = self.keyboard = Slots(self._device, reactor, linger_s=linger_s)
        self.observer = SyncedObserver()
        self.focus = self.programs = self._toplevels
        self.barrier = Barrier(reactor, unread, self._toplevels.exists)
        modifiers = self.slots.layout.modifiers
        self.keyer = Keyer(connection, self._device, self.observer, self._toplevels, modifiers, reactor)
        self.keyer.pause_s = 0.0 if unread is not None else _UNKNOWN_PAUSE_S
        self.barrier.on_begin, self.barrier.on_end = self._begin, self._end
        offered = commits and registry.find(input_method.MANAGER) is not None
        self._input_method = InputMethod(connection, reactor, seat, self._toplevels) if offered else None
        connection.on_lost = self._lost

    @property
    def capabilities(self) -> frozenset[str]:
        """See `IBackend`."""
        return frozenset({ANY_TEXT, LOCKS, SHORTCUTS} | ({FOCUS} if self._toplevels.tells else set()))

    @property
    def committer(self) -> ICommitter | None:
        """See `IBackend`."""
        return self._input_method

    @inlineCallbacks
    def start(self, listener: IListener) -> Generator[Deferred[Any], Any, None]:
        """See `IBackend`."""
        self._listener = listener
        self._toplevels.on_gone = listener.window_gone
        # It is not known which key it was, only that it was not ours.
        self._device.on_other = listener.clicked
        yield self.slots.start()
        self._device.watch()
        yield self._connection.sync()

    def inherit(self) -> Deferred[None]:
        """See `IBackend`. No key is ever held over a wait, and the keymap went with the keyboard: nothing is left behind."""
        return succeed(None)

    @inlineCallbacks
    def close(self) -> Generator[Deferred[Any], Any, None]:
        """See `IBackend`."""
        self._listener = None
        try:
            if not self._connection.closed:
                self.slots.abandon()
                self._device.destroy()
                yield self._connection.sync()
        finally:
            yield self.abandon()

    def abandon(self) -> Deferred[None]:
        """See `IBackend`."""
        self._listener = None
        self.slots.abandon()
        self.barrier.close()
        self._connection.close()
        return succeed(None)

    def _begin(self, place: Place) -> Deferred[None]:
        self.keyer.target = place
        self._device.begin()
        if self._toplevels.program_of(place).toolkit != CHROMIUM:
            return succeed(None)
        # Chromium keeps 16 bits of what a key types: characters above them come as others.
        self.slots.last = _LAST_OF_16_BITS
        return self._input_method.begin() if self._input_method is not None else succeed(None)

    def _end(self) -> None:
        self.keyer.target = None
        self.slots.last = LAST_CHARACTER
        if self._input_method is not None:
            self._input_method.end()

    def _lost(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.lost()
