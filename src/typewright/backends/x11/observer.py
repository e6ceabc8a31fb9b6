# SPDX-License-Identifier: MIT
"""The observer: confirms the service's key events among all those that the server processes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from twisted.internet.defer import Deferred

from typewright.backends.x11.event_sources import EventSources
from typewright.errors import DisplayLost
from typewright.interfaces.backend import OURS, PROGRAM, SWALLOWED, IClock, IDelayed, Stray
from typewright.keymap.chords import KeyEvent, State

_DOUBT_S = 0.1
_KEPT = 256


class Observer:
    """
    Confirms key events in the order in which `confirm` was called (see `IObserver`).

    Data flow one way: `record` -> `event_sources` -> here. An event counts as the service's own if its source is the XTEST
    keyboard, and its key and direction are those of the next event to confirm. All others are strays, kept only while a job
    types, because they may be what the user types. `on_stray(stray)` is called for each of them, at any time.
    """

    def __init__(self, sources: EventSources, clock: IClock) -> None:
        self._sources = sources
        self._clock = clock
        self._expected: deque[tuple[KeyEvent, Deferred[bool]]] = deque()
        self._strays: deque[Stray] = deque(maxlen=_KEPT)
        self._look_call: IDelayed | None = None
        self._doubted: object = None
        self.on_stray: Callable[[Stray], None] = lambda stray: None

    def confirm(self, event: KeyEvent) -> Deferred[bool]:
        """See `IObserver`."""
        confirmation: Deferred[bool] = Deferred()
        self._expected.append((event, confirmation))
        if self._look_call is None:
            self._look_call = self._clock.callLater(_DOUBT_S, self._look)
        return confirmation

    def strays(self) -> Sequence[Stray]:
        """See `IObserver`."""
        if not self._strays:
            return ()
        strays = tuple(self._strays)
        self._strays.clear()
        return strays

    def forget(self) -> None:
        """See `IObserver`."""
        self._stop_looking()
        self._strays.clear()
        expected, self._expected = self._expected, deque()
        for _, confirmation in expected:
            if not confirmation.called:
                confirmation.callback(False)

    def lost(self) -> None:
        """Errback all confirmations: the display is lost."""
        self._stop_looking()
        expected, self._expected = self._expected, deque()
        for _, confirmation in expected:
            if not confirmation.called:
                confirmation.errback(DisplayLost())

    def key(self, keycode: int, pressed: bool, state: State, source: str) -> None:
        """Take in a key event that the server has processed."""
        if source == PROGRAM and self._expected:
            (wanted, down, required), confirmation = self._expected[0]
            if wanted == keycode and down == pressed:
                self._expected.popleft()
                as_sent = required is None or required == state
                if not as_sent:
                    self._strays.append(Stray(keycode, pressed, state, OURS))
                if not confirmation.called:
                    confirmation.callback(as_sent)
                return
        stray = Stray(keycode, pressed, state, source)
        if self._look_call is not None:
            self._strays.append(stray)
        self.on_stray(stray)

    def swallowed(self, keycode: int, pressed: bool) -> None:
        """Take in a key event of the XTEST keyboard that the server has swallowed."""
        if not self._expected:
            return
        (wanted, down, _), confirmation = self._expected[0]
        if wanted == keycode and down == pressed:
            self._expected.popleft()
            self._strays.append(Stray(keycode, pressed, None, SWALLOWED))
            if not confirmation.called:
                confirmation.callback(False)

    def _look(self) -> None:
        """Have swallowed events found if the same confirmation has been waited for since the last look."""
        waiting = self._expected[0] if self._expected else None
        if waiting is not None and waiting is self._doubted:
            self._sources.find_swallowed()
        self._doubted = waiting
        self._look_call = self._clock.callLater(_DOUBT_S, self._look)

    def _stop_looking(self) -> None:
        if self._look_call is not None:
            self._look_call.cancel()
            self._look_call = None
