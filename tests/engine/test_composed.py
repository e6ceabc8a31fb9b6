# SPDX-License-Identifier: MIT
"""Composed characters: several keys one after the other, and one character."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine_bench import EVENT, Bench, outcome

from typewright.engine.pacing import Pacing
from typewright.interfaces.backend import KeyboardState
from typewright.keymap.keysyms import keysym_named
from typewright.keymap.sample import LOCK, sample_layout

SEQUENCES = {"é": ("apostrophe", "e"), "Ê": ("asciicircum", "E"), "″": ("quotedbl", "quotedbl"), "ѝ": ("ж", "a")}


def composing() -> Bench:
    """A keyboard with nothing to lend, whose programs compose some characters of common keys."""

    def sequences(character: str) -> list[tuple[int, ...]]:
        return [tuple(map(keysym_named, SEQUENCES[character]))] if character in SEQUENCES else []

    return Bench(layout=replace(sample_layout(spare=0), compose=sequences))


def test_a_composed_character_is_one_write_and_one_character() -> None:
    bench = composing()
    assert outcome(bench.insert("Ê″")) is True
    assert bench.bursts == [
        "+Shift_L +6 -6 -Shift_L +Shift_L +e -e -Shift_L",
        " ".join(["+Shift_L +apostrophe -apostrophe -Shift_L"] * 2),
    ]
    assert (bench.job.typed, bench.at_rest) == (2, True)


def test_event_by_event_each_is_confirmed() -> None:
    bench = composing()
    bench.typist.hands._pacing = EVENT
    assert outcome(bench.insert("″")) is True
    assert [len(burst) for burst in bench.keyer.bursts] == [1] * 8
    assert bench.at_rest


@pytest.mark.parametrize("pacing", [Pacing(), EVENT])
@pytest.mark.parametrize("lost", range(1, 9))
def test_wherever_it_breaks_off_no_key_stays_down(pacing: Pacing, lost: int) -> None:
    bench = composing()
    bench.typist.hands._pacing = pacing
    bench.observer.silent_at = {lost}
    typing = bench.insert("″")
    bench.clock.advance(2.0)
    assert outcome(typing) is False
    assert bench.job.typed == 0
    assert bench.at_rest


def test_the_program_has_taken_the_keys_before_a_composed_character() -> None:
    bench = composing()
    assert outcome(bench.insert("aééa")) is True
    steps = [line.split()[0] for line in bench.transcript if line.startswith(("press a", "barrier"))]
    assert steps == ["press", "barrier", "press", "press", "press", "barrier"]


def test_composed_under_caps_lock() -> None:
    bench = Bench(layout=composing().keyboard.layout, state=KeyboardState(0, LOCK, 0))
    assert outcome(bench.insert("é")) is True
    assert bench.bursts == ["+apostrophe -apostrophe +Shift_L +e -e -Shift_L"]


def test_keys_of_two_groups_compose_nothing() -> None:
    bench = composing()
    assert outcome(bench.insert("aѝ")) is False
    assert "is not on the keyboard layout" in bench.reason
    assert bench.bursts == []
