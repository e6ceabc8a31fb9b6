# SPDX-License-Identifier: MIT
"""The gate: whether anything may be typed now, and what becomes of the jobs when that ends."""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.defer import Deferred, succeed
from twisted.logger import Logger

from typewright.engine.held_keys import HeldKeys
from typewright.engine.history import History
from typewright.engine.job import Job
from typewright.engine.job_queue import JobQueue, Work
from typewright.errors import Stopping
from typewright.interfaces.services import Report
from typewright.reasons import ALL_CANCELLED, DISABLED, ESCAPED, SCREEN_LOCKED, Reason

log = Logger()


class Gate:
    """
    Lets jobs through to the queue while typing is enabled, the screen is unlocked and the service is not stopping.

    `on_enabled(bool)` is called when typing was enabled or disabled. Closing the gate, for any reason, ends all jobs and
    releases held keys.
    """

    def __init__(self, queue: JobQueue, held: HeldKeys, history: History, *, enabled: bool) -> None:
        self.on_enabled: Callable[[bool], None] = lambda enabled: None
        self._queue = queue
        self._held = held
        self._history = history
        self._enabled = enabled
        self._lockers: set[str] = set()
        self._panicked = False
        self._stopping = False

    @property
    def enabled(self) -> bool:
        """Whether typing is enabled (the user's switch)."""
        return self._enabled

    def submit(self, job: Job, work: Work) -> Deferred[Report]:
        """Have `work(job)` done in its turn, or answer at once that the gate is closed; raises as `JobQueue.submit`."""
        if self._stopping:
            raise Stopping
        if not self._enabled or self._lockers:
            job.stop(SCREEN_LOCKED if self._lockers else DISABLED)
            report = job.report(False, 0.0)
            self._queue.on_end(job, report)
            return succeed(report)
        return self._queue.submit(job, lambda job: self._begin(job, work))

    def stop(self, reason: Reason, caller: str | None = None) -> Deferred[int]:
        """End the jobs of `caller`, or all, and what is held; fires with the number of jobs when all their keys are up."""
        released = self._held.release(caller)
        return self._queue.stop(reason, caller).addCallback(lambda ended: released.addCallback(lambda _: ended))

    def cancel_all(self, by: str) -> Deferred[int]:
        """End all jobs and what is held, and let the next through; fires like `stop`. `by` is for the log."""
        log.info("all typing cancelled by {who}", who=by)
        return self.stop(ALL_CANCELLED)

    def supersede(self, job: Job, reason: Reason) -> None:
        """End `job`, if it has not ended yet, because another takes its place."""
        self._queue.stop(reason, job=job)

    def switch(self, enabled: bool, by: str) -> None:
        """Enable or disable typing; `by` is for the log."""
        self._panicked = False
        if enabled != self._enabled:
            log.info("typing {what} by {who}", what="enabled" if enabled else "disabled", who=by)
            self._enabled = enabled
            self.on_enabled(enabled)
        if not enabled:
            self.stop(DISABLED)

    def screen_locked(self, by: str, locked: bool) -> None:
        """The source `by` tells that the user's screen is locked, or no longer: nothing is typed while it is."""
        if locked == (by in self._lockers):
            return  # A source may tell the same again: logind is asked whenever anything has changed.
        if locked:
            self._lockers.add(by)
            self.stop(SCREEN_LOCKED)
        else:
            self._lockers.discard(by)
        # At the end as well: what the user typed meanwhile went to the locker.
        self._history.forget()

    def escape(self) -> None:
        """The user pressed Escape: everything that is being typed or waits for it ends."""
        self.stop(ESCAPED)

    def panic(self) -> None:
        """The user pressed the panic chord: disable typing, or enable it again if the panic chord has disabled it."""
        if self._enabled:
            self.switch(False, "the panic chord")
            self._panicked = True
        elif self._panicked:
            self.switch(True, "the panic chord")

    def close(self, reason: Reason) -> Deferred[int]:
        """Take no more jobs, and end all for `reason`; fires with their number when all keys are up."""
        self._stopping = True
        return self.stop(reason)

    def _begin(self, job: Job, work: Work) -> Deferred[bool]:
        """Begin `work` with no key held: what is held comes up before any other job."""
        if job.kind == "release":
            return work(job)
        return self._held.release().addCallback(lambda _: work(job))
