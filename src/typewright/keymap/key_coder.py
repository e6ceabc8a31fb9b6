# SPDX-License-Identifier: MIT
"""The key coder: from text to a key list, on one layout in one state."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from typewright.keymap.chords import ERASE, GROUP_SHIFT, Chord, chord, in_sequence, state_of
from typewright.keymap.keys import SHIFT_MASK
from typewright.keymap.keysyms import keysym_named
from typewright.keymap.layout import Layout, Position, Untypeable, subsets
from typewright.keymap.notation import chords_of
from typewright.keymap.packing import Lent, Packing

_CONTROLS = {"\n": "Return", "\t": "Tab"}
BACKSPACE = "BackSpace"


class Segment(NamedTuple):
    """
    A stretch of text that can be typed at once, and what must be borrowed before it. Hides its text.

    With `behind`, its first character is composed, and programs must have taken the keys before: some (Qt 5) would put it in
    front of those that they have read and not yet handed on.
    """

    text: str
    borrow: tuple[Lent, ...]
    behind: bool = False

    def __repr__(self) -> str:
        return f"Segment({len(self.text)} characters, {len(self.borrow)} borrowed)"


class KeyCoder:
    """
    I turn text into chords for `layout`, beginning in `group`, under the `locked` modifiers. Of these, the ones in the
    state of a chord's events stay as they are for it; the others are off for that while, which is the keyer's work.

    I stay in the group of the last character as long as it has the next one, so that a Russian sentence on a us,ru layout
    switches twice and not at each space. A line end is a press of Return, with `shift_return` one of Shift+Return. Make a
    new one of me when layout or state change.
    """

    def __init__(self, layout: Layout, *, group: int, locked: int, shift_return: bool = False) -> None:
        self._layout = layout
        self._group = group
        self._shift_return = shift_return
        self._locked = locked & ~layout.commanding
        self._chords: dict[tuple[str, int], Chord] = {}

    def text_to_keys(self, text: str) -> list[Chord]:
        """
        The key list for `text`, one chord a character, each naming the character that it completes.

        `text` has been through `typeable`. Raises Untypeable when a character is not on the layout; see `segments`.
        """
        return list(self._walk(text))

    def backspaces(self, count: int) -> list[Chord]:
        """The key list that deletes backwards: `count` presses of BackSpace."""
        position = self._control(BACKSPACE, self._group)
        if position is None:
            raise Untypeable("The layout has no BackSpace key.")
        return [self._chord(position, ERASE)] * count

    def chords(self, notation: str) -> list[Chord]:
        """The key list for chords in notation. Raises Untypeable, pointing at the word that the layout has no key for."""
        return chords_of(notation, self._layout, group=self._group, locked=self._locked)

    def segments(self, text: str, spare: int) -> list[Segment]:
        """
        Cut `text` so that each piece needs at most `spare` borrowed keycodes, and say what these must hold; with none to
        spare, where composed characters begin.

        What stands on a borrowed keycode already is named as well: whoever borrows must not take it from that. A text that
        the layout has whole is one piece. Raises Untypeable when something is lacking, and neither borrowed nor composed, so
        that all of the text is checked before the first key.
        """
        pieces: list[Segment] = []
        start, behind, composing = 0, False, False
        packing = Packing.upon(self._layout, spare)
        lacking: dict[str, bool] = {}
        composed: dict[str, bool] = {}
        for place, character in enumerate(text):
            if character not in lacking:
                position = self._find(character, self._group)
                lacking[character] = position is None or position.keycode in self._layout.borrowed
                composed[character] = lacking[character] and spare < 1 and self._composed(character, self._group) is not None
            if composed[character] and not composing:
                pieces += [Segment(text[start:place], (), behind)] if place else []
                start, behind = place, True
            composing = composed[character]
            if composing or not lacking[character]:
                continue
            if spare < 1 or character in _CONTROLS:
                raise Untypeable(
                    f"Character {place + 1} is not on the keyboard layout, and the layout has no keycode to lend to it."
                )
            if not packing.take(character):
                pieces.append(Segment(text[start:place], packing.keys))
                start, packing = place, packing.full()
                packing.take(character)
        return [*pieces, Segment(text[start:], packing.keys, behind)]

    def _walk(self, text: str) -> Iterator[Chord]:
        group = self._group
        for place, character in enumerate(text):
            known = self._chords.get((character, group))
            if known is None:
                position = self._find(character, group)
                found = self._composed(character, group) if position is None else self._chord(position, character)
                if found is None:
                    raise Untypeable(f"Character {place + 1} is not on the keyboard layout.")
                known = self._chords[character, group] = found
            group = known.events[0].state >> GROUP_SHIFT
            yield known

    def _find(self, character: str, group: int) -> Position | None:
        if character in _CONTROLS:
            position = self._control(_CONTROLS[character], group)
            return self._shifted(position) if position and character == "\n" and self._shift_return else position
        return self._layout.find_character(character, group=group, locked=self._locked)

    def _control(self, name: str, group: int) -> Position | None:
        """Where the key `name` is. With a locked Shift, programs take it for another: Shift+Tab, Shift+Return."""
        shift = self._locked & SHIFT_MASK
        position = self._layout.find(keysym_named(name), group=group, locked=self._locked & ~shift)
        return position and position._replace(unlocked=position.unlocked | shift)

    def _shifted(self, position: Position) -> Position | None:
        if SHIFT_MASK not in self._layout.modifier_keys:
            return None
        return position._replace(modifiers=position.modifiers | SHIFT_MASK)

    def _chord(self, position: Position, text: str) -> Chord:
        modifiers = [
            self._layout.modifier_keys[bit] for bit in sorted(self._layout.modifier_keys) if bit & position.modifiers
        ]
        state = state_of(position.group, self._locked & ~position.unlocked)
        return chord([*modifiers, position.keycode], self._layout.modifiers, state, text)

    def _composed(self, character: str, group: int) -> Chord | None:
        """
        The keys that programs put together to `character`: over dead keys, or Compose. None when there are none.

        All of them in one group and under the same locks, the fewest of these taken off: they travel in one write.
        """
        groups = sorted(range(self._layout.groups), key=lambda other: other != group)
        for keysyms in self._layout.compose(character):
            for active, unlocked in product(groups, subsets(self._locked)):
                taps = [self._tap(keysym, active, unlocked) for keysym in keysyms]
                if all(taps):
                    return in_sequence([tap for tap in taps if tap], character)
        return None

    def _tap(self, keysym: int, group: int, unlocked: int) -> Chord | None:
        position = self._layout.find(keysym, group=group, locked=self._locked & ~unlocked)
        if position is None or position.group != group or position.unlocked:
            return None
        return self._chord(position._replace(unlocked=unlocked), "")
