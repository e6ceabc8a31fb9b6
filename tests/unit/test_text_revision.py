# SPDX-License-Identifier: MIT
"""Revising what was typed: played on each kind of program as it was measured, and never more than what is ours."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from typewright.text.deletion import presses
from typewright.text.erasing import EDITORS, blink, code_point, kind_of, pango, plain_end, readline
from typewright.text.revision import Revision, revise

FAMILY, FLAG, TONE = "👨‍👩‍👧", "🇩🇪", "👍🏽"


@pytest.mark.parametrize(
    ("text", "terminal", "gtk", "chromium"),
    [
        ("ab", "a", "a", "a"),
        ("ae\u0301", "a", "a", "ae"),
        ("aé", "a", "a", "a"),
        ("a≠", "a", "a=", "a"),
        ("a" + FAMILY, "a👨‍👩‍", "a", "a"),
        ("a" + FLAG, "a🇩", "a", "a"),
        ("a🇫🇷" + FLAG, "a🇫🇷🇩", "a🇫🇷", "a🇫🇷"),
        ("a" + TONE, "a👍", "a", "a"),
        ("a❤\ufe0f", "a", "a", "a"),
        ("a1\ufe0f\u20e3", "a", "a", "a"),
        ("a葛\U000e0100", "a", "a葛", "a"),
        ("aक्षि", "aक्ष", "aक्ष", "aक्ष"),
        ("aকো", "aক", "a", "aক"),
        ("aש\u05bc\u05c1", "a", "aש\u05bc", "aש\u05bc"),
        ("a\ufb2c", "a", "aש\u05bc", "a"),
        ("aกิ้", "a", "aกิ", "aกิ"),
        ("a\u1100\u1161\u11a8", "a", "a\u1100\u1161", "a\u1100\u1161"),
        ("a각", "a", "a", "a"),
        ("a\u200b", "", "a", "a"),
        ("a\u00ad", "a", "a", "a"),
        ("a☺\u20dd", "a", "a", "a☺"),
    ],
)
def test_what_one_press_leaves(text, terminal, gtk, chromium) -> None:
    assert (readline(text), pango(text), blink(text)) == (terminal, gtk, chromium)
    assert code_point(text) == text[:-1]


@pytest.mark.parametrize(
    ("old", "new", "kind", "presses", "text"),
    [
        ("", "hello", "qt", 0, "hello"),
        ("hello", "hello", "qt", 0, ""),
        ("hello word", "hello world", "qt", 1, "ld"),
        ("hello", "help", "gtk", 2, "p"),
        ("e", "e\u0301", "qt", 0, "\u0301"),
        ("e\u0301", "e", "qt", 1, ""),
        ("e\u0301", "e", "gtk", 1, "e"),
        (FAMILY, "", "qt", 5, ""),
        (FAMILY, "", "terminal", None, None),
        (FAMILY, "", "gtk", 1, ""),
        ("a" + FLAG + "b", "a", "chromium", 2, ""),
        ("a≠", "a=", "gtk", 1, ""),
        ("aक्षि", "aक्", "chromium", 2, ""),
        ("ls\n", "ls\nx", "terminal", 0, "x"),
    ],
)
def test_the_way_from_one_text_to_another(old, new, kind, presses, text) -> None:
    way = revise(old, new, kind)
    assert way is not None
    if presses is None:
        assert not way.certain
    else:
        assert way == Revision(presses, text, certain=True)
        assert way.keystrokes == presses + len(text)


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("\u200b", "", "terminal"),
        ("\u0301b", "", "gtk"),
    ],
)
def test_what_cannot_be_taken_back_without_harm(old, new, kind) -> None:
    assert revise(old, new, kind) is None


@pytest.mark.parametrize("kind", sorted(EDITORS))
@pytest.mark.parametrize("wall", ["\n", "\t"])
def test_a_return_or_a_tab_is_a_wall_in_every_kind_of_program(kind: str, wall: str) -> None:
    for old, new in ((f"ls{wall}", "ls"), (f"ls{wall}x", "")):
        way = revise(old, new, kind)
        assert way is not None
        assert way.walled
    way = revise(f"ls{wall}x", f"ls{wall}", kind)
    assert way == Revision(1, "", certain=True, walled=False)


# What was seen to delete the user's own text: the program took another number of presses than its toolkit's own fields.
HARD = ["❤\ufe0f", "1\ufe0f\u20e3", "👍🏽", "🇫🇷", FAMILY, "e\u0301", "\U00020000"]


@pytest.mark.parametrize("toolkit", ["gtk", "qt", "chromium", ""])
@pytest.mark.parametrize("character", HARD)
def test_no_toolkit_makes_it_certain_how_many_presses_a_hard_character_takes(toolkit: str, character: str) -> None:
    kind = kind_of("some-editor", toolkit)
    way = revise(f"abc{character}", "abc", kind)
    hard = character != "\U00020000" or toolkit != "chromium"
    assert way is None or way.certain is not hard
    assert presses(f"abc{character}", 1, kind) is None or not hard
    # It does not freeze the draft from there on.
    assert revise(f"abc{character} word", f"abc{character} work", kind) == Revision(1, "k", certain=True)


@pytest.mark.parametrize(
    ("character", "toolkit", "certain"), [("≠", "gtk", False), ("ě", "gtk", False), ("≠", "qt", True), ("é", "gtk", True)]
)
def test_a_field_that_drops_what_it_has_no_place_for(character: str, toolkit: str, certain: bool) -> None:
    way = revise(f"abc{character}", "abc", kind_of("some-editor", toolkit))
    assert way is not None
    assert way.certain is certain


@given(st.text(st.characters(max_codepoint=0x7E, min_codepoint=0x20)), st.text(max_size=5), st.sampled_from(sorted(EDITORS)))
def test_ascii_stays_revisable_everywhere(old: str, new: str, kind: str) -> None:
    way = revise(old, new, kind)
    assert way is not None
    assert way.certain


def test_a_character_that_readline_takes_along_is_typed_again() -> None:
    assert EDITORS["terminal"][0].erase("ab\u200b") == "a"
    way = revise("ab\u200b", "ab", "terminal")
    assert way is not None
    assert not way.certain


def test_the_texts_are_not_shown() -> None:
    assert "secret" not in repr(revise("", "secret", "qt"))


UNITS = [
    *"abcé ≠",
    "e\u0301",
    FAMILY,
    FLAG,
    TONE,
    "❤\ufe0f",
    "क्षि",
    "কো",
    "\ufb2c",
    "กิ้",
    "\u200b",
    "\u0301",
    "각",
    "漢",
    "1\ufe0f\u20e3",
]
texts = st.lists(st.sampled_from(UNITS), max_size=6).map("".join)


@given(texts, texts, texts, st.sampled_from(sorted(EDITORS)))
@example("a", "e\u0301", "e", "unknown")
def test_what_is_done_makes_the_new_text_and_touches_no_other(before, old, new, kind) -> None:
    way = revise(old, new, kind)
    if way is None:
        return
    for editor in EDITORS[kind]:
        left = "user: a" + editor.keeps(old)
        for _ in range(way.presses):
            left = editor.erase(left)
        if way.certain:
            assert left + editor.keeps(way.text) == "user: a" + editor.keeps(new)
        elif editor.keeps(old) == old:
            assert left.startswith("user: a")


@given(texts, texts, st.sampled_from(["qt", "gtk", "chromium", "plain"]))
def test_no_number_of_presses_costs_less(old, new, kind) -> None:
    way = revise(old, new, kind)
    left = "a" + old
    for count in range(len(old) + 1):
        if ("a" + new).startswith(left):
            assert way is not None
            assert way.keystrokes <= count + len("a" + new) - len(left)
        left = EDITORS[kind][0].erase(left) or "-"


@given(st.text(st.characters(max_codepoint=0xFF, exclude_categories=("Cc",))), st.text(max_size=5))
def test_letters_of_one_code_point_are_certain_everywhere(old, new) -> None:
    way = revise(old.replace("\u00ad", ""), new, "unknown")
    assert way is not None
    assert way.certain


def assert_no_model_is_needed(text: str) -> None:
    """For what `plain_end` says of `text`."""
    plain = plain_end(text)
    for model in (readline, pango, blink, code_point):
        left = text
        for _ in range(plain):
            left = model(left)
        assert left == text[: len(text) - plain]


def test_each_plain_character_goes_with_one_press() -> None:
    plain = [character for character in map(chr, range(0x20, 0x20000)) if plain_end("a" + character)]
    assert len(plain) > 30_000
    east_asian = [character for character in plain if "\u4e00" <= character <= "\ud7a3"]
    for character in [*(set(plain) - set(east_asian)), *east_asian[::97]]:
        assert_no_model_is_needed("a" + character)


@given(
    st.text(st.sampled_from("aé©1#각漢アשعก“😀")) | st.text(),
    st.sampled_from(["", "\u0301", "\u200d", "\u1100", "\u0600", "🇩"]),
)
def test_plain_ends_need_no_model(text: str, before: str) -> None:
    assert_no_model_is_needed("a" + before + text)


@pytest.mark.parametrize(
    ("name", "toolkit", "kind"),
    [
        ("XTerm", "", "terminal"),
        ("URxvt", "", "terminal"),
        ("Gnome-terminal", "gtk", "terminal"),
        ("konsole", "qt", "terminal"),
        ("Geany", "gtk", "gtk-window"),
        ("Gedit", "gtk", "gtk"),
        ("Mousepad", "gtk", "gtk"),
        ("gnome-text-editor", "gtk", "gtk"),
        ("featherpad", "qt", "qt"),
        ("kwrite", "qt", "ktexteditor"),
        ("", "gtk", "gtk-window"),
        ("firefox", "gtk", "unknown"),
        ("kate", "qt", "qt-window"),
        ("Chromium", "chromium", "chromium"),
        ("Some-app", "chromium", "chromium-window"),
        ("Tk", "", "plain"),
        ("Emacs", "gtk", "plain"),
        ("typewright-printing", "", "plain"),
        ("Some-app", "", "unknown"),
        ("Some-app", "motif", "unknown"),
        ("", "", "unknown"),
    ],
)
def test_the_kind_of_a_program(name: str, toolkit: str, kind: str) -> None:
    assert kind_of(name, toolkit) == kind
