# SPDX-License-Identifier: MIT
"""Deleting backwards, counted in characters as the user sees them."""

from __future__ import annotations

from typewright.text.erasing import LOOK_BACK, plain_end
from typewright.text.graphemes import clusters
from typewright.text.revision import revise


def presses(before: str, count: int, kind: str) -> list[int]:
    """
    Return the presses of BackSpace that delete `count` characters, where `before` is known to be before the caret, in a
    program of `kind` (see `typewright.text.erasing`): one item a press, 1 where it completes a character, else 0.

    Where the text is unknown, or the effect of a press is, each character is one press.
    """
    found: list[int] = []
    while count > 0:
        if plain := min(plain_end(before), count):
            before = before[:-plain]
            found += [1] * plain
            count -= plain
            continue
        count -= 1
        tail = before[-LOOK_BACK:]
        last = clusters(tail)[-1:]
        way = revise(tail, tail.removesuffix("".join(last)), kind) if last else None
        if way is None or not way.certain or way.text:
            before = ""
            found.append(1)
            continue
        before = before.removesuffix(last[0])
        found += [0] * (way.presses - 1) + [1]
    return found
