# SPDX-License-Identifier: MIT
"""Grapheme clusters, beside the Unicode consortium's own cases and beside an implementation that is not ours."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
import regex

from typewright.text import graphemes
from typewright.text.graphemes import classes, clusters

OFFICIAL = Path("/usr/share/unicode/auxiliary/GraphemeBreakTest.txt")
NO_PICTOGRAPH_ANY_MORE = "\u2701\u200d\u2701"
"""A case of Unicode 15.0, which Debian has, that the later version of our table decides otherwise."""


def official() -> list[list[str]]:
    cases = []
    for line in OFFICIAL.read_text("utf-8").splitlines():
        parts = line.partition("#")[0].strip("÷ \t").split("÷")
        if parts != [""]:
            cases.append(["".join(chr(int(each, 16)) for each in part.split("×")) for part in parts])
    return cases


def test_the_consortiums_cases() -> None:
    cases = official()
    assert len(cases) > 600
    differing = ["".join(case) for case in cases if clusters("".join(case)) != case]
    assert differing == [NO_PICTOGRAPH_ANY_MORE]


def by_class() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for character in map(chr, range(0x110000)):
        found.setdefault(classes(character), []).append(character)
    return found


BY_CLASS = by_class()


def test_every_class_is_there() -> None:
    assert "".join(sorted(BY_CLASS)) == "GHLTVcdefiknopqrsxz"


def test_the_same_as_another_implementation() -> None:
    chance = random.Random(29)
    letters = sorted(BY_CLASS)
    for _ in range(50_000):
        text = "".join(chance.choice(BY_CLASS[chance.choice(letters)]) for _ in range(chance.randrange(1, 13)))
        assert clusters(text) == regex.findall(r"\X", text)


def test_the_table_is_that_of_the_other_implementation() -> None:
    pairs = {"c": r"\p{GCB=Control}", "p": r"\p{GCB=Prepend}", "s": r"\p{GCB=SpacingMark}", "d": r"\p{InCB=Consonant}"}
    pairs |= {"i": r"\p{Extended_Pictographic}", "H": r"\p{GCB=LV}", "G": r"\p{GCB=LVT}", "kxe": r"\p{GCB=Extend}"}
    text = "".join(map(chr, range(0x110000)))
    for letters, pattern in pairs.items():
        assert sorted(regex.findall(pattern, text)) == sorted(each for letter in letters for each in BY_CLASS[letter])


@pytest.mark.parametrize(
    "character",
    [
        "e\u0301",
        "👨‍👩‍👧",
        "🇩🇪",
        "👍🏽",
        "❤\ufe0f",
        "क्षि",
        "각",
        "\u1100\u1161\u11a8",
        "\r\n",
        "กิ้",
        "1\ufe0f\u20e3",
        "ب\u0651\u064e",
    ],
)
def test_what_a_reader_sees_as_one(character) -> None:
    assert clusters("x" + character + "y") == ["x", character, "y"]
    assert clusters(character * 2) == [character] * 2


@pytest.mark.parametrize("unit", ["क", "्", "\u200d", "👩", "\u0600", "ᄀ", "🇩", "e\u0301"])
def test_no_text_takes_long(unit) -> None:
    began = time.monotonic()
    clusters(unit * 60_000)
    assert time.monotonic() - began < 2


def test_a_hangul_syllable_is_computed() -> None:
    assert graphemes.classes("가각힣") == "HGG"
