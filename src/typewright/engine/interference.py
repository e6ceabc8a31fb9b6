# SPDX-License-Identifier: MIT
"""Disturbances: what came between our keys, and what it did to the text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from typewright.interfaces.backend import OURS, PROGRAM, REPEAT, SWALLOWED, USER, Stray
from typewright.keymap.chords import Chord
from typewright.keymap.layout import Layout

_STANDS_ALONE = ("L", "N", "P", "S", "Zs")
"""Categories of characters that one BackSpace takes away, and nothing else with them."""


class Disturbance(NamedTuple):
    """
    `typed` tells whether the chord under way typed what it was to type; `surplus` how many characters stand in the text
    that don't belong there, None when nobody can tell what happened.
    """

    typed: bool
    surplus: int | None


def judge(strays: Sequence[Stray], chord: Chord, sent: int, layout: Layout) -> Disturbance | None:
    """What the `strays` seen during the first `sent` events of `chord` amount to; None when typing just goes on."""
    # A modifier helps another key; in a chord of modifiers alone each of them is what was to be pressed.
    helpers = layout.modifiers if any(keycode not in layout.modifiers for keycode in chord.keys) else ()
    wrong = [stray for stray in strays if stray.source == OURS and stray.pressed and stray.keycode not in helpers]
    repeats = [stray for stray in strays if stray.source == REPEAT and stray.pressed and stray.keycode in chord.keys]
    lost = [stray for stray in strays if stray.source == SWALLOWED and stray.pressed]
    modified = any(stray.pressed and stray.source != REPEAT and stray.keycode in layout.modifiers for stray in strays)
    others = [stray for stray in strays if stray.source in (USER, PROGRAM) and stray.pressed]
    typed_too = any(stray.keycode not in layout.modifiers for stray in others)
    # What comes up under another state was typed, but the state is not what the next chord was made for.
    late = any(stray.source == OURS for stray in strays)
    if not (wrong or repeats or lost or modified or late):
        return None
    surplus = _sum(_characters(layout.typed_by(stray.keycode, stray.state)) for stray in wrong)
    surplus = _sum([surplus, *(_characters(chord.text or None) for _ in repeats)])
    swallowed = [stray for stray in lost if stray.keycode not in helpers]
    keys = [event.pressed and event.keycode not in helpers for event in chord.events]
    if 0 < sum(keys[:sent]) - len(swallowed) < sum(keys) or (repeats and sum(keys) > 1):
        surplus = None  # a character that takes several keys, by halves
    if surplus and typed_too:
        surplus = None  # what somebody else typed is among it
    whole = not any(event.pressed for event in chord.events[sent:])
    return Disturbance(whole and not wrong and not swallowed, surplus)


def _characters(text: str | None) -> int | None:
    """How many presses of BackSpace take away `text`, and it alone; None when nobody can tell."""
    if text is None or not all(unicodedata.category(character).startswith(_STANDS_ALONE) for character in text):
        return None
    return len(text)


def _sum(numbers: Iterable[int | None]) -> int | None:
    total = 0
    for number in numbers:
        if number is None:
            return None
        total += number
    return total
