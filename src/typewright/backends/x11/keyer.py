# SPDX-License-Identifier: MIT
"""The keyer: sends key events by the XTEST extension, so that they seem to come from the keyboard."""

from __future__ import annotations

from collections.abc import Sequence

from twisted.internet.defer import Deferred, succeed

from typewright.backends.x11.accessx import AccessX, Part, pack
from typewright.backends.x11.connection import Connection, next_reports
from typewright.backends.x11.focus import Focus
from typewright.backends.x11.keyboard import Keyboard
from typewright.backends.x11.locks import Locks
from typewright.backends.x11.requests import GRAB_SERVER, UNGRAB_SERVER, Extension
from typewright.backends.x11.runs import Runs
from typewright.backends.x11.xtest import ignore_grabs
from typewright.interfaces.backend import IClock, Place, Shape
from typewright.keymap.chords import Chord, KeyEvent

_CACHED_WRITES = 4096
_LONG_WRITE = 8
"""Events; what is longer is a run, and hardly ever comes again."""
_GRABBING_S = 1.0


class Keyer:
    """
    Sends key events (see `IKeyer`), all those of one call in one write.

    Such a write consists of the switch of the group, if one is due; the events, between the unlocking and locking of
    modifiers, if their state demands it; and the requests of `Focus`. These ask who holds the keyboard while a key is down,
    since a hotkey's grab lasts as long as that; but for a chord that is a shortcut, which may be meant for a grab, after it.
    The write that follows the beginning of a run ends the run.
    """

    def __init__(
        self,
        connection: Connection,
        extension: Extension,
        locks: Locks,
        focus: Focus,
        accessx: AccessX,
        keyboard: Keyboard,
        runs: Runs,
        clock: IClock,
    ) -> None:
        self._connection = connection
        self._major = extension.major
        self._locks = locks
        self._focus = focus
        self._accessx = accessx
        self._keyboard = keyboard
        self._runs = runs
        self._clock = clock
        self._grabs_until = 0.0
        self._packed_for = accessx.controls
        self._packed: dict[tuple[Sequence[KeyEvent], bool], tuple[Part, ...]] = {}
        self._types_text = False
        # Another client's server grab would delay the confirmations.
        connection.send(ignore_grabs(self._major))

    def shape(self, chord: Chord) -> Shape:
        """See `IKeyer`. What is sent next counts as text if `chord` types any."""
        self._types_text = bool(chord.text)
        return self._accessx.shape(chord, self._keyboard.layout.modifiers)

    def send(self, events: Sequence[KeyEvent]) -> Deferred[Place]:
        """See `IKeyer`."""
        events = tuple(events)
        if self._packed_for is not self._accessx.controls or len(self._packed) >= _CACHED_WRITES:
            self._packed.clear()
            self._packed_for = self._accessx.controls
        key = events, self._types_text
        parts = self._packed.get(key)
        if parts is None:
            parts = pack(self._major, events, self._packed_for, cut=self._types_text)
            if len(events) < _LONG_WRITE:
                self._packed[key] = parts
        state = events[0].state
        before, count_before, after, count_after, unlocked = b"", 0, b"", 0, None
        if state is not None:
            before, count_before = self._locks.switch(state.group)
            unlocked = self._locks.unlock(state.modifiers)
        grabs = self._runs.begun or (
            # With SlowKeys the server itself waits between the events, and a grab would make all other clients wait with it.
            self._grabs_until > self._clock.seconds() and not self._packed_for.slow_s
        )
        if grabs and not self._runs.holds:
            before, count_before = GRAB_SERVER + before, count_before + 1
        if unlocked is not None:

            def correct(reply: bytes) -> None:
                if correction := unlocked.correction(reply):
                    self._connection.send(correction)

            self._connection.call(unlocked.question, correct, next_reports, before, count_before, flush=False)
            before, count_before, after, count_after = unlocked.unlock, 1, unlocked.lock, 1
        if count_before or count_after:
            first, last = parts[0], parts[-1]
            parts = (
                Part(before + first.requests, count_before + first.number),
                *parts[1:-1],
                Part(last.requests + after, last.number + count_after),
            )
        place = self._focus.after(*parts, between=self._types_text, then=UNGRAB_SERVER if grabs else b"")
        return self._runs.sent(place)

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
        return self._focus.after(self._locks.restore(), (b"", 0)).addCallback(lambda place: None)
