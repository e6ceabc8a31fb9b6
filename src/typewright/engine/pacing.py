# SPDX-License-Identifier: MIT
"""Pacing: how the key events of a chord are spread over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from typewright.interfaces.backend import Controls
from typewright.keymap.chords import Chord, KeyEvent
from typewright.keymap.sticky import one_by_one

Burst = Sequence[KeyEvent]
"""Events that go out in one write."""


@dataclass(frozen=True)
class Pacing:
    """
    How keys are spread over time.

    `mode` is "chord" (all events of a chord in one write, so that neither a stall nor a kill falls between a press and its
    release) or "event" (strict lock-step, with `hold_s` behind each event, for programs that need it). `timeout_s` is how
    long a confirmation may stay away, `answer_s` how long the program may take to say that it has its keys,
    `modifier_wait_s` how long a job waits for the user to let go of a modifier, `focus_wait_s` how long one that may wait
    for the focus does so.
    """

    mode: str = "chord"
    hold_s: float = 0.0
    timeout_s: float = 2.0
    answer_s: float = 5.0
    modifier_wait_s: float = 1.0
    focus_wait_s: float = 10.0

    def bursts(self, chord: Chord, modifiers: Mapping[int, int], controls: Controls) -> Sequence[Burst]:
        """
        The events of `chord`, as `fitted` gives it, cut into what goes out in one write each.

        Taps on modifiers go with the key that they are for: a latch without its key would outlast a job that is stopped.
        """
        if self.mode == "chord":
            return (chord.events,)
        bursts, burst = [], []
        for event in chord.events:
            burst.append(event)
            if not (_taps(controls) and event.keycode in modifiers):
                bursts.append(burst)
                burst = []
        return [*bursts, burst] if burst else bursts


def fitted(chord: Chord, modifiers: Mapping[int, int], controls: Controls) -> Chord:
    """`chord` as the user's accessibility settings want it; `modifiers` is `Layout.modifiers`."""
    return one_by_one(chord, modifiers) if _taps(controls) else chord


def delay_s(burst: Burst, controls: Controls) -> float:
    """How long the display server takes its time over `burst`, by the user's settings, in seconds."""
    return controls.slow_s and controls.slow_s * sum(event.pressed for event in burst)


def _taps(controls: Controls) -> bool:
    # Held modifiers do what they always do, but for one thing: with `two_keys`, they would switch StickyKeys off.
    return controls.sticky and controls.two_keys
