# SPDX-License-Identifier: MIT
"""The typist: from a call to the plan of a job, which its performer carries out."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from twisted.internet.defer import Deferred

from typewright.engine.collaborators import Collaborators
from typewright.engine.context_adjust import Fitting, verbatim
from typewright.engine.job import Job
from typewright.engine.pacing import Pacing
from typewright.engine.target import Surroundings
from typewright.engine.typist import Performer, Plan, Step
from typewright.engine.user_activity import User
from typewright.interfaces.backend import IClock
from typewright.keymap.chords import KeyList
from typewright.keymap.key_coder import KeyCoder
from typewright.text.deletion import presses


class Typist:
    """
    I type for one job at a time: wait for the Deferred that I return before you ask for the next.

    The Deferreds of `insert`, `backspace`, `press` and `perform` fire True when every key event was confirmed, and the
    barrier reached; else False. By then all keys that I pressed are up. The job holds what happened.
    """

    def __init__(
        self,
        collaborators: Collaborators,
        clock: IClock,
        pacing: Pacing | None = None,
        fitting: Fitting | None = None,
        user: User | None = None,
        *,
        passwords: bool = False,
    ) -> None:
        """
        `fitting` is how inserted text is changed (None: not at all), `user` who may come between (None: nobody); with
        `passwords`, password fields are typed into.
        """
        self._keyboard = collaborators.keyboard
        self._history = collaborators.history
        self._fitting = fitting or verbatim()
        user = user or User(clock, self._keyboard)
        pacing = pacing or Pacing()
        surroundings = Surroundings(collaborators, user, clock, pacing, self._fitting, passwords=passwords)
        self._performer = Performer(collaborators, surroundings, user, clock, pacing)

    def insert(self, text: str, job: Job) -> Deferred[bool]:
        """Type `text`, which has been through `typeable`, over borrowed keycodes where the layout lacks a character."""
        fitted: list[str] = []

        def plan(coder: KeyCoder) -> list[Step]:
            if not fitted:
                fitted.append(self._fitting(text, job.before))
                job.total = len(fitted[0])
            return self.steps(coder, fitted[0][job.typed :])

        return self.perform(job, plan)

    def backspace(self, count: int, job: Job) -> Deferred[bool]:
        """Delete `count` characters backwards, as the user sees them where the history knows them."""

        def plan(coder: KeyCoder) -> list[Step]:
            counts = presses(self._history.before(job.window), count - job.typed, job.program)
            chords = coder.backspaces(len(counts))
            return [Step(lambda _: [each._replace(counts=done) for each, done in zip(chords, counts, strict=True)])]

        return self.perform(job, plan)

    def press(self, notation: str, job: Job) -> Deferred[bool]:
        """Press the chords of `notation`; see `typewright.keymap.notation`."""
        return self.perform(job, lambda _: [Step(lambda coder: coder.chords(notation)[job.typed :])])

    def steps(self, coder: KeyCoder, text: str) -> list[Step]:
        """What it takes to type `text`; raises Untypeable."""
        segments = coder.segments(text, self._keyboard.spare)
        return [Step(partial(_spell, segment.text), segment.borrow, segment.behind) for segment in segments]

    def press_and_release_keys(self, key_list: KeyList, job: Job) -> Deferred[bool]:
        """Press and release the chords of `key_list`; see `Hands`."""
        return self._performer.press_and_release_keys(key_list, job)

    def lift(self, keycodes: Collection[int], job: Job) -> Deferred[bool]:
        """Release `keycodes`, whatever has become of the job; see `Hands`."""
        return self._performer.lift(keycodes, job)

    def perform(self, job: Job, plan: Plan) -> Deferred[bool]:
        """Carry out a plan of your own; see `Performer`."""
        return self._performer.perform(job, plan)


def _spell(text: str, coder: KeyCoder) -> KeyList:
    return coder.text_to_keys(text)
