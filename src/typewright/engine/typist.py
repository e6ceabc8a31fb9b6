# SPDX-License-Identifier: MIT
"""
The typist: carries out the plan of a job, from finding its target to the barrier after its last key.

Each `yield` gives a Deferred to the reactor and sleeps until it fires; in between, the rest of the service goes on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from types import MappingProxyType

from twisted.internet.defer import inlineCallbacks

from typewright.engine.checked_deletion import CheckedDeletion
from typewright.engine.correction import Correction, coder_for
from typewright.engine.hands import Hands
from typewright.engine.history import History
from typewright.engine.job import NEVER, Interference, Job, without_consent
from typewright.engine.pacing import Pacing
from typewright.engine.plans import CheckedStep, CommitStep, KeyStep, Means, Plan, text_steps
from typewright.engine.program_limits import ProgramLimits
from typewright.engine.target import Target
from typewright.engine.text_check import TextCheck
from typewright.engine.timeouts import DeferredGenerator, Timeouts
from typewright.engine.user_activity import UserActivity
from typewright.interfaces.accessibility import IAccessibility
from typewright.interfaces.backend import (
    CONSENT_GIVEN,
    GONE,
    LEVEL_APPLICATION,
    LEVEL_SENT,
    LEVEL_SERVER,
    LEVEL_TEXT,
    IBackend,
    IClock,
    IConsent,
    KeyboardState,
)
from typewright.keymap.chords import KeyList
from typewright.keymap.layout import Layout, Untypeable
from typewright.reasons import (
    CONSENT_ASKED,
    LAYOUT_CHANGED,
    NOT_AS_SENT,
    ONLY_SENT,
    PROGRAM_SILENT,
    REFUSED,
    UNTYPEABLE,
    WINDOW_CLOSED,
)
from typewright.text.language import Rules

_TRIES = 3
_FRESH_S = 0.01
"""For how long it is known that no modifier is held: a key that comes down later is seen with the next chord."""
_CONSENT_S = 20.0
"""How long a job waits for the user's consent: a little less than callers usually wait for a reply."""
_NONE: Mapping[str, str] = MappingProxyType({})
_MAY_CLOSE = ("", "\n", "\t", " ")
"""What a chord types that may close its window: a shortcut, or a key that presses a button."""
_LEVELS = ("", LEVEL_SENT, LEVEL_SERVER, LEVEL_APPLICATION, LEVEL_TEXT)


class Typist:
    """
    Types for one job at a time: wait for the Deferred of `perform` before the next call.

    `hands` press and release keys; who holds keys, uses them directly, while no job runs.
    """

    def __init__(
        self,
        backend: IBackend,
        accessibility: IAccessibility,
        history: History,
        user: UserActivity,
        clock: IClock,
        pacing: Pacing,
        rules: Rules,
        *,
        passwords: bool = False,
        declared: Mapping[str, str] = _NONE,
    ) -> None:
        """`rules` are those of the user's language; `passwords` and `declared` as `Target` has them."""
        self.hands = Hands(backend, user, clock, pacing)
        self._keyer = backend.keyer
        self._keyboard = backend.keyboard
        self._slots = backend.slots
        self._barrier = backend.barrier
        self._committer = backend.committer
        self._consent = backend.consent
        self._history = history
        self._clock = clock
        self._pacing = pacing
        self._timeouts = Timeouts(clock, pacing.timeout_s)
        self._target = Target(
            backend, accessibility, history, user, clock, pacing, rules, passwords=passwords, declared=declared
        )
        self._limits = ProgramLimits(backend.programs, self._timeouts)
        self._text_check = TextCheck(backend, accessibility, history, user, clock, self._timeouts)
        self._correction = Correction(backend, history, self._target, user, self._timeouts, self.hands)
        self._deletion = CheckedDeletion(backend, accessibility, history, self._target, self.hands, self._timeouts, clock)

    @inlineCallbacks
    def perform(self, job: Job, plan: Plan) -> DeferredGenerator:
        """
        Carry out `plan` for `job`: find its target, take the steps, reach the barrier, compare with the program's text.

        Fires True when every key event was confirmed and the barrier reached, else False; the job tells why. By then all
        keys are up, but for those that the plan leaves down.
        """
        if self._consent is not None and self._consent.state != CONSENT_GIVEN:
            yield from self._ask(job, self._consent)
        if job.stopped:
            return False
        with self._scope(job):
            found = yield from self._target.find(job)
            if job.stopped or job.waits:
                return False
            job.pace = (yield from self._timeouts.within(job, self._barrier.begin(job.place))) or job.pace
            if found is not None and found[0] is not self._keyboard.layout:
                found = yield from self._target.at_rest(job)
            yield from self._text_check.begin(job)
            yield from self._take_steps(job, found, plan)
            if not job.stopped:
                yield from self._reach_end(job)
            elif job.layout.borrowed:
                yield from self._reach(job, settle=True)
        return not job.stopped

    def _ask(self, job: Job, consent: IConsent) -> DeferredGenerator:
        """Have the user asked whether the service may type. They may answer later than the job waits."""
        state = yield from self._timeouts.within(job, consent.ask(), CONSENT_ASKED, _CONSENT_S)
        if state is not None and state != CONSENT_GIVEN:
            job.stop(without_consent(state))

    @contextmanager
    def _scope(self, job: Job) -> Iterator[None]:
        """All that holds for as long as `job` is typed."""
        self._slots.keep()
        unwatch = self._target.watch(job)
        try:
            yield
        finally:
            self._slots.done()
            unwatch()
            self._text_check.end()
            self._barrier.end()

    def _take_steps(self, job: Job, found: tuple[Layout, KeyboardState] | None, plan: Plan) -> DeferredGenerator:
        """Take the steps of `plan` from `found` on, and again from where they were interfered with."""
        interrupted, last = 0, -1
        try:
            while found is not None and not job.stopped:
                yield from self._take_steps_in(job, *found, plan)
                if job.interference is None:
                    break
                interrupted, last = (1, job.typed) if job.typed > last else (interrupted + 1, last)
                if interrupted > _TRIES:
                    job.stop(NOT_AS_SENT)
                self._text_check.spoil()
                found = yield from self._correction.correct(job)
        except Untypeable as problem:
            job.stop(UNTYPEABLE.saying(str(problem)))
        finally:
            yield from self._timeouts.within(job, self._keyer.settle(), interruptible=False)

    def _take_steps_in(self, job: Job, layout: Layout, state: KeyboardState, plan: Plan) -> DeferredGenerator:
        """Take the steps of `plan` in this layout and state, until the job is stopped or interfered with."""
        job.layout = layout
        coder = coder_for(job, layout, state)
        means = Means(coder, self._slots.packing(), None if self._committer is None else self._committer.takes)
        planned = plan(job, means)
        if planned.total is not None:
            job.total = planned.total
        if planned.reason is not None:
            job.stop(planned.reason)
        elif planned.there:
            yield from self._deletion.compare_before(job, planned)
        yield from self._limits.check(job, planned.steps)
        steps = deque(planned.steps)
        while steps and not job.stopped:
            step = steps.popleft()
            if isinstance(step, CheckedStep):
                left = yield from self._deletion.delete(job, step.there, step.goal, coder)
                if left is None:
                    return
                self._text_check.spoil()
                steps.extendleft(reversed(text_steps(step.goal[len(left) :], means)))
            elif isinstance(step, CommitStep):
                yield from self._commit(step.text, job)
            else:
                if step.after_barrier:
                    yield from self._reach(job, settle=False)
                if step.lend and (yield from self._lend(step, job)):
                    coder = coder_for(job, job.layout, state)
                if job.stopped or not (yield from self._type(step.keys(coder), job)):
                    return

    def _lend(self, step: KeyStep, job: Job) -> DeferredGenerator:
        """Have the slots hold what `step` needs; return whether `job.layout` has all of it now."""
        if self._slots.reuses(step.lend):
            yield from self._reach(job, settle=True)
        if job.stopped:
            return False
        loan = yield from self._timeouts.within(job, self._slots.lend(step.lend), interruptible=False)
        if loan is None:
            job.stop(LAYOUT_CHANGED)
            return False
        job.layout = loan.layout
        if loan.barrier:
            # Some programs look up all keys that they have read in one go before they take in the new layout.
            yield from self._reach(job, settle=True)
        return not job.stopped

    def _type(self, keys: KeyList, job: Job) -> DeferredGenerator:
        """Press and release `keys`; after a Tab, look where it has led before anything is typed there."""
        for number, piece in enumerate(_cut_after_tabs(keys) if job.focused else [keys]):
            if number:
                yield from self._reach(job, settle=False)
                yield from self._target.look_again()
            yield from self._look_at_modifiers(job)
            if job.stopped or job.interference:
                return False
            try:
                done = yield self.hands.press_and_release_keys(piece, job)
            finally:
                self._record(job)
            if not done:
                return False
        return True

    def _commit(self, text: str, job: Job) -> DeferredGenerator:
        """Hand `text` to the focused field, after the keys before it: a commit overtakes keys that were not taken yet."""
        yield from self._reach(job, settle=True)
        if job.stopped or self._committer is None:
            return
        level = yield from self._timeouts.within(job, self._committer.commit(text, job.place), interruptible=False)
        if not level:
            job.stop(REFUSED)
            return
        job.level = level
        job.committed(text)
        self._record(job)

    def _look_at_modifiers(self, job: Job) -> DeferredGenerator:
        """The wait for the program may have been long: check again that no modifier is held."""
        if self._clock.seconds() < job.rested_at + _FRESH_S:
            return
        found = yield from self._timeouts.within(job, self._keyboard.read())
        if found is not None and found[1].held:
            job.interference = Interference(typed=False, surplus=0)

    def _record(self, job: Job) -> None:
        """Tell the history what was confirmed."""
        if job.insertion:
            text = job.take_text()
            self._text_check.typed(text)
            field = "" if job.focused is None else job.focused.identity
            self._history.typed(job.place.window, job.caller, text, job.insertion, job.program, field)
        else:
            # A shortcut may have done anything.
            self._history.end(job.place.window)

    def _reach_end(self, job: Job) -> DeferredGenerator:
        """Find out how far the confirmation goes. A window that is gone may have been closed by the last key alone."""
        level = yield from self._reach(job, settle=False)
        if job.stopped:
            return
        if level == GONE and job.typed > 1 and job.last not in _MAY_CLOSE:
            job.stop(WINDOW_CLOSED)
            return
        level = LEVEL_SERVER if level == GONE else level
        job.level = min(job.level or level, level, key=_LEVELS.index)
        yield from self._text_check.compare(job)
        if not job.stopped and job.level != LEVEL_TEXT:
            yield from self._deletion.compare_after(job)
        if not job.stopped and job.level == LEVEL_SENT:
            job.stop(ONLY_SENT)

    def _reach(self, job: Job, *, settle: bool) -> DeferredGenerator:
        """Wait until the program has taken the keys, in the layout that they were meant in; return the level."""
        job.rested_at = NEVER
        waiting = self._barrier.reach(job.place, settle=settle)
        patience_s = job.options.timeout_s or self._pacing.answer_s
        reached = yield from self._timeouts.within(job, waiting, PROGRAM_SILENT, patience_s)
        if self._keyboard.stale:
            yield from self._timeouts.within(job, self._keyboard.read())
        self._correction.same_layout(job)
        return reached


def _cut_after_tabs(keys: KeyList) -> list[KeyList]:
    ends = [place for place, chord in enumerate(keys, 1) if chord.text == "\t" and place < len(keys)]
    return [keys[start:end] for start, end in pairwise([0, *ends, len(keys)])]
