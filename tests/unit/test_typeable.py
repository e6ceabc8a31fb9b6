# SPDX-License-Identifier: MIT
"""The text of a call: made fit for typing, or refused; and a long one in pieces."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from typewright.text.typeable import pieces, typeable


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("", ""),
        ("a\nb", "a\nb"),
        ("a\r\nb", "a\nb"),
        ("a\rb", "a\nb"),
        ("\r\r\n\n\r", "\n\n\n\n"),
        ("\n\r", "\n\n"),
        ("a\tb", "a\tb"),
        ("e\u0301 \u00ad \u200d \ufeff 😀", "e\u0301 \u00ad \u200d \ufeff 😀"),
    ],
)
def test_what_is_typed(text: str, typed: str) -> None:
    assert typeable(text) == typed


@pytest.mark.parametrize("control", ["\0", "\x03", "\b", "\x0b", "\x0c", "\x1b", "\x7f", "\x85", "\x9b", "\ud800", "\udfff"])  # noqa: PT014 - two surrogates
def test_a_control_character_is_refused_by_its_place(control: str) -> None:
    with pytest.raises(ValueError, match="never typed") as refused:
        typeable(f"hunter2{control}sesame")
    sentence = str(refused.value)
    assert sentence.startswith("Character 8 is a control character, ")
    assert "hunter2" not in sentence
    assert "sesame" not in sentence
    assert control not in sentence


def test_the_place_is_that_of_the_text_with_its_line_ends_made_one() -> None:
    with pytest.raises(ValueError, match="Character 3 "):
        typeable("a\r\n\x1b")


@given(st.text())
def test_nothing_gets_through_that_is_no_text(text: str) -> None:
    try:
        typed = typeable(text)
    except ValueError:
        assert any(unicodedata.category(character) in ("Cc", "Cs") for character in text)
    else:
        assert not [c for c in typed if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t"]
        assert typed.split("\n") == text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


@given(st.text(max_size=20).map(lambda text: text * 200))
def test_the_pieces_are_the_text_and_none_is_too_long(text: str) -> None:
    cut = list(pieces(text, 1_000))
    assert "".join(cut) == text
    assert cut == [""] or all(0 < len(piece) <= 1_000 for piece in cut)


@pytest.mark.parametrize("text", ["sometimes " * 300 + "then", "Then And " * 300 + "now", "(1,\n2);\n" * 300 + "end"])
def test_no_piece_begins_in_a_word(text: str) -> None:
    assert [word for piece in pieces(text, 1_000) for word in piece.split()] == text.split()
