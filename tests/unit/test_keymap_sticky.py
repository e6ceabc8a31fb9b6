# SPDX-License-Identifier: MIT
"""Chords that are tapped one key after the other."""

from __future__ import annotations

from typewright.keymap.chords import ANY_STATE, Chord, KeyEvent, chord
from typewright.keymap.sticky import one_by_one

A, Q, SHIFT, ALT_GR, CAPS = 38, 24, 50, 92, 66
MODIFIERS = {SHIFT: 1, ALT_GR: 0x80, CAPS: ANY_STATE}


def test_a_key_alone_stays_as_it_is() -> None:
    plain = chord([A], MODIFIERS, 0x2010, "a")
    assert one_by_one(plain, MODIFIERS) == plain


def test_a_modifier_is_tapped_and_spent_by_the_key() -> None:
    tapped = one_by_one(chord([SHIFT, A], MODIFIERS, 0x2010, "A"), MODIFIERS)
    assert tapped.events == (
        KeyEvent(SHIFT, True, 0x2010),
        KeyEvent(SHIFT, False, 0x2011),
        KeyEvent(A, True, 0x2011),
        KeyEvent(A, False, 0x2010),
    )
    assert (tapped.keys, tapped.text) == ((SHIFT, A), "A")


def test_two_modifiers_add_up() -> None:
    tapped = one_by_one(chord([SHIFT, ALT_GR, Q], MODIFIERS, 0), MODIFIERS)
    assert [(event.keycode, event.pressed, event.state) for event in tapped.events] == [
        (SHIFT, True, 0),
        (SHIFT, False, 1),
        (ALT_GR, True, 1),
        (ALT_GR, False, 0x81),
        (Q, True, 0x81),
        (Q, False, 0),
    ]


def test_a_modifier_held_over_two_keys_is_tapped_for_each() -> None:
    held = Chord(
        (),
        (
            KeyEvent(SHIFT, True, 0), KeyEvent(A, True, 1), KeyEvent(A, False, 1), KeyEvent(Q, True, 1),
            KeyEvent(Q, False, 1), KeyEvent(SHIFT, False, 1), KeyEvent(A, True, 0), KeyEvent(A, False, 0),
        ),
    )  # fmt: skip
    shift = [(SHIFT, True, 0), (SHIFT, False, 1)]
    assert [tuple(event) for event in one_by_one(held, MODIFIERS).events] == [
        *shift, (A, True, 1), (A, False, 0), *shift, (Q, True, 1), (Q, False, 0), (A, True, 0), (A, False, 0),
    ]  # fmt: skip


def test_modifiers_alone_and_keys_that_lock_stay_as_they_are() -> None:
    for keys in ([SHIFT], [SHIFT, ALT_GR], [CAPS], [SHIFT, CAPS]):
        untouched = chord(keys, MODIFIERS, 0)
        assert one_by_one(untouched, MODIFIERS) == untouched
