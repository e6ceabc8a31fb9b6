# SPDX-License-Identifier: MIT
"""Chords for a user of StickyKeys, who taps one key after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from typewright.keymap.chords import ANY_STATE, Chord, KeyEvent


def one_by_one(chord: Chord, modifiers: Mapping[int, int]) -> Chord:
    """
    `chord` with each modifier tapped ahead of the key that it is for, in place of held.

    While StickyKeys are on, a modifier that was tapped works on the next key and on no other; and where the user has set
    that two keys at a time switch StickyKeys off, nothing may be pressed while a modifier is down. `modifiers` is
    `Layout.modifiers`. A chord of modifiers alone stays as it is, and so does one whose events nobody can predict.
    """
    if all(_mask(event, modifiers) for event in chord.events) or any(event.state == ANY_STATE for event in chord.events):
        return chord
    return chord._replace(events=tuple(_taps(chord, modifiers)))


def _taps(chord: Chord, modifiers: Mapping[int, int]) -> Iterator[KeyEvent]:
    rest = chord.events[0].state
    held: list[int] = []
    for event in chord.events:
        if not _mask(event, modifiers):
            state = rest
            for keycode in held if event.pressed else ():
                latched = state | modifiers[keycode]
                yield KeyEvent(keycode, True, state)
                yield KeyEvent(keycode, False, latched)
                state = latched
            yield event._replace(state=state)
        elif event.pressed:
            held.append(event.keycode)
        else:
            held.remove(event.keycode)


def _mask(event: KeyEvent, modifiers: Mapping[int, int]) -> int:
    """What the key of `event` adds to the state while it is down; 0 for one that is no modifier."""
    return max(modifiers.get(event.keycode, 0), 0)
