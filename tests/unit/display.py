# SPDX-License-Identifier: MIT
"""A display server and a program in a nutshell: what a key list types, worked out apart from the planner."""

from __future__ import annotations

from collections.abc import Iterable

from typewright.plan.chords import ANY_STATE, Chord
from typewright.plan.keysyms import character_of, name_of
from typewright.plan.layout import LOCK_MASK, Layout

_CONTROLS = {"Return": "\n", "Tab": "\t"}


class Display:
    """
    I take chords, and keep what a program would have typed in `text`.

    As XKB does: modifiers are those locked and those of the keys that are down; the key's type chooses the level. As
    programs do: what Lock has not been consumed for is capitalised. The group is the one that the chord asks for, which
    is the keyer's part. An event whose planned state is not the true one is an AssertionError.
    """

    def __init__(self, *, locked: int) -> None:
        self.text = ""
        self._locked = locked
        self._down: list[int] = []

    def take(self, chords: Iterable[Chord], layout: Layout) -> None:
        """Process all events of `chords`."""
        for chord in chords:
            group = chord.events[0].state >> 13
            for event in chord.events:
                state = group << 13 | self._modifiers(layout)
                assert event.state == state, f"{event} finds {state:#x}"
                if not event.pressed:
                    self._down.remove(event.keycode)
                    continue
                assert event.keycode not in self._down
                self._type(layout, event.keycode, group)
                self._down.append(event.keycode)
            assert not self._down

    def _modifiers(self, layout: Layout) -> int:
        modifiers = self._locked
        for keycode in self._down:
            assert layout.modifiers.get(keycode, 0) != ANY_STATE
            modifiers |= layout.modifiers.get(keycode, 0)
        return modifiers

    def _type(self, layout: Layout, keycode: int, group: int) -> None:
        key = layout.keys[keycode]
        kind, keysyms = key.groups[key.reach[group]]
        modifiers = self._modifiers(layout)
        keysym = keysyms[kind.level(modifiers)]
        character = _CONTROLS.get(name_of(keysym)) or character_of(keysym)
        if modifiers & LOCK_MASK and not kind.consumes_lock(modifiers):
            character = character.upper()
        self.text += character
