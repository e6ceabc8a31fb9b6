# SPDX-License-Identifier: MIT
"""
The fewest keystrokes that make one text of another, with the caret at its end.

Only BackSpace is used to delete: caret keys mean other things in terminals. A keystroke is a press of BackSpace or a typed
code point. The shortest way is to press BackSpace until what is left begins the new text, then to type the rest:
what one more press deleted would have to be typed again. The kind of the program determines what a press leaves; in some
it is a letter without its accent, and that letter is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import takewhile

from typewright.text.erasing import EDITORS, LOOK_BACK, WALLS, Editor, Model, plain_end
from typewright.text.graphemes import clusters

_HIGHEST = 0x10FFFF
_LONG = 256
_BEFORE = "a"
"""In place of the text before ours: a press that deletes it would delete text that is not ours."""


@dataclass(frozen=True)
class Revision:
    """
    Press BackSpace `presses` times, then type `text`.

    `certain` is False where programs of the kind may differ: then this is the way with the fewest presses, which may leave
    a part of what was to be deleted, or delete more. `walled` is whether a Return or a Tab is among what is deleted.
    """

    presses: int
    text: str = field(repr=False)
    certain: bool
    walled: bool = False

    @property
    def keystrokes(self) -> int:
        """The number of keystrokes."""
        return self.presses + len(self.text)


def revise(old: str, new: str, kind: str) -> Revision | None:
    r"""
    Return how to make `new` of `old`, which was typed in a program of `kind` (a key of `EDITORS`) and ends at the caret.

    None if that may be impossible without deleting text before `old`, or where a long text ends in what is uncertain. To
    delete whole characters, let `new` be what is to be left of `old`. Both texts have `\n` for each line end.
    """
    editors = EDITORS[kind]
    if len(old) > _LONG and len(editors) > 1 and (last := _last_to_go(old, new)) and not _is_certain(last, kind):
        return None  # Computing the way for the rest would take seconds.
    ways = {_way(old, new, editor.erase) for editor in editors if editor.highest == _HIGHEST}
    if None in ways:
        return None
    presses, kept = min(way for way in ways if way is not None)
    certain = len(ways) == 1 and all(_agrees(old, new[:kept], presses, editor) for editor in editors)
    return Revision(presses, new[kept:], certain, any(wall in old[kept:] for wall in WALLS))


def _last_to_go(old: str, new: str) -> str:
    """Return the last character of `old`, as the user sees it, if all of it has to go; else nothing."""
    last = clusters(old[-LOOK_BACK:])[-1:]
    return last[0] if last and not new.startswith(old[: len(old) - len(last[0]) + 1]) else ""


@lru_cache(1024)
def _is_certain(character: str, kind: str) -> bool:
    """Return whether all editors of `kind` take the same presses for `character` after a plain letter."""
    ways = {_way(character, "", editor.erase) for editor in EDITORS[kind]}
    return len(ways) == 1 and None not in ways and all(editor.keeps(character) == character for editor in EDITORS[kind])


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


def _agrees(old: str, left: str, presses: int, editor: Editor) -> bool:
    """Return whether so many presses leave `left` of `old` in an editor that may have dropped some of both."""
    kept = editor.keeps(old)
    if kept == old:
        return True  # Then it is like an editor that keeps everything.
    there = _BEFORE + kept
    for _ in range(presses):
        if len(there) <= len(_BEFORE):
            return False
        there = there[:-LOOK_BACK] + editor.erase(there[-LOOK_BACK:])
    return there == _BEFORE + editor.keeps(left)
