# SPDX-License-Identifier: MIT
"""The keyer: fake key events, by the XTEST extension."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from twisted.internet.defer import Deferred, succeed
from Xlib import X

from typewright.plan.chords import ANY_STATE, GROUP_MASK, GROUP_SHIFT, KeyEvent
from typewright.x11.connection import Connection, Extension
from typewright.x11.group import Group
from typewright.x11.guard import Guard

NAME = "XTEST"
_FAKE_INPUT = struct.Struct("=BBHBB2xII8xhh7xB")
_CACHED_BURSTS = 4096


class Keyer:
    """
    I send key events as if they came from the keyboard (XTEST protocol, FakeInput).

    A burst is one write: a switch of the group where one is due, the events, and the guard's questions behind them.
    """

    def __init__(self, connection: Connection, extension: Extension, group: Group, guard: Guard) -> None:
        self._connection = connection
        self._major = extension.major
        self._group = group
        self._guard = guard
        self._bursts: dict[Sequence[KeyEvent], bytes] = {}
        # Impervious to another client's XGrabServer: its grab would hold back our confirmations.
        connection.send(struct.pack("=BBHB3x", self._major, 3, 2, 1))

    def send(self, events: Sequence[KeyEvent]) -> Deferred[int]:
        """See `IKeyer`. `events` need the same group; one chord's always do."""
        events = tuple(events)
        packed = self._bursts.get(events)
        if packed is None:
            if len(self._bursts) >= _CACHED_BURSTS:
                self._bursts.clear()
            packed = self._bursts[events] = b"".join(
                fake_input(self._major, event.keycode, event.pressed) for event in events
            )
        state = events[0].state
        switch, switches = b"", 0
        if state != ANY_STATE:
            switch, switches = self._group.switch((state & GROUP_MASK) >> GROUP_SHIFT)
        return self._guard.behind(switch + packed, switches + len(events))

    def settle(self) -> Deferred[None]:
        """See `IKeyer`."""
        if not self._group.ours:
            return succeed(None)
        requests, count = self._group.restore()
        return self._guard.behind(requests, count).addCallback(lambda window: None)


def fake_input(major: int, keycode: int, pressed: bool) -> bytes:
    """FakeInput for one key event, at once, by the XTEST keyboard of our master keyboard."""
    return _FAKE_INPUT.pack(major, 2, 9, X.KeyPress if pressed else X.KeyRelease, keycode, 0, X.NONE, 0, 0, 0)
