# SPDX-License-Identifier: MIT
"""Chords shaped for the user's accessibility settings, and the requests that they are packed into."""

from __future__ import annotations

import struct
from unittest.mock import Mock

import pytest

from typewright.backends.x11.accessx import AccessX, Controls, pack, tap_modifiers
from typewright.backends.x11.requests import Extension
from typewright.interfaces.backend import Shape
from typewright.keymap.chords import LASTING, Chord, KeyEvent, State, chord

A, Q, SHIFT, ALT_GR, CAPS = 38, 24, 50, 92, 66
MODIFIERS = {SHIFT: 1, ALT_GR: 0x80, CAPS: LASTING}
LOCKED = 0x10
UP, SHIFTED = State(0, 0), State(0, 1)
MAJOR = 132
CHORD = (
    KeyEvent(50, True, State(0, 0)),
    KeyEvent(38, True, State(0, 1)),
    KeyEvent(38, False, State(0, 1)),
    KeyEvent(50, False, State(0, 1)),
)
PRESS, RELEASE = CHORD[1:3]


def unpack(requests: bytes) -> str:
    """Return the key events in the requests, `+50`, each after the milliseconds that the server waits: `100:-50`."""
    told = []
    for at in range(0, len(requests), 36):
        major, minor, length, kind, keycode, delay = struct.unpack_from("=BBHBB2xI", requests, at)
        assert (major, minor, length) == (MAJOR, 2, 9)
        told.append(f"{f'{delay}:' if delay else ''}{'+' if kind == 2 else '-'}{keycode}")
    return " ".join(told)


@pytest.mark.parametrize(
    ("controls", "told", "cut"),
    [
        (Controls(), "+50 +38 -38 -50", "+50 +38 | -38 -50"),
        (Controls(sticky=True, two_keys=True), "+50 +38 -38 -50", "+50 +38 | -38 -50"),
        (Controls(bounce_s=0.3), "-8 +50 -8 +38 -38 -50", "-8 +50 -8 +38 | -38 -50"),
        (Controls(slow_s=0.3), "+50 310:+38 310:-38 -50", "+50 310:+38 310:-8 | -38 -50"),
        (Controls(slow_s=0.0255), "+50 36:+38 36:-38 -50", "+50 36:+38 36:-8 | -38 -50"),
        (Controls(slow_s=0.3, bounce_s=0.3), "+50 310:+38 310:-38 -50", "+50 310:+38 310:-8 | -38 -50"),
    ],
)
def test_a_write(controls: Controls, told: str, cut: str) -> None:
    for parts, expected in (
        (pack(MAJOR, CHORD, controls, cut=False), f"{told} | "),
        (pack(MAJOR, CHORD, controls, cut=True), cut),
    ):
        assert " | ".join(unpack(part.requests) for part in parts) == expected
        assert [part.number for part in parts] == [len(part.split()) for part in expected.split("|")]


@pytest.mark.parametrize(
    ("events", "told"),
    [
        ((PRESS, RELEASE, PRESS, RELEASE), "+38 | -38 +38 | -38"),
        ((PRESS,), "+38 | "),
        ((RELEASE,), "-38 | "),
    ],
)
def test_a_write_is_cut_after_each_press_that_a_release_follows(events: tuple[KeyEvent, ...], told: str) -> None:
    assert " | ".join(unpack(part.requests) for part in pack(MAJOR, events, Controls(), cut=True)) == told


@pytest.mark.parametrize(
    ("controls", "taps", "delay_s"),
    [
        (Controls(), False, 0.0),
        (Controls(two_keys=True), False, 0.0),
        (Controls(bounce_s=0.3), False, 0.0),
        (Controls(sticky=True), False, 0.0),
        (Controls(slow_s=0.3), False, 0.6),
        (Controls(sticky=True, two_keys=True), True, 0.0),
        (Controls(slow_s=0.3, sticky=True, two_keys=True), True, 0.6),
    ],
)
def test_a_shape(controls: Controls, taps: bool, delay_s: float) -> None:
    accessx = AccessX(Mock(), Extension(135, 85), 5)
    accessx.controls = controls
    held = chord([SHIFT, A], MODIFIERS, State(0, 0), "A")
    tapped = tap_modifiers(held, MODIFIERS)
    expected = Shape(tapped.events, delay_s, frozenset(MODIFIERS)) if taps else Shape(held.events, delay_s)
    assert accessx.shape(held, MODIFIERS) == expected


def test_a_key_alone_stays_as_it_is() -> None:
    plain = chord([A], MODIFIERS, State(1, LOCKED), "a")
    assert tap_modifiers(plain, MODIFIERS) == plain


def test_a_modifier_is_tapped_and_spent_by_the_key() -> None:
    tapped = tap_modifiers(chord([SHIFT, A], MODIFIERS, State(1, LOCKED), "A"), MODIFIERS)
    assert tapped.events == (
        KeyEvent(SHIFT, True, State(1, LOCKED)),
        KeyEvent(SHIFT, False, State(1, LOCKED | 1)),
        KeyEvent(A, True, State(1, LOCKED | 1)),
        KeyEvent(A, False, State(1, LOCKED)),
    )
    assert (tapped.keys, tapped.text) == ((SHIFT, A), "A")


def test_two_modifiers_add_up() -> None:
    tapped = tap_modifiers(chord([SHIFT, ALT_GR, Q], MODIFIERS, State(0, 0)), MODIFIERS)
    assert [(event.keycode, event.pressed, event.state) for event in tapped.events] == [
        (SHIFT, True, State(0, 0)),
        (SHIFT, False, State(0, 1)),
        (ALT_GR, True, State(0, 1)),
        (ALT_GR, False, State(0, 0x81)),
        (Q, True, State(0, 0x81)),
        (Q, False, State(0, 0)),
    ]


def test_a_modifier_held_over_two_keys_is_tapped_for_each() -> None:
    held = Chord(
        (),
        (
            KeyEvent(SHIFT, True, UP), KeyEvent(A, True, SHIFTED), KeyEvent(A, False, SHIFTED), KeyEvent(Q, True, SHIFTED),
            KeyEvent(Q, False, SHIFTED), KeyEvent(SHIFT, False, SHIFTED), KeyEvent(A, True, UP), KeyEvent(A, False, UP),
        ),
    )  # fmt: skip
    shift = [(SHIFT, True, UP), (SHIFT, False, SHIFTED)]
    assert [tuple(event) for event in tap_modifiers(held, MODIFIERS).events] == [
        *shift, (A, True, SHIFTED), (A, False, UP), *shift, (Q, True, SHIFTED), (Q, False, UP),
        (A, True, UP), (A, False, UP),
    ]  # fmt: skip


def test_modifiers_alone_and_keys_that_lock_stay_as_they_are() -> None:
    for keys in ([SHIFT], [SHIFT, ALT_GR], [CAPS], [SHIFT, CAPS]):
        untouched = chord(keys, MODIFIERS, State(0, 0))
        assert tap_modifiers(untouched, MODIFIERS) == untouched
