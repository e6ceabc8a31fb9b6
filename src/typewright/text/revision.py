# SPDX-License-Identifier: MIT
"""
The fewest keystrokes that make one text of another, with the caret at its end.

Only BackSpace is used to delete: caret keys mean other things in terminals. A keystroke is a press of BackSpace or a typed
code point. The shortest way is to press BackSpace until what is left begins the new text, then to type the rest:
whatever one more press deleted would have to be typed again. The kind of the program determines what a press leaves; in some
it is a letter without its accent, and that letter is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import takewhile

from typewright.text.erasing import LOOK_BACK, MODELS, UNERASABLE, Model, plain_end

_BEFORE = "a"
"""In place of the text before ours: a press that deletes it would delete text that is not ours."""


@dataclass(frozen=True)
class Revision:
    """
    Press BackSpace `presses` times, then type `text`.

    `certain` is False where programs of the kind differ: then this is the way with the fewest presses, which deletes no
    text but ours, and may leave a part of what was to be deleted.
    """

    presses: int
    text: str = field(repr=False)
    certain: bool

    @property
    def keystrokes(self) -> int:
        """The number of keystrokes."""
        return self.presses + len(self.text)


def revise(old: str, new: str, kind: str) -> Revision | None:
    r"""
    Return how to make `new` of `old`, which was typed in a program of `kind` (a key of `MODELS`) and ends at the caret.

    None if that is impossible without deleting text before `old`, or a character that no BackSpace takes back. To delete
    whole characters, let `new` be what is to be left of `old`. Both texts have `\n` for each line end.
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
    """Return how many presses it takes, and how many code points of `new` are there already after them."""
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
