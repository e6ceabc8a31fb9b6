# SPDX-License-Identifier: MIT
"""What the engine's tests work with: a typist on stand-ins, whose one log is told in the names of the keys."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from types import MappingProxyType
from typing import Any

from twisted.internet.defer import Deferred, inlineCallbacks
from twisted.internet.task import Clock, deferLater
from twisted.python.failure import Failure

from typewright.engine.dictation_service import DictationService
from typewright.engine.gate import Gate
from typewright.engine.held_keys import HeldKeys
from typewright.engine.history import History
from typewright.engine.job import Job
from typewright.engine.job_queue import JobQueue
from typewright.engine.limits import Limits
from typewright.engine.pacing import Pacing
from typewright.engine.plans import Plan, deletion, insertion, pressing
from typewright.engine.typing_service import TypingService
from typewright.engine.typist import Typist
from typewright.engine.user_activity import UserActivity
from typewright.interfaces.backend import NOWHERE, KeyboardState, Place, window_place
from typewright.keymap.layout import Layout
from typewright.keymap.sample import key_name
from typewright.options import Options
from typewright.reasons import Reason
from typewright.testing.accessibility import FakeAccessibility
from typewright.testing.backend import FakeBackend
from typewright.testing.keys import FakeRuns, Log
from typewright.text.language import rules_for

PENDING = "pending"
EVENT = Pacing(mode="event")
ENOUGH = Reason("enough", "enough", "Go on later.")
"""A reason that is none of the engine's own."""


class Bench:
    """
    A typist on a backend of stand-ins, in window 1 of a us,ru keyboard.

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
        longest: int = 0,
        **backend_options: Any,
    ) -> None:
        """With `longest`, the backend has runs of so many chords."""
        self.log: Log = _Telling(self._tell)
        self.clock = Clock()
        self.runs = FakeRuns(self.log, longest) if longest else None
        self.backend = backend = FakeBackend(self.log, layout=layout, state=state, runs=self.runs, **backend_options)
        self.keyer, self.observer, self.keyboard = backend.keyer, backend.observer, backend.keyboard
        self.slots, self.barrier, self.focus = backend.slots, backend.barrier, backend.focus
        self.programs = backend.programs
        self.accessibility = FakeAccessibility()
        self.history = History()
        self.rules = rules_for("en")
        self.user = UserActivity(self.clock, self.keyboard, manner=manner)
        self.typist = Typist(
            backend, self.accessibility, self.history, self.user, self.clock, pacing or Pacing(), self.rules,
            passwords=passwords,
        )  # fmt: skip
        self.job = Job("nobody", "insert")
        self.context_adjust = False

    def insert(self, text: str, *, caller: str = ":1.1", **options: Any) -> Deferred[bool]:
        begun = self.history.begin()
        chosen = Options(context_adjust=self.context_adjust, **options)
        self.job = Job(caller, "insert", total=len(text), insertion=begun, types_text=True, options=chosen)
        return self._perform(insertion(text, self.rules))

    def backspace(self, count: int, *, caller: str = ":1.1") -> Deferred[bool]:
        self.job = Job(caller, "backspace", total=count, insertion=self.history.begin(), erases=True)
        return self._perform(deletion(count, self.history))

    def press(self, notation: str) -> Deferred[bool]:
        self.job = Job(":1.1", "press", total=len(notation.split()))
        return self._perform(pressing(notation))

    @inlineCallbacks
    def _perform(self, plan: Plan) -> Generator[Deferred[Any], Any, bool]:
        """As the queue has a job performed: again and again while it waits for its window."""
        job = self.job
        while True:
            job.waits = False
            done = yield self.typist.perform(job, plan)
            if job.stopped or not job.waits:
                return done
            yield deferLater(self.clock, 0.05)

    def focus_on(self, place: Place | int) -> None:
        """Have keys go to `place`, or to the window of that number (0: nowhere), from now on."""
        self.backend.focus_on(place if isinstance(place, Place) else window_place(place) if place else NOWHERE)

    @property
    def reason(self) -> str:
        """The sentence of the reason for which the job stopped; empty if it did not."""
        return self.job.reason.sentence if self.job.reason is not None else ""

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
            case "run", window:
                return f"run {window}"
            case "group", group:
                return f"group {group}"
            case "lend", *pairs:
                return " ".join(["lend", *("".join(dict.fromkeys(pair)) for pair in pairs)])
        return str(what)

    def _key(self, keycode: int) -> str:
        return key_name(self.keyboard.layout, keycode)


class Services:
    """Both services on a bench, behind one gate; `limits` are those of `Limits`."""

    def __init__(
        self, bench: Bench, *, enabled: bool = True, facts: Mapping[str, object] = MappingProxyType({}), **limits: Any
    ) -> None:
        self.limits = Limits(**limits)
        self.queue = JobQueue(bench.clock, per_caller=self.limits.max_jobs_per_caller, in_all=self.limits.max_jobs)
        self.held = HeldKeys(bench.typist.hands, bench.typist.perform, bench.clock)
        self.gate = Gate(self.queue, self.held, bench.history, enabled=enabled)
        self.typing = TypingService(
            bench.backend, bench.typist, bench.history, self.gate, self.queue, self.held, self.limits, bench.rules, facts
        )
        self.dictation = DictationService(bench.typist, bench.history, self.gate, self.limits, bench.rules)


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
