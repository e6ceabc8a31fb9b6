# SPDX-License-Identifier: MIT
"""The text of a call, made fit for typing or refused before the first key."""

from __future__ import annotations

import unicodedata

_TYPED_CONTROLS = "\n\t"


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
