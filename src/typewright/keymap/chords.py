# SPDX-License-Identifier: MIT
"""
Chords: keys held together, and the key events that they consist of.

The seed's idea of a sub-sequence: "Shift_L + a" is "A". A key list is a sequence of chords.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

ERASE = "\b"
"""The text of a BackSpace: it takes away what is before it."""

LASTING = -1
"""In place of a modifier key's mask: the key locks or latches, so its effect outlasts the press."""


class State(NamedTuple):
    """
    The keyboard state that a key event finds, in XKB's terms.

    `group` is the active group, from 0. `modifiers` is a mask of the effective real modifiers: bit 0 Shift, 1 Lock,
    2 Control, 3-7 Mod1-Mod5.
    """

    group: int
    modifiers: int


class KeyEvent(NamedTuple):
    """
    One key going down or up.

    `keycode` is XKB's (evdev's code + 8), 8-255. `state` is the state just before the event, as the plan requires it; None
    where it cannot be predicted, after a key that locks or latches something.
    """

    keycode: int
    pressed: bool
    state: State | None


class Chord(NamedTuple):
    """
    Keys that go down in order and up in reverse order; for a composed character (`in_sequence`) several such, one after the
    other.

    `text` is what the chord completes: a character for most, ERASE for a BackSpace, empty for a shortcut. It is left out of
    `repr`, so that no log shows it. `counts` is how much of its job is done with it: 1, or 0 for what only prepares more.
    """

    keys: tuple[int, ...]
    events: tuple[KeyEvent, ...]
    text: str = ""
    counts: int = 1

    def __repr__(self) -> str:
        return f"Chord(keys={self.keys})"


KeyList = Sequence[Chord]


def chord(keys: Sequence[int], modifiers: Mapping[int, int], state: State | None, text: str = "") -> Chord:
    """
    Return the chord of `keys`, with the state that each of its events must find.

    `modifiers` gives the mask that a key adds while it is down, LASTING for a key whose effect outlasts it. `state` is in
    force before the first event.
    """
    keys = tuple(keys)
    presses = []
    for key in keys:
        presses.append(KeyEvent(key, True, state))
        state = _with(state, modifiers.get(key, 0))
    releases = []
    for count in range(len(keys), 0, -1):
        held = presses[0].state
        for key in keys[:count]:
            held = _with(held, modifiers.get(key, 0))
        releases.append(KeyEvent(keys[count - 1], False, held))
    if any(modifiers.get(key, 0) == LASTING for key in keys):
        releases = [event._replace(state=None) for event in releases]
    return Chord(keys, (*presses, *releases), text)


def in_sequence(chords: Sequence[Chord], text: str) -> Chord:
    """Return the one chord of `chords` one after the other, which together complete `text` in one group and lock state."""
    keys = tuple(key for part in chords for key in part.keys)
    return Chord(keys, tuple(event for part in chords for event in part.events), text)


def _with(state: State | None, added: int) -> State | None:
    if state is None or added == LASTING:
        return None
    return State(state.group, state.modifiers | added)
