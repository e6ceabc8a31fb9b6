# SPDX-License-Identifier: MIT
"""Time-outs: how long a job waits for an answer before it stops."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, TimeoutError  # noqa: A004

from typewright.engine.job import Job
from typewright.interfaces.backend import IClock, IDelayed
from typewright.reasons import SERVER_SILENT, Reason

DeferredGenerator = Generator[Deferred[Any], Any, Any]
"""A generator that waits for Deferreds: `inlineCallbacks` runs it, or another one does by `yield from`."""


class Timeouts:
    """Waits `timeout_s` for what has no time-out of its own, unless the job's options say otherwise."""

    def __init__(self, clock: IClock, timeout_s: float) -> None:
        self._clock: Any = clock  # the type checker can't see that a clock is Twisted's IReactorTime
        self._timeout_s = timeout_s

    def within(
        self,
        job: Job,
        waiting: Deferred[Any],
        reason: Reason = SERVER_SILENT,
        timeout_s: float | None = None,
        *,
        interruptible: bool = True,
    ) -> DeferredGenerator:
        """
        Wait for `waiting` and return its result; None, with the job stopped for `reason`, when it stays away.

        A job that is stopped meanwhile waits no longer, and gets None, unless it was not `interruptible`.
        """
        job.interruptible = waiting if interruptible and not job.stopped else None
        try:
            return (yield waiting.addTimeout(timeout_s or job.options.timeout_s or self._timeout_s, self._clock))
        except TimeoutError:
            job.stop(reason)
            return None
        except CancelledError:
            if not job.stopped:
                raise
            return None
        finally:
            job.interruptible = None


class Watchdog:
    """
    Cancels the Deferred that is being waited for when nothing has happened for `timeout_s`. Every Watchdog must be stopped.

    One delayed call serves a whole job: `guard` only notes the time, since a timer for each key event would cost more than
    the event.
    """

    def __init__(self, clock: IClock, timeout_s: float) -> None:
        self.expired = False
        self._clock = clock
        self._timeout_s = timeout_s
        self._waiting: Deferred[object] | None = None
        self._since = clock.seconds()
        self._call: IDelayed | None = clock.callLater(timeout_s, self._look)

    def guard(self, waiting: Deferred, pause_s: float = 0.0) -> Deferred:
        """Give `waiting` the full time from now on, and `pause_s` on top; return it."""
        self._waiting = waiting
        self._since = self._clock.seconds() + pause_s
        return waiting

    def stop(self) -> None:
        """Stop watching."""
        self._waiting = None
        if self._call is not None:
            self._call.cancel()
            self._call = None

    def _look(self) -> None:
        left_s = self._since + self._timeout_s - self._clock.seconds()
        if left_s > 0:
            self._call = self._clock.callLater(left_s, self._look)
            return
        self._call = None
        self.expired = True
        if self._waiting is not None:
            self._waiting.cancel()
