# SPDX-License-Identifier: MIT
"""Dictated pieces put behind each other: the cases of each language, one a line, and what holds for all texts."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from typewright.text.context import adjust
from typewright.text.language import rules_for

LANGUAGES = ("en", "de", "fr", "es", "cy")
RULES = {language: rules_for(language) for language in LANGUAGES}
CASES = Path(__file__).with_name("data") / "context.txt"


def cases() -> list[tuple[str, str, str, str]]:
    rows = []
    language = ""
    for line in CASES.read_text("utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            language = line[1:-1]
        elif line and not line.startswith("#"):
            before, text, whole = (part.strip().replace("·", " ").replace("¶", "\n") for part in line.split("│"))
            rows.append((language, before, text, whole.replace("⍽", "\u00a0").replace("¦", "\u202f")))
    return rows


@pytest.mark.parametrize(("language", "before", "text", "whole"), cases())
def test_a_piece_behind_what_stands_there(language: str, before: str, text: str, whole: str) -> None:
    before = before.replace("⍽", "\u00a0").replace("¦", "\u202f")
    assert before + adjust(text, before, RULES[language]) == whole


MARKS = "aIx:;,.!?()«»“”„¿¡\"'3-…%/"
WORDS = ["the", "The", "die", "Frau", "Dr.", "z. B.", "l'", "ami", "'s", "漢", "https://a.b", "a@b.org", "3.5", ":)"]
WORDS += ["bonjour!", "«oui»", "hello", "e.g.", "\n", "\t", "\u00a0", "\u202f", "  "]
words = st.sampled_from([*MARKS, *WORDS])
pieces = st.one_of(st.lists(words, max_size=6).map(" ".join), st.lists(words, max_size=4).map("".join), st.text(max_size=12))
rules = st.sampled_from([RULES[language] for language in LANGUAGES])


@given(pieces, pieces, rules)
def test_what_is_fitted_fits(text, before, table) -> None:
    assume(not re.search("[:;] ?-? ?[()]", text))  # `: )` becomes a smiley, and that is a word
    fitted = adjust(text, before, table)
    assert adjust(fitted, before, table) == fitted


@given(pieces, rules)
def test_what_is_not_known_changes_nothing(text, table) -> None:
    assert adjust(text, None, table) == text


@given(pieces, pieces, rules)
def test_only_spaces_and_the_size_of_letters_change(text, before, table) -> None:
    fitted = adjust(text, before, table)
    assert "".join(fitted.split()).casefold() == "".join(text.split()).casefold()


plain = st.lists(st.sampled_from([*",.?();3“”", "hello", "world", "is", "don't"]), min_size=1, max_size=5)


@given(plain, plain, rules)
def test_one_insertion_or_two_is_the_same(some, more, table) -> None:
    whole = adjust(" ".join([*some, *more]), "", table)
    first = adjust(" ".join(some), "", table)
    assert first + adjust(" " + " ".join(more), first, table) == whole


def test_a_long_text_is_fitted_in_no_time() -> None:
    text = "!" * 5000 + "a " + "one two (three) . " * 1000 + "«" * 5000
    assert len(adjust(text, "", RULES["fr"])) > 20_000


@pytest.mark.parametrize("mark", [".", "~", "/", "a.", "a@", "-"])
def test_a_long_piece_is_fitted_in_no_time(mark: str) -> None:
    before = time.process_time()
    assert adjust(mark * 20_000, "", RULES["fr"])
    assert time.process_time() - before < 1


def test_a_user_adds_to_the_tables() -> None:
    own = {"de": {"abbreviations": ["Ltg."], "small_words": "und dies", "space_before": {"!": "\u202f"}, "elides": True}}
    mine = rules_for("de_AT.UTF-8", own)
    assert mine.abbreviations == RULES["de"].abbreviations | {"Ltg."}
    assert "dies" in mine.small_words
    assert mine.small_words > RULES["de"].small_words
    assert mine.space_before == {"%": "\u00a0", "!": "\u202f"}
    assert mine.elides
    assert rules_for("de-DE") == RULES["de"]
    assert rules_for("de", {"DE-at": own["de"]}) == mine
    assert rules_for("C.UTF-8") == rules_for("any")


@pytest.mark.parametrize(
    ("own", "named"),
    [
        ({"en": {"abbreviation": ["x."]}}, "context.en.abbreviation"),
        ({"any": {"abbreviations": "x."}}, "context.any.abbreviations"),
        ({"EN": {"abbreviations": [1]}}, "context.EN.abbreviations"),
        ({"en": {"suffixes": [""]}}, "context.en.suffixes"),
        ({"en_GB": {"space_before": {";": 1}}}, "context.en_GB.space_before"),
        ({"en": {"space_after": {"«»": " "}}}, "context.en.space_after"),
    ],
)
def test_a_wrong_table_is_named(own, named) -> None:
    with pytest.raises(ValueError, match=named):
        rules_for("en", own)
