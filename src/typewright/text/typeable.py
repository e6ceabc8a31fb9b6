# SPDX-License-Identifier: MIT
"""The text of a call, made fit for typing or refused before the first key; and a long one in several calls."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_TYPED_CONTROLS = "\n\t"
_BETWEEN_WORDS = re.compile(r"(?<=\S)\s(?=\S)")


def typeable(text: str) -> str:
    r"""
    `text` with each of `\r\n`, `\r` and `\n` as one `\n`.

    Raises ValueError for a control character other than newline and tab (dictated text must never press Escape or a
    Ctrl chord); the sentence names its place, never the text.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for place, character in enumerate(text):
        if unicodedata.category(character) in ("Cc", "Cs") and character not in _TYPED_CONTROLS:
            raise ValueError(
                f"Character {place + 1} is a control character, which is never typed; leave it out "
                "(only newline and tab may stand in a text)."
            )
    return text


def pieces(text: str, size: int) -> Iterator[str]:
    """
    `text` in pieces of at most `size` characters, cut between two words where that can be, best ahead of a small letter.

    ContextAdjust would part the halves of a word; and a capital behind the cut might seem to it the recognizer's own.
    """
    start = 0
    while len(text) - start > size:
        gaps = [found.start() for found in _BETWEEN_WORDS.finditer(text, start + 1, start + size + 2)]
        end = ([gap for gap in gaps if text[gap + 1].islower()] or gaps or [start + size])[-1]
        yield text[start:end]
        start = end
    yield text[start:]
