# SPDX-License-Identifier: MIT
"""Where a layout has a keysym."""

from __future__ import annotations

from dataclasses import replace

import pytest

from typewright.keymap.chords import LASTING
from typewright.keymap.keys import Key, KeyGroup, KeyType
from typewright.keymap.keysyms import keysym_named, keysym_of
from typewright.keymap.layout import Layout
from typewright.keymap.sample import (
    ALPHABETIC,
    CONTROL,
    LOCK,
    MOD1,
    MOD2,
    MOD4,
    MOD5,
    ONE_LEVEL,
    SHIFT,
    TWO_LEVEL,
    sample_layout,
)

US_RU = sample_layout()


def found(layout: Layout, name: str, *, group: int = 0, locked: int = 0) -> tuple[int, ...] | None:
    """The position, without the locks to be taken off where there are none."""
    position = layout.find(keysym_named(name), group=group, locked=locked)
    if position is None:
        return None
    return tuple(position) if position.unlocked else tuple(position)[:3]


def key(*names: str, type: KeyType = TWO_LEVEL) -> Key:  # noqa: A002
    return Key((KeyGroup(type, tuple(map(keysym_named, names))),), (0,))


@pytest.mark.parametrize(
    ("name", "group", "locked", "position"),
    [
        # plain, shifted, AltGr, both
        ("a", 0, 0, (38, 0, 0)),
        ("A", 0, 0, (38, 0, SHIFT)),
        ("5", 0, 0, (14, 0, 0)),
        ("percent", 0, 0, (14, 0, SHIFT)),
        ("EuroSign", 0, 0, (14, 0, MOD5)),
        ("‰", 0, 0, (14, 0, SHIFT | MOD5)),
        ("Return", 0, 0, (36, 0, 0)),
        # the active group before the other one
        ("a", 1, 0, (38, 0, 0)),
        ("ф", 0, 0, (38, 1, 0)),
        ("ф", 1, 0, (38, 1, 0)),
        ("Ф", 1, 0, (38, 1, SHIFT)),
        ("period", 0, 0, (60, 0, 0)),
        ("space", 1, 0, (65, 1, 0)),
        ("1", 1, 0, (10, 1, 0)),
        ("EuroSign", 1, 0, (14, 1, MOD5)),
        # Caps Lock picks the other level where the type knows it, and no other
        ("a", 0, LOCK, (38, 0, SHIFT)),
        ("A", 0, LOCK, (38, 0, 0)),
        ("ф", 1, LOCK, (38, 1, SHIFT)),
        ("Ф", 1, LOCK, (38, 1, 0)),
        ("5", 0, LOCK, (14, 0, 0)),
        ("percent", 0, LOCK, (14, 0, SHIFT)),
        ("EuroSign", 0, LOCK, (14, 0, MOD5)),
        ("ß", 0, LOCK, (39, 0, SHIFT | MOD5)),
        ("ẞ", 0, LOCK, (39, 0, MOD5)),
        ("Return", 0, LOCK, (36, 0, 0)),
        # Shift Lock and a locked level are off where nothing else helps, and no other lock with them
        ("a", 0, SHIFT, (38, 0, 0, SHIFT)),
        ("A", 0, SHIFT, (38, 0, 0)),
        ("1", 0, SHIFT, (10, 0, 0, SHIFT)),
        ("a", 0, SHIFT | LOCK, (38, 0, 0)),
        ("A", 0, SHIFT | LOCK, (38, 0, 0, SHIFT)),
        ("ф", 1, SHIFT | MOD2, (38, 1, 0, SHIFT)),
        ("5", 0, MOD5, (14, 0, 0, MOD5)),
        ("EuroSign", 0, MOD5, (14, 0, 0)),
        ("‰", 0, MOD5 | LOCK | MOD2, (14, 0, SHIFT)),
        ("percent", 0, MOD5 | MOD2, (14, 0, SHIFT, MOD5)),
        ("Return", 0, SHIFT | MOD5, (36, 0, 0)),
        # Num Lock has no say over these
        ("a", 0, MOD2, (38, 0, 0)),
        ("A", 0, MOD2, (38, 0, SHIFT)),
        ("a", 0, MOD2 | LOCK, (38, 0, SHIFT)),
        ("‰", 0, MOD2, (14, 0, SHIFT | MOD5)),
        # the main part of the keyboard before multimedia keys, even at the price of a Shift
        ("parenleft", 0, 0, (18, 0, SHIFT)),
        # not there at all
        ("ccedilla", 0, 0, None),
        ("dead_acute", 0, 0, None),
    ],
)  # fmt: skip
def test_where_a_keysym_is(name: str, group: int, locked: int, position: tuple[int, int, int] | None) -> None:
    assert found(US_RU, name, group=group, locked=locked) == position


def test_a_level_that_no_key_reaches_is_no_position() -> None:
    without_altgr = replace(US_RU, modifiers={code: mask for code, mask in US_RU.modifiers.items() if mask != MOD5})
    assert found(US_RU, "EuroSign") is not None
    assert found(without_altgr, "EuroSign") is None
    assert found(without_altgr, "5") == (14, 0, 0)


def test_a_modifier_that_only_latches_is_not_pressed() -> None:
    latching = replace(US_RU, modifiers={**US_RU.modifiers, 50: LASTING, 62: LASTING})
    assert found(latching, "A") is None
    assert found(latching, "A", locked=LOCK) == (38, 0, 0)


def test_caps_lock_is_off_for_what_a_program_would_capitalise() -> None:
    layout = Layout(
        {20: key("ssharp", "question"), 21: key("adiaeresis"), 22: key("1", "exclam"), 50: key("Shift_L")}, {50: 1}
    )
    assert found(layout, "ssharp") == (20, 0, 0)
    assert found(layout, "ssharp", locked=LOCK) == (20, 0, 0, LOCK)
    assert found(layout, "adiaeresis", locked=LOCK | MOD2) == (21, 0, 0, LOCK)
    assert found(layout, "1", locked=LOCK) == (22, 0, 0)


def test_preserved_lock_is_not_consumed() -> None:
    preserving = KeyType(SHIFT | LOCK, {SHIFT: 1, SHIFT | LOCK: 1}, frozenset({LOCK, SHIFT | LOCK}))
    layout = Layout({20: key("a", "A", type=preserving), 50: key("Shift_L")}, {50: 1})
    assert preserving.consumes_lock(SHIFT)
    assert not preserving.consumes_lock(LOCK)
    assert not TWO_LEVEL.consumes_lock(0)
    assert found(layout, "a", locked=LOCK) == (20, 0, 0, LOCK)
    assert found(layout, "A", locked=LOCK) == (20, 0, SHIFT)


@pytest.mark.parametrize(
    ("fickle", "name", "locked", "position"),
    [
        # shift:breaks_caps, shift:both_capslock_cancel: under Caps Lock, Shift is another key
        (SHIFT | LOCK, "a", LOCK, (38, 0, 0, LOCK)),
        (SHIFT | LOCK, "A", LOCK, (38, 0, 0)),
        (SHIFT | LOCK, "exclam", LOCK | MOD2, (10, 0, SHIFT, LOCK)),
        (SHIFT | LOCK, "exclam", MOD2, (10, 0, SHIFT)),
        # shift:both_capslock: it is one together with another Shift
        (SHIFT, "a", LOCK, (38, 0, SHIFT)),
        (SHIFT, "A", 0, (38, 0, SHIFT)),
    ],
)
def test_a_modifier_key_that_a_lock_turns_into_another_is_not_pressed_under_it(
    fickle: int, name: str, locked: int, position: tuple[int, ...]
) -> None:
    layout = replace(US_RU, fickle={50: fickle, 62: fickle})
    assert found(layout, name, locked=locked) == position


def test_of_two_modifier_keys_the_steady_one_is_pressed() -> None:
    assert replace(US_RU, fickle={50: SHIFT}).modifier_keys[SHIFT] == 62


def test_the_commanding_modifiers() -> None:
    assert US_RU.commanding == CONTROL | MOD1 | MOD4


def test_modifiers_outside_the_mask_choose_nothing() -> None:
    assert [ALPHABETIC.level(modifiers) for modifiers in (0, SHIFT, LOCK, SHIFT | LOCK, MOD2, MOD2 | SHIFT)] == [
        0, 1, 1, 0, 0, 1,
    ]  # fmt: skip
    assert ONE_LEVEL.level(0xFF) == 0


def test_among_equals_the_fewest_modifiers_and_then_the_lowest_keycode() -> None:
    layout = Layout({30: key("x", "y"), 25: key("y"), 20: key("z", "y"), 28: key("y"), 50: key("Shift_L")}, {50: 1})
    assert found(layout, "y") == (25, 0, 0)


def test_a_multimedia_key_serves_when_there_is_no_other() -> None:
    only = Layout({187: key("parenleft")}, {})
    assert found(only, "parenleft") == (187, 0, 0)


def test_groups_that_a_key_does_not_have_reach_one_that_it_has() -> None:
    groups = tuple(KeyGroup(ONE_LEVEL, (keysym_named(name),)) for name in "ab")
    layout = Layout({20: Key(groups, (0, 1, 0, 1)), 21: Key(groups[:1], (0, 0, 0, 0))}, {}, groups=4)
    assert [found(layout, "a", group=group) for group in range(4)] == [(20, 0, 0), (21, 1, 0), (20, 2, 0), (21, 3, 0)]
    assert [found(layout, "b", group=group) for group in range(4)] == [(20, 1, 0), (20, 1, 0), (20, 1, 0), (20, 3, 0)]


def test_a_character_is_found_by_any_of_its_keysyms() -> None:
    layout = Layout({20: Key((KeyGroup(ONE_LEVEL, (0x010020AC,)),), (0,)), 140: key("EuroSign")}, {})
    assert layout.find(keysym_of("€"), group=0, locked=0) == (140, 0, 0, 0)
    assert layout.find_character("€", group=0, locked=0) == (20, 0, 0, 0)
    assert layout.find_character("$", group=0, locked=0) is None


def test_the_keys_for_modifiers_are_those_that_people_have() -> None:
    assert US_RU.modifier_keys == {SHIFT: 50, CONTROL: 37, 8: 64, MOD4: 133, MOD5: 108}
    turned_round = Layout({40: key("Shift_R"), 41: key("Shift_L"), 42: key("Hyper_L"), 43: key("Super_L"), 44: key("a")},
                          {40: 1, 41: 1, 42: MOD4, 43: MOD4, 44: 3})  # fmt: skip
    assert turned_round.modifier_keys == {SHIFT: 41, MOD4: 43}


def test_what_slots_hold_is_on_their_lent_levels_alone() -> None:
    four = Key((KeyGroup(ONE_LEVEL, tuple(map(keysym_of, "aAçÇ"))),), (0,))
    layout = Layout({20: four, 21: key("b")}, {}, borrowed=frozenset({20}), lent_from=2)
    assert layout.lent == {"ç", "Ç"}
    assert replace(layout, lent_from=0).lent == {"a", "A", "ç", "Ç"}
    assert US_RU.lent == frozenset()


def test_names_are_for_people_and_don_t_make_a_layout_another_one() -> None:
    assert [US_RU.name(group) for group in range(3)] == ["us", "ru", ""]
    assert replace(US_RU, names=("us", "ru(phonetic)")) == US_RU
    assert replace(US_RU, groups=1) != US_RU


def test_a_key_with_a_function_is_doubtful_for_what_shift_types() -> None:
    layout = replace(US_RU, keys={**US_RU.keys, 24: Key((key("q", "Q", "Prior").groups[0],), (0, 0))})
    plain, shifted = (layout.find_character(character, group=0, locked=0) for character in "qQ")
    assert plain is not None
    assert shifted is not None
    assert (layout.doubtful(plain), layout.doubtful(shifted)) == (False, True)
    both = replace(layout, keys={**layout.keys, 250: Key(key("Q", type=ONE_LEVEL).groups, (0, 0))})
    elsewhere = both.find_character("Q", group=0, locked=0)
    assert elsewhere is not None
    assert elsewhere.keycode == 250
