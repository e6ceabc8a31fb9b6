# SPDX-License-Identifier: MIT
"""Patience: how long a job waits for an answer before it is stopped."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from twisted.internet.defer import Deferred, TimeoutError  # noqa: A004

from typewright.engine.job import Job
from typewright.interfaces.backend import IClock

DEAF = "the X server does not answer"

Waits = Generator[Deferred[Any], Any, Any]
"""What a generator is that waits for Deferreds: `inlineCallbacks` runs it, or another one by `yield from`."""


class Patience:
    """I wait `timeout_s` for what has no time of its own, unless the job's options say otherwise."""

    def __init__(self, clock: IClock, timeout_s: float) -> None:
        self._clock: Any = clock  # the type checker can't see that a clock is Twisted's IReactorTime
        self._timeout_s = timeout_s

    def within(self, job: Job, waiting: Deferred[Any], reason: str = DEAF, timeout_s: float | None = None) -> Waits:
        """The result of `waiting`; None, and the job stopped for `reason`, when it stays away."""
        try:
            return (yield waiting.addTimeout(timeout_s or job.options.timeout_s or self._timeout_s, self._clock))
        except TimeoutError:
            job.stop(reason)
            return None
