# SPDX-License-Identifier: MIT
"""The pieces in which `typewright type` sends a long text: all of it, none too long, and no word in two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from typewright.cli import _PIECE, _pieces


@given(st.text(max_size=20).map(lambda text: text * 200))
def test_they_are_the_text_and_none_is_too_long(text: str) -> None:
    pieces = list(_pieces(text))
    assert "".join(pieces) == text
    assert pieces == [""] or all(0 < len(piece) <= _PIECE for piece in pieces)


@pytest.mark.parametrize("text", ["sometimes " * 300 + "then", "Then And " * 300 + "now", "(1,\n2);\n" * 300 + "end"])
def test_no_word_is_in_two(text: str) -> None:
    assert [word for piece in _pieces(text) for word in piece.split()] == text.split()
