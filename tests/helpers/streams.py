# SPDX-License-Identifier: MIT
"""Streams of hypotheses: the recorded ones, what each must lead to, and how few keystrokes lead there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path

Hypothesis = tuple[str, str]
"""("partial" or "final", text)."""

BACKSPACE = "\x7f"
"""What xterm makes of the BackSpace key."""


def recorded() -> list[list[Hypothesis]]:
    """The 200 streams that `tests.data.record_hypotheses` made."""
    with (Path(__file__).parents[1] / "data" / "hypotheses.jsonl").open(encoding="utf-8") as file:
        return [[(kind, text) for kind, text in json.loads(line)["heard"]] for line in file]


def common(left: str, right: str) -> int:
    """The length of what both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(left, right, strict=False)))


def fewest(heard: Sequence[Hypothesis]) -> int:
    """The keystrokes on the way through all of `heard`, if none is skipped; of texts without combined characters."""
    strokes, draft = 0, ""
    for kind, text in heard:
        strokes += len(draft) + len(text) - 2 * common(draft, text)
        draft = text if kind == "partial" else ""
    return strokes


def final_text(heard: Sequence[Hypothesis]) -> str:
    """What must stand in the window in the end."""
    return "".join(text for kind, text in heard if kind == "final")


def shown(received: str) -> str:
    """What a terminal would show of the characters that it got; IndexError if more was deleted than typed."""
    text: list[str] = []
    for character in received:
        if character == BACKSPACE:
            text.pop()
        else:
            text.append(character)
    return "".join(text)
