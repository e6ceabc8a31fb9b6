# SPDX-License-Identifier: MIT
"""
The keyer: fake key events, by the XTEST extension, shaped so that the user's accessibility settings let them through.

What these do, and why this is enough, was measured: docs/why.md.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence

from twisted.internet.defer import Deferred, succeed

from typewright.backends.x11.accessx import ControlsReader
from typewright.backends.x11.connection import Connection
from typewright.backends.x11.focus import Guard
from typewright.backends.x11.locks import Locks
from typewright.backends.x11.requests import GRAB_SERVER, UNGRAB_SERVER, Extension
from typewright.backends.x11.xtest import NO_KEY, fake_input
from typewright.interfaces.backend import Controls, IClock
from typewright.keymap.chords import ANY_STATE, GROUP_MASK, GROUP_SHIFT, MODIFIERS_MASK, KeyEvent

_CACHED_BURSTS = 4096
_MARGIN_MS = 10
_BESIDE_S = 1.0


class Keyer:
    """
    I send key events as if they came from the keyboard (XTEST protocol, FakeInput).

    A burst is one write: a switch of the group where one is due, the events, between locks taken off and put back where
    their state demands it, and the guard's questions behind them.
    """

    def __init__(
        self,
        connection: Connection,
        extension: Extension,
        locks: Locks,
        guard: Guard,
        controls: ControlsReader,
        clock: IClock,
    ) -> None:
        self._connection = connection
        self._major = extension.major
        self._locks = locks
        self._guard = guard
        self._controls = controls
        self._clock = clock
        self._beside_until = 0.0
        self._packed_for = controls.now
        self._bursts: dict[Sequence[KeyEvent], tuple[bytes, int]] = {}
        # Impervious to another client's XGrabServer: its grab would hold back our confirmations.
        connection.send(struct.pack("=BBHB3x", self._major, 3, 2, 1))

    def send(self, events: Sequence[KeyEvent]) -> Deferred[int]:
        """See `IKeyer`. `events` need the same group and locks; one chord's always do."""
        events = tuple(events)
        if self._packed_for is not self._controls.now or len(self._bursts) >= _CACHED_BURSTS:
            self._bursts.clear()
            self._packed_for = self._controls.now
        burst = self._bursts.get(events)
        if burst is None:
            burst = self._bursts[events] = pack(self._major, events, self._packed_for)
        requests, count = burst
        state = events[0].state
        ahead, before, closing, lifted = b"", 0, b"", None
        if state != ANY_STATE:
            ahead, before = self._locks.switch((state & GROUP_MASK) >> GROUP_SHIFT)
            lifted = self._locks.lift(state & MODIFIERS_MASK)
        # Where the server itself waits between the events, everybody else would wait with it.
        if self._beside_until > self._clock.seconds() and not self._packed_for.slow_s:
            ahead, before, closing, count = GRAB_SERVER + ahead, before + 1, UNGRAB_SERVER, count + 1
        if lifted is None:
            return self._guard.behind(ahead + requests + closing, before + count)

        def look(reply: bytes) -> None:
            if amends := lifted.amends(reply):
                self._connection.send(amends)

        self._connection.call(lifted.question, look, _told_behind, ahead, before, flush=False)
        return self._guard.behind(lifted.off + requests + lifted.on + closing, count + 2)

    def beside(self) -> None:
        """
        Another program is typing as well. For a moment, bursts are shut: the server may end a client's turn in the middle of
        a write, and then comes to others.
        """
        self._beside_until = self._clock.seconds() + _BESIDE_S

    def settle(self) -> Deferred[None]:
        """See `IKeyer`."""
        if not self._locks.ours:
            return succeed(None)
        requests, count = self._locks.restore()
        return self._guard.behind(requests, count).addCallback(lambda window: None)


def _told_behind(problem: Exception) -> None:
    """The guard's questions fail for the same reason, and their asker hears of it."""


def pack(major: int, events: Sequence[KeyEvent], controls: Controls) -> tuple[bytes, int]:
    """
    The requests, and how many, for one burst of events.

    SlowKeys: the server itself waits behind each press until that has been accepted, so that neither a stall of ours nor
    auto-repeat falls between a press and its release. BounceKeys: the one key that is deaf is the one that came up last, so
    another comes up ahead of each press: `NO_KEY`, which is not down, so that no program hears of it.
    """
    # With SlowKeys on, the server does not look at BounceKeys.
    slow_ms = math.ceil(controls.slow_s * 1000) + _MARGIN_MS if controls.slow_s else 0
    deaf = bool(controls.bounce_s) and not slow_ms
    requests, delay_ms = [], 0
    for event in events:
        if event.pressed and deaf:
            requests.append(fake_input(major, NO_KEY, False))
        requests.append(fake_input(major, event.keycode, event.pressed, delay_ms))
        delay_ms = slow_ms if event.pressed else 0
    return b"".join(requests), len(requests)
