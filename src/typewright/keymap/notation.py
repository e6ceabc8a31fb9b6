# SPDX-License-Identifier: MIT
"""The notation for key chords: `ctrl+s`, `Return`, `ctrl+shift+t Escape`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_

from typewright.keymap.chords import LASTING, Chord, State, chord
from typewright.keymap.key_names import keysym_called, suggestion
from typewright.keymap.keys import LOCK_MASK
from typewright.keymap.keysyms import NO_SYMBOL, character_of, keysym_named
from typewright.keymap.layout import COMMANDING, Layout, Untypeable


def keysyms_of(notation: str) -> list[tuple[tuple[str, int], ...]]:
    """
    Return the chords of `notation`, each as (word, keysym) pairs in the order of pressing.

    Chords are separated by white space, the keys of a chord by `+` (the key plus itself is `plus`). Keys have X's keysym
    names or the usual short ones, in upper or lower case (see `key_names`). Raises ValueError, which names the place of a
    wrong chord and does not repeat it: a caller may have passed its text here by mistake.
    """
    chords = []
    for place, word in enumerate(notation.split(), 1):
        parts = word.split("+")
        if "" in parts:
            raise ValueError(f"Chord {place} has a + without a key beside it; write the key + itself as plus.")
        chords.append(tuple((part, _keysym(part, f"Key {key} of chord {place}")) for key, part in enumerate(parts, 1)))
    if not chords:
        raise ValueError("There is no chord to press; write for example ctrl+s, or Return.")
    return chords


def types_text(words: Sequence[tuple[str, int]]) -> bool:
    """Return whether a chord of `keysyms_of` types a character, rather than being a command or a key that moves."""
    *held, (_, keysym) = words
    commands = {keysym_named(f"{name}_{side}") for name in COMMANDING for side in "LR"}
    return bool(character_of(keysym)) and not any(modifier in commands for _, modifier in held)


def chords_of(notation: str, layout: Layout, *, group: int, locked: int) -> list[Chord]:
    """
    Return the key list for `notation` on this layout.

    A key that needs modifiers for its level (`ctrl+plus` on many layouts) gets those that the chord does not press already.
    For a key alone Caps Lock counts as well; a chord of several keys ignores Caps Lock, as ctrl+s on a real keyboard does.
    Locks that put a key out of reach, or turn a modifier key into another, are off for the chord. After a key that locks or
    latches, the state cannot be predicted, and none is required of an event. Raises ValueError for what `keysyms_of`
    refuses, and Untypeable if the layout has no such key; neither repeats a word.
    """
    chords = []
    lasting = False
    for place, words in enumerate(keysyms_of(notation), 1):
        planned = _chord(words, layout, group, locked, place)
        if lasting:
            planned = planned._replace(events=tuple(event._replace(state=None) for event in planned.events))
        chords.append(planned)
        lasting = lasting or any(layout.modifiers.get(key) == LASTING for key in planned.keys)
    return chords


def _chord(words: tuple[tuple[str, int], ...], layout: Layout, group: int, locked: int, place: int) -> Chord:
    keys: list[int] = []
    pressed = 0
    in_group = group
    heeded = locked if len(words) == 1 else locked & ~LOCK_MASK
    for number, (_, keysym) in enumerate(words, 1):
        position = layout.find(keysym, group=in_group, locked=heeded)
        if position is None:
            hint = _hint(keysym, layout, in_group) if len(words) == 1 else ""
            raise Untypeable(f"No key of the keyboard layout reaches key {number} of chord {place}.{hint}")
        if position.unlocked:
            return _chord(words, layout, group, locked & ~position.unlocked, place)
        in_group = position.group
        for bit in sorted(layout.modifier_keys):
            if bit & position.modifiers & ~pressed:
                keys.append(layout.modifier_keys[bit])
                pressed |= bit
        if position.keycode in keys:
            raise Untypeable(f"Key {number} of chord {place} would press a key twice in that chord.")
        keys.append(position.keycode)
        pressed |= max(layout.modifiers.get(position.keycode, 0), 0)
    upset = locked & reduce(or_, (layout.fickle.get(key, 0) for key in keys))
    if upset and len(words) > 1:
        return _chord(words, layout, group, locked & ~upset, place)
    return chord(keys, layout.modifiers, State(in_group, locked))


def _hint(keysym: int, layout: Layout, group: int) -> str:
    if character_of(keysym):
        return " It is a character, which can be typed as a text."
    if any(layout.find(keysym, group=group, locked=1 << bit) for bit in range(8)):
        return " It is reached while a lock is on, such as Num Lock."
    return ""


def _keysym(part: str, place: str) -> int:
    keysym = keysym_called(part)
    if keysym != NO_SYMBOL:
        return keysym
    near = suggestion(part)
    hint = f"Did you mean {near}?" if near else "Use the names that X gives to keys, such as Page_Up, F5, a."
    raise ValueError(f"{place} is unknown. {hint}")
