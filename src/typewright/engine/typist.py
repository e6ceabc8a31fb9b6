# SPDX-License-Identifier: MIT
"""
The performer: carries out the plan of a job, from the look around before it to the barrier behind it.

Each `yield` hands the reactor a Deferred and sleeps until it fires; between two of them the rest of the service lives.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import pairwise
from typing import NamedTuple

from twisted.internet.defer import Deferred, inlineCallbacks

from typewright.engine.collaborators import Collaborators
from typewright.engine.correction import Correction, coder_for
from typewright.engine.hands import LAYOUT_CHANGED, NOT_AS_SENT, Hands
from typewright.engine.interference import Disturbance
from typewright.engine.job import Job
from typewright.engine.pacing import Pacing
from typewright.engine.target import Surroundings
from typewright.engine.text_check import Witness
from typewright.engine.timeouts import Patience, Waits
from typewright.engine.user_activity import User
from typewright.interfaces.backend import GONE, LEVEL_SERVER, IClock, KeyboardState
from typewright.keymap.chords import KeyList
from typewright.keymap.key_coder import KeyCoder
from typewright.keymap.layout import Layout, Untypeable
from typewright.keymap.packing import Lent

_TRIES = 3
_NOT_ANSWERED = "the program with the focus has not answered yet"
_CLOSED = "the window was closed, and nobody can say what its program had taken by then"
_MAY_CLOSE = ("", "\n", "\t", " ")


class Step(NamedTuple):
    """
    A part of a job: the key list that a coder makes, and the characters to borrow keycodes for before; `behind` when the
    program must have taken the keys of the parts before it. Hides its characters.
    """

    keys: Callable[[KeyCoder], KeyList]
    borrow: Sequence[Lent] = ()
    behind: bool = False

    def __repr__(self) -> str:
        return f"Step({len(self.borrow)} borrowed, behind={self.behind})"


Plan = Callable[[KeyCoder], Sequence[Step]]
"""Makes the steps of what is left of a job, which is typed in the coder's layout and state."""


class Performer:
    """I perform one job at a time: wait for the Deferred that I return before you ask for the next."""

    def __init__(
        self, collaborators: Collaborators, surroundings: Surroundings, user: User, clock: IClock, pacing: Pacing
    ) -> None:
        self._keyer = collaborators.keyer
        self._keyboard = collaborators.keyboard
        self._barrier = collaborators.barrier
        self._history = collaborators.history
        self._surroundings = surroundings
        self._user = user
        self._pacing = pacing
        self._patience = Patience(clock, pacing.timeout_s)
        self._witness = Witness(collaborators, user, clock, self._patience)
        self._hands = Hands(collaborators, user, clock, pacing)
        self._correction = Correction(collaborators, surroundings, user, self._patience, self._hands)

    def press_and_release_keys(self, key_list: KeyList, job: Job) -> Deferred[bool]:
        """Press and release the chords of `key_list`; see `Hands`."""
        return self._hands.press_and_release_keys(key_list, job)

    def lift(self, keycodes: Collection[int], job: Job) -> Deferred[bool]:
        """Release `keycodes`; see `Hands`."""
        return self._hands.lift(keycodes, job)

    @inlineCallbacks
    def perform(self, job: Job, plan: Plan) -> Waits:
        """
        What all jobs have in common: make ready, take the steps of `plan`, reach the barrier.

        The plan is made when it is known where the job belongs (see `Surroundings`), and again, for what is left then, when
        something came between.
        """
        self._keyboard.keep_borrowed()
        unwatch = self._surroundings.watch(job)
        try:
            found = yield from self._surroundings.find(job)
            if job.stopped:
                return False
            yield from self._patience.within(job, self._barrier.begin(job.window))
            yield from self._witness.begin(job)
            yield from self._take_steps(job, found, plan)
            if not job.stopped:
                yield from self._reach_end(job)
                if not job.stopped:
                    yield from self._witness.testify(job)
            elif job.layout.borrowed:
                yield from self._reach(job, settle=True)
        finally:
            self._keyboard.done_borrowing()
            unwatch()
            self._witness.end()
            self._barrier.end()
        return not job.stopped

    def _take_steps(self, job: Job, found: tuple[Layout, KeyboardState] | None, plan: Plan) -> Waits:
        """Take the steps of `plan` from `found` on, and again from where they were disturbed."""
        disturbed, last = 0, -1
        try:
            while found is not None and not job.stopped:
                yield from self._take_steps_in(job, *found, plan)
                if job.disturbance is None:
                    break
                disturbed, last = (1, job.typed) if job.typed > last else (disturbed + 1, last)
                if disturbed > _TRIES:
                    job.stop(NOT_AS_SENT)
                self._witness.spoil()
                found = yield from self._correction.put_right(job)
        except Untypeable as problem:
            job.stop(str(problem))
        finally:
            yield from self._patience.within(job, self._keyer.settle())

    def _take_steps_in(self, job: Job, layout: Layout, state: KeyboardState, plan: Plan) -> Waits:
        """Take the steps of `plan` in this layout and state; stops where the job is stopped or disturbed."""
        job.layout = layout
        coder = coder_for(job, layout, state)
        for step in plan(coder):
            if step.behind:
                yield from self._reach(job, settle=False)
            if job.stopped:
                return
            if step.borrow:
                if self._keyboard.reuses(step.borrow):
                    yield from self._reach(job, settle=True)
                if len(step.borrow) > self._keyboard.spare:
                    job.stop(LAYOUT_CHANGED)
                if job.stopped:
                    return
                lent = yield from self._patience.within(job, self._keyboard.borrow(step.borrow))
                if lent is None:
                    return
                anew, job.layout = lent is not job.layout, lent
                if anew:
                    # Some programs look up what they have read in one go before they take in that the map is another.
                    yield from self._reach(job, settle=True)
                if job.stopped:
                    return
                coder = coder_for(job, lent, state)
            if not (yield from self._type(step.keys(coder), job)):
                return

    def _type(self, keys: KeyList, job: Job) -> Waits:
        """Press and release `keys`; behind a Tab, look where it has led before anything is typed there."""
        for number, piece in enumerate(_cut_behind_tabs(keys) if job.focused else [keys]):
            if number:
                yield from self._reach(job, settle=False)
                yield from self._surroundings.look_again()
            yield from self._look_at_modifiers(job)
            if job.stopped or job.disturbance:
                return False
            try:
                done = yield self.press_and_release_keys(piece, job)
            finally:
                self._record(job)
            if not done:
                return False
        return True

    def _look_at_modifiers(self, job: Job) -> Waits:
        """Long may have been waited for a program since the job was at rest, and a hand may have come down meanwhile."""
        found = yield from self._patience.within(job, self._keyboard.read())
        if found is not None and found[1].held:
            job.disturbance = Disturbance(typed=False, surplus=0)

    def _record(self, job: Job) -> None:
        """Tell the history what was confirmed."""
        if job.insertion:
            text = job.take_text()
            self._witness.typed(text)
            self._history.typed(job.window, job.caller, text, job.insertion, job.program)
        else:
            # A shortcut may have done anything.
            self._history.end(job.window)

    def _reach_end(self, job: Job) -> Waits:
        """How far the confirmation goes. A window that is gone may have been closed by the last key, and by no other one."""
        level = yield from self._reach(job, settle=False)
        if level == GONE and job.typed > 1 and job.last not in _MAY_CLOSE:
            job.stop(_CLOSED)
        elif not job.stopped:
            job.level = LEVEL_SERVER if level == GONE else level

    def _reach(self, job: Job, *, settle: bool) -> Waits:
        """Wait until the program has taken the keys, in the layout that they were meant in."""
        waiting = self._barrier.reach(job.window, settle=settle)
        patience_s = job.options.timeout_s or self._pacing.answer_s
        reached = yield from self._patience.within(job, waiting, _NOT_ANSWERED, patience_s)
        if self._keyboard.stale:
            yield from self._patience.within(job, self._keyboard.read())
        self._correction.same_layout(job)
        return reached


def _cut_behind_tabs(keys: KeyList) -> list[KeyList]:
    ends = [place for place, chord in enumerate(keys, 1) if chord.text == "\t" and place < len(keys)]
    return [keys[start:end] for start, end in pairwise([0, *ends, len(keys)])]
