# SPDX-License-Identifier: MIT
"""Correction: what came out wrong, since somebody has come between, is taken back, or given up where that is not safe."""

from __future__ import annotations

from typewright.engine.collaborators import Collaborators
from typewright.engine.hands import LAYOUT_CHANGED, Hands
from typewright.engine.job import Job
from typewright.engine.target import Surroundings
from typewright.engine.timeouts import Patience, Waits
from typewright.engine.user_activity import User
from typewright.interfaces.backend import KeyboardState
from typewright.keymap.key_coder import KeyCoder
from typewright.keymap.layout import Layout
from typewright.options import SHIFT_RETURN

_TRIES = 3
_TYPED_BEHIND = "a key or a button was pressed in between, and what was to be deleted may stand elsewhere now"
_PAST_CORRECTION = "a key that was pressed in between, or repeated, may have done more than type a character"


class Correction:
    """I take back what does not belong into a text. What I can't put right stops the job, and is remembered by nobody."""

    def __init__(
        self, collaborators: Collaborators, surroundings: Surroundings, user: User, patience: Patience, hands: Hands
    ) -> None:
        self._keyer = collaborators.keyer
        self._keyboard = collaborators.keyboard
        self._history = collaborators.history
        self._surroundings = surroundings
        self._user = user
        self._patience = patience
        self._hands = hands

    def put_right(self, job: Job) -> Waits:
        """
        The user, or somebody else, has come between: wait until no modifier is held, and take back what was typed amiss.

        The layout and the state to go on with; None, and the job stopped, when that can't be done.
        """
        disturbance, job.disturbance = job.disturbance, None
        if disturbance is None or disturbance.surplus is None:
            return self._give_up(job, _PAST_CORRECTION)
        if job.erases and self._user.presses:
            return self._give_up(job, _TYPED_BEHIND)
        surplus, tries, presses = disturbance.surplus, _TRIES, self._user.presses
        yield from self._patience.within(job, self._keyer.settle())
        found = yield from self._at_rest_again(job)
        while found is not None and surplus:
            if self._user.presses != presses:
                return self._give_up(job, _PAST_CORRECTION)
            layout, state = found
            aside = Job(job.caller, "correction", options=job.options)
            aside.window, aside.layout = job.window, layout
            coder = coder_for(aside, layout, state)
            # One at a time: what somebody else types in between must not go with the next.
            if (yield self._hands.press_and_release_keys(coder.backspaces(1), aside)):
                surplus -= 1
                continue
            # None of its own presses may be taken back: a BackSpace too many can't be.
            if aside.disturbance is None or aside.disturbance.surplus != 0 or not tries:
                return self._give_up(job, aside.reason or "a correction was disturbed")
            surplus, tries = surplus - aside.typed, tries - 1
            found = yield from self._at_rest_again(job)
        if found is None and surplus:
            self._give_up(job, _PAST_CORRECTION)
        return found

    def same_layout(self, job: Job) -> bool:
        """Whether the layout is still the job's; if not, what the program had not taken yet was read by another one."""
        if job.is_typed_in(self._keyboard.layout):
            return True
        self._give_up(job, LAYOUT_CHANGED)
        return False

    def _at_rest_again(self, job: Job) -> Waits:
        """As `Surroundings.at_rest_again`, in the layout that the job has been typed in."""
        found = yield from self._surroundings.at_rest_again(job)
        return found if found is not None and self.same_layout(job) else None

    def _give_up(self, job: Job, reason: str) -> None:
        """Nobody can tell what stands there now."""
        job.stop(reason)
        job.insertion = 0
        self._history.end(job.window)


def coder_for(job: Job, layout: Layout, state: KeyboardState) -> KeyCoder:
    """The coder that makes key lists of `job`, in this layout and state."""
    shift_return = job.options.newline == SHIFT_RETURN
    return KeyCoder(layout, group=state.group, locked=state.locked, shift_return=shift_return)
