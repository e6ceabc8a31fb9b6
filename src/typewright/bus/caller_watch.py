# SPDX-License-Identifier: MIT
"""
Watches callers, so that a job ends when its caller leaves the bus, unless the caller wanted no reply.

The bus is asked to announce the end of that one name, and only while the caller has a job, or something that outlives a job
(a draft, a held key): peers that come and go must not wake an idle service.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from typewright.bus.connection import DAEMON, DAEMON_PATH, BusConnection
from typewright.bus.message import Message

_Result = TypeVar("_Result")


class CallerWatch:
    """Calls `left(name)` once when a watched caller leaves the bus, and after its jobs that need no reply."""

    def __init__(self, connection: BusConnection, left: Callable[[str], None]) -> None:
        self._connection = connection
        self._left = left
        self._jobs: dict[str, int] = {}
        self._kept: set[str] = set()
        self._unanswered: dict[str, int] = {}
        self._gone: set[str] = set()
        connection.listen(DAEMON, "NameOwnerChanged", self._owner_changed)

    def watch(self, caller: str, job: Deferred[_Result]) -> Deferred[_Result]:
        """Watch `caller` until `job` fires; return `job`."""
        if job.called and not job.paused:
            return job  # Already ended, as a refused job is: the bus need not be asked.
        self._jobs[caller] = self._jobs.get(caller, 0) + 1
        if self._jobs[caller] == 1:
            self._connection.add_match(_rule(caller)).addErrback(_ignored)
            # The caller may have left before the bus had the rule. The bus processes calls in order, so this answer tells.
            still_there = self._connection.call_daemon("NameHasOwner", "s", caller)
            still_there.addCallbacks(self._answered, _ignored, callbackArgs=(caller,))
        return job.addBoth(self._job_ended, caller)

    def carry_on(self, caller: str, job: Deferred[_Result]) -> Deferred[_Result]:
        """Have `job`, which needs no reply, go on to its end whether `caller` leaves or not; return `job`."""
        self._unanswered[caller] = self._unanswered.get(caller, 0) + 1
        return job.addBoth(self._carried_on, caller)

    def keep(self, caller: str) -> None:
        """Watch `caller` until it leaves, whether it has a job or not."""
        if caller not in self._kept:
            self._kept.add(caller)
            self.watch(caller, Deferred())  # A job that never ends.

    @property
    def watched(self) -> frozenset[str]:
        """The callers that are watched now."""
        return frozenset(self._jobs)

    def _job_ended(self, result: Any, caller: str) -> Any:
        jobs = self._jobs.get(caller, 0)
        if jobs > 1:
            self._jobs[caller] = jobs - 1
        elif jobs == 1:
            self._forget(caller)
        return result

    def _carried_on(self, result: Any, caller: str) -> Any:
        self._unanswered[caller] -= 1
        if not self._unanswered[caller]:
            del self._unanswered[caller]
            if caller in self._gone:
                self._gone.discard(caller)
                self._left(caller)
        return result

    def _answered(self, answer: list[Any], caller: str) -> None:
        if not answer[0]:
            self._has_left(caller)

    def _owner_changed(self, signal: Message) -> None:
        name, _, owner = signal.arguments()
        if not owner:
            self._has_left(name)

    def _has_left(self, caller: str) -> None:
        if caller in self._jobs:
            self._forget(caller)
            if caller in self._unanswered:
                self._gone.add(caller)
            else:
                self._left(caller)

    def _forget(self, caller: str) -> None:
        del self._jobs[caller]
        self._kept.discard(caller)
        self._connection.remove_match(_rule(caller)).addErrback(_ignored)


def _rule(caller: str) -> str:
    return (
        f"type='signal',sender='{DAEMON}',interface='{DAEMON}',path='{DAEMON_PATH}',"
        f"member='NameOwnerChanged',arg0='{caller}',arg2=''"
    )


def _ignored(failure: Failure) -> None:
    """The bus cannot be asked any more: it is lost, and all jobs end with it."""
