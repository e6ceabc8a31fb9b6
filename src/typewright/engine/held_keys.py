# SPDX-License-Identifier: MIT
"""Held keys: pressed for a caller and left down, never longer than their lease."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from twisted.internet.defer import Deferred, DeferredLock, inlineCallbacks, succeed
from twisted.logger import Logger

from typewright.engine.hands import Hands
from typewright.engine.job import Job
from typewright.engine.plans import Plan, holding
from typewright.engine.timeouts import DeferredGenerator
from typewright.interfaces.backend import IClock, IDelayed
from typewright.keymap.notation import keysyms_of
from typewright.reasons import NOT_HELD

log = Logger()


class _Held(NamedTuple):
    caller: str
    keysyms: Sequence[object]
    keycodes: Sequence[int]
    end: IDelayed


class HeldKeys:
    """
    Holds one chord at a time: what is held comes up before the next key of any job goes down.

    Every Deferred fires when the keys are where they should be.
    """

    def __init__(self, hands: Hands, perform: Callable[[Job, Plan], Deferred[bool]], clock: IClock) -> None:
        """`perform` is the typist's; the `hands` lift what is held while no job runs."""
        self._hands = hands
        self._perform = perform
        self._clock = clock
        self._held: _Held | None = None
        self._lifting = DeferredLock()

    @inlineCallbacks
    def hold(self, notation: str, lease_s: float, job: Job) -> DeferredGenerator:
        """
        Press the one chord of `notation`, for `lease_s` seconds at most; fires True when it is down.

        If it went down, but the job ended without success, it is up again.
        """
        done = False
        try:
            done = yield self._perform(job, holding(notation))
        finally:
            if not done and job.left_down:
                yield self._lift(job.left_down, Job(job.caller, "release"))
        if done:
            end = self._clock.callLater(lease_s, self._expire)
            self._held = _Held(job.caller, keysyms_of(notation), job.left_down, end)
        return done

    def release_for(self, job: Job, keysyms: Sequence[object]) -> Deferred[bool]:
        """Release the chord of `keysyms` if the job's caller holds it; fires True if that was confirmed."""
        if self._held is None or self._held.caller != job.caller or self._held.keysyms != keysyms:
            job.stop(NOT_HELD)
            return succeed(False)
        return self._release(self._held, job)

    def release(self, caller: str | None = None) -> Deferred[bool]:
        """
        Release what is held, if it is held for `caller` or no caller is named; fires True if that was confirmed.

        A release that is under way already is over as well when it fires.
        """
        held = self._held
        if held is None or caller not in (None, held.caller):
            return self._lifting.run(lambda: False)
        return self._release(held, Job(held.caller, "release"))

    def _release(self, held: _Held, job: Job) -> Deferred[bool]:
        self._held = None
        if held.end.active():
            held.end.cancel()
        return self._lift(held.keycodes, job)

    def _lift(self, keycodes: Collection[int], job: Job) -> Deferred[bool]:
        return self._lifting.run(self._hands.lift, keycodes, job)

    def _expire(self) -> None:
        self.release().addErrback(lambda failure: log.failure("releasing held keys failed", failure))
