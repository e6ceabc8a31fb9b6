# SPDX-License-Identifier: MIT
"""Pacing: how the key events of a chord are spread over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from typewright.plan.chords import Chord, KeyEvent

Burst = Sequence[KeyEvent]
"""Events that go out in one write."""


@dataclass(frozen=True)
class Pacing:
    """
    How keys are spread over time.

    `mode` is "chord" (all events of a chord in one write, so that neither a stall nor a kill falls between a press and its
    release) or "event" (strict lock-step, with `hold_s` behind each event, for programs that need it). `timeout_s` is how
    long a confirmation may stay away, `modifier_wait_s` how long a job waits for the user to let go of a modifier.
    """

    mode: str = "chord"
    hold_s: float = 0.0
    timeout_s: float = 2.0
    modifier_wait_s: float = 1.0

    def bursts(self, chord: Chord) -> Sequence[Burst]:
        """The events of `chord`, cut into what goes out in one write each."""
        if self.mode == "chord":
            return (chord.events,)
        return [(event,) for event in chord.events]
