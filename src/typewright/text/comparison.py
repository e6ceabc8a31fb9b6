# SPDX-License-Identifier: MIT
"""
The comparison of what was typed with what the program reports of its text.

Both are texts in which each ERASE deletes one character. A report may begin with more deletions than were typed: selected
text goes with the first key. A program that deletes more later on is editing by itself, and its report proves nothing.
"""

from __future__ import annotations

from typewright.keymap.chords import ERASE

SAME, DIFFERENT, UNKNOWN = "same", "different", "unknown"


def compare(typed: str, told: str) -> str:
    """Return SAME or DIFFERENT where that is certain; else UNKNOWN, mostly because a part of the report may be to come."""
    text, said = typed.lstrip(ERASE), told.lstrip(ERASE)
    erased, taken = len(typed) - len(text), len(told) - len(said)
    if text == said:
        return SAME if taken == erased or (text and not erased) else UNKNOWN
    if ERASE in text or ERASE in said or text.startswith(said):
        return UNKNOWN
    return DIFFERENT


def is_at_end(before: str, typed: str, told: str, longest: int) -> bool:
    """
    Return whether `before`, the last `longest` characters of a text, ends with what was told, and not with what was typed.

    A program whose events and whose text contradict each other proves nothing.
    """
    text, said = typed.lstrip(ERASE), told.lstrip(ERASE)
    return before.endswith(said[-longest:]) and not (len(text) <= longest and before.endswith(text))
