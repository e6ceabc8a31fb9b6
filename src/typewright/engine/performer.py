# SPDX-License-Identifier: MIT
"""
The performer: carries out the plan of a job, from the look around before it to the barrier behind it.

Each `yield` hands the reactor a Deferred and sleeps until it fires; between two of them the rest of the service lives.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from twisted.internet.defer import Deferred, TimeoutError, inlineCallbacks  # noqa: A004

from typewright.engine.fitting import Fitting
from typewright.engine.hands import NOT_AS_SENT, Hands, Waits
from typewright.engine.job import Job
from typewright.engine.pacing import Pacing
from typewright.focused import IAccessibility
from typewright.interfaces import IBarrier, IClock, IFocus, IHistory, IKeyboard, IKeyer, IObserver, IPrograms, KeyboardState
from typewright.plan.chords import Chord, KeyList
from typewright.plan.key_coder import KeyCoder
from typewright.plan.layout import Layout, Untypeable
from typewright.plan.packing import Lent

_DEAF = "the X server does not answer"
_PATIENCE = 3
_PARAGRAPH = 1000


@dataclass(frozen=True)
class Collaborators:
    """The others that a typist works with; see `typewright.interfaces`."""

    keyer: IKeyer
    observer: IObserver
    keyboard: IKeyboard
    barrier: IBarrier
    focus: IFocus
    programs: IPrograms
    history: IHistory
    accessibility: IAccessibility


class Step(NamedTuple):
    """
    A part of a job: the key list that a coder makes, and the characters to borrow keycodes for before; `behind` when the
    program must have taken the keys of the parts before it.
    """

    keys: Callable[[KeyCoder], KeyList]
    borrow: Sequence[Lent] = ()
    behind: bool = False


Plan = Callable[[KeyCoder], Sequence[Step]]
"""Makes the steps of what is left of a job, which is typed in the coder's layout and state."""


class Performer:
    """I perform one job at a time: wait for the Deferred that I return before you ask for the next."""

    def __init__(
        self, collaborators: Collaborators, clock: IClock, pacing: Pacing, fitting: Fitting, *, passwords: bool
    ) -> None:
        """`fitting` is asked whether it is on; with `passwords`, password fields are typed into as well."""
        self._keyer = collaborators.keyer
        self._keyboard = collaborators.keyboard
        self._barrier = collaborators.barrier
        self._focus = collaborators.focus
        self._programs = collaborators.programs
        self._history = collaborators.history
        self._accessibility = collaborators.accessibility
        self._clock: Any = clock  # the type checker can't see that a clock is Twisted's IReactorTime
        self._pacing = pacing
        self._fitting = fitting
        self._passwords = passwords
        self._hands = Hands(self._keyer, collaborators.observer, self._keyboard, self._barrier, self._clock, self._pacing)

    def press_and_release_keys(self, key_list: KeyList, job: Job) -> Deferred[bool]:
        """Press and release the chords of `key_list`; see `Hands`."""
        return self._hands.press_and_release_keys(key_list, job)

    @inlineCallbacks
    def lift(self, chord: Chord, job: Job) -> Waits:
        """Send `chord`, which only releases keys, wherever the focus is by now."""
        job.layout = self._keyboard.layout
        job.window = (yield from self._within(job, self._focus.focused(), _DEAF)) or 0
        return (yield self.press_and_release_keys([chord], job))

    @inlineCallbacks
    def perform(self, job: Job, plan: Plan, *, erases: bool = False) -> Waits:
        """
        What all jobs have in common: make ready, take the steps of `plan`, reach the barrier.

        The plan is made when the window is known, with `erases` also the kind of its program (`job.program`), and again, for
        what is left then, when something came between.
        """
        found = yield from self._at_rest(job)
        job.window = (yield from self._within(job, self._focus.focused(), _DEAF)) or 0
        if not job.window:
            job.stop("no window has the focus, or another program holds the keyboard")
        if found is None or job.stopped:
            return False
        yield from self._look_around(job, erases=erases)
        if job.stopped:
            return False
        yield from self._within(job, self._barrier.begin(job.window), _DEAF)
        try:
            yield from self._take_steps(job, found, plan)
            if not job.stopped:
                job.level = (yield from self._reach(job, settle=False)) or ""
            elif job.layout.borrowed:
                yield from self._reach(job, settle=True)
        finally:
            self._barrier.end()
        return not job.stopped

    def _look_around(self, job: Job, *, erases: bool) -> Waits:
        """Find out where the job is to type: what kind of program that is, and what stands before the caret."""
        focused = yield self._accessibility.focused_object()
        if focused is not None and focused.password:
            self._history.forget()
            job.insertion = 0
            if not self._passwords:
                job.stop("the focus is in a password field, and the configuration refuses these")
        if erases:
            job.program = (yield from self._within(job, self._programs.kind(job.window), _DEAF)) or job.program
        if self._fitting.on:
            job.before = self._history.before(job.window) or (yield self._accessibility.before(_PARAGRAPH))

    def _take_steps(self, job: Job, found: tuple[Layout, KeyboardState] | None, plan: Plan) -> Waits:
        """Take the steps of `plan` from `found` on, and again from where they were disturbed."""
        disturbed, last = 0, -1
        try:
            while found is not None and not job.stopped:
                yield from self._take_steps_in(job, *found, plan)
                if job.disturbance is None:
                    break
                disturbed, last = (1, job.typed) if job.typed > last else (disturbed + 1, last)
                if disturbed > _PATIENCE:
                    job.stop(NOT_AS_SENT)
                found = yield from self._put_right(job)
        except Untypeable as problem:
            job.stop(str(problem))
        finally:
            self._keyboard.done_borrowing()
            yield from self._within(job, self._keyer.settle(), _DEAF)

    def _take_steps_in(self, job: Job, layout: Layout, state: KeyboardState, plan: Plan) -> Waits:
        """Take the steps of `plan` in this layout and state; stops where the job is stopped or disturbed."""
        job.layout = layout
        coder = KeyCoder(layout, group=state.group, locked=state.locked)
        for step in plan(coder):
            if step.behind:
                yield from self._reach(job, settle=False)
            if job.stopped:
                return
            if step.borrow:
                if self._keyboard.reuses(step.borrow):
                    yield from self._reach(job, settle=True)
                if job.stopped:
                    return
                lent = yield from self._within(job, self._keyboard.borrow(step.borrow), _DEAF)
                if lent is None:
                    return
                if lent is not job.layout:
                    # Some programs look up what they have read in one go before they take in that the map is another.
                    yield from self._reach(job, settle=True)
                job.layout = lent
                if job.stopped:
                    return
                coder = KeyCoder(lent, group=state.group, locked=state.locked)
            try:
                done = yield self.press_and_release_keys(step.keys(coder), job)
            finally:
                self._record(job)
            if not done:
                return

    def _record(self, job: Job) -> None:
        """Tell the history what was confirmed."""
        if job.insertion:
            self._history.typed(job.window, job.caller, job.take_text(), job.insertion, job.program)
        else:
            # A shortcut may have done anything.
            self._history.end(job.window)

    def _put_right(self, job: Job) -> Waits:
        """
        The user, or somebody else, has come between: wait until no modifier is held, and take back what was typed amiss.

        The layout and the state to go on with; None, and the job stopped, when that can't be done.
        """
        disturbance, job.disturbance = job.disturbance, None
        if disturbance is None or disturbance.surplus is None:
            job.stop("a key that was pressed in between, or repeated, may have done more than type a character")
            self._history.end(job.window)
            return None
        yield from self._within(job, self._keyer.settle(), _DEAF)
        found = yield from self._at_rest(job)
        surplus, patience = disturbance.surplus, _PATIENCE
        while found is not None and surplus:
            layout, state = found
            aside = Job(job.caller, "correction", timeout_s=job.timeout_s)
            aside.window, aside.layout = job.window, layout
            coder = KeyCoder(layout, group=state.group, locked=state.locked)
            if (yield self.press_and_release_keys(coder.backspaces(surplus), aside)):
                break
            # None of its own presses may be taken back: a BackSpace too many can't be.
            if aside.disturbance is None or aside.disturbance.surplus != 0 or not patience:
                job.stop(aside.reason or "a correction was disturbed")
                self._history.end(job.window)
                break
            surplus, patience = surplus - aside.typed, patience - 1
            found = yield from self._at_rest(job)
        return found

    def _at_rest(self, job: Job) -> Waits:
        """Layout and state with no modifier held; None, and the job stopped, when that stays away."""
        found = yield from self._within(job, self._keyboard.read(), _DEAF)
        if found is not None and found[1].held:
            unmodified = self._keyboard.unmodified()
            yield from self._within(job, unmodified, "a modifier key is held down", self._pacing.modifier_wait_s)
            found = yield from self._within(job, self._keyboard.read(), _DEAF)
        return None if job.stopped else found

    def _reach(self, job: Job, *, settle: bool) -> Waits:
        reached = self._barrier.reach(job.window, settle=settle)
        patience_s = job.timeout_s or self._pacing.answer_s
        return self._within(job, reached, "the program with the focus has not answered yet", patience_s)

    def _within(self, job: Job, waiting: Deferred[Any], reason: str, timeout_s: float | None = None) -> Waits:
        """The result of `waiting`; None, and the job stopped for `reason`, when it stays away."""
        try:
            return (yield waiting.addTimeout(timeout_s or job.timeout_s or self._pacing.timeout_s, self._clock))
        except TimeoutError:
            job.stop(reason)
            return None
