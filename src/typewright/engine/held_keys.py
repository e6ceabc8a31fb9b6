# SPDX-License-Identifier: MIT
"""Held keys: pressed for a caller and left down, never longer than their lease."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from twisted.internet.defer import Deferred, DeferredLock, inlineCallbacks, succeed
from twisted.logger import Logger

from typewright.engine.job import Job
from typewright.engine.plans import Typist
from typewright.engine.timeouts import Waits
from typewright.engine.typist import Step
from typewright.interfaces.backend import IClock, IDelayed
from typewright.keymap.chords import Chord
from typewright.keymap.key_coder import KeyCoder
from typewright.keymap.notation import keysyms_of

log = Logger()


class _Held(NamedTuple):
    caller: str
    keysyms: Sequence[object]
    keycodes: Sequence[int]
    end: IDelayed


class Holds:
    """
    I hold one chord at a time: whatever is held comes up before anybody's next key goes down.

    Every Deferred of mine fires when the keys are where they should be.
    """

    def __init__(self, typist: Typist, clock: IClock) -> None:
        self._typist = typist
        self._clock = clock
        self._held: _Held | None = None
        self._lifting = DeferredLock()

    @inlineCallbacks
    def hold(self, notation: str, lease_s: float, job: Job) -> Waits:
        """
        Press the one chord of `notation`, for `lease_s` seconds at most; fires True when it is down.

        When it went down, but the job has ended otherwise, it is up again.
        """

        def half(coder: KeyCoder) -> list[Chord]:
            return [
                chord._replace(events=tuple(event for event in chord.events if event.pressed))
                for chord in coder.chords(notation)[job.typed :]
            ]

        done = False
        try:
            done = yield self._typist.perform(job, lambda _: [Step(half)])
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
            job.stop("the caller does not hold this chord, or no longer")
            return succeed(False)
        return self._release(self._held, job)

    def release(self, caller: str | None = None) -> Deferred[bool]:
        """
        Release what is held, if it is held for `caller` or no caller is named; fires True if that was confirmed.

        What is being released already is up as well when it fires.
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
        return self._lifting.run(self._typist.lift, keycodes, job)

    def _expire(self) -> None:
        self.release().addErrback(lambda failure: log.failure("releasing held keys failed", failure))
