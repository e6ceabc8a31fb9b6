# SPDX-License-Identifier: MIT
"""Packing: which characters share a borrowed keycode."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from typewright.keymap.keysyms import character_of, unicode_keysym
from typewright.keymap.layout import Layout

Lent = tuple[str, ...]
"""The characters on the levels of a borrowed keycode: any, and the last one again where there are too few."""


class Packing:
    """
    I find a place for each character on at most `spare` borrowed keycodes.

    As many as a keycode has `levels` are joined as they come, two cases of a letter like any others. What is `standing` on
    a borrowed keycode (characters, and with whom) stays where it is.
    """

    def __init__(self, spare: int, levels: int, standing: Mapping[str, Lent]) -> None:
        self._spare = spare
        self._levels = levels
        self._standing = standing
        self._keys: list[list[str]] = []
        self._unfilled: list[str] = []
        self._placed: set[str] = set()

    @classmethod
    def upon(cls, layout: Layout, spare: int) -> Packing:
        """A packing that begins with what the borrowed keycodes of `layout` hold."""
        keysyms = (layout.keys[keycode].groups[0].keysyms for keycode in sorted(layout.borrowed))
        return cls(spare, layout.levels, _members(tuple(map(character_of, levels)) for levels in keysyms))

    @property
    def keys(self) -> tuple[Lent, ...]:
        """What to borrow, in the order of first use."""
        return tuple((*key, *key[-1:] * (self._levels - len(key))) for key in self._keys)

    def take(self, character: str) -> bool:
        """Find a place for `character`; False, and nothing is changed, when there is none left."""
        if character in self._placed:
            return True
        room = len(self._keys) < self._spare
        standing = self._standing.get(character) if room else None
        if self._unfilled and not standing:
            self._unfilled.append(character)
        elif not room:
            return False
        else:
            self._keys.append(list(standing or character))
            self._unfilled = self._unfilled if standing else self._keys[-1]
        if len(self._unfilled) == self._levels:
            self._unfilled = []
        self._placed.update(self._keys[-1], character)
        return True

    def full(self) -> Packing:
        """The packing after me: I have taken every keycode, so that my keys are what will be standing."""
        return Packing(self._spare, self._levels, _members(self.keys))


def keysyms_for(lent: Lent) -> tuple[int, ...]:
    """
    The keysyms of a borrowed keycode.

    Those made of the code point, not the legacy ones: of these, libX11 and GTK read some as another character or as none
    (☎ as ℡, 「 as 〈, ⇔ not at all), and one begins a compose sequence (΅).
    """
    return tuple(map(unicode_keysym, lent))


def capitalised(lent: Lent) -> bool:
    """Whether programs would capitalise one of these under Caps Lock, unless the type of the key consumes Lock."""
    return any(character.upper() != character for character in lent)


def _members(keys: Iterable[Lent]) -> dict[str, Lent]:
    return {character: lent for lent in keys for character in lent if character}
