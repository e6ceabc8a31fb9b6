# SPDX-License-Identifier: MIT
"""The keyboard: its layout and state as XKB describes them, followed as they change."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, inlineCallbacks
from twisted.logger import Logger
from twisted.python.failure import Failure

from typewright.backends.x11 import xkb
from typewright.backends.x11.accessx import CONTROLS_NOTIFY, AccessX
from typewright.backends.x11.borrowed_keycodes import BorrowedKeycodes
from typewright.backends.x11.connection import Connection
from typewright.backends.x11.keymap_writer import KeymapWriter
from typewright.backends.x11.layout_names import LayoutNames
from typewright.backends.x11.locks import Locks
from typewright.backends.x11.requests import Extension
from typewright.errors import DisplayLost
from typewright.interfaces.backend import IClock, KeyboardState
from typewright.keymap.layout import Layout, no_sequences

log = Logger()


class Keyboard:
    """
    Reads layout, names and accessibility settings when the server has announced a change, and at no other time.

    `on_layout(name)` is called when the name of the active group has changed.

    Each device has a map of its own, and the core keyboard takes on that of the device that a key comes from. What is read
    is the map of `device`, which the service's keys come from; `waking` is a request that makes the core keyboard take it on
    before a job types. What `borrowed` keycodes hold is part of the layout; those that another layout has replaced are
    dropped.
    """

    def __init__(
        self,
        connection: Connection,
        extension: Extension,
        locks: Locks,
        accessx: AccessX,
        names: LayoutNames,
        borrowed: BorrowedKeycodes,
        writer: KeymapWriter,
        clock: IClock,
        *,
        device: int,
        waking: bytes = b"",
        compose: Callable[[str], Sequence[Sequence[int]]] = no_sequences,
    ) -> None:
        self._connection = connection
        self._extension = extension
        self._locks = locks
        self._accessx = accessx
        self._names = names
        self._borrowed = borrowed
        self._writer = writer
        self._clock = clock
        self._device = device
        self._waking = waking
        self._compose = compose
        self._refresh_planned = False
        self._refreshing = 0
        self._unmodified: list[Deferred[KeyboardState]] = []
        self._stale = True
        self._latched = False
        self._name = ""
        self.layout = Layout({}, {})
        self.on_layout: Callable[[str], None] = lambda name: None

    @inlineCallbacks
    def start(self) -> Generator[Deferred[Any], Any, None]:
        """Fires when the layout is known."""
        self._connection.listen(self._extension.first_event, self._on_event)
        yield self._connection.ask(xkb.use_extension(self._extension.major))
        self._select(modifiers=False)
        self._accessx.follow()
        self._names.on_change = self._plan_refresh
        yield self._connection.carry_out(self._names.follow())
        yield self.refresh()

    @property
    def name(self) -> str:
        """See `IKeyboard`. The name that `setxkbmap` gave it; empty for a layout that was set in another way."""
        return self._name

    @property
    def stale(self) -> bool:
        """See `IKeyboard`."""
        return self._stale or self._names.stale

    def mark_stale(self) -> None:
        """Note that this service has changed the map: the next reading includes that."""
        self._stale = True

    @inlineCallbacks
    def read(self) -> Generator[Deferred[Any], Any, tuple[Layout, KeyboardState]]:
        """
        See `IKeyboard`. A modifier or group that is only latched is dropped.

        A latch (StickyKeys, a key of an on-screen keyboard) waits for the next key for ever, and would change the text.
        """
        if self._waking:
            self._connection.send(self._waking)
        found = yield self.refresh()
        if self._latched:
            self._connection.send(xkb.clear_latches(self._extension.major))
            found = yield self.refresh()
        return found

    @inlineCallbacks
    def refresh(self) -> Generator[Deferred[Any], Any, tuple[Layout, KeyboardState]]:
        """As `read`, but leaves the core keyboard with the map that it has."""
        self._refreshing += 1
        try:
            while True:
                if self.stale:
                    yield from self._read_layout()
                if self._accessx.stale:
                    yield self._accessx.read()
                state = yield self._read_state()
                # That round trip has brought every change announced up to now.
                if not self.stale and not self._accessx.stale:
                    return self.layout, state
        except CancelledError:
            self._plan_refresh()  # changes announced meanwhile were left to this reading
            raise
        finally:
            self._refreshing -= 1

    def unmodified(self) -> Deferred[KeyboardState]:
        """See `IKeyboard`."""
        waiting: Deferred[KeyboardState] = Deferred(self._unmodified_cancelled)

        def look(state: KeyboardState) -> None:
            if waiting.called:
                return
            if not state.held:
                waiting.callback(state)
                return
            self._unmodified.append(waiting)
            self._select(modifiers=True)
            # The last modifier may have come up before the server took in the selection.
            self._read_state().addCallbacks(self._on_state, log_unless_lost)

        self._read_state().addCallbacks(look, waiting.errback)
        return waiting

    # --- inside ------------------------------------------------------------------------------------------------------

    def _select(self, *, modifiers: bool) -> None:
        self._connection.send(xkb.select_events(self._extension.major, modifiers=modifiers))

    def _read_layout(self) -> Generator[Deferred[Any], Any, None]:
        if self._names.stale:
            yield self._connection.carry_out(self._names.read())
        entries = self._borrowed.entries()
        reply = yield self._connection.ask(xkb.get_map(self._extension.major, self._device))
        if self._borrowed.entries() != entries:
            return  # the reply shows the map before this service changed it, and that change has another reading follow
        # The reply includes every change announced before it.
        self._stale = False
        names, keycodes = self._names.now, self._borrowed.keycodes
        layout, self._writer.map = xkb.parse_map(
            reply, two_levels=self._writer.two_levels, names=names, borrowed=keycodes, compose=self._compose
        )
        if self._borrowed.drop_replaced(layout):
            layout = replace(layout, borrowed=self._borrowed.keycodes)
            self._writer.note(self._borrowed.entries())
        if (layout, layout.names) != (self.layout, self.layout.names):
            # An equal layout stays the same object, so that each chord can compare by identity.
            self.layout = layout

    def _read_state(self) -> Deferred[KeyboardState]:
        return self._connection.ask(xkb.get_state(self._extension.major)).addCallback(self._take_state)

    def _take_state(self, reply: bytes) -> KeyboardState:
        state = xkb.parse_state(reply)
        self._locks.update(state, self.layout.groups)
        self._latched = state.latched
        if (name := self.layout.name(self._locks.users_group(state.group))) != self._name:
            self._name = name
            self.on_layout(name)
        return KeyboardState(state.group, state.locked, state.held)

    def _on_event(self, event: bytes) -> None:
        kind = event[1]
        self._stale |= kind in (xkb.NEW_KEYBOARD_NOTIFY, xkb.MAP_NOTIFY)
        self._accessx.stale |= kind == CONTROLS_NOTIFY
        if kind == xkb.STATE_NOTIFY and self._unmodified:
            self._read_state().addCallbacks(self._on_state, log_unless_lost)
        elif kind != xkb.STATE_NOTIFY or not self._locks.switched:
            self._plan_refresh()

    def _plan_refresh(self) -> None:
        """Read once for all announcements of this turn of the reactor."""
        if not self._refresh_planned:
            self._refresh_planned = True
            self._clock.callLater(0, self._refresh_now)

    def _refresh_now(self) -> None:
        self._refresh_planned = False
        if self._refreshing:
            return  # a reading under way goes on until nothing is stale
        self.refresh().addErrback(log_unless_lost)

    def _on_state(self, state: KeyboardState) -> None:
        if state.held or not self._unmodified:
            return
        waiting, self._unmodified = self._unmodified, []
        self._select(modifiers=False)
        for each in waiting:
            if not each.called:
                each.callback(state)

    def _unmodified_cancelled(self, waiting: Deferred[KeyboardState]) -> None:
        if waiting in self._unmodified:
            self._unmodified.remove(waiting)
            self._select(modifiers=False)


def log_unless_lost(failure: Failure) -> None:
    """Log the failure of a reading that no job waits for; a lost display is reported elsewhere."""
    if not failure.check(DisplayLost):
        log.failure("reading the keyboard failed", failure)
