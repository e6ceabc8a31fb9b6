# SPDX-License-Identifier: MIT
"""Interference: what came between the keys of a job, and what it did to the text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from typewright.engine.job import Interference
from typewright.interfaces.backend import OURS, PROGRAM, REPEAT, SWALLOWED, USER, Stray
from typewright.keymap.chords import Chord
from typewright.keymap.layout import Layout

_ALONE = ("L", "N", "P", "S", "Zs")
"""Categories of characters that one BackSpace deletes, and nothing else with them."""


def judge(strays: Sequence[Stray], chord: Chord, sent: int, layout: Layout) -> Interference | None:
    """Return what the `strays` seen during the first `sent` events of `chord` amount to; None when typing just goes on."""
    # A modifier helps another key; in a chord of modifiers alone each of them is what was to be pressed.
    helpers = layout.modifiers if any(keycode not in layout.modifiers for keycode in chord.keys) else ()
    wrong = [stray for stray in strays if stray.source == OURS and stray.pressed and stray.keycode not in helpers]
    repeats = [stray for stray in strays if stray.source == REPEAT and stray.pressed and stray.keycode in chord.keys]
    lost = [stray for stray in strays if stray.source == SWALLOWED and stray.pressed]
    modified = any(stray.pressed and stray.source != REPEAT and stray.keycode in layout.modifiers for stray in strays)
    others = [stray for stray in strays if stray.source in (USER, PROGRAM) and stray.pressed]
    typed_too = any(stray.keycode not in layout.modifiers for stray in others)
    # A release in another state typed its key, but the state is not what the next chord was made for.
    late = any(stray.source == OURS for stray in strays)
    if not (wrong or repeats or lost or modified or late):
        return None
    surplus = _sum(_characters(_typed_by(stray, layout)) for stray in wrong)
    surplus = _sum([surplus, *(_characters(chord.text or None) for _ in repeats)])
    swallowed = [stray for stray in lost if stray.keycode not in helpers]
    keys = [event.pressed and event.keycode not in helpers for event in chord.events]
    if 0 < sum(keys[:sent]) - len(swallowed) < sum(keys) or (repeats and sum(keys) > 1):
        surplus = None  # half of a character that takes several keys
    if surplus and typed_too:
        surplus = None  # other typing is among it
    whole = not any(event.pressed for event in chord.events[sent:])
    return Interference(whole and not wrong and not swallowed, surplus)


class Seen(NamedTuple):
    """What was seen of a chord of a run: whether all its events were `confirmed`, and the `strays` up to its last event."""

    chord: Chord
    confirmed: bool
    strays: list[Stray]


def judge_run(run: Sequence[Seen], layout: Layout) -> tuple[int, Interference | None]:
    """
    Return how many chords of a run, from its beginning, typed their text, and what interference amounts to.

    What was typed after a chord that came out wrong is surplus, right as it may be.
    """
    judged = [judge(seen.strays, seen.chord, len(seen.chord.events), layout) for seen in run]
    for typed, (seen, found) in enumerate(zip(run, judged, strict=True)):
        wrong = not seen.confirmed if found is None else not found.typed or found.surplus != 0
        if wrong:
            if found is None:
                return typed, None
            after = run[typed + 1 :]
            others = any(stray.pressed and stray.source in (USER, PROGRAM) for each in after for stray in each.strays)
            surplus = _sum([found.surplus, *map(_left_by, after, judged[typed + 1 :])])
            return typed + found.typed, Interference(found.typed, None if others and surplus else surplus)
    late = [found for found in judged if found is not None]
    return len(run), late[-1] if late else None


def _left_by(seen: Seen, found: Interference | None) -> int | None:
    """Return how many presses of BackSpace delete what a chord typed that was not to be typed there."""
    if found is None:
        return _characters(seen.chord.text) if seen.confirmed else None
    if not found.typed:
        return found.surplus
    return _sum([found.surplus, _characters(seen.chord.text or None)])


def _typed_by(stray: Stray, layout: Layout) -> str | None:
    return None if stray.state is None else layout.typed_by(stray.keycode, stray.state)


def _characters(text: str | None) -> int | None:
    """Return how many presses of BackSpace delete exactly `text`; None if that is unknown."""
    if text is None or not all(unicodedata.category(character).startswith(_ALONE) for character in text):
        return None
    return len(text)


def _sum(numbers: Iterable[int | None]) -> int | None:
    total = 0
    for number in numbers:
        if number is None:
            return None
        total += number
    return total
