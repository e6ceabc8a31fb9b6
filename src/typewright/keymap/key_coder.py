# SPDX-License-Identifier: MIT
"""The key coder: from text to a key list, on one layout in one state."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from typewright.keymap.chords import ERASE, Chord, State, chord, in_sequence
from typewright.keymap.keys import SHIFT_MASK
from typewright.keymap.keysyms import keysym_named
from typewright.keymap.layout import Layout, Position, Untypeable, subsets
from typewright.keymap.notation import chords_of
from typewright.keymap.packing import Lent, Packing

_CONTROLS = {"\n": "Return", "\t": "Tab"}
BACKSPACE = "BackSpace"


class Segment(NamedTuple):
    """
    A stretch of text that can be typed at once, and what slots must hold before it. Hides its text.

    With `after_barrier`, its first character is composed, and programs must have taken the keys before it: some (Qt 5) put
    it before those that they have read and not yet handed on.
    """

    text: str
    lend: tuple[Lent, ...]
    after_barrier: bool = False

    def __repr__(self) -> str:
        return f"Segment({len(self.text)} characters, {len(self.lend)} slots)"


class KeyCoder:
    """
    Turns text into chords for `layout`, beginning in `group`, under the `locked` modifiers. Those of them that are in the
    state of a chord's events stay as they are for it; the keyer takes the others off for that time.

    Stays in the group of the last character as long as it has the next one, so that a Russian sentence on a us,ru layout
    switches twice and not at each space. A line end is a press of Return, with `shift_return` one of Shift+Return. Each
    character is looked up once. Make a new coder when layout or state change.
    """

    def __init__(self, layout: Layout, *, group: int, locked: int, shift_return: bool = False) -> None:
        self._layout = layout
        self._group = group
        self._shift_return = shift_return
        self._locked = locked & ~layout.commanding
        self._positions: dict[tuple[str, int], Position | None] = {}
        self._chords: dict[tuple[str, int], Chord] = {}

    def text_to_keys(self, text: str) -> list[Chord]:
        """
        Return the key list for `text`: one chord a character, each naming the character that it completes.

        `text` has been through `typeable`. Raises Untypeable when a character is not on the layout; see `segments`.
        """
        return list(self._walk(text))

    def backspaces(self, count: int) -> list[Chord]:
        """Return the key list that deletes backwards: `count` presses of BackSpace."""
        position = self._control(BACKSPACE, self._group)
        if position is None:
            raise Untypeable("The layout has no BackSpace key.")
        return [self._chord(position, ERASE)] * count

    def chords(self, notation: str) -> list[Chord]:
        """Return the key list for chords in notation. Raises Untypeable, naming the place of the word that has no key."""
        return chords_of(notation, self._layout, group=self._group, locked=self._locked)

    def reaches(self, character: str, packing: Packing) -> bool:
        """Return whether `character` can be typed: by the layout, by a slot of `packing`, or composed."""
        if character not in self._layout.lent and self._find(character, self._group) is not None:
            return True
        if packing.admits(character) and character not in _CONTROLS:
            return True
        return self._composed(character, self._group) is not None

    def beyond_shift(self, text: str) -> bool:
        """Return whether a character of `text` takes more than one key and Shift: another modifier or group, or several."""
        positions = [self._find(character, self._group) for character in set(text)]
        return any(found is None or found.group > 0 or found.modifiers & ~SHIFT_MASK for found in positions)

    def segments(self, text: str, packing: Packing) -> list[Segment]:
        """
        Cut `text` so that the slots needed by each piece fit into one `packing`, and say what they must hold; without any
        slot, cut where composed characters begin.

        What slots hold already is named as well, so that it is not taken from them. A text that the layout has whole is one
        piece. Raises Untypeable when a character is lacking and can neither be lent nor composed, so that all of the text is
        checked before the first key.
        """
        pieces: list[Segment] = []
        start, after_barrier, composing = 0, False, False
        lacking: dict[str, bool] = {}
        composed: dict[str, bool] = {}
        for place, character in enumerate(text):
            if character not in lacking:
                position = self._find(character, self._group)
                lacks = position is None or (
                    packing.slots > 0 and character not in _CONTROLS and self._layout.doubtful(position)
                )
                lacking[character] = lacks or character in self._layout.lent
                composed[character] = (
                    lacking[character] and packing.slots < 1 and self._composed(character, self._group) is not None
                )
            if composed[character] and not composing:
                pieces += [Segment(text[start:place], (), after_barrier)] if place else []
                start, after_barrier = place, True
            composing = composed[character]
            if composing or not lacking[character]:
                continue
            if not packing.admits(character) or character in _CONTROLS:
                raise Untypeable(f"Character {place + 1} is not on the keyboard layout, and no slot can be lent to it.")
            if not packing.take(character):
                pieces.append(Segment(text[start:place], packing.keys))
                start, packing = place, packing.full()
                packing.take(character)
        return [*pieces, Segment(text[start:], packing.keys, after_barrier)]

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
            state = known.events[0].state
            group = group if state is None else state.group
            yield known

    def _find(self, character: str, group: int) -> Position | None:
        if (character, group) not in self._positions:
            self._positions[character, group] = self._look_up(character, group)
        return self._positions[character, group]

    def _look_up(self, character: str, group: int) -> Position | None:
        if character in _CONTROLS:
            position = self._control(_CONTROLS[character], group)
            return self._shifted(position) if position and character == "\n" and self._shift_return else position
        return self._layout.find_character(character, group=group, locked=self._locked)

    def _control(self, name: str, group: int) -> Position | None:
        """Return where the key `name` is, with Shift unlocked: programs take Shift+Tab and Shift+Return for other keys."""
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
        state = State(position.group, self._locked & ~position.unlocked)
        return chord([*modifiers, position.keycode], self._layout.modifiers, state, text)

    def _composed(self, character: str, group: int) -> Chord | None:
        """
        Return the keys that programs compose to `character`, by dead keys or Compose; None when there are none.

        All in one group and under the same locks, with as few of these taken off as possible: they travel in one write.
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
