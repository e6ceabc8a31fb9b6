# SPDX-License-Identifier: MIT
"""What a program tells of a text, compared with what was typed: only proof makes a difference."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from typewright.keymap.chords import ERASE
from typewright.text.comparison import DIFFERENT, SAME, UNKNOWN, compare, is_at_end

TEXTS = st.text(st.characters(exclude_characters=ERASE), max_size=12)


@pytest.mark.parametrize(
    ("typed", "told", "verdict"),
    [
        ("hello", "hello", SAME),
        ("hello", "\b\b\bhello", SAME),
        ("\b\bhello", "\b\bhello", SAME),
        ("\b\bhello", "\b\b\bhello", UNKNOWN),
        ("\b\b", "\b\b", SAME),
        ("\b\b", "\b", UNKNOWN),
        ("hello", "", UNKNOWN),
        ("hello", "hel", UNKNOWN),
        ("hello\n", "hello", UNKNOWN),
        ("hello", "help", DIFFERENT),
        ("hello", "hellooo", DIFFERENT),
        ("hello", "helo", DIFFERENT),
        ("hello\nyou", "helloyou", DIFFERENT),
        ("hello", "HELLO", DIFFERENT),
        ("hello", "HE\bLLO", UNKNOWN),
        ("he\bllo", "HELLO", UNKNOWN),
    ],
)
def test_examples(typed: str, told: str, verdict: str) -> None:
    assert compare(typed, told) == verdict


@given(TEXTS, st.integers(0, 3), st.integers(0, 20))
def test_what_is_still_on_its_way_is_never_different(text: str, erased: int, length: int) -> None:
    typed = ERASE * erased + text
    assert compare(typed, typed[:length]) != DIFFERENT
    assert compare(typed, typed) == SAME or not typed


@given(TEXTS, TEXTS)
def test_what_is_the_same_reads_the_same(typed: str, told: str) -> None:
    assert (compare(typed, told) == SAME) == (bool(typed) and typed == told) or not typed


@pytest.mark.parametrize(
    ("before", "typed", "told", "longest", "proven"),
    [
        ("say HELLO", "hello", "HELLO", 99, True),
        ("say hello", "hello", "HELLO", 99, False),
        ("", "hello", "HELLO", 99, False),
        ("hello", "hello", "xhello", 99, False),
        ("xhello", "hello", "xhello", 99, False),
        ("LLO", "hello", "HELLO", 3, True),
        ("llo", "hello", "Hello", 3, True),
        ("lo", "hello", "Hello", 3, False),
    ],
)
def test_the_text_itself_has_to_agree(before: str, typed: str, told: str, longest: int, proven: bool) -> None:
    assert is_at_end(before, typed, told, longest) is proven
