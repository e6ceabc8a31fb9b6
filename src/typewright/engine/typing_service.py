# SPDX-License-Identifier: MIT
"""The desk: takes the calls of the bus, refuses what must not be made, and makes jobs of the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from twisted.internet.defer import Deferred, succeed
from twisted.logger import Logger

from typewright.engine.held_keys import Holds
from typewright.engine.history import History
from typewright.engine.job import Job
from typewright.engine.job_queue import Jobs, Work
from typewright.engine.plans import Typist
from typewright.errors import InvalidArgs, LimitsExceeded, Stopping
from typewright.interfaces.backend import IClock
from typewright.interfaces.services import Report
from typewright.keymap.notation import keysyms_of
from typewright.options import Options
from typewright.text.typeable import typeable

DISABLED = "typing is disabled (TypingEnabled is false)"
LOCKED = "the screen is locked"
ESCAPED = "the user pressed Escape"
_LONGEST_LEASE_S = 10.0

log = Logger()


@dataclass(frozen=True)
class House:
    """
    The rules of the desk. `max_characters` also bounds backspaces and chords; `options` are for calls that choose none; the
    others are counts of jobs.
    """

    typing_enabled: bool = True
    max_characters: int = 20_000
    max_jobs: int = 64
    max_jobs_per_caller: int = 16
    options: Options = field(default_factory=Options)


class Desk:
    """
    I am the typing service (`ITypingService`) as far as it needs no display and no bus.

    `facts` are the properties that never change (`Backend`, `Version`); `layout_changed` tells me of the one that does.
    """

    def __init__(
        self,
        typist: Typist,
        history: History,
        clock: IClock,
        house: House,
        facts: Mapping[str, str],
        layout: str = "",
    ) -> None:
        self._typist = typist
        self._history = history
        self._house = house
        self._properties: dict[str, object] = {
            **facts,
            "Layout": layout,
            "Busy": False,
            "TypingEnabled": house.typing_enabled,
        }
        self._holds = Holds(typist, clock)
        self._lockers: set[str] = set()
        self._panicked = False
        self._stopping = False
        self._changed: Callable[[str, object], None] = lambda name, value: None
        self._finished: Callable[[str, str, Report], None] = lambda caller, kind, report: None
        self._jobs = Jobs(
            clock,
            per_caller=house.max_jobs_per_caller,
            in_all=house.max_jobs,
            on_busy=lambda busy: self._set("Busy", busy),
            on_end=self._ended,
        )

    # --- the contract ------------------------------------------------------------------------------------------------

    def insert(self, caller: str, text: str, options: Mapping[str, object] | None = None) -> Deferred[Report]:
        """See `ITypingService`."""
        chosen = self.options.given(options or {})
        text = self.admit(text, chosen)
        job = Job(caller, "insert", total=len(text), insertion=self._history.begin(), options=chosen)
        return self.submit(job, lambda job: self._typist.insert(text, job))

    def backspace(self, caller: str, count: int) -> Deferred[Report]:
        """See `ITypingService`."""
        self._check_length(count, "backspaces")
        begun = self._history.begin()
        job = Job(caller, "backspace", total=count, insertion=begun, erases=True, options=self.options)
        return self.submit(job, lambda job: self._typist.backspace(count, job))

    def press(self, caller: str, chords: str) -> Deferred[Report]:
        """See `ITypingService`."""
        job = Job(caller, "press", total=len(self._keysyms_of(chords)), options=self.options)
        return self.submit(job, lambda job: self._typist.press(chords, job))

    def press_and_hold(self, caller: str, chord: str, lease_s: float) -> Deferred[Report]:
        """See `ITypingService`."""
        if len(self._keysyms_of(chord)) != 1:
            raise InvalidArgs("One chord can be held at a time, such as 'ctrl+shift' or 'Down'.")
        if not 0 < lease_s <= _LONGEST_LEASE_S:
            raise InvalidArgs(f"The lease must be above 0, at most {_LONGEST_LEASE_S:g} (seconds).")
        job = Job(caller, "hold", total=1, options=self.options)
        return self.submit(job, lambda job: self._holds.hold(chord, lease_s, job))

    def release(self, caller: str, chord: str) -> Deferred[Report]:
        """See `ITypingService`."""
        keysyms = self._keysyms_of(chord)
        return self.submit(Job(caller, "release", total=1), lambda job: self._holds.release_for(job, keysyms))

    def cancel(self, caller: str) -> Deferred[int]:
        """See `ITypingService`."""
        return self._stop("cancelled by its caller", caller)

    def caller_left(self, caller: str) -> None:
        """See `ITypingService`."""
        self._stop("its caller left the bus", caller)

    def get_property(self, name: str) -> object:
        """See `ITypingService`."""
        return self._properties[name]

    def set_typing_enabled(self, caller: str, enabled: bool) -> None:
        """See `ITypingService`."""
        self._switch(enabled, caller)

    def listen(self, changed: Callable[[str, object], None], finished: Callable[[str, str, Report], None]) -> None:
        """See `ITypingService`."""
        self._changed, self._finished = changed, finished

    # --- the house ---------------------------------------------------------------------------------------------------

    def layout_changed(self, name: str) -> None:
        """The active layout has another name now."""
        self._set("Layout", name)

    def screen_locked(self, by: str, locked: bool) -> None:
        """`by`, whoever that is, says that the user's screen is locked, or not: nothing is typed while it is."""
        if locked == (by in self._lockers):
            return  # logind is asked whenever anything has changed, and mostly that is no lock.
        if locked:
            self._lockers.add(by)
            self._stop(LOCKED)
        else:
            self._lockers.discard(by)
        # At its end as well: what was typed meanwhile has gone to the locker.
        self._history.forget()

    def escape(self) -> None:
        """The user pressed Escape: all that is being typed, or waits for it, ends."""
        self._stop(ESCAPED)

    def panic(self) -> None:
        """The user pressed the panic chord: typing is disabled; if it was that which has disabled it, enabled again."""
        if self._properties["TypingEnabled"]:
            self._switch(False, "the panic chord")
            self._panicked = True
        elif self._panicked:
            self._switch(True, "the panic chord")

    def close(self, reason: str) -> Deferred[int]:
        """Take no more calls, end all jobs for `reason`, and fire with their number when all keys are up."""
        self._stopping = True
        return self._stop(reason)

    @property
    def options(self) -> Options:
        """Those of a job whose call has chosen none."""
        return self._house.options

    def admit(self, text: str, options: Options) -> str:
        """`text` made fit for typing; raises InvalidArgs or LimitsExceeded."""
        self._check_length(len(text), "characters")
        try:
            text = typeable(text)
        except ValueError as problem:
            raise InvalidArgs(str(problem)) from None
        return options.with_line_ends(text)

    def supersede(self, job: Job, reason: str) -> None:
        """End `job`, if it has not ended yet, for another takes its place."""
        self._jobs.stop(reason, job=job)

    def submit(self, job: Job, work: Work) -> Deferred[Report]:
        """Have `work(job)` done in its turn, if typing is enabled; may raise as the calls of the contract do."""
        if self._stopping:
            raise Stopping
        if not self._properties["TypingEnabled"] or self._lockers:
            job.stop(LOCKED if self._lockers else DISABLED)
            report = job.report(False, 0.0)
            self._ended(job, report)
            return succeed(report)
        return self._jobs.submit(job, lambda job: self._begin(job, work))

    def _switch(self, enabled: bool, by: str) -> None:
        self._panicked = False
        if enabled != self._properties["TypingEnabled"]:
            log.info("typing {what} by {who}", what="enabled" if enabled else "disabled", who=by)
        self._set("TypingEnabled", enabled)
        if not enabled:
            self._stop(DISABLED)

    def _begin(self, job: Job, work: Work) -> Deferred[bool]:
        """Nobody types while a key is held."""
        if job.kind == "release":
            return work(job)
        return self._holds.release().addCallback(lambda _: work(job))

    def _stop(self, reason: str, caller: str | None = None) -> Deferred[int]:
        """End the jobs of `caller`, or all, and what is held; fires with the number of jobs when all their keys are up."""
        released = self._holds.release(caller)
        return self._jobs.stop(reason, caller).addCallback(lambda ended: released.addCallback(lambda _: ended))

    def _ended(self, job: Job, report: Report) -> None:
        self._finished(job.caller, job.kind, report)

    def _set(self, name: str, value: object) -> None:
        if self._properties[name] != value:
            self._properties[name] = value
            self._changed(name, value)

    def _keysyms_of(self, chords: str) -> list[tuple[tuple[str, int], ...]]:
        self._check_length(len(chords), "characters")
        try:
            return keysyms_of(chords)
        except ValueError as problem:
            raise InvalidArgs(str(problem)) from None

    def _check_length(self, length: int, what: str) -> None:
        if length > self._house.max_characters:
            raise LimitsExceeded(
                f"That is {length} {what}, and one call may have {self._house.max_characters}; make several calls of it."
            )
