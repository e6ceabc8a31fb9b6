# SPDX-License-Identifier: MIT
"""What strays amount to."""

from __future__ import annotations

import pytest

from typewright.engine.interference import judge
from typewright.engine.job import Interference
from typewright.interfaces.backend import OURS, PROGRAM, REPEAT, SWALLOWED, USER, Stray
from typewright.keymap.chords import State, chord, in_sequence
from typewright.keymap.key_coder import KeyCoder
from typewright.keymap.sample import CONTROL, LOCK, MOD1, MOD2, MOD5, SHIFT, sample_layout

LAYOUT = sample_layout()
A, C, RETURN, SPACE, SHIFT_R, CAPS = 38, 54, 36, 65, 62, 66
CHORD = KeyCoder(LAYOUT, group=0, locked=0).text_to_keys("a")[0]
CAPITAL = KeyCoder(LAYOUT, group=0, locked=0).text_to_keys("A")[0]


def ours(keycode: int, modifiers: int, group: int = 0) -> Stray:
    return Stray(keycode, True, State(group, modifiers), OURS)


@pytest.mark.parametrize(
    ("strays", "expected"),
    [
        ([], None),
        ([Stray(A, True, State(0, 0), USER), Stray(A, False, State(0, 0), USER)], None),
        ([Stray(A, True, State(0, 0), PROGRAM)], None),
        ([Stray(SHIFT_R, False, State(0, SHIFT), USER)], None),
        ([Stray(SHIFT_R, True, State(0, 0), USER)], Interference(True, 0)),
        ([Stray(CAPS, True, State(0, 0), USER)], Interference(True, 0)),
        ([Stray(SHIFT_R, True, State(0, 0), PROGRAM)], Interference(True, 0)),
        ([ours(A, SHIFT)], Interference(False, 1)),
        ([ours(A, LOCK)], Interference(False, 1)),
        ([ours(A, 0, group=1)], Interference(False, 1)),
        ([ours(A, 0, group=2)], Interference(False, None)),
        ([ours(A, CONTROL)], Interference(False, None)),
        ([ours(A, MOD1 | SHIFT)], Interference(False, None)),
        ([Stray(A, False, State(0, SHIFT), OURS)], Interference(True, 0)),
        ([Stray(A, True, State(0, 0), REPEAT)] * 3, Interference(True, 3)),
        ([Stray(C, True, State(0, 0), REPEAT)] * 3, None),
        ([ours(A, SHIFT), Stray(A, True, State(0, 0), REPEAT)], Interference(False, 2)),
    ],
)
def test_a_judgement(strays: list[Stray], expected: Interference | None) -> None:
    assert judge(strays, CHORD, len(CHORD.events), LAYOUT) == expected


def test_a_chord_that_was_broken_off_typed_nothing() -> None:
    strays = [Stray(SHIFT_R, True, State(0, 0), USER), Stray(CAPITAL.keys[0], True, State(0, SHIFT), OURS)]
    assert judge(strays, CAPITAL, 1, LAYOUT) == Interference(False, 0)
    assert judge(strays, CAPITAL, 2, LAYOUT) == Interference(True, 0)


def test_a_modifier_that_was_to_be_pressed_alone_was_not() -> None:
    alone = chord([SHIFT_R], LAYOUT.modifiers, State(0, 0))
    assert judge([Stray(SHIFT_R, True, None, SWALLOWED)], alone, 2, LAYOUT) == Interference(False, 0)
    assert judge([Stray(CAPS, True, State(0, 0), USER), ours(SHIFT_R, LOCK)], alone, 2, LAYOUT) == Interference(False, 0)


def test_nobody_can_tell_what_becomes_of_half_a_composed_character() -> None:
    composed = in_sequence([CHORD, CAPITAL], "ä")
    shift, repeat = Stray(SHIFT_R, True, State(0, 0), USER), Stray(A, True, State(0, 0), REPEAT)
    assert judge([shift], composed, len(composed.events), LAYOUT) == Interference(True, 0)
    assert judge([shift], composed, 2, LAYOUT) == Interference(False, None)
    assert judge([repeat], composed, len(composed.events), LAYOUT) == Interference(True, None)


@pytest.mark.parametrize(("keycode", "state", "typed"), [
    (A, 0, "a"), (A, SHIFT, "A"), (A, LOCK, "A"), (A, SHIFT | LOCK, "a"), (A, MOD2, "a"), (A, State(1, 0), "ф"),
    (C, MOD5, "©"), (A, CONTROL, None), (RETURN, 0, None), (SHIFT_R, 0, ""), (SPACE, SHIFT, " "), (255, 0, ""), (8, 0, ""),
])  # fmt: skip
def test_what_a_key_types(keycode: int, state: int | State, typed: str | None) -> None:
    found = state if isinstance(state, State) else State(0, state)
    assert LAYOUT.typed_by(keycode, found) == typed


def test_a_combining_character_is_not_taken_back() -> None:
    chord = CHORD._replace(text="\u0301")
    assert judge([Stray(A, True, State(0, 0), REPEAT)], chord, 2, LAYOUT) == Interference(True, None)
