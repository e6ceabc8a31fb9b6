# SPDX-License-Identifier: MIT
"""Pacing: how much goes out in one write, and how long a job waits for what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from typewright.interfaces.backend import Shape
from typewright.keymap.chords import KeyEvent

Burst = Sequence[KeyEvent]
"""Events that go out in one write."""


@dataclass(frozen=True)
class Pacing:
    """
    How keys are spread over time; all times are seconds.

    `mode` is "run" (several chords in one write, where the backend can; see `RunLength`), "chord" (all events of a chord in
    one write, so that neither a stall nor a kill falls between a press and its release) or "event" (strict lock-step, with
    `hold_s` after each event, for programs that need it). `timeout_s` is how long a confirmation may stay away, `answer_s`
    how long the program may take to answer that it has its keys, `modifier_wait_s` how long a job waits for the user to let
    go of a modifier, `focus_wait_s` how long one that may wait for the focus does.
    """

    mode: str = "run"
    hold_s: float = 0.0
    timeout_s: float = 2.0
    answer_s: float = 5.0
    modifier_wait_s: float = 1.0
    focus_wait_s: float = 10.0

    def bursts(self, shape: Shape) -> Sequence[Burst]:
        """
        Return the events of `shape`, cut into what goes out in one write each.

        Events that are joined go with the key that they are for: a latch without its key would outlast a job that is
        stopped.
        """
        if self.mode != "event":
            return (shape.events,)
        bursts, burst = [], []
        for event in shape.events:
            burst.append(event)
            if event.keycode not in shape.joined:
                bursts.append(burst)
                burst = []
        return [*bursts, burst] if burst else bursts
