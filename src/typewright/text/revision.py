# SPDX-License-Identifier: MIT
"""
From one text to another at the end of which the caret stands, with the fewest keystrokes.

The only key that erases is BackSpace: caret keys mean other things in terminals. So a keystroke is a press of BackSpace
or a typed code point, and of all ways the shortest is to press until what is left begins the new text, then to type the
rest: each press more would have to be typed again. What a press leaves is told by the kind of the program; in some
programs it is a letter without its accent, and then the letter is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import takewhile

from typewright.text.erasing import LOOK_BACK, Model, plain_end
from typewright.text.kinds import MODELS, UNERASABLE

_BEFORE = "a"
"""Stands for what the text was typed behind: a press that takes it would take what is not ours."""


@dataclass(frozen=True)
class Revision:
    """
    Press BackSpace `presses` times, then type `text`.

    `certain` is False where programs of the kind differ: then it is the way with the fewest presses, which takes nothing
    that is not ours but may leave a part of what was to go.
    """

    presses: int
    text: str = field(repr=False)
    certain: bool

    @property
    def keystrokes(self) -> int:
        """What it costs, in keystrokes: the fewest that there are."""
        return self.presses + len(self.text)


def revise(old: str, new: str, kind: str) -> Revision | None:
    r"""
    How to make `new` of `old`, which was typed in a program of `kind` (a key of `MODELS`) and ends at the caret.

    None when that can't be done without touching what stands before `old`, or over a key that can't be taken back. To
    erase whole characters, let `new` be what is to be left of `old`. Both texts have `\n` for each end of line.
    """
    ways = [_way(old, new, model) for model in MODELS[kind]]
    possible = [way for way in ways if way is not None]
    if len(possible) < len(ways):
        return None
    presses, kept = min(possible)
    if any(wall in old[kept:] for wall in UNERASABLE.get(kind, "")):
        return None
    return Revision(presses, new[kept:], len(set(ways)) == 1)


def _way(old: str, new: str, model: Model) -> tuple[int, int] | None:
    """How many presses, and how many code points of `new` then stand there already."""
    left, goal, presses = _BEFORE + old, _BEFORE + new, 0
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(left, goal, strict=False)))
    while not goal.startswith(left):
        plain = min(plain_end(left), len(left) - shared)
        if plain > 0:
            left = left[:-plain]
            presses += plain
            continue
        left = left[:-LOOK_BACK] + model(left[-LOOK_BACK:])
        presses += 1
        if not left.startswith(_BEFORE):
            return None
    return presses, len(left) - len(_BEFORE)
