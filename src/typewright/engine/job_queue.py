# SPDX-License-Identifier: MIT
"""The job queue: the jobs of all callers, one at a time, callers in turn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from twisted.internet.defer import Deferred, maybeDeferred
from twisted.python.failure import Failure

from typewright.engine.fair_queue import FairQueue
from typewright.engine.job import Job
from typewright.errors import LimitsExceeded
from typewright.interfaces.backend import IClock, IDelayed
from typewright.interfaces.services import Report
from typewright.reasons import Reason

Work = Callable[[Job], Deferred[bool]]
_LOOK_S = 0.05


@dataclass(eq=False)
class _Waiting:
    job: Job
    work: Work
    reply: Deferred[Report]
    started: float | None = None


class JobQueue:
    """
    Runs one job at a time, callers in turn, and answers each with a Report when its keys are up.

    A job whose work ends while it still waits for its window (`Job.waits`) gets another turn soon, before all that its
    caller has brought after it. Other callers have theirs in between.

    At most `per_caller` jobs of one caller wait or run at the same time. Each of up to `in_all` callers may have one, and
    there is room for `in_all` more: so callers that bring many never keep out one that brings one. `on_busy(bool)` is called
    when the queue begins and ceases to have something to do, `on_end(job, report)` for each job that ended in a report.
    """

    def __init__(
        self,
        clock: IClock,
        *,
        per_caller: int = 16,
        in_all: int = 64,
    ) -> None:
        self.on_busy: Callable[[bool], None] = lambda busy: None
        self.on_end: Callable[[Job, Report], None] = lambda job, report: None
        self._clock = clock
        self._per_caller = per_caller
        self._in_all = in_all
        self._queue: FairQueue[_Waiting] = FairQueue()
        self._running: _Waiting | None = None
        self._beginning = False
        self._aside: dict[str, IDelayed] = {}  # caller whose next job waits for its window -> when that is looked at again
        self._told_busy = False

    @property
    def busy(self) -> bool:
        """Whether a job runs."""
        return self._running is not None

    def submit(self, job: Job, work: Work) -> Deferred[Report]:
        """
        Have `work(job)` done in turn; fires with the report.

        Errbacks with what `work` failed with. Raises LimitsExceeded when too many jobs are waiting.
        """
        self._admit(job.caller)
        waiting = _Waiting(job, work, Deferred())
        self._queue.add(job.caller, waiting)
        self._next()
        return waiting.reply

    def _admit(self, caller: str) -> None:
        """Raise LimitsExceeded when this caller may bring no job now; a job that is ending already makes room."""
        running = self._running.job.caller if self._running is not None and not self._running.job.stopped else None
        callers = self._queue.callers() | ({running} if running is not None else set())
        held = self._queue.of(caller) + (running == caller)
        if held >= self._per_caller:
            raise LimitsExceeded(f"You have {held} jobs waiting, as many as one caller may have; wait for a reply first.")
        if not held and len(callers) >= self._in_all:
            raise LimitsExceeded(f"{len(callers)} callers have jobs waiting; try again when some have ended.")
        if held and len(self._queue) + (running is not None) - len(callers) >= self._in_all:
            raise LimitsExceeded(
                "Callers with several jobs have filled the queue, and one of yours is in it; wait for its reply."
            )

    def stop(self, reason: Reason, caller: str | None = None, job: Job | None = None) -> Deferred[int]:
        """
        End the jobs of `caller`, or all, or only this `job`; waiting ones are answered at once.

        Fires with their number when the keys of the running one are up.
        """

        def meant(waiting: _Waiting) -> bool:
            return caller in (None, waiting.job.caller) and job in (None, waiting.job)

        # All leave the queue before the first is answered: an answered caller may bring its next job at once.
        waiting = self._queue.take_out(meant)
        for gone in self._aside.keys() - self._queue.callers():
            self._aside.pop(gone).cancel()
        running = self._running if self._running is not None and meant(self._running) else None
        end: Deferred[None] = Deferred()
        if running is None:
            end.callback(None)
        else:
            running.reply.addBoth(_passing(end))
            running.job.stop(reason)  # It may end at once, and the next begin.
        for each in waiting:
            each.job.stop(reason)
            self._answer(each, each.job.report(False, 0.0))
        return end.addCallback(lambda _: len(waiting) + (running is not None))

    def _next(self) -> None:
        """Begin what is next; in a loop, since a thousand may wait that end as they begin, such as a release."""
        if self._beginning:
            return
        self._beginning = True
        try:
            while not self.busy and self._queue.callers() - self._aside.keys():
                self._running = waiting = self._queue.next(self._aside)
                self._tell_busy(True)
                if waiting.started is None:
                    waiting.started = self._clock.seconds()
                waiting.job.waits = False
                maybeDeferred(waiting.work, waiting.job).addBoth(self._ended, waiting, waiting.started)
        finally:
            self._beginning = False

    def _ended(self, result: bool | Failure, waiting: _Waiting, started: float) -> None:
        self._running = None
        if isinstance(result, Failure):
            waiting.reply.errback(result)
        elif waiting.job.waits and not waiting.job.stopped:
            self._queue.put_back(waiting.job.caller, waiting)
            caller = waiting.job.caller
            self._aside[caller] = self._clock.callLater(_LOOK_S, self._look_again, caller)
        else:
            self._answer(waiting, waiting.job.report(result, self._clock.seconds() - started))
        if not self._queue and not self.busy:
            self._tell_busy(False)
        self._next()

    def _look_again(self, caller: str) -> None:
        del self._aside[caller]
        self._next()

    def _tell_busy(self, busy: bool) -> None:
        if busy != self._told_busy:
            self._told_busy = busy
            self.on_busy(busy)

    def _answer(self, waiting: _Waiting, report: Report) -> None:
        self.on_end(waiting.job, report)
        waiting.reply.callback(report)


def _passing(end: Deferred[None]) -> Callable[[object], object]:
    def fire(result: object) -> object:
        end.callback(None)
        return result

    return fire
