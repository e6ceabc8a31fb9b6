# SPDX-License-Identifier: MIT
"""
Stand-ins for a backend and its parts: for tests, and for programs that build on the engine. Those that take a `log` append
what they are asked for, as tuples, so that one shared list reads like a transcript.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from twisted.internet.defer import Deferred, succeed

from typewright.backends.printing.keyboard import AT_REST, Keyboard, Slots
from typewright.interfaces.backend import (
    CAPABILITIES,
    LEVEL_APPLICATION,
    TEXT,
    ICommitter,
    IConsent,
    IListener,
    IRuns,
    KeyboardState,
    Loan,
    Pace,
    Place,
    Program,
    window_place,
)
from typewright.keymap.layout import Layout
from typewright.keymap.packing import Lent
from typewright.testing.keys import Log, RecordingKeyer, ScriptedObserver


class FakeKeyboard(Keyboard):
    """
    A keyboard that the test changes: `layout`, `state`, and with `announce` a change that the engine has not read yet.

    While `state.held` is not 0, `unmodified` waits for `let_go`. With `silent`, `read` never fires.
    """

    def __init__(self, layout: Layout | None = None, state: KeyboardState = AT_REST) -> None:
        super().__init__(layout, state)
        self.silent = False
        self._announced = self.layout

    def announce(self, layout: Layout | None = None) -> None:
        """Announce that the layout has changed: to `layout`, or to an equal one."""
        self._announced = replace(self.layout) if layout is None else layout
        self.stale = True

    def read(self) -> Deferred[tuple[Layout, KeyboardState]]:
        """See `IKeyboard`."""
        if self.silent:
            return Deferred()
        if self.stale:
            self.layout, self.stale = self._announced, False
        return super().read()

    def let_go(self) -> None:
        """Let the user release every modifier."""
        self.set_state(replace(self.state, held=0))


class FakeSlots(Slots):
    """
    Lends as `Slots`, and logs `("lend", *wanted)`, `("give back",)`, and `("done",)` if something is lent.

    `kept` is whether what is lent must stay. While the keyboard is silent, `lend` never fires.
    """

    def __init__(self, log: Log, keyboard: FakeKeyboard) -> None:
        super().__init__(keyboard)
        self.kept = False
        self._log = log
        self._fake = keyboard

    def lend(self, wanted: Sequence[Lent]) -> Deferred[Loan | None]:
        """See `ISlots`."""
        self._log.append(("lend", *wanted))
        return Deferred() if self._fake.silent else super().lend(wanted)

    def keep(self) -> None:
        """See `ISlots`."""
        self.kept = True

    def done(self) -> None:
        """See `ISlots`."""
        self.kept = False
        if self._lent:
            self._log.append(("done",))

    def give_back(self) -> Deferred[None]:
        """See `ISlots`."""
        self._log.append(("give back",))
        return super().give_back()


class FakeBarrier:
    """Logs `("barrier", window, settle)`, and fires with `level`; with `silent`, never."""

    def __init__(self, log: Log, *, level: str = LEVEL_APPLICATION, silent: bool = False) -> None:
        self.level = level
        self.silent = silent
        self._log = log

    def begin(self, place: Place) -> Deferred[Pace]:
        """See `IBarrier`."""
        return succeed(Pace())

    def end(self) -> None:
        """See `IBarrier`."""

    def reach(self, place: Place, *, settle: bool) -> Deferred[str]:
        """See `IBarrier`."""
        self._log.append(("barrier", place.window, settle))
        return Deferred() if self.silent else succeed(self.level)


class FakePrograms:
    """Every window's program has this `name`, `toolkit` and `pid`; Tk's unless told, which deletes by code points."""

    def __init__(self, name: str = "tk", toolkit: str = "", pid: int = 1000) -> None:
        self.name = name
        self.toolkit = toolkit
        self.pid = pid

    def program(self, place: Place) -> Deferred[Program]:
        """See `IPrograms`."""
        return succeed(Program(self.name, self.toolkit))

    def process(self, place: Place) -> Deferred[int]:
        """See `IPrograms`."""
        return succeed(self.pid)


class FakeFocus:
    """Fires with `place`; with `silent`, never."""

    def __init__(self, place: Place = window_place(1), *, silent: bool = False) -> None:  # noqa: B008 - it is immutable
        self.place = place
        self.silent = silent

    def focused(self) -> Deferred[Place]:
        """See `IFocus`."""
        return Deferred() if self.silent else succeed(self.place)


class FakeBackend:
    """
    A backend of the stand-ins above, all on one `log`; its own methods log `("start",)` and so on. It has all capabilities
    but TEXT, unless told. `focus_on` moves the focus; `listener` is what `start` was given.
    """

    name = "fake"
    consent: IConsent | None = None

    def __init__(
        self,
        log: Log,
        *,
        layout: Layout | None = None,
        state: KeyboardState = AT_REST,
        capabilities: Collection[str] = frozenset(CAPABILITIES) - {TEXT},
        committer: ICommitter | None = None,
        runs: IRuns | None = None,
    ) -> None:
        self.runs = runs
        self.capabilities = frozenset(capabilities)
        self.keyer = RecordingKeyer(log)
        self.observer = ScriptedObserver()
        self.keyboard = FakeKeyboard(layout, state)
        self.slots = FakeSlots(log, self.keyboard)
        self.barrier = FakeBarrier(log)
        self.focus = FakeFocus()
        self.programs = FakePrograms()
        self.committer = committer
        self.listener: IListener | None = None
        self._log = log

    def focus_on(self, place: Place) -> None:
        """Have keys go to `place` from now on."""
        self.focus.place = self.keyer.place = place

    def start(self, listener: IListener) -> Deferred[None]:
        """See `IBackend`."""
        self.listener = listener
        return self._asked("start")

    def inherit(self) -> Deferred[None]:
        """See `IBackend`."""
        return self._asked("inherit")

    def close(self) -> Deferred[None]:
        """See `IBackend`."""
        return self._asked("close")

    def abandon(self) -> Deferred[None]:
        """See `IBackend`."""
        return self._asked("abandon")

    def _asked(self, what: str) -> Deferred[None]:
        self._log.append((what,))
        return succeed(None)
