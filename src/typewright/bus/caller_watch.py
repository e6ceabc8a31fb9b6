# SPDX-License-Identifier: MIT
"""
The callers whose jobs run or wait, watched, so that nobody's text is typed on after its sender is gone.

For each of them the bus is asked to tell when that one name vanishes, and only while it has a job, or something that
outlives a job (a draft, a key held down): an idle service is not woken by whoever comes and goes on the bus.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from typewright.bus.connection import DAEMON, DAEMON_PATH, BusConnection
from typewright.bus.message import Incoming

_Result = TypeVar("_Result")


class Callers:
    """I call `left(name)` once when a caller that I watch vanishes from the bus."""

    def __init__(self, connection: BusConnection, left: Callable[[str], None]) -> None:
        self._connection = connection
        self._left = left
        self._jobs: dict[str, int] = {}
        self._kept: set[str] = set()
        connection.listen(DAEMON, "NameOwnerChanged", self._owner_changed)

    def watch(self, caller: str, job: Deferred[_Result]) -> Deferred[_Result]:
        """Watch `caller` until `job`, which is given back, fires."""
        if job.called and not job.paused:
            return job  # Over at once, as a refused one is: no need to bother the bus.
        self._jobs[caller] = self._jobs.get(caller, 0) + 1
        if self._jobs[caller] == 1:
            self._connection.add_match(_rule(caller)).addErrback(_ignored)
            # It may have left before the bus knew of our rule. The bus takes our calls in order, so this one tells.
            still_there = self._connection.call_daemon("NameHasOwner", "s", caller)
            still_there.addCallbacks(self._answered, _ignored, callbackArgs=(caller,))
        return job.addBoth(self._over, caller)

    def keep(self, caller: str) -> None:
        """Watch `caller` until it leaves, whether it has a job or not."""
        if caller not in self._kept:
            self._kept.add(caller)
            self.watch(caller, Deferred())  # a job that ends with its caller

    @property
    def watched(self) -> frozenset[str]:
        """Those who have a job, or are kept, and have not left."""
        return frozenset(self._jobs)

    def _over(self, result: Any, caller: str) -> Any:
        jobs = self._jobs.get(caller, 0)
        if jobs > 1:
            self._jobs[caller] = jobs - 1
        elif jobs == 1:
            self._forget(caller)
        return result

    def _answered(self, answer: list[Any], caller: str) -> None:
        if not answer[0]:
            self._vanished(caller)

    def _owner_changed(self, signal: Incoming) -> None:
        name, _, owner = signal.arguments()
        if not owner:
            self._vanished(name)

    def _vanished(self, caller: str) -> None:
        if caller in self._jobs:
            self._forget(caller)
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
    """A bus that can't be asked any more is a lost one, and all jobs end with it."""
