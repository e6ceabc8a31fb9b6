# SPDX-License-Identifier: MIT
"""Whatever the text, layout state and number of spare keycodes: what is planned types the text, or nothing."""

from __future__ import annotations

import pytest
from display import Display
from hypothesis import event, example, given
from hypothesis import strategies as st
from twisted.internet.defer import Deferred

from typewright.keymap.key_coder import KeyCoder
from typewright.keymap.keysyms import character_of
from typewright.keymap.layout import Untypeable
from typewright.keymap.packing import Packing
from typewright.keymap.sample import CONTROL, LOCK, MOD2, MOD4, MOD5, SHIFT, sample_layout
from typewright.testing.backend import FakeKeyboard, FakeSlots
from typewright.text.typeable import typeable

US_RU = sample_layout()
ON_THE_LAYOUT = sorted(
    {character_of(keysym) for key in US_RU.keys.values() for group in key.groups for keysym in group.keysyms} - {""}
)

near = st.text(st.sampled_from([*ON_THE_LAYOUT, "\n", "\t"]))
mixed = st.text(st.sampled_from([*ON_THE_LAYOUT, *"\n\tçÇßẞıİςσΣǆǅǄﬁŉ😀漢字é"]))
anything = st.text(st.characters(exclude_categories=("Cc", "Cs")))
texts = st.lists(st.one_of(near, mixed, anything), max_size=3).map("".join)
locks = st.sets(st.sampled_from([SHIFT, LOCK, CONTROL, MOD2, MOD4, MOD5])).map(sum)
groups = st.integers(0, 1)


def given_result(deferred: Deferred) -> object:
    results: list[object] = []
    deferred.addCallback(results.append)
    return results[0]


@pytest.mark.promise("any-layout")
@given(text=near, group=groups, locked=locks)
def test_what_the_layout_has_is_typed_without_slots(text: str, group: int, locked: int) -> None:
    coder = KeyCoder(US_RU, group=group, locked=locked)
    assert [(segment.text, segment.lend) for segment in coder.segments(text, Packing(0, 2, {}))] == [(text, ())]
    display = Display(locked=locked)
    display.take(coder.text_to_keys(text), US_RU)
    assert display.text == text


@pytest.mark.promise("whole-or-refused")
@given(text=texts, group=groups, locked=locks, spare=st.integers(0, 4), reads_again=st.booleans())
@example(text="ǅǆǄ", group=0, locked=0, spare=1, reads_again=True)
@example(text="éèς", group=0, locked=LOCK, spare=1, reads_again=False)
@example(text="ıﬁς aA1", group=0, locked=LOCK, spare=3, reads_again=False)
@example(text="Ça, да: ½ 😀", group=1, locked=LOCK, spare=2, reads_again=True)
def test_a_text_is_typed_whole_or_refused_before_the_first_key(
    text: str, group: int, locked: int, spare: int, reads_again: bool
) -> None:
    assert typeable(text) == text
    keyboard = FakeKeyboard(sample_layout(spare=spare))
    slots = FakeSlots([], keyboard)
    if reads_again and spare:
        assert given_result(slots.lend([("ø", "Ø")]))  # an earlier job's, still lent
    coder = KeyCoder(keyboard.layout, group=group, locked=locked)
    try:
        segments = coder.segments(text, slots.packing())
    except Untypeable:
        event("refused")
        assert [character for character in text if character not in [*ON_THE_LAYOUT, "\n", "\t"]]
        assert not spare
        return
    event(f"{min(len(segments), 5)} segments")
    display = Display(locked=locked)
    for segment in segments:
        if segment.lend:
            assert len(segment.lend) <= spare
            assert given_result(slots.lend(segment.lend))
        coder = KeyCoder(keyboard.layout, group=group, locked=locked)
        chords = coder.text_to_keys(segment.text)
        assert [chord.text for chord in chords] == list(segment.text)
        display.take(chords, keyboard.layout)
    assert display.text == text


@pytest.mark.promise("any-layout")
@given(count=st.integers(0, 50), group=groups, locked=locks)
def test_backspaces_type_nothing_and_find_their_state(count: int, group: int, locked: int) -> None:
    display = Display(locked=locked)
    chords = KeyCoder(US_RU, group=group, locked=locked).backspaces(count)
    display.take(chords, US_RU)
    assert display.text == ""
    assert len(chords) == count
