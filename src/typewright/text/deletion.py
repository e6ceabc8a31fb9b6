# SPDX-License-Identifier: MIT
"""Deleting backwards, counted in characters as the user sees them."""

from __future__ import annotations

from functools import lru_cache

from typewright.text.erasing import LOOK_BACK, WALLS, plain_end
from typewright.text.graphemes import clusters
from typewright.text.revision import revise


def presses(before: str, count: int, kind: str) -> list[int] | None:
    """
    Return the presses of BackSpace that delete `count` characters, where `before` is known to be before the caret, in a
    program of `kind` (see `text.erasing`): one item a press, 1 where it completes a character, else 0.

    Past what is known, each character is one press; so it is past a Return or a Tab. None if the characters are known, but
    not what deletes them in such a program.
    """
    found: list[int] = []
    while count > 0:
        if plain := min(plain_end(before, kind), count):
            before = before[:-plain]
            found += [1] * plain
            count -= plain
            continue
        count -= 1
        tail = before[-LOOK_BACK:]
        last = clusters(tail)[-1:]
        if not last or last[0] in WALLS:
            before = ""
            found.append(1)
            continue
        needed = _presses_for(tail, last[0], kind)
        if not needed:
            return None
        before = before.removesuffix(last[0])
        found += [0] * (needed - 1) + [1]
    return found


@lru_cache(1024)
def _presses_for(tail: str, character: str, kind: str) -> int:
    """Return the presses that delete `character` from the end of `tail`, and it alone; 0 if that is not certain."""
    way = revise(tail, tail.removesuffix(character), kind)
    return 0 if way is None or not way.certain or way.text else way.presses


def last_characters(before: str, count: int) -> str:
    """Return the last `count` characters of `before`, as the user sees them; all of it if there are fewer."""
    return "".join(clusters(before[-LOOK_BACK * max(count, 1) :])[-count:]) if count else ""
