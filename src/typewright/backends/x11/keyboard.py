# SPDX-License-Identifier: MIT
"""The keyboard: its layout and state as XKB tells them, followed as they change, and the keycodes that it can spare."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, inlineCallbacks
from twisted.logger import Logger
from twisted.python.failure import Failure

from typewright.backends.x11 import xkb
from typewright.backends.x11.accessx import CONTROLS_NOTIFY, ControlsReader
from typewright.backends.x11.borrowed_keycodes import BorrowedKeycodes
from typewright.backends.x11.connection import Connection
from typewright.backends.x11.keymap_writer import Keycodes
from typewright.backends.x11.layout_names import NamesReader
from typewright.backends.x11.ledger import Leases
from typewright.backends.x11.locks import Locks
from typewright.backends.x11.requests import Extension
from typewright.errors import DisplayLost
from typewright.interfaces.backend import Controls, IClock, IDelayed, KeyboardState
from typewright.keymap.layout import Layout, no_sequences
from typewright.keymap.packing import Lent

log = Logger()


class Keyboard:
    """
    I read the layout when the server has announced a change, and at no other time.

    A keycode stays borrowed until `linger_s` after the job that borrowed last, since the next text often needs the same
    characters. `on_layout(name)` is called when the active group's name has changed.

    Each device has a map of its own, and the core keyboard takes on that of the device that a key comes from. What I read is
    the map of `device`, which our keys come from. `waking` is a request that has the core keyboard take it on before typing.
    """

    def __init__(
        self,
        connection: Connection,
        extension: Extension,
        leases: Leases,
        locks: Locks,
        controls: ControlsReader,
        names: NamesReader,
        clock: IClock,
        *,
        linger_s: float,
        device: int,
        waking: bytes = b"",
        compose: Callable[[str], Sequence[Sequence[int]]] = no_sequences,
    ) -> None:
        self._connection = connection
        self._extension = extension
        self._leases = leases
        self._locks = locks
        self._controls = controls
        self._names = names
        self._clock = clock
        self._linger_s = linger_s
        self._device = device
        self._waking = waking
        self._compose = compose
        self._borrowed = BorrowedKeycodes()
        self._return_call: IDelayed | None = None
        self._rereading = False
        self._reading = 0
        self._unmodified: list[Deferred[KeyboardState]] = []
        self._stale = True
        self.layout = Layout({}, {})
        self._keycodes = Keycodes(connection, extension, leases, locks)
        self._name = ""
        self.on_layout: Callable[[str], None] = lambda name: None

    @inlineCallbacks
    def start(self) -> Generator[Deferred[Any], Any, None]:
        """Fires when the layout is known."""
        self._connection.listen(self._extension.first_event, self._on_event)
        yield self._connection.ask(xkb.use_extension(self._extension.major))
        self._select(modifiers=False)
        self._controls.follow()
        self._names.on_change = self._reread
        yield from self._names.follow()
        yield self._connection.carry_out(self._leases.prepare())
        yield self._read()

    @property
    def name(self) -> str:
        """The active group's name, as `setxkbmap` calls it; empty when it was not set that way."""
        return self._name

    @property
    def stale(self) -> bool:
        """See `IKeyboard`."""
        return self._stale or self._names.stale

    @property
    def controls(self) -> Controls:
        """See `IKeyboard`."""
        return self._controls.now

    @property
    def spare(self) -> int:
        """See `IKeyboard`."""
        return self._borrowed.capacity(self.layout)

    def read(self) -> Deferred[tuple[Layout, KeyboardState]]:
        """See `IKeyboard`."""
        if self._waking:
            self._connection.send(self._waking)
        return self._read()

    def unmodified(self) -> Deferred[KeyboardState]:
        """See `IKeyboard`."""
        waiting: Deferred[KeyboardState] = Deferred(self._unmodified_cancelled)

        def first_look(state: KeyboardState) -> None:
            if waiting.called:
                return
            if not state.held:
                waiting.callback(state)
                return
            self._unmodified.append(waiting)
            self._select(modifiers=True)
            # The last modifier may have come up before the server knew that we want to hear of it.
            self._read_state().addCallbacks(self._on_state, _gone)

        self._read_state().addCallbacks(first_look, waiting.errback)
        return waiting

    def reuses(self, wanted: Sequence[Lent]) -> bool:
        """See `IKeyboard`."""
        return self._borrowed.reuses(wanted, self.layout)

    @inlineCallbacks
    def borrow(self, wanted: Sequence[Lent]) -> Generator[Deferred[Any], Any, Layout]:
        """See `IKeyboard`."""
        self.keep_borrowed()
        changed = self._borrowed.lend(wanted, self.layout)
        if changed:
            self._keycodes.lend(changed, self._borrowed.owed())
            self._stale = True
            yield self.read()
        return self.layout

    def keep_borrowed(self) -> None:
        """See `IKeyboard`."""
        if self._return_call is not None and self._return_call.active():
            self._return_call.cancel()
        self._return_call = None

    def done_borrowing(self) -> None:
        """See `IKeyboard`."""
        if self._borrowed.keycodes:
            self.keep_borrowed()
            self._return_call = self._clock.callLater(self._linger_s, self._return)

    @inlineCallbacks
    def give_back(self) -> Generator[Deferred[Any], Any, None]:
        """See `IKeyboard`."""
        self.keep_borrowed()
        owed = self._borrowed.return_all()
        if owed:
            self._keycodes.put_back(owed)
            self._stale = True
            yield self._read()

    # --- inside ------------------------------------------------------------------------------------------------------

    def _return(self) -> None:
        self.give_back().addErrback(_gone)

    def _select(self, *, modifiers: bool) -> None:
        self._connection.send(xkb.select_events(self._extension.major, modifiers=modifiers))

    @inlineCallbacks
    def _read(self) -> Generator[Deferred[Any], Any, tuple[Layout, KeyboardState]]:
        self._reading += 1
        try:
            while True:
                if self.stale:
                    yield from self._read_layout()
                if self._controls.stale:
                    yield self._controls.read()
                state = yield self._read_state()
                # That round trip brought every change announced up to now.
                if not self.stale and not self._controls.stale:
                    return self.layout, state
        except CancelledError:
            self._reread()  # What was announced meanwhile has been left to us.
            raise
        finally:
            self._reading -= 1

    def _read_layout(self) -> Generator[Deferred[Any], Any, None]:
        if self._names.stale:
            yield from self._names.read()
        owed = self._borrowed.owed()
        reply = yield self._connection.ask(xkb.get_map(self._extension.major, self._device))
        if self._borrowed.owed() != owed:
            return  # It shows the map as it was before we changed that ourselves: whoever did reads it again.
        # All changes announced before this reply are in it.
        self._stale = False
        names, borrowed = self._names.now, self._borrowed.keycodes
        layout, self._keycodes.map = xkb.parse_map(reply, names=names, borrowed=borrowed, compose=self._compose)
        if self._borrowed.lost(layout):
            layout = replace(layout, borrowed=self._borrowed.keycodes)
            self._connection.send(self._leases.keycodes(self._borrowed.owed()))
        if (layout, layout.names) != (self.layout, self.layout.names):
            # It stays the same object as long as it is the same layout: that is quickly compared, for each chord.
            self.layout = layout

    def _read_state(self) -> Deferred[KeyboardState]:
        return self._connection.ask(xkb.get_state(self._extension.major)).addCallback(self._take_state)

    def _take_state(self, reply: bytes) -> KeyboardState:
        state = xkb.parse_state(reply)
        self._locks.found(state, self.layout.groups)
        if (name := self.layout.name(self._locks.of_user(state.group))) != self._name:
            self._name = name
            self.on_layout(name)
        return KeyboardState(state.group, state.locked, state.held)

    def _on_event(self, event: bytes) -> None:
        kind = event[1]
        self._stale |= kind in (xkb.NEW_KEYBOARD_NOTIFY, xkb.MAP_NOTIFY)
        self._controls.stale |= kind == CONTROLS_NOTIFY
        if kind == xkb.STATE_NOTIFY and self._unmodified:
            self._read_state().addCallbacks(self._on_state, _gone)
        elif kind != xkb.STATE_NOTIFY or not self._locks.ours:
            self._reread()

    def _reread(self) -> None:
        """Read once for however many announcements this turn of the reactor brings."""
        if not self._rereading:
            self._rereading = True
            self._clock.callLater(0, self._reread_now)

    def _reread_now(self) -> None:
        self._rereading = False
        if self._reading:
            return  # Whoever reads already goes on until nothing is stale.
        self._read().addErrback(_gone)

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


def _gone(failure: Failure) -> None:
    """Nobody waits for this: a lost display is told elsewhere, anything else is logged."""
    if not failure.check(DisplayLost):
        log.failure("reading the keyboard failed", failure)
