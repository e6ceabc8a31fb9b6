# SPDX-License-Identifier: MIT
"""
The text check: what the program itself says of its text, compared with what was typed.

The program tells while the job is typed, and nothing waits for it before the end. A lie must not make a job true, and only
proof may make it false: so a doubtful report leaves the job on the level that it reached without this.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred, TimeoutError  # noqa: A004

from typewright.engine.history import History
from typewright.engine.job import Job
from typewright.engine.timeouts import DeferredGenerator, Timeouts
from typewright.engine.user_activity import UserActivity
from typewright.interfaces.accessibility import CARET_MOVED, TEXT_DELETED, IAccessibility, TextEvent
from typewright.interfaces.backend import LEVEL_TEXT, WINDOW, IBackend, IClock
from typewright.keymap.chords import ERASE
from typewright.reasons import TEXT_DIFFERS
from typewright.text.comparison import DIFFERENT, SAME, compare, is_at_end

_SOON_S = 0.25
"""How long a job waits before its first key for a program to take the keys from before."""
_LATE_S = 0.05
"""How long after the last event, or after the barrier, a further event may come."""
_LONGEST_S = 1.0
_MOST_TOLD = 100_000
_LOOK_BACK = 1000


class TextCheck:
    """
    Checks one job at a time: `begin`, `typed` for what was confirmed, `compare` after the barrier, `end`.

    `spoil` when something was typed or deleted of which `typed` does not tell.
    """

    def __init__(
        self,
        backend: IBackend,
        accessibility: IAccessibility,
        history: History,
        user: UserActivity,
        clock: IClock,
        timeouts: Timeouts,
    ) -> None:
        self._accessibility = accessibility
        self._barrier = backend.barrier
        self._programs = backend.programs
        self._history = history
        self._user = user
        self._clock: Any = clock  # the type checker can't see that a clock is Twisted's IReactorTime
        self._timeouts = timeouts
        self._stop = _nothing
        self._generation = 0
        self._typed: list[str] = []
        self._told: list[str] = []
        self._left = 0
        self._doubtful = False
        self._more: Deferred[None] | None = None
        self._up_to_date = (0, 0)
        self._mute = 0

    def begin(self, job: Job) -> DeferredGenerator:
        """
        Listen, if the focused object has editable text and belongs to the program that gets the keys.

        Where the display server does not tell whose window that is, the object is taken for its: that it tells of just what
        was typed could not be by chance.
        """
        up_to_date, self._up_to_date = self._up_to_date, (0, 0)
        on = job.focused
        if not job.insertion or on is None or on.password or not on.editable:
            return
        process = yield from self._timeouts.within(job, self._programs.process(job.place))
        if job.place.kind != WINDOW or process not in (0, on.process):
            return
        self._stop = self._accessibility.listen(self._hear)
        generation = yield self._accessibility.hearing()
        # What the user or an earlier job has typed may still be on its way.
        if generation and up_to_date != (generation, self._user.seen) and not (yield from self._all_told(job)):
            return
        self._typed, self._told, self._left, self._doubtful = [], [], _MOST_TOLD, False
        self._generation = generation

    def typed(self, text: str) -> None:
        """Note that `text` was confirmed; an ERASE in it is a BackSpace."""
        self._typed.append(text)

    def spoil(self) -> None:
        """Note that what the program tells cannot be compared any more."""
        self._doubtful = True

    def compare(self, job: Job) -> DeferredGenerator:
        """Raise the job's level if what was told is what was typed; stop the job if it is proven that it is not."""
        if not self._generation or not any(self._typed):
            return
        if self._generation != self._mute:
            yield from self._until_same(job)
        if not self._told:
            self._mute = self._generation
        if job.stopped or (yield self._accessibility.hearing()) != self._generation or self._in_doubt:
            return
        found = self._verdict()
        if found == SAME:
            job.level = LEVEL_TEXT
            self._up_to_date = self._generation, self._user.seen
        elif found == DIFFERENT:
            text = yield self._accessibility.before(min(_LOOK_BACK, max(map(len, self._both()))))
            if not self._in_doubt and self._verdict() == DIFFERENT and is_at_end(text or "", *self._both(), _LOOK_BACK):
                job.stop(TEXT_DIFFERS)
                job.level = ""
                job.insertion = 0
                self._history.end(job.place.window)

    def end(self) -> None:
        """The job is over: stop listening."""
        self._generation = 0
        self._stop()
        self._stop = _nothing
        self._typed, self._told = [], []

    def _both(self) -> tuple[str, str]:
        return "".join(self._typed), "".join(self._told)

    def _verdict(self) -> str:
        return compare(*self._both())

    @property
    def _in_doubt(self) -> bool:
        return self._doubtful or self._user.presses > 0

    def _all_told(self, job: Job) -> DeferredGenerator:
        """Return whether the program has taken all keys from before and told of them; the wait is short."""
        try:
            yield self._barrier.reach(job.place, settle=False).addTimeout(_SOON_S, self._clock)
        except TimeoutError:
            return False
        return (yield self._accessibility.caught_up())

    def _until_same(self, job: Job) -> DeferredGenerator:
        """Wait for late events: some programs have taken a key before it is in their text."""
        if self._verdict() != SAME:
            yield self._accessibility.caught_up()
        end = self._clock.seconds() + _LONGEST_S
        told = -1
        while self._verdict() != SAME and told != len(self._told) and self._clock.seconds() < end:
            if job.stopped or self._in_doubt:
                return
            told = len(self._told)
            self._more = Deferred()
            yield self._more.addTimeout(_LATE_S, self._clock, onTimeoutCancel=lambda *_: None)
        self._more = None

    def _hear(self, event: TextEvent) -> None:
        if not self._generation:
            return
        self._left -= len(event.text)
        if event.kind == CARET_MOVED:
            self._doubtful |= bool(self._told)  # The place of the first change is where the text begins.
        elif self._left < 0:
            self._doubtful = True
        else:
            self._told.append(ERASE * len(event.text) if event.kind == TEXT_DELETED else event.text)
        if self._more is not None and not self._more.called:
            self._more.callback(None)


def _nothing() -> None:
    """There is nothing to stop."""
