# SPDX-License-Identifier: MIT
"""The key coder: from text to a key list."""

from __future__ import annotations

from dataclasses import replace

import pytest

from typewright.keymap.chords import ERASE
from typewright.keymap.key_coder import KeyCoder, Segment
from typewright.keymap.keysyms import keysym_named
from typewright.keymap.layout import Layout, Untypeable
from typewright.keymap.packing import Packing, keysyms_for
from typewright.keymap.sample import CONTROL, LOCK, MOD1, MOD2, MOD4, SHIFT, key_name, lent_key, sample_layout

US_RU = sample_layout()
SPARE = (248, 249, 250)
NO_SLOTS = Packing(0, 2, {})


def coder(layout: Layout = US_RU, *, group: int = 0, locked: int = 0) -> KeyCoder:
    return KeyCoder(layout, group=group, locked=locked)


def lent(*pairs: str) -> Layout:
    """The layout while its spare keycodes hold these pairs."""
    keys = {code: lent_key((pair[0], pair[1]), 2) for code, pair in zip(SPARE, pairs, strict=False)}
    return replace(US_RU, keys={**US_RU.keys, **keys}, borrowed=frozenset(keys))


def typed(text: str, *, group: int = 0, locked: int = 0) -> str:
    """The key list, in the names of the keys, each chord with its group before it."""
    return " ".join(
        f"{chord.events[0].state.group}:" + "+".join(key_name(US_RU, code) for code in chord.keys)
        for chord in coder(group=group, locked=locked).text_to_keys(text)
    )


@pytest.mark.parametrize(
    ("text", "group", "locked", "keys"),
    [
        ("", 0, 0, ""),
        ("Hi!", 0, 0, "0:Shift_L+h 0:i 0:Shift_L+1"),
        ("a\n\tb", 0, 0, "0:a 0:Return 0:Tab 0:b"),
        ("€‰ß", 0, 0, "0:ISO_Level3_Shift+5 0:Shift_L+ISO_Level3_Shift+5 0:ISO_Level3_Shift+s"),
        ("(", 0, 0, "0:Shift_L+9"),
        # Caps Lock, Num Lock
        ("aA1", 0, LOCK, "0:Shift_L+a 0:a 0:1"),
        ("aA1", 0, MOD2, "0:a 0:Shift_L+a 0:1"),
        # a Russian sentence switches twice, and not at each space
        ("a да, б", 0, 0, "0:a 0:space 1:l 1:f 1:Shift_L+slash 1:space 1:comma"),
        ("да да\n1", 0, 0, "1:l 1:f 1:space 1:l 1:f 1:Return 1:1"),
        ("да a b", 1, 0, "1:l 1:f 1:space 0:a 0:space 0:b"),
        ("1 a", 1, 0, "1:1 1:space 0:a"),
    ],
)
def test_the_key_list_of_a_text(text: str, group: int, locked: int, keys: str) -> None:
    assert typed(text, group=group, locked=locked) == keys


def test_each_chord_names_the_character_that_it_completes() -> None:
    assert [chord.text for chord in coder().text_to_keys("He\n€")] == list("He\n€")


def test_locked_modifiers_stand_in_every_state() -> None:
    assert [event.state for chord in coder(locked=MOD2 | LOCK).text_to_keys("aB") for event in chord.events] == [
        (0, 0x12), (0, 0x13), (0, 0x13), (0, 0x13),
        (0, 0x12), (0, 0x12),
    ]  # fmt: skip


def test_a_character_that_is_nowhere_is_untypeable_by_place() -> None:
    with pytest.raises(Untypeable, match=r"^Character 8 is not on the keyboard layout\.$"):
        coder().text_to_keys("hunter2ç")


def test_backspaces() -> None:
    chords = coder().backspaces(3)
    assert [(key_name(US_RU, *chord.keys), chord.text) for chord in chords] == [("BackSpace", ERASE)] * 3
    assert coder().backspaces(0) == []


def test_backspaces_stay_in_the_active_group() -> None:
    assert {event.state for chord in coder(group=1).backspaces(2) for event in chord.events} == {(1, 0)}


def test_a_layout_may_lack_a_backspace() -> None:
    keys = {code: key for code, key in US_RU.keys.items() if code != 22}
    with pytest.raises(Untypeable, match="no BackSpace"):
        coder(replace(US_RU, keys=keys)).backspaces(1)


def test_chords_of_the_notation() -> None:
    assert [chord.keys for chord in coder(group=1).chords("ctrl+s space")] == [(37, 39), (65,)]


def cut(text: str, spare: int, layout: Layout = US_RU, locked: int = 0) -> list[tuple[str, str]]:
    """The segments, each with the pairs that slots must hold for it."""
    segments = coder(layout, locked=locked).segments(text, Packing.upon(layout, spare))
    return [(segment.text, " ".join(map("".join, segment.lend))) for segment in segments]


@pytest.mark.parametrize(
    ("text", "spare", "segments"),
    [
        ("", 3, [("", "")]),
        ("all there, да\n", 0, [("all there, да\n", "")]),
        ("naïve", 3, [("naïve", "ïï")]),
        ("ïï ï", 1, [("ïï ï", "ïï")]),
        # two share a slot, in the order of their first use
        ("çÇ", 1, [("çÇ", "çÇ")]),
        ("Çaç", 1, [("Çaç", "Çç")]),
        ("漢é漢字ŉ", 3, [("漢é漢字ŉ", "漢é 字ŉ")]),
        ("漢é字", 3, [("漢é字", "漢é 字字")]),
        # as many as there is room for; the next segment begins where it is full
        ("aïbécèdñeç", 2, [("aïbécèdñe", "ïé èñ"), ("ç", "çç")]),
        ("ïéè", 1, [("ïé", "ïé"), ("è", "èè")]),
        ("ïéïèï", 1, [("ïéï", "ïé"), ("èï", "èï")]),
        # what shares a slot in the segment before stays together
        ("漢字仮名文漢仮", 2, [("漢字仮名", "漢字 仮名"), ("文漢仮", "文仮 漢字")]),
        ("漢字仮名文例漢字", 2, [("漢字仮名", "漢字 仮名"), ("文例漢字", "文例 漢字")]),
    ],
)
def test_segments_need_no_more_slots_than_there_are(text: str, spare: int, segments: list[tuple[str, str]]) -> None:
    assert cut(text, spare) == segments


def test_what_slots_hold_already_is_named_again_so_that_it_is_not_taken_away() -> None:
    assert cut("ïé", 3, lent("ïï")) == [("ïé", "ïï éé")]
    assert cut("ï", 3, lent("ïÏ")) == [("ï", "ïÏ")]
    assert cut("a", 3, lent("ïÏ")) == [("a", "")]


def test_what_shares_a_slot_already_is_not_joined_anew() -> None:
    layout = lent("漢字", "ŉŉ")
    assert cut("文字名", 3, layout) == [("文字名", "文名 漢字")]
    assert cut("字ŉ漢", 3, layout) == [("字ŉ漢", "漢字 ŉŉ")]


@pytest.mark.parametrize(
    ("text", "place"),
    [("ï", "Character 1"), ("ab漢", "Character 3"), ("a😀", "Character 2")],
)
def test_without_a_slot_all_of_the_text_is_untypeable(text: str, place: str) -> None:
    with pytest.raises(Untypeable) as refused:
        coder().segments(text, NO_SLOTS)
    assert str(refused.value).startswith(f"{place} is not on the keyboard layout")
    assert text not in str(refused.value)


def test_return_is_never_lent() -> None:
    without_return = replace(US_RU, keys={code: key for code, key in US_RU.keys.items() if code != 36})
    with pytest.raises(Untypeable, match=r"^Character 2 "):
        coder(without_return).segments("a\nb", Packing.upon(without_return, 3))


@pytest.mark.parametrize("character", ["ı", "ς", "ǅ", "ŉ", "ﬁ"])
def test_what_programs_capitalise_is_lent_with_a_type_that_consumes_caps_lock(character: str) -> None:
    layout = lent(f"{character}漢")
    assert cut(character, 3, layout, locked=LOCK) == [(character, f"{character}漢")]
    assert [chord.keys for chord in coder(layout, locked=LOCK).text_to_keys(f"{character}漢")] == [(50, 248), (248,)]


@pytest.mark.parametrize("locked", [CONTROL, MOD1, MOD4, CONTROL | MOD4])
def test_a_locked_modifier_of_commands_is_off_for_text_deletion_and_chords(locked: int) -> None:
    under = coder(locked=locked | MOD2)
    states = {event.state for chord in under.text_to_keys("a1\n") for event in chord.events}
    states |= {event.state for chord in [*under.backspaces(1), *under.chords("Home")] for event in chord.events}
    assert states == {(0, MOD2)}


def test_with_nothing_to_lend_a_text_is_cut_where_composed_characters_begin() -> None:
    sequences = {"é": (keysym_named("apostrophe"), keysym_named("e")), "ж": (keysym_named("x"),)}
    layout = replace(
        sample_layout(spare=0), compose=lambda character: [sequences[character]] if character in sequences else []
    )
    under = coder(layout, locked=LOCK)
    segments = under.segments("éaééb\nжé", NO_SLOTS)
    assert [(segment.text, segment.after_barrier) for segment in segments] == [
        ("éa", True), ("ééb\nж", True), ("é", True),
    ]  # fmt: skip
    assert under.segments("éa", Packing.upon(layout, 1)) == [Segment("éa", (("é", "é"),))]
    with pytest.raises(Untypeable, match=r"^Character 2 "):
        under.segments("éè", NO_SLOTS)


def test_a_segment_hides_its_text() -> None:
    assert repr(Segment("hunter2", (("ç", "Ç"),))) == "Segment(7 characters, 1 slots)"


def test_the_keysyms_of_a_pair() -> None:
    assert keysyms_for(("ç", "Ç")) == (0xE7, 0xC7)
    assert keysyms_for(("漢", "漢")) == (0x01006F22, 0x01006F22)


@pytest.mark.parametrize("character", ["\n", "\t"])
def test_a_locked_shift_is_taken_off_for_keys_that_mean_something_else_with_it(character: str) -> None:
    (chord,) = KeyCoder(US_RU, group=0, locked=SHIFT).text_to_keys(character)
    assert [event.state for event in chord.events] == [(0, 0), (0, 0)]
    assert KeyCoder(US_RU, group=0, locked=SHIFT).backspaces(1)[0].events[0].state == (0, 0)


def test_what_a_packing_does_not_admit_is_reached_by_no_slot() -> None:
    packing = Packing(3, 2, {}, last="\uffff")
    assert [coder().reaches(character, packing) for character in "a漢👍"] == [True, True, False]
    with pytest.raises(Untypeable, match=r"^Character 2 "):
        coder().segments("漢👍", packing)
    assert not packing.full().admits("👍")


def test_what_a_slot_holds_is_reached_only_where_the_packing_admits_it() -> None:
    layout = lent("👍é")
    admitting, refusing = Packing.upon(layout, 3), Packing.upon(layout, 3, "\uffff")
    reached = [coder(layout).reaches(*each) for each in (("👍", admitting), ("👍", refusing), ("é", refusing))]
    assert reached == [True, False, True]


def test_a_doubtful_character_is_lent_where_that_is_possible() -> None:
    layout = sample_layout()
    q = layout.keys[24]
    group = q.groups[0]._replace(keysyms=(*q.groups[0].keysyms, keysym_named("Prior")))
    doubtful = coder(replace(layout, keys={**layout.keys, 24: q._replace(groups=(group, *q.groups[1:]))}))
    assert [segment.lend for segment in doubtful.segments("qQ", Packing(1, 2, {}))] == [(("Q", "Q"),)]
    assert [segment.lend for segment in doubtful.segments("qQ", NO_SLOTS)] == [()]


@pytest.mark.parametrize(
    ("text", "group", "beyond"), [("aA 1!\n", 0, False), ("", 0, False), ("aя", 0, True), ("я", 1, True), ("a≠", 0, True)]
)
def test_what_takes_more_than_shift(text: str, group: int, beyond: bool) -> None:
    assert coder(group=group).beyond_shift(text) is beyond
