# SPDX-License-Identifier: MIT
"""Keysyms: names, characters, case pairs."""

from __future__ import annotations

import pytest

from typewright.keymap.keysyms import NO_SYMBOL, character_of, keysym_named, keysym_of, name_of, names


@pytest.mark.promise("X12")
@pytest.mark.parametrize(
    ("name", "keysym"),
    [
        ("a", 0x61),
        ("A", 0x41),
        ("é", 0xE9),
        ("1", 0x31),
        ("+", 0x2B),
        ("ж", 0x6D6),
        ("€", 0x20AC),
        ("😀", 0x0101F600),
        ("Return", 0xFF0D),
        ("Page_Up", 0xFF55),
        ("Prior", 0xFF55),
        ("EuroSign", 0x20AC),
        ("U20AC", 0x20AC),
        ("U20ac", 0x20AC),
        ("U0041", 0x41),
        ("U1F600", 0x0101F600),
        ("OE", 0x13BC),
        ("oe", 0x13BD),
        ("dead_greek", 0xFE8C),
        ("ISO_Level3_Shift", 0xFE03),
        ("XF86AudioMute", 0x1008FF12),
    ],
)
def test_a_name_that_users_know(name: str, keysym: int) -> None:
    assert keysym_named(name) == keysym


@pytest.mark.parametrize(
    "name",
    [
        "", "return", "RETURN", "oE", "NoSuchKey", "U41", "U0000", "U0009", "U0080", "U110000", "U20ACxx", "Uxyzw",
        "U+20AC", "U20_AC", "U 20A", "U-20A",
    ],
)  # fmt: skip
def test_a_name_that_is_none(name: str) -> None:
    assert keysym_named(name) == NO_SYMBOL


@pytest.mark.promise("X12")
@pytest.mark.parametrize(
    ("character", "keysym"),
    [
        (" ", 0x20),
        ("a", 0x61),
        ("ÿ", 0xFF),
        ("Ā", 0x3C0),
        ("ж", 0x6D6),
        ("€", 0x20AC),
        ("Œ", 0x13BC),
        ("ς", 0x7F3),
        ("\N{EN DASH}", 0xAAA),
        ("ǆ", 0x010001C6),
        ("漢", 0x01006F22),
        ("\U0010fffd", 0x0110FFFD),
    ],
)
def test_the_keysym_of_a_character_is_the_legacy_one_where_there_is_one(character: str, keysym: int) -> None:
    assert keysym_of(character) == keysym
    assert character_of(keysym) == character


@pytest.mark.parametrize(
    ("keysym", "character"),
    [
        (0x010020AC, "€"),  # the Unicode twin of a legacy keysym types the same
        (0x01000061, ""),  # masking would say a
        (0x010000E9, ""),  # xterm reads two bytes of UTF-8
        (0x010000FF, ""),
        (0x01000100, "Ā"),
        (0x11000061, ""),
        (0x01110000, ""),
        (0x1008FF12, ""),
        (0xFFB1, ""),  # KP_1
        (0xFE51, ""),  # dead_acute
        (0xFF0D, ""),
        (0, ""),
        (0x61 + 0x10000, ""),
    ],
)
def test_what_a_keysym_types(keysym: int, character: str) -> None:
    assert character_of(keysym) == character


def test_every_legacy_keysym_of_a_character_comes_back_from_it() -> None:
    characters = {character_of(keysym_named(name)) for name in names()} - {""}
    assert len(characters) > 1000
    assert [character for character in characters if character_of(keysym_of(character)) != character] == []


@pytest.mark.parametrize(
    ("keysym", "name"),
    [(0x61, "a"), (0xFF0D, "Return"), (0x20AC, "EuroSign"), (0x0101F600, "U1F600"), (0x12345, "0x12345")],
)
def test_the_name_of_a_keysym(keysym: int, name: str) -> None:
    assert name_of(keysym) == name


@pytest.mark.parametrize("name", ["identical", "kana_openingbracket", "upstile", "Hangul_Kiyeog", "permille", "approximate"])
def test_a_legacy_keysym_that_programs_misread_types_nothing_in_particular(name: str) -> None:
    assert character_of(keysym_named(name)) == ""


@pytest.mark.parametrize("character", "≡「⌈ㄱ‰∼")
def test_characters_with_a_misread_keysym_go_by_their_unicode_one(character: str) -> None:
    assert keysym_of(character) == 0x01000000 + ord(character)
    assert character_of(keysym_of(character)) == character
