# SPDX-License-Identifier: MIT
"""
Chords: keys held together, and the key events that they are made of.

The seed's idea of a sub-sequence: "Shift_L + a" is "A". A key list is a sequence of chords.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

ANY_STATE = -1
"""The state of an event that nobody can predict (behind a key that locks or latches something)."""

MODIFIERS_MASK = 0xFF
GROUP_SHIFT = 13
GROUP_MASK = 0x3 << GROUP_SHIFT


ERASE = "\b"
"""The text of a BackSpace: it takes away what stands before it."""


class KeyEvent(NamedTuple):
    """
    One key going down or up.

    `keycode` is 8-255. `state` is the core protocol's state just before the event, as the plan requires it: modifiers in
    bits 0-7, the group in bits 13-14; or ANY_STATE.
    """

    keycode: int
    pressed: bool
    state: int


class Chord(NamedTuple):
    """
    Keys that go down in order and up in reverse order; for a composed character (`in_sequence`) one such after the other.

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


def state_of(group: int, modifiers: int) -> int:
    """The core protocol's state for an active group (0-3) and a modifier mask."""
    return group << GROUP_SHIFT | modifiers


def chord(keys: Sequence[int], modifiers: Mapping[int, int], state: int, text: str = "") -> Chord:
    """
    The chord of `keys`, with the state that each of its events must find.

    `modifiers` gives the mask that a key adds while it is down; ANY_STATE for a key whose effect outlasts it. `state` is in
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
    unpredictable = any(modifiers.get(key, 0) == ANY_STATE for key in keys)
    if unpredictable:
        releases = [event._replace(state=ANY_STATE) for event in releases]
    return Chord(keys, (*presses, *releases), text)


def in_sequence(chords: Sequence[Chord], text: str) -> Chord:
    """The one chord of `chords` one after the other, which complete `text` together; their group and locks are the same."""
    keys = tuple(key for part in chords for key in part.keys)
    return Chord(keys, tuple(event for part in chords for event in part.events), text)


def _with(state: int, added: int) -> int:
    return ANY_STATE if ANY_STATE in (state, added) else state | added
