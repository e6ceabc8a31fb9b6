# SPDX-License-Identifier: MIT
"""The text of a call: normalised or refused before the first key, and cut into pieces if it is long."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_TYPED_CONTROLS = "\n\t"
_BETWEEN_WORDS = re.compile(r"(?<=\S)\s(?=\S)")


def typeable(text: str) -> str:
    r"""
    Return `text` with each of `\r\n`, `\r` and `\n` as one `\n`.

    Raises ValueError for a control character other than newline and tab (dictated text must never press Escape or a
    Ctrl chord); the sentence names its place, not the text.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for place, character in enumerate(text):
        if unicodedata.category(character) in ("Cc", "Cs") and character not in _TYPED_CONTROLS:
            raise ValueError(
                f"Character {place + 1} is a control character, which is never typed; leave it out "
                "(of these, only newline and tab are allowed)."
            )
    return text


def pieces(text: str, size: int) -> Iterator[str]:
    """
    Yield `text` in pieces of at most `size` characters, cut between two words if possible, best before a lower-case letter.

    A word cut in two would get a space inside by the context adjustment, and a capital after a cut might lose its case.
    """
    start = 0
    while len(text) - start > size:
        gaps = [found.start() for found in _BETWEEN_WORDS.finditer(text, start + 1, start + size + 2)]
        end = ([gap for gap in gaps if text[gap + 1].islower()] or gaps or [start + size])[-1]
        yield text[start:end]
        start = end
    yield text[start:]
