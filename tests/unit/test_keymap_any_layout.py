# SPDX-License-Identifier: MIT
"""Whatever the layout, its types, levels, groups and modifier keys: what is planned types the text, or nothing."""

from __future__ import annotations

from itertools import combinations

import pytest
from display import Display
from hypothesis import event, example, given
from hypothesis import strategies as st
from twisted.internet.defer import Deferred

from typewright.keymap.chords import Chord, State, chord
from typewright.keymap.key_coder import KeyCoder
from typewright.keymap.keys import Key, KeyGroup, KeyType
from typewright.keymap.keysyms import NO_SYMBOL, character_of, keysym_named, keysym_of
from typewright.keymap.layout import Layout, Untypeable
from typewright.keymap.sample import CONTROL, LOCK, MOD1, MOD2, MOD5, SHIFT
from typewright.testing.backend import FakeKeyboard, FakeSlots

MOD3 = 32
CHARACTERS = "aAbBäÄßẞжЖσςΣıİ1!é—漢"
FUNCTIONS = ("F1", "Home", "dead_acute", "Multi_key", "BackSpace", "Return", "Tab")
MODIFIERS = {50: ("Shift_L", SHIFT), 37: ("Control_L", CONTROL), 64: ("Alt_L", MOD1), 108: ("ISO_Level3_Shift", MOD5),
             203: ("ISO_Level5_Shift", MOD3)}  # fmt: skip
LEVELS = (SHIFT, LOCK, MOD5, MOD3)

keysyms = st.one_of(
    st.sampled_from(CHARACTERS).map(keysym_of), st.sampled_from(FUNCTIONS).map(keysym_named), st.just(NO_SYMBOL)
)


@st.composite
def key_types(draw: st.DrawFn) -> KeyType:
    mask = sum(draw(st.sets(st.sampled_from(LEVELS), max_size=3)))
    active = [sum(chosen) for count in range(4) for chosen in combinations([bit for bit in LEVELS if bit & mask], count)]
    levels = draw(st.dictionaries(st.sampled_from(active), st.integers(0, 3), max_size=len(active)))
    return KeyType(
        mask, levels, frozenset(draw(st.sets(st.sampled_from(active), max_size=2))) if mask & LOCK else frozenset()
    )


@st.composite
def key_groups(draw: st.DrawFn) -> KeyGroup:
    kind = draw(key_types())
    count = max(kind.levels.values(), default=0) + 1
    return KeyGroup(kind, tuple(draw(st.lists(keysyms, min_size=count, max_size=count))))


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    """A few keys with something on them, Shift and perhaps other modifier keys, 8, and perhaps spare keycodes."""
    groups = draw(st.integers(1, 4))
    keys = {8: Key((), (0,) * groups)}
    for keycode in range(24, 24 + draw(st.integers(1, 5))):
        own = tuple(draw(st.lists(key_groups(), min_size=1, max_size=groups)))
        keys[keycode] = Key(own, tuple(draw(st.lists(st.integers(0, len(own) - 1), min_size=groups, max_size=groups))))
    present = {50} | draw(st.sets(st.sampled_from(sorted(MODIFIERS))))
    for keycode in present:
        one = KeyGroup(KeyType(0, {}), (keysym_named(MODIFIERS[keycode][0]),))
        keys[keycode] = Key((one,), (0,) * groups)
    keys |= {code: Key((), (0,) * groups) for code in range(248, 248 + draw(st.integers(0, 3)))}
    return Layout(keys, {code: MODIFIERS[code][1] for code in present}, groups=groups)


locks = st.sets(st.sampled_from([*LEVELS, CONTROL, MOD2])).map(sum)
texts = st.text(st.sampled_from(CHARACTERS + "\n\t"), max_size=12)


def parts(mask: int) -> list[int]:
    return [part for part in range(mask + 1) if not part & ~mask]


def types(layout: Layout, locked: int, group: int, kept: int, added: int, keycode: int) -> str:
    """What comes of this key with these modifiers down, and these locks kept, by the display alone."""
    held = [layout.modifier_keys[bit] for bit in layout.modifier_keys if bit & added]
    display = Display(locked=locked)
    display.take([chord([*held, keycode], layout.modifiers, State(group, kept))], layout)
    return display.text


def reachable(layout: Layout, locked: int, character: str) -> bool:
    """
    Whether any key that holds it types it, in any group, under any modifiers.

    Not by what programs make of a small letter under Caps Lock: that is not relied on.
    """
    off = locked & ~layout.commanding
    return any(
        character_of(key.groups[key.reach[group]].keysyms[key.groups[key.reach[group]].type.level(kept | added)])
        == character
        and types(layout, locked, group, kept | (locked & MOD2), added, keycode) == character
        for keycode, key in layout.keys.items()
        if key.groups and keycode not in layout.modifiers
        for group in range(layout.groups)
        for kept in parts(off)
        for added in parts(sum(layout.modifier_keys) & ~layout.commanding & ~kept)
    )


def is_plain(one: Chord, layout: Layout, locked: int) -> bool:
    """Whether none of the modifiers that are held could be left out."""
    *held, keycode = one.keys
    state = one.events[0].state
    for spared in held:
        display = Display(locked=locked)
        others = [key for key in held if key != spared]
        display.take([chord([*others, keycode], layout.modifiers, state)], layout)
        if display.text == one.text:
            return False
    return True


def lent(deferred: Deferred) -> object:
    results: list[object] = []
    deferred.addCallback(results.append)
    return results[0]


@pytest.mark.promise("any-layout")
@given(layout=layouts(), text=texts, group=st.integers(0, 3), locked=locks)
def test_a_text_is_typed_whole_with_no_modifier_too_many_or_refused_before_the_first_key(
    layout: Layout, text: str, group: int, locked: int
) -> None:
    keyboard = FakeKeyboard(layout)
    slots = FakeSlots([], keyboard)
    state = {"group": group % layout.groups, "locked": locked}
    try:
        segments = KeyCoder(keyboard.layout, **state).segments(text, slots.packing())
    except Untypeable:
        event("refused")
        return
    event(f"{min(len(segments), 4)} segments, lending: {any(segment.lend for segment in segments)}")
    display = Display(locked=locked)
    for segment in segments:
        if segment.lend:
            assert len(segment.lend) <= slots.packing().slots
            assert lent(slots.lend(segment.lend))
        chords = KeyCoder(keyboard.layout, **state).text_to_keys(segment.text)
        display.take(chords, keyboard.layout)
        for one in chords:
            assert 8 not in one.keys
            assert is_plain(one, keyboard.layout, locked) or one.text in "\n\t"
    assert 8 not in keyboard.layout.borrowed
    assert display.text == text


ONE_SMALL_LETTER = Layout({24: Key((KeyGroup(KeyType(0, {}), (keysym_of("a"),)),), (0,))}, {})


@pytest.mark.promise("any-layout")
@example(layout=ONE_SMALL_LETTER, character="a", group=0, locked=LOCK)
@given(layout=layouts(), character=st.sampled_from(CHARACTERS), group=st.integers(0, 3), locked=locks)
def test_what_any_keys_type_is_not_refused(layout: Layout, character: str, group: int, locked: int) -> None:
    position = layout.find_character(character, group=group % layout.groups, locked=locked & ~layout.commanding)
    event("found" if position else "not found")
    if position is None:
        assert not reachable(layout, locked, character)
    else:
        _, there, added, unlocked = position
        kept = locked & ~layout.commanding & ~unlocked
        assert types(layout, locked, there, kept, added, position.keycode) == character
