# SPDX-License-Identifier: MIT
"""
Checked deletion: what is deleted is compared with the field's own account, before the first press and after the last.

Where the models of programs differ, it is compared after each press: none is sent unless what it takes is known to be ours.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred

from typewright.engine.hands import Hands
from typewright.engine.history import History
from typewright.engine.job import Job
from typewright.engine.plans import Planned
from typewright.engine.target import Target
from typewright.engine.timeouts import DeferredGenerator, Timeouts
from typewright.interfaces.accessibility import TEXT_DELETED, IAccessibility, TextEvent
from typewright.interfaces.backend import LEVEL_TEXT, USER_KEYS, IBackend, IClock
from typewright.keymap.key_coder import KeyCoder
from typewright.reasons import DELETED_OTHERWISE, HISTORY_ENDED, NOT_THERE, TEXT_DIFFERS, UNERASABLE
from typewright.text.erasing import EDITORS, LOOK_BACK
from typewright.text.graphemes import clusters

_CHANGE_S = 1.0
"""How long a field may take to tell that a press has deleted something."""
_LOOK_S = 0.02


class CheckedDeletion:
    """Deletes for one job at a time. What cannot be checked stops the job, and ends the history of its window."""

    def __init__(
        self,
        backend: IBackend,
        accessibility: IAccessibility,
        history: History,
        target: Target,
        hands: Hands,
        timeouts: Timeouts,
        clock: IClock,
    ) -> None:
        self._sees_user = USER_KEYS in backend.capabilities
        self._accessibility = accessibility
        self._target = target
        self._history = history
        self._hands = hands
        self._timeouts = timeouts
        self._clock: Any = clock  # the type checker can't see that a clock is Twisted's IReactorTime
        self._deleted = 0

    def compare_before(self, job: Job, planned: Planned) -> DeferredGenerator:
        """Before anything is deleted, compare what must be before the caret with the field's own account."""
        job.goal = ""
        found = yield from self._target.is_there(job, planned.there)
        if found is False:
            job.stop(NOT_THERE)
            self._history.end(job.place.window)
        elif found is None and planned.needs_account:
            job.stop(UNERASABLE)
        elif found is None and not self._sees_user:
            job.stop(HISTORY_ENDED)
        elif found:
            job.goal = planned.goal

    def compare_after(self, job: Job) -> DeferredGenerator:
        """After text was deleted and typed, compare what is before the caret with what was to be."""
        found = (yield from self._target.is_there(job, job.goal)) if job.goal else None
        if found:
            job.level = LEVEL_TEXT
        elif found is False:
            job.stop(TEXT_DIFFERS)
            job.level = ""
            self._history.end(job.place.window)

    def delete(self, job: Job, there: str, goal: str, coder: KeyCoder) -> DeferredGenerator:
        """
        Press BackSpace until what is left of `there`, the text before the caret, begins `goal`; return what is left.

        None, with the job stopped or interfered with, when that cannot be done. The history is kept true throughout.
        """
        asked = LOOK_BACK + len(there)
        told = yield self._accessibility.before(asked)
        if told is None or not told.endswith(there):
            return self._give_up(job)
        before, left = told[: len(told) - len(there)][-LOOK_BACK:], there
        stop = self._accessibility.listen(self._hear)
        try:
            if not (yield self._accessibility.hearing()):
                job.stop(UNERASABLE)
                return None
            while not goal.startswith(left):
                if len(clusters(before + left)[-1]) > len(left):
                    job.stop(UNERASABLE)  # The next press might take a part of what is before.
                    return None
                self._deleted = 0
                done = yield self._hands.press_and_release_keys(coder.backspaces(1), job)
                job.take_text()
                if not done:
                    if job.insertion:
                        self._history.end(job.place.window)
                    return None
                after = yield from self._left_after(job, before, left)
                if after is None:
                    return self._give_up(job)
                self._history.shorten(job.place.window, after, len(left))
                left = after
        finally:
            stop()
        return left

    def _left_after(self, job: Job, before: str, left: str) -> DeferredGenerator:
        """Return what the field has of `left` after a press; None if something else changed, or nothing did in time."""
        end = self._clock.seconds() + _CHANGE_S
        shorter = {left[:count] for count in range(len(left))}
        possible = shorter | {editor.erase(left) for editor in EDITORS["unknown"]}
        candidates = sorted(possible - {left}, key=len, reverse=True)
        while not job.stopped:
            told = (yield self._accessibility.before(LOOK_BACK + len(left))) if self._deleted else None
            if told is not None:
                for candidate in candidates:
                    if told.endswith(before + candidate):
                        return candidate
            if self._clock.seconds() >= end:
                return None
            pause: Deferred[Any] = Deferred()
            call = self._clock.callLater(_LOOK_S, pause.callback, None)
            yield from self._timeouts.within(job, pause)
            if call.active():
                call.cancel()
        return None

    def _hear(self, event: TextEvent) -> None:
        self._deleted += event.kind == TEXT_DELETED

    def _give_up(self, job: Job) -> None:
        job.stop(DELETED_OTHERWISE)
        job.insertion = 0
        self._history.end(job.place.window)
