# SPDX-License-Identifier: MIT
"""Stand-ins for what sends and confirms keys; see `testing.backend`."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Sequence

from twisted.internet.defer import Deferred, fail, succeed

from typewright.interfaces.backend import Place, Shape, Stray, window_place
from typewright.keymap.chords import Chord, KeyEvent

Log = list[tuple[object, ...]]


class RecordingKeyer:
    """
    Logs `("press", keycode)` and `("release", keycode)` in place of sending, and keeps what came in one write in `bursts`.

    Its Deferreds fire with `place` at once; with `by_hand`, when `processed` is called. `fail_with` is what the next send
    errbacks with. `on_send(number, event)` is called before each event is logged, `number` counting from 1 for all time.
    `shaped` is what `shape` calls, for a test to replace.
    """

    def __init__(self, log: Log, *, place: Place = window_place(1), by_hand: bool = False) -> None:  # noqa: B008 - immutable
        self.place = place
        self.by_hand = by_hand
        self.bursts: list[tuple[KeyEvent, ...]] = []
        self.fail_with: Exception | None = None
        self.on_send: Callable[[int, KeyEvent], None] = lambda number, event: None
        self.shaped: Callable[[Chord], Shape] = lambda chord: Shape(chord.events)
        self._log = log
        self._sent = 0
        self._waiting: deque[Deferred[Place]] = deque()

    def shape(self, chord: Chord) -> Shape:
        """See `IKeyer`."""
        return self.shaped(chord)

    def send(self, events: Sequence[KeyEvent]) -> Deferred[Place]:
        """See `IKeyer`."""
        if self.fail_with is not None:
            error, self.fail_with = self.fail_with, None
            return fail(error)
        self.bursts.append(tuple(events))
        for event in events:
            self._sent += 1
            self.on_send(self._sent, event)
            self._log.append(("press" if event.pressed else "release", event.keycode))
        if not self.by_hand:
            return succeed(self.place)
        self._waiting.append(Deferred())
        return self._waiting[-1]

    def processed(self) -> None:
        """Fire the oldest send that still waits; for `by_hand`."""
        self._waiting.popleft().callback(self.place)

    def settle(self) -> Deferred[None]:
        """See `IKeyer`."""
        self._log.append(("settle",))
        return succeed(None)


class FakeRuns:
    """Logs `("run", window)` for each beginning and fires with `there`; with `silent`, never."""

    def __init__(self, log: Log, longest: int = 4) -> None:
        self.longest = longest
        self.asks = self.there = True
        self.silent = False
        self._log = log

    def begin(self, place: Place) -> Deferred[bool]:
        """See `IRuns`."""
        self._log.append(("run", place.window))
        return Deferred() if self.silent else succeed(self.there)

    def drop(self) -> None:
        """See `IRuns`."""
        self._log.append(("drop",))


class ScriptedObserver:
    """
    Confirms every event at once, except the n-th (from 1, for all time): False where n is in `false_at`; where it is in
    `silent_at` or `silent` is set, the confirmation waits until `answer` or `forget` is called.
    """

    def __init__(self, *, false_at: Collection[int] = (), silent_at: Collection[int] = (), silent: bool = False) -> None:
        self.false_at = set(false_at)
        self.silent_at = set(silent_at)
        self.silent = silent
        self.waiting: deque[tuple[KeyEvent, Deferred[bool]]] = deque()
        self._asked = 0
        self._strays: list[Stray] = []

    def confirm(self, event: KeyEvent) -> Deferred[bool]:
        """See `IObserver`."""
        self._asked += 1
        if not self.silent and self._asked not in self.silent_at:
            return succeed(self._asked not in self.false_at)
        # A cancelled confirmation stays in the queue, as in a real observer: only `forget` removes it.
        self.waiting.append((event, Deferred()))
        return self.waiting[-1][1]

    def answer(self, confirmed: bool = True, *, times: int = 1) -> None:
        """Fire the `times` oldest confirmations that still wait."""
        for _ in range(times):
            _, confirmation = self.waiting.popleft()
            if not confirmation.called:
                confirmation.callback(confirmed)

    def see(self, *strays: Stray) -> None:
        """Return these from the next call of `strays`."""
        self._strays += strays

    def strays(self) -> Sequence[Stray]:
        """See `IObserver`."""
        strays, self._strays = self._strays, []
        return strays

    def forget(self) -> None:
        """See `IObserver`."""
        self._strays = []
        self.answer(False, times=len(self.waiting))
