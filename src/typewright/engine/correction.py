# SPDX-License-Identifier: MIT
"""Correction: what came out wrong because of interference is deleted, or given up where that is not safe."""

from __future__ import annotations

from typewright.engine.hands import Hands
from typewright.engine.history import History
from typewright.engine.job import Job
from typewright.engine.target import Target
from typewright.engine.timeouts import DeferredGenerator, Timeouts
from typewright.engine.user_activity import UserActivity
from typewright.interfaces.backend import IBackend, KeyboardState
from typewright.keymap.key_coder import KeyCoder
from typewright.keymap.layout import Layout
from typewright.options import SHIFT_RETURN
from typewright.reasons import CARET_UNSURE, INTERFERED, LAYOUT_CHANGED, Reason

_TRIES = 3


class Correction:
    """Deletes what does not belong into a text. What it cannot correct stops the job and ends the history there."""

    def __init__(
        self, backend: IBackend, history: History, target: Target, user: UserActivity, timeouts: Timeouts, hands: Hands
    ) -> None:
        self._keyer = backend.keyer
        self._keyboard = backend.keyboard
        self._history = history
        self._target = target
        self._user = user
        self._timeouts = timeouts
        self._hands = hands

    def correct(self, job: Job) -> DeferredGenerator:
        """
        Wait until no modifier is held, and delete what interference has typed.

        Return the layout and the state to go on with; None, and the job stopped, when that cannot be done.
        """
        interference, job.interference = job.interference, None
        if interference is None or interference.surplus is None:
            return self._give_up(job, INTERFERED)
        if job.erases and self._user.presses:
            return self._give_up(job, CARET_UNSURE)
        surplus, tries, presses = interference.surplus, _TRIES, self._user.presses
        yield from self._timeouts.within(job, self._keyer.settle(), interruptible=False)
        found = yield from self._at_rest_again(job)
        while found is not None and surplus:
            if self._user.presses != presses:
                return self._give_up(job, INTERFERED)
            layout, state = found
            aside = Job(job.caller, "correction", options=job.options)
            aside.place, aside.layout = job.place, layout
            coder = coder_for(aside, layout, state)
            # One at a time: what others type in between must not be deleted with the next.
            if (yield self._hands.press_and_release_keys(coder.backspaces(1), aside)):
                surplus -= 1
                continue
            # None of these presses may be taken back in turn: one BackSpace too many cannot be.
            if aside.interference is None or aside.interference.surplus != 0 or not tries:
                return self._give_up(job, aside.reason or INTERFERED)
            surplus, tries = surplus - aside.typed, tries - 1
            found = yield from self._at_rest_again(job)
        if found is None and surplus:
            self._give_up(job, INTERFERED)
        return found

    def same_layout(self, job: Job) -> bool:
        """Return whether the layout is still the job's; if not, the program read its last keys in another one."""
        if job.is_typed_in(self._keyboard.layout):
            return True
        self._give_up(job, LAYOUT_CHANGED)
        return False

    def _at_rest_again(self, job: Job) -> DeferredGenerator:
        """As `Target.at_rest_again`, in the layout that the job has been typed in."""
        found = yield from self._target.at_rest_again(job)
        return found if found is not None and self.same_layout(job) else None

    def _give_up(self, job: Job, reason: Reason) -> None:
        """Stop the job: what is before the caret is unknown now."""
        job.stop(reason)
        job.insertion = 0
        self._history.end(job.place.window)


def coder_for(job: Job, layout: Layout, state: KeyboardState) -> KeyCoder:
    """Return the coder that makes the key lists of `job` in this layout and state."""
    shift_return = job.options.newline == SHIFT_RETURN
    return KeyCoder(layout, group=state.group, locked=state.locked, shift_return=shift_return)
