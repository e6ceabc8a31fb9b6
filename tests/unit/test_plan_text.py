# SPDX-License-Identifier: MIT
"""The text of a call: made fit for typing, or refused."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from typewright.plan.text import typeable


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


@pytest.mark.parametrize(
    ("control", "code_point"),
    [
        ("\0", "U+0000"),
        ("\x03", "U+0003"),
        ("\b", "U+0008"),
        ("\x0b", "U+000B"),
        ("\x0c", "U+000C"),
        ("\x1b", "U+001B"),
        ("\x7f", "U+007F"),
        ("\x85", "U+0085"),
        ("\x9b", "U+009B"),
        ("\ud800", "U+D800"),
        ("\udfff", "U+DFFF"),
    ],
)
def test_a_control_character_is_refused_by_code_point_and_place(control: str, code_point: str) -> None:
    with pytest.raises(ValueError, match="never typed") as refused:
        typeable(f"hunter2{control}sesame")
    sentence = str(refused.value)
    assert sentence.startswith(f"Character 8 is the control character {code_point}, ")
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
