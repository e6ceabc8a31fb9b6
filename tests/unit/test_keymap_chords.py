# SPDX-License-Identifier: MIT
"""Chords: the order of their events, and the state that each must find."""

from __future__ import annotations

import pytest

from typewright.keymap.chords import LASTING, State, chord

SHIFT_L, SHIFT_R, CONTROL, CAPS, LEVEL3, A, B = 50, 62, 37, 66, 108, 38, 56
MODIFIERS = {SHIFT_L: 1, SHIFT_R: 1, CONTROL: 4, CAPS: LASTING, LEVEL3: 128}


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
    made = chord(keys, MODIFIERS, State(0, 0))
    assert made.keys == tuple(keys)
    assert (
        " ".join(
            f"{'+' if event.pressed else '-'}{event.keycode}/{'any' if event.state is None else event.state.modifiers}"
            for event in made.events
        )
        == events
    )


def test_the_state_before_a_chord_stays_under_all_of_it() -> None:
    before = State(group=1, modifiers=0x12)
    assert [event.state for event in chord([SHIFT_L, A], MODIFIERS, before).events] == [
        (1, 0x12), (1, 0x13), (1, 0x13), (1, 0x13),
    ]  # fmt: skip


def test_an_unknown_state_stays_unknown() -> None:
    assert [event.state for event in chord([SHIFT_L, A], MODIFIERS, None).events] == [None] * 4


def test_a_key_that_latches_is_no_modifier_of_the_group() -> None:
    assert [event.state for event in chord([CAPS], MODIFIERS, State(3, 0xFF)).events] == [(3, 0xFF), None]


def test_the_text_of_a_chord_is_not_shown() -> None:
    made = chord([A], MODIFIERS, State(0, 0), "secret")
    assert made.text == "secret"
    assert repr(made) == str(made) == f"{made}" == "Chord(keys=(38,))"
    assert "secret" not in repr([made])
