# SPDX-License-Identifier: MIT
"""
Testimony: what was typed into a text, and what its program tells of it.

Both are texts in which each ERASE takes away one character. What comes first may take away more than was typed to: what was
selected goes with the first key. A program that takes something away later is editing by itself, and proves nothing.
"""

from __future__ import annotations

from typewright.keymap.chords import ERASE

SAME, DIFFERENT, UNKNOWN = "same", "different", "unknown"


def compare(typed: str, told: str) -> str:
    """SAME or DIFFERENT where that is certain; UNKNOWN above all for what may still be on its way."""
    text, said = typed.lstrip(ERASE), told.lstrip(ERASE)
    erased, taken = len(typed) - len(text), len(told) - len(said)
    if text == said:
        return SAME if taken == erased or (text and not erased) else UNKNOWN
    if ERASE in text or ERASE in said or text.startswith(said):
        return UNKNOWN
    return DIFFERENT


def stands(before: str, typed: str, told: str, longest: int) -> bool:
    """
    Whether what was told, and not what was typed, stands at the end of `before`, the last `longest` characters of a text.

    A program whose events say one thing and whose text another proves nothing either.
    """
    text, said = typed.lstrip(ERASE), told.lstrip(ERASE)
    return before.endswith(said[-longest:]) and not (len(text) <= longest and before.endswith(text))
