# SPDX-License-Identifier: MIT
"""What the engine's tests work with: a typist among stand-ins, whose one log is told in the names of the keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.python.failure import Failure

from typewright.engine.collaborators import Collaborators
from typewright.engine.context_adjust import Fitting
from typewright.engine.history import History
from typewright.engine.job import Job
from typewright.engine.pacing import Pacing
from typewright.engine.plans import Typist
from typewright.engine.user_activity import User
from typewright.interfaces.backend import KeyboardState
from typewright.keymap.layout import Layout
from typewright.keymap.sample import key_name
from typewright.options import Options
from typewright.testing.accessibility import FakeAccessibility
from typewright.testing.backend import (
    FakeBarrier,
    FakeFocus,
    FakeKeyboard,
    FakePrograms,
    Log,
    RecordingKeyer,
    ScriptedObserver,
)
from typewright.text.language import rules_for

PENDING = "pending"
EVENT = Pacing(mode="event")


class Bench:
    """
    A typist and all its collaborators, in window 1 of a us,ru keyboard.

    `transcript` is what they were asked for since it was taken last.
    """

    def __init__(
        self,
        *,
        layout: Layout | None = None,
        state: KeyboardState = KeyboardState(0, 0, 0),  # noqa: B008 - it is frozen
        pacing: Pacing | None = None,
        passwords: bool = False,
        manner: str = "pause",
    ) -> None:
        self.log: Log = _Telling(self._tell)
        self.clock = Clock()
        self.keyer = RecordingKeyer(self.log)
        self.observer = ScriptedObserver()
        self.keyboard = FakeKeyboard(self.log, layout, state)
        self.barrier = FakeBarrier(self.log)
        self.focus = FakeFocus()
        self.programs = FakePrograms()
        self.accessibility = FakeAccessibility()
        self.history = History()
        collaborators = Collaborators(
            self.keyer, self.observer, self.keyboard, self.barrier, self.focus, self.programs, self.history,
            self.accessibility,
        )  # fmt: skip
        self.fitting = Fitting(rules_for("en"))
        self.user = User(self.clock, self.keyboard, manner=manner)
        self.typist = Typist(collaborators, self.clock, pacing, self.fitting, self.user, passwords=passwords)
        self.job = Job("nobody", "insert")

    def insert(self, text: str, *, caller: str = ":1.1", **options: Any) -> Deferred[bool]:
        begun = self.history.begin()
        self.job = Job(caller, "insert", total=len(text), insertion=begun, options=Options(**options))
        return self.typist.insert(text, self.job)

    def backspace(self, count: int, *, caller: str = ":1.1") -> Deferred[bool]:
        self.job = Job(caller, "backspace", total=count, insertion=self.history.begin(), erases=True)
        return self.typist.backspace(count, self.job)

    def press(self, notation: str) -> Deferred[bool]:
        self.job = Job(":1.1", "press", total=len(notation.split()))
        return self.typist.press(notation, self.job)

    @property
    def transcript(self) -> list[str]:
        told: list[str] = list(self.log)
        self.log.clear()
        return told

    @property
    def keys(self) -> str:
        """The key events of the transcript alone: `+Shift_L +h -h -Shift_L`."""
        return " ".join(
            line.replace("press ", "+").replace("release ", "-")
            for line in self.transcript
            if line.startswith(("press", "release"))
        )

    @property
    def bursts(self) -> list[str]:
        """What was sent in one write, each."""
        return [
            " ".join(f"{'+' if event.pressed else '-'}{self._key(event.keycode)}" for event in burst)
            for burst in self.keyer.bursts
        ]

    @property
    def at_rest(self) -> bool:
        """Whether nothing is left behind: no key down, no confirmation awaited, no call to come."""
        down: set[int] = set()
        for burst in self.keyer.bursts:
            for event in burst:
                (down.add if event.pressed else down.discard)(event.keycode)
        return not down and not self.observer.waiting and not self.clock.getDelayedCalls()

    def _tell(self, what: object, *about: Any) -> str:
        match what, *about:
            case (("press" | "release"), keycode):
                return f"{what} {self._key(keycode)}"
            case "barrier", window, settle:
                return f"barrier {window}{' and settle' if settle else ''}"
            case "group", group:
                return f"group {group}"
            case "borrow", *pairs:
                return " ".join(["borrow", *("".join(dict.fromkeys(pair)) for pair in pairs)])
        return str(what)

    def _key(self, keycode: int) -> str:
        return key_name(self.keyboard.layout, keycode)


class _Telling(list):
    """A log that turns each entry into words at once: a borrowed key may have another name later."""

    def __init__(self, tell: Callable[..., str]) -> None:
        super().__init__()
        self._tell = tell

    def append(self, entry: tuple[object, ...]) -> None:
        super().append(self._tell(*entry))


def outcome(deferred: Deferred[Any]) -> Any:
    """What `deferred` has fired with, a Failure for an error (handled by that); PENDING when it has not fired."""
    if not hasattr(deferred, "outcomes"):
        deferred.outcomes = []
        deferred.addBoth(deferred.outcomes.append)
    return deferred.outcomes[0] if deferred.outcomes else PENDING


def error(deferred: Deferred[Any]) -> type[BaseException] | None:
    """The class of the error that `deferred` has fired with."""
    result = outcome(deferred)
    return result.type if isinstance(result, Failure) else None
