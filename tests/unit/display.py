# SPDX-License-Identifier: MIT
"""A minimal display server and program: what a key list types, worked out independently of the key coder."""

from __future__ import annotations

from collections.abc import Iterable

from typewright.keymap.chords import LASTING, Chord, State
from typewright.keymap.keys import LOCK_MASK
from typewright.keymap.keysyms import NO_SYMBOL, character_of, name_of
from typewright.keymap.layout import Layout
from typewright.keymap.sample import MOD2

_CONTROLS = {"Return": "\n", "Tab": "\t"}


class Display:
    """
    Takes chords, and keeps what a program would have typed in `text`.

    Modifiers are those locked and those of the keys that are down; the key's type chooses the level, as in XKB. Where the
    type has not consumed Lock the character is capitalised, and with Control or Alt nothing is typed, as in programs. The
    group is the one that the chord asks for, and locks that it does not want are off, which is the keyer's part, except for
    Num Lock. An event whose planned state is not the true one is an AssertionError.
    """

    def __init__(self, *, locked: int) -> None:
        self.text = ""
        self._locked = self._kept = locked
        self._down: list[int] = []

    def take(self, chords: Iterable[Chord], layout: Layout) -> None:
        """Process all events of `chords`."""
        for chord in chords:
            group, wanted = chord.events[0].state
            self._kept = self._locked & (wanted | MOD2)
            for event in chord.events:
                state = State(group, self._modifiers(layout))
                assert event.state == state, f"{event} finds {state}"
                if not event.pressed:
                    self._down.remove(event.keycode)
                    continue
                assert event.keycode not in self._down
                self._type(layout, event.keycode, group)
                self._down.append(event.keycode)
            assert not self._down

    def _modifiers(self, layout: Layout) -> int:
        modifiers = self._kept
        for keycode in self._down:
            assert layout.modifiers.get(keycode, 0) != LASTING
            modifiers |= layout.modifiers.get(keycode, 0)
        return modifiers

    def _type(self, layout: Layout, keycode: int, group: int) -> None:
        key = layout.keys[keycode]
        kind, keysyms = key.groups[key.reach[group]]
        modifiers = self._modifiers(layout)
        keysym = NO_SYMBOL if modifiers & layout.commanding else keysyms[kind.level(modifiers)]
        character = _CONTROLS.get(name_of(keysym)) or character_of(keysym)
        if modifiers & LOCK_MASK and not kind.consumes_lock(modifiers):
            character = character.upper()
        self.text += character
