# SPDX-License-Identifier: MIT
"""The keyer: sends key events by the XTEST extension, so that they seem to come from the keyboard."""

from __future__ import annotations

from collections.abc import Sequence

from twisted.internet.defer import Deferred, succeed

from typewright.backends.x11.accessx import AccessX, pack
from typewright.backends.x11.connection import Connection, next_reports
from typewright.backends.x11.focus import Focus
from typewright.backends.x11.keyboard import Keyboard
from typewright.backends.x11.locks import Locks
from typewright.backends.x11.requests import GRAB_SERVER, UNGRAB_SERVER, Extension
from typewright.backends.x11.xtest import ignore_grabs
from typewright.interfaces.backend import IClock, Place, Shape
from typewright.keymap.chords import Chord, KeyEvent

_CACHED_WRITES = 4096
_GRABBING_S = 1.0


class Keyer:
    """
    Sends key events (see `IKeyer`), all those of one call in one write.

    Such a write consists of the switch of the group, if one is due; the events, between the unlocking and locking of
    modifiers, if their state demands it; and the requests of `Focus`.
    """

    def __init__(
        self,
        connection: Connection,
        extension: Extension,
        locks: Locks,
        focus: Focus,
        accessx: AccessX,
        keyboard: Keyboard,
        clock: IClock,
    ) -> None:
        self._connection = connection
        self._major = extension.major
        self._locks = locks
        self._focus = focus
        self._accessx = accessx
        self._keyboard = keyboard
        self._clock = clock
        self._grabs_until = 0.0
        self._packed_for = accessx.controls
        self._packed: dict[Sequence[KeyEvent], tuple[bytes, int]] = {}
        # Another client's server grab would delay the confirmations.
        connection.send(ignore_grabs(self._major))

    def shape(self, chord: Chord) -> Shape:
        """See `IKeyer`."""
        return self._accessx.shape(chord, self._keyboard.layout.modifiers)

    def send(self, events: Sequence[KeyEvent]) -> Deferred[Place]:
        """See `IKeyer`."""
        events = tuple(events)
        if self._packed_for is not self._accessx.controls or len(self._packed) >= _CACHED_WRITES:
            self._packed.clear()
            self._packed_for = self._accessx.controls
        packed = self._packed.get(events)
        if packed is None:
            packed = self._packed[events] = pack(self._major, events, self._packed_for)
        requests, count = packed
        state = events[0].state
        first, first_count, last, unlocked = b"", 0, b"", None
        if state is not None:
            first, first_count = self._locks.switch(state.group)
            unlocked = self._locks.unlock(state.modifiers)
        # With SlowKeys the server itself waits between the events, and a grab would make all other clients wait with it.
        if self._grabs_until > self._clock.seconds() and not self._packed_for.slow_s:
            first, first_count, last, count = GRAB_SERVER + first, first_count + 1, UNGRAB_SERVER, count + 1
        if unlocked is None:
            return self._focus.after(first + requests + last, first_count + count)

        def correct(reply: bytes) -> None:
            if correction := unlocked.correction(reply):
                self._connection.send(correction)

        self._connection.call(unlocked.question, correct, next_reports, first, first_count, flush=False)
        return self._focus.after(unlocked.unlock + requests + unlocked.lock + last, count + 2)

    def program_typed(self) -> None:
        """
        Note that another program sends keys as well: for a moment, each write grabs the server.

        Without the grab the server may end a client's turn in the middle of a write, and process another client's keys.
        """
        self._grabs_until = self._clock.seconds() + _GRABBING_S

    def settle(self) -> Deferred[None]:
        """See `IKeyer`."""
        if not self._locks.switched:
            return succeed(None)
        requests, count = self._locks.restore()
        return self._focus.after(requests, count).addCallback(lambda place: None)
