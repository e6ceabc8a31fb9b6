# SPDX-License-Identifier: MIT
"""
Stand-ins for the engine's collaborators, and a small layout: for our own tests, and for whoever builds on the engine.

Each has the shape that `interfaces.backend` asks for. Those that take a `log` append what they are asked for, as tuples
and in order, so that one shared list reads like a transcript.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from twisted.internet.defer import Deferred, fail, succeed

from typewright.interfaces.backend import LEVEL_APPLICATION, Controls, KeyboardState, Stray
from typewright.keymap.chords import KeyEvent
from typewright.keymap.layout import Layout
from typewright.keymap.packing import Lent
from typewright.keymap.sample import borrowed_key, key_name, sample_layout

Log = list[tuple[object, ...]]

_AT_REST = KeyboardState(group=0, locked=0, held=0)


class RecordingKeyer:
    """
    I log `("press", keycode)` and `("release", keycode)` in place of sending, and keep what came in one write in `bursts`.

    My Deferreds fire with `window` at once; with `by_hand`, when `processed` is called. `fail_with` is what the next
    sending errbacks with. `on_send(number, event)` is called ahead of each event, `number` counting from 1 for all time.
    """

    def __init__(self, log: Log, *, window: int = 1, by_hand: bool = False) -> None:
        self.window = window
        self.by_hand = by_hand
        self.bursts: list[tuple[KeyEvent, ...]] = []
        self.fail_with: Exception | None = None
        self.on_send: Callable[[int, KeyEvent], None] = lambda number, event: None
        self._log = log
        self._sent = 0
        self._waiting: deque[Deferred[int]] = deque()

    def send(self, events: Sequence[KeyEvent]) -> Deferred[int]:
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
            return succeed(self.window)
        self._waiting.append(Deferred())
        return self._waiting[-1]

    def processed(self) -> None:
        """Fire the oldest sending that still waits; for `by_hand`."""
        self._waiting.popleft().callback(self.window)

    def settle(self) -> Deferred[None]:
        """See `IKeyer`."""
        self._log.append(("settle",))
        return succeed(None)


class PrintingKeyer:
    """I print the keys of `layout` in place of typing: `press Shift_L`. What I print is what was to be typed."""

    def __init__(self, layout: Layout, *, window: int = 1, write: Callable[[str], object] = print) -> None:
        self._layout = layout
        self._window = window
        self._write = write

    def send(self, events: Sequence[KeyEvent]) -> Deferred[int]:
        """See `IKeyer`."""
        for event in events:
            self._write(f"{'press' if event.pressed else 'release'} {key_name(self._layout, event.keycode)}")
        return succeed(self._window)

    def settle(self) -> Deferred[None]:
        """See `IKeyer`."""
        return succeed(None)


class ScriptedObserver:
    """
    I confirm every event at once, but the n-th (from 1, for all time): False where n is in `false_at`, and nothing at all
    where it is in `silent_at` or `silent` is set; then the asker waits until `answer` or `forget` is called.
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
        # Like the real one I keep a confirmation that was cancelled: only `forget` makes the queue whole again.
        self.waiting.append((event, Deferred()))
        return self.waiting[-1][1]

    def answer(self, confirmed: bool = True, *, times: int = 1) -> None:
        """Fire the `times` oldest confirmations that still wait."""
        for _ in range(times):
            _, confirmation = self.waiting.popleft()
            if not confirmation.called:
                confirmation.callback(confirmed)

    def see(self, *strays: Stray) -> None:
        """Show these to who asks for strays next."""
        self._strays += strays

    def strays(self) -> Sequence[Stray]:
        """See `IObserver`."""
        strays, self._strays = self._strays, []
        return strays

    def forget(self) -> None:
        """See `IObserver`."""
        self._strays = []
        self.answer(False, times=len(self.waiting))


class FakeKeyboard:
    """
    I am a keyboard with `layout` and `state`, and lend its spare keycodes.

    `controls` are for the test to set. `announce` is a change that the engine has not read yet. While `state.held` is not 0,
    `unmodified` waits for `let_go`. `keeps` is whether what is borrowed stays so. With `silent`, `read` and
    `borrow` are asked in vain.
    """

    def __init__(self, log: Log, layout: Layout | None = None, state: KeyboardState = _AT_REST) -> None:
        self.layout = sample_layout() if layout is None else layout
        self.state = state
        self.controls = Controls()
        self.stale = False
        self.silent = False
        self.keeps = False
        self.spare = len(self.layout.spare_keycodes)
        self._log = log
        self._announced = self.layout
        self._unlent = self.layout
        self._lent: dict[Lent, int] = {}
        self._unmodified: list[Deferred[KeyboardState]] = []

    def announce(self, layout: Layout | None = None) -> None:
        """The display server says that the layout has changed: to `layout`, or to an equal one."""
        self._announced = replace(self.layout) if layout is None else layout
        self.stale = True

    def read(self) -> Deferred[tuple[Layout, KeyboardState]]:
        """See `IKeyboard`."""
        if self.silent:
            return Deferred()
        if self.stale:
            self.layout, self.stale = self._announced, False
        return succeed((self.layout, self.state))

    def unmodified(self) -> Deferred[KeyboardState]:
        """See `IKeyboard`."""
        if not self.state.held:
            return succeed(self.state)
        self._unmodified.append(Deferred())
        return self._unmodified[-1]

    def let_go(self) -> None:
        """The user lets go of every modifier."""
        self.state = replace(self.state, held=0)
        waiting, self._unmodified = self._unmodified, []
        for each in waiting:
            if not each.called:
                each.callback(self.state)

    def borrow(self, wanted: Sequence[Lent]) -> Deferred[Layout]:
        """See `IKeyboard`. Takes the lowest keycode first, and then from whoever has had one for longest."""
        self._log.append(("borrow", *wanted))
        if self.silent:
            return Deferred()
        if self._lent.keys() >= set(wanted):
            return succeed(self.layout)
        free = [code for code in self._unlent.spare_keycodes if code not in self._lent.values()]
        for lent in wanted:
            if lent not in self._lent:
                unneeded = next((lent for lent in self._lent if lent not in wanted), lent)
                self._lent[lent] = free.pop(0) if free else self._lent.pop(unneeded)
        keys = {code: borrowed_key(lent, self._unlent.groups) for lent, code in self._lent.items()}
        self.layout = replace(self._unlent, keys={**self._unlent.keys, **keys}, borrowed=frozenset(keys))
        return succeed(self.layout)

    def reuses(self, wanted: Sequence[Lent]) -> bool:
        """See `IKeyboard`."""
        return len(self._lent.keys() | set(wanted)) > len(self._unlent.spare_keycodes)

    def keep_borrowed(self) -> None:
        """See `IKeyboard`."""
        self.keeps = True

    def done_borrowing(self) -> None:
        """See `IKeyboard`."""
        self.keeps = False
        if self._lent:
            self._log.append(("done borrowing",))

    def give_back(self) -> Deferred[None]:
        """See `IKeyboard`."""
        self._log.append(("give back",))
        self._lent.clear()
        self.layout = self._unlent
        return succeed(None)


class FakeBarrier:
    """I log `("barrier", window, settle)` and say that `level` is reached; with `silent`, nothing at all."""

    def __init__(self, log: Log, *, level: str = LEVEL_APPLICATION, silent: bool = False) -> None:
        self.level = level
        self.silent = silent
        self._log = log

    def begin(self, window: int) -> Deferred[None]:
        """See `IBarrier`."""
        return succeed(None)

    def end(self) -> None:
        """See `IBarrier`."""

    def reach(self, window: int, *, settle: bool) -> Deferred[str]:
        """See `IBarrier`."""
        self._log.append(("barrier", window, settle))
        return Deferred() if self.silent else succeed(self.level)


class FakePrograms:
    """I say that every window has a program of `name`, a kind of `typewright.text.kinds`, and of process `pid`."""

    def __init__(self, name: str = "plain", pid: int = 1000) -> None:
        self.name = name
        self.pid = pid

    def kind(self, window: int) -> Deferred[str]:
        """See `IPrograms`."""
        return succeed(self.name)

    def process(self, window: int) -> Deferred[int]:
        """See `IPrograms`."""
        return succeed(self.pid)


class FakeFocus:
    """
    I say that `window` has the focus, and whether the screen is `is_covered`; with `silent`, nothing at all. Behind all
    windows is `background`.
    """

    def __init__(self, window: int = 1, *, silent: bool = False) -> None:
        self.window = window
        self.silent = silent
        self.is_covered = False
        self.background = 0x100

    def focused(self) -> Deferred[int]:
        """See `IFocus`."""
        return Deferred() if self.silent else succeed(self.window)

    def is_background(self, window: int) -> bool:
        """See `IFocus`."""
        return window == self.background

    def covered(self) -> Deferred[bool]:
        """See `IFocus`."""
        return Deferred() if self.silent else succeed(self.is_covered)
