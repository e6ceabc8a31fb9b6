# SPDX-License-Identifier: MIT
"""What strays amount to."""

from __future__ import annotations

import pytest

from typewright.engine.interference import Disturbance, judge
from typewright.interfaces.backend import OURS, PROGRAM, REPEAT, SWALLOWED, USER, Stray
from typewright.keymap.chords import ANY_STATE, chord, in_sequence, state_of
from typewright.keymap.key_coder import KeyCoder
from typewright.keymap.sample import CONTROL, LOCK, MOD1, MOD2, MOD5, SHIFT, sample_layout

LAYOUT = sample_layout()
A, C, RETURN, SPACE, SHIFT_R, CAPS = 38, 54, 36, 65, 62, 66
CHORD = KeyCoder(LAYOUT, group=0, locked=0).text_to_keys("a")[0]
CAPITAL = KeyCoder(LAYOUT, group=0, locked=0).text_to_keys("A")[0]


def ours(keycode: int, state: int) -> Stray:
    return Stray(keycode, True, state, OURS)


@pytest.mark.parametrize(
    ("strays", "expected"),
    [
        ([], None),
        ([Stray(A, True, 0, USER), Stray(A, False, 0, USER)], None),
        ([Stray(A, True, 0, PROGRAM)], None),
        ([Stray(SHIFT_R, False, SHIFT, USER)], None),
        ([Stray(SHIFT_R, True, 0, USER)], Disturbance(True, 0)),
        ([Stray(CAPS, True, 0, USER)], Disturbance(True, 0)),
        ([Stray(SHIFT_R, True, 0, PROGRAM)], Disturbance(True, 0)),
        ([ours(A, SHIFT)], Disturbance(False, 1)),
        ([ours(A, LOCK)], Disturbance(False, 1)),
        ([ours(A, state_of(1, 0))], Disturbance(False, 1)),
        ([ours(A, state_of(2, 0))], Disturbance(False, None)),
        ([ours(A, CONTROL)], Disturbance(False, None)),
        ([ours(A, MOD1 | SHIFT)], Disturbance(False, None)),
        ([Stray(A, False, SHIFT, OURS)], Disturbance(True, 0)),
        ([Stray(A, True, 0, REPEAT)] * 3, Disturbance(True, 3)),
        ([Stray(C, True, 0, REPEAT)] * 3, None),
        ([ours(A, SHIFT), Stray(A, True, 0, REPEAT)], Disturbance(False, 2)),
    ],
)
def test_a_judgement(strays: list[Stray], expected: Disturbance | None) -> None:
    assert judge(strays, CHORD, len(CHORD.events), LAYOUT) == expected


def test_a_chord_that_was_broken_off_typed_nothing() -> None:
    strays = [Stray(SHIFT_R, True, 0, USER), Stray(CAPITAL.keys[0], True, SHIFT, OURS)]
    assert judge(strays, CAPITAL, 1, LAYOUT) == Disturbance(False, 0)
    assert judge(strays, CAPITAL, 2, LAYOUT) == Disturbance(True, 0)


def test_a_modifier_that_was_to_be_pressed_alone_was_not() -> None:
    alone = chord([SHIFT_R], LAYOUT.modifiers, 0)
    assert judge([Stray(SHIFT_R, True, ANY_STATE, SWALLOWED)], alone, 2, LAYOUT) == Disturbance(False, 0)
    assert judge([Stray(CAPS, True, 0, USER), ours(SHIFT_R, LOCK)], alone, 2, LAYOUT) == Disturbance(False, 0)


def test_nobody_can_tell_what_becomes_of_half_a_composed_character() -> None:
    composed = in_sequence([CHORD, CAPITAL], "ä")
    shift, repeat = Stray(SHIFT_R, True, 0, USER), Stray(A, True, 0, REPEAT)
    assert judge([shift], composed, len(composed.events), LAYOUT) == Disturbance(True, 0)
    assert judge([shift], composed, 2, LAYOUT) == Disturbance(False, None)
    assert judge([repeat], composed, len(composed.events), LAYOUT) == Disturbance(True, None)


@pytest.mark.parametrize(("keycode", "state", "typed"), [
    (A, 0, "a"), (A, SHIFT, "A"), (A, LOCK, "A"), (A, SHIFT | LOCK, "a"), (A, MOD2, "a"), (A, state_of(1, 0), "ф"),
    (C, MOD5, "©"), (A, CONTROL, None), (RETURN, 0, None), (SHIFT_R, 0, ""), (SPACE, SHIFT, " "), (255, 0, ""), (8, 0, ""),
])  # fmt: skip
def test_what_a_key_types(keycode: int, state: int, typed: str | None) -> None:
    assert LAYOUT.typed_by(keycode, state) == typed


def test_a_combining_character_is_not_taken_back() -> None:
    chord = CHORD._replace(text="\u0301")
    assert judge([Stray(A, True, 0, REPEAT)], chord, 2, LAYOUT) == Disturbance(True, None)
