# SPDX-License-Identifier: MIT
"""The engine and the user's accessibility settings: how a chord is struck, and what a swallowed one leads to."""

from __future__ import annotations

import pytest
from engine_bench import EVENT, PENDING, Bench, outcome

from typewright.engine.interference import judge
from typewright.engine.job import Interference
from typewright.interfaces.backend import SWALLOWED, Shape, Stray
from typewright.keymap.chords import Chord, KeyEvent, State
from typewright.keymap.key_coder import KeyCoder
from typewright.keymap.sample import sample_layout

LAYOUT = sample_layout()
A, H, SHIFT = 38, 43, 50


def tapped(chord: Chord) -> Shape:
    """What a user of StickyKeys who must not hold two keys wants: modifiers tapped before the key that they are for."""
    *modifiers, key = chord.keys
    taps = [KeyEvent(keycode, pressed, None) for keycode in modifiers for pressed in (True, False)]
    return Shape((*taps, KeyEvent(key, True, None), KeyEvent(key, False, None)), joined=frozenset(modifiers))


def slow(chord: Chord) -> Shape:
    """What SlowKeys of 5 s make of a chord."""
    return Shape(chord.events, delay_s=5.0 * len(chord.keys))


def swallowed(*keycodes: int) -> list[Stray]:
    return [Stray(keycode, pressed, None, SWALLOWED) for keycode in keycodes for pressed in (True, False)]


def test_modifiers_are_tapped_where_two_keys_end_sticky_keys() -> None:
    bench = Bench()
    bench.keyer.shaped = tapped
    assert outcome(bench.insert("Hi")) is True
    assert bench.bursts == ["+Shift_L -Shift_L +h -h", "+i -i"]


def test_a_tap_is_never_parted_from_its_key() -> None:
    bench = Bench(pacing=EVENT)
    bench.keyer.shaped = tapped
    assert outcome(bench.insert("Hi")) is True
    assert bench.bursts == ["+Shift_L -Shift_L +h", "-h", "+i", "-i"]


def test_settings_that_change_count_from_the_next_chord_on() -> None:
    bench = Bench()

    def on_send(number: int, event: KeyEvent) -> None:
        if number == 4:
            bench.keyer.shaped = tapped

    bench.keyer.on_send = on_send
    assert outcome(bench.insert("HH")) is True
    assert bench.bursts == ["+Shift_L +h -h -Shift_L", "+Shift_L -Shift_L +h -h"]


def test_slow_keys_are_given_their_time() -> None:
    bench = Bench()
    bench.keyer.shaped = slow
    bench.keyer.by_hand = True
    typing = bench.insert("H", timeout_s=1.0)
    bench.clock.pump([1.0] * 10)
    assert outcome(typing) == PENDING
    bench.keyer.processed()
    assert outcome(typing) is True


def test_a_server_that_takes_longer_is_not_waited_for() -> None:
    bench = Bench()
    bench.keyer.shaped = slow
    bench.observer.silent = True
    typing = bench.insert("h", timeout_s=1.0)
    bench.clock.pump([1.0] * 5)
    assert outcome(typing) == PENDING
    bench.clock.pump([1.0] * 2)
    assert outcome(typing) is False


def test_a_swallowed_chord_is_typed_again() -> None:
    bench = Bench()
    bench.observer.false_at = {1, 2}
    bench.observer.see(*swallowed(H))
    assert outcome(bench.insert("hi")) is True
    assert bench.keys == "+h -h +h -h +i -i"
    assert bench.job.typed == 2


@pytest.mark.parametrize(
    ("text", "lost", "expected"),
    [
        ("a", [A], Interference(False, 0)),
        ("A", [SHIFT, A], Interference(False, 0)),
        ("A", [A], Interference(False, 0)),
        ("A", [SHIFT], Interference(True, 0)),
    ],
)
def test_what_a_loss_amounts_to(text: str, lost: list[int], expected: Interference) -> None:
    (chord,) = KeyCoder(LAYOUT, group=0, locked=0).text_to_keys(text)
    assert judge(swallowed(*lost), chord, len(chord.events), LAYOUT) == expected


def test_half_a_character_can_not_be_taken_back() -> None:
    tapped = Chord((A, H), tuple(KeyEvent(key, pressed, State(0, 0)) for key in (A, H) for pressed in (True, False)), "â")
    assert judge(swallowed(H), tapped, 4, LAYOUT) == Interference(False, None)
    assert judge(swallowed(A, H), tapped, 4, LAYOUT) == Interference(False, 0)


def test_a_correction_that_is_swallowed_is_made_again() -> None:
    bench = Bench()
    bench.observer.false_at = {1, 2, 3, 4}
    bench.observer.see(Stray(H, True, State(0, 1), "ours"))

    def on_send(number: int, event: KeyEvent) -> None:
        if number == 3:
            bench.observer.see(*swallowed(event.keycode))

    bench.keyer.on_send = on_send
    assert outcome(bench.insert("h")) is True
    assert bench.keys == "+h -h +BackSpace -BackSpace +BackSpace -BackSpace +h -h"
