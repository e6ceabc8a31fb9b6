# SPDX-License-Identifier: MIT
"""The key coder: from text to a key list, on one layout in one state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from typewright.plan.chords import ERASE, GROUP_SHIFT, Chord, chord, state_of
from typewright.plan.keysyms import case_pair, keysym_named, keysym_of
from typewright.plan.layout import LOCK_MASK, Layout, Position, Untypeable
from typewright.plan.notation import chords_of

_CONTROLS = {"\n": "Return", "\t": "Tab"}
BACKSPACE = "BackSpace"


class Segment(NamedTuple):
    """A stretch of text that can be typed at once, and the case pairs that must be borrowed before it. Hides its text."""

    text: str
    borrow: tuple[tuple[str, str], ...]

    def __repr__(self) -> str:
        return f"Segment({len(self.text)} characters, {len(self.borrow)} borrowed)"


class KeyCoder:
    """
    I turn text into chords for `layout`, beginning in `group`, under the `locked` modifiers.

    I stay in the group of the last character as long as it has the next one, so that a Russian sentence on a us,ru layout
    switches twice and not at each space. Make a new one of me when layout or state change.
    """

    def __init__(self, layout: Layout, *, group: int, locked: int) -> None:
        self._layout = layout
        self._group = group
        self._locked = locked
        self._chords: dict[tuple[str, int], Chord] = {}

    def text_to_keys(self, text: str) -> list[Chord]:
        """
        The key list for `text`, one chord a character, each naming the character that it completes.

        `text` has been through `typeable`. Raises Untypeable when a character is not on the layout; see `segments`.
        """
        return list(self._walk(text))

    def backspaces(self, count: int) -> list[Chord]:
        """The key list that deletes backwards: `count` presses of BackSpace."""
        position = self._layout.find(keysym_named(BACKSPACE), group=self._group, locked=self._locked)
        if position is None:
            raise Untypeable("The layout has no BackSpace key.")
        return [self._chord(position, ERASE)] * count

    def chords(self, notation: str) -> list[Chord]:
        """The key list for chords in notation. Raises Untypeable, pointing at the word that the layout has no key for."""
        return chords_of(notation, self._layout, group=self._group, locked=self._locked)

    def segments(self, text: str, spare: int) -> list[Segment]:
        """
        Cut `text` so that each piece needs at most `spare` case pairs that are not on the keyboard itself, and name these.

        Pairs that stand on a borrowed keycode already are named as well: whoever borrows must not take it from them. A
        text that the layout has whole is one piece. Raises Untypeable when something is lacking and nothing can be
        borrowed, so that all of the text is checked before the first key.
        """
        pieces: list[Segment] = []
        start = 0
        lacking: dict[tuple[str, str], None] = {}
        absent: dict[str, bool] = {}
        for place, character in enumerate(text):
            if character not in absent:
                position = self._find(character, self._group)
                absent[character] = position is None or position.keycode in self._layout.borrowed
            if not absent[character]:
                continue
            if spare < 1 or character in _CONTROLS:
                raise Untypeable(
                    f"Character {place + 1} (U+{ord(character):04X}) is not on the keyboard layout, "
                    "and the layout has no empty keycode to lend to it."
                )
            pair = case_pair(character)
            if self._locked & LOCK_MASK and pair[0] == pair[1] and character.upper() != character:
                # Its borrowed key has no level that consumes Lock, so that programs would capitalise it.
                raise Untypeable(
                    f"Character {place + 1} (U+{ord(character):04X}) is not on the keyboard layout, "
                    "and an empty keycode can't be lent to it while Caps Lock is on."
                )
            if pair not in lacking and len(lacking) == spare:
                pieces.append(Segment(text[start:place], tuple(lacking)))
                start, lacking = place, {}
            lacking[pair] = None
        pieces.append(Segment(text[start:], tuple(lacking)))
        return pieces

    def _walk(self, text: str) -> Iterator[Chord]:
        group = self._group
        for place, character in enumerate(text):
            known = self._chords.get((character, group))
            if known is None:
                position = self._find(character, group)
                if position is None:
                    raise Untypeable(f"Character {place + 1} (U+{ord(character):04X}) is not on the keyboard layout.")
                known = self._chords[character, group] = self._chord(position, character)
            group = known.events[0].state >> GROUP_SHIFT
            yield known

    def _find(self, character: str, group: int) -> Position | None:
        if character in _CONTROLS:
            return self._layout.find(keysym_named(_CONTROLS[character]), group=group, locked=self._locked)
        return self._layout.find_character(character, group=group, locked=self._locked)

    def _chord(self, position: Position, text: str) -> Chord:
        modifiers = [
            self._layout.modifier_keys[bit] for bit in sorted(self._layout.modifier_keys) if bit & position.modifiers
        ]
        return chord([*modifiers, position.keycode], self._layout.modifiers, state_of(position.group, self._locked), text)


def keysyms_for(pair: tuple[str, str]) -> tuple[int, int]:
    """The two keysyms of a borrowed keycode."""
    return keysym_of(pair[0]), keysym_of(pair[1])
