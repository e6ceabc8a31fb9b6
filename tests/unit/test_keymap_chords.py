# SPDX-License-Identifier: MIT
"""Chords: the order of their events, and the state that each must find."""

from __future__ import annotations

import pytest

from typewright.keymap.chords import ANY_STATE, GROUP_MASK, MODIFIERS_MASK, chord, state_of

SHIFT_L, SHIFT_R, CONTROL, CAPS, LEVEL3, A, B = 50, 62, 37, 66, 108, 38, 56
MODIFIERS = {SHIFT_L: 1, SHIFT_R: 1, CONTROL: 4, CAPS: ANY_STATE, LEVEL3: 128}


@pytest.mark.parametrize(
    ("keys", "events"),
    [
        ([A], "+38/0 -38/0"),
        ([SHIFT_L, A], "+50/0 +38/1 -38/1 -50/1"),
        ([CONTROL, SHIFT_L, A], "+37/0 +50/4 +38/5 -38/5 -50/5 -37/4"),
        ([SHIFT_L, LEVEL3, A], "+50/0 +108/1 +38/129 -38/129 -108/129 -50/1"),
        # Two keys with the same modifier: it is on until the second is up.
        ([SHIFT_L, SHIFT_R], "+50/0 +62/1 -62/1 -50/1"),
        ([A, B], "+38/0 +56/0 -56/0 -38/0"),
        ([A, SHIFT_L], "+38/0 +50/0 -50/1 -38/0"),
        ([], ""),
        # What a key leaves behind that locks or latches, nobody can say beforehand.
        ([CAPS], "+66/0 -66/any"),
        ([SHIFT_L, CAPS, A], "+50/0 +66/1 +38/any -38/any -66/any -50/any"),
    ],
)
def test_keys_go_down_in_order_and_up_in_reverse_order(keys: list[int], events: str) -> None:
    made = chord(keys, MODIFIERS, 0)
    assert made.keys == tuple(keys)
    assert (
        " ".join(
            f"{'+' if event.pressed else '-'}{event.keycode}/{'any' if event.state == ANY_STATE else event.state}"
            for event in made.events
        )
        == events
    )


def test_the_state_before_a_chord_stays_under_all_of_it() -> None:
    before = state_of(1, 0x12)
    assert before == 0x2012
    assert [event.state for event in chord([SHIFT_L, A], MODIFIERS, before).events] == [0x2012, 0x2013, 0x2013, 0x2013]


def test_modifiers_and_group_share_a_state_without_touching() -> None:
    assert [state_of(group, 0xFF) for group in range(4)] == [0x00FF, 0x20FF, 0x40FF, 0x60FF]
    assert MODIFIERS_MASK & GROUP_MASK == 0


def test_the_text_of_a_chord_is_not_shown() -> None:
    made = chord([A], MODIFIERS, 0, "secret")
    assert made.text == "secret"
    assert repr(made) == str(made) == f"{made}" == "Chord(keys=(38,))"
    assert "secret" not in repr([made])
