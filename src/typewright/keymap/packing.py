# SPDX-License-Identifier: MIT
"""
Packing: which characters share a slot.

A slot is a place for characters that the layout lacks: a keycode that the display server can spare, or the upper levels of
a key in a virtual keyboard's own keymap. It holds as many characters as it has levels.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping

from typewright.keymap.keysyms import character_of, unicode_keysym
from typewright.keymap.layout import Layout

Lent = tuple[str, ...]
"""The characters of a slot, one a level; the last one is repeated where there are too few."""

LAST_CHARACTER = chr(sys.maxunicode)


class Packing:
    """
    Finds a place for each character in at most `slots` slots of `levels` characters, of which `used` get one of their own.

    Characters are joined as they come, two cases of a letter like any others. What slots hold already (`standing`: a
    character, and with which others) stays where it is. Characters above `last` have no place, since the program that is
    typed into would take them for others.
    """

    def __init__(
        self,
        slots: int,
        levels: int,
        standing: Mapping[str, Lent],
        last: str = LAST_CHARACTER,
        used: int | None = None,
    ) -> None:
        self.slots = slots
        self._last = last
        self._levels = levels
        self._used = levels if used is None else min(used, levels)
        self._standing = standing
        self._keys: list[list[str]] = []
        self._unfilled: list[str] = []
        self._placed: set[str] = set()

    @classmethod
    def upon(cls, layout: Layout, slots: int, last: str = LAST_CHARACTER, used: int | None = None) -> Packing:
        """Return a packing that begins with what the slots of `layout` hold, and uses so many levels (None: all)."""
        held = (layout.keys[keycode].groups[0].keysyms[layout.lent_from :] for keycode in sorted(layout.borrowed))
        return cls(slots, layout.levels, _members(tuple(map(character_of, keysyms)) for keysyms in held), last, used)

    @property
    def keys(self) -> tuple[Lent, ...]:
        """What each slot must hold, in the order of first use."""
        return tuple((*key, *key[-1:] * (self._levels - len(key))) for key in self._keys)

    def admits(self, character: str) -> bool:
        """Return whether slots, be there room in them, can hold `character`."""
        return self.slots > 0 and character <= self._last

    def take(self, character: str) -> bool:
        """Find a place for `character`; return False, and change nothing, when there is none left."""
        if character in self._placed:
            return True
        room = len(self._keys) < self.slots
        standing = self._standing.get(character) if room else None
        if self._unfilled and not standing:
            self._unfilled.append(character)
        elif not room:
            return False
        else:
            self._keys.append(list(standing or character))
            self._unfilled = self._unfilled if standing else self._keys[-1]
        if len(self._unfilled) == self._used:
            self._unfilled = []
        self._placed.update(self._keys[-1], character)
        return True

    def full(self) -> Packing:
        """Return the packing after this one, when every slot is taken: what these hold now is where it begins."""
        return Packing(self.slots, self._levels, _members(self.keys), self._last, self._used)


def keysyms_for(lent: Lent) -> tuple[int, ...]:
    """
    Return the keysyms of a slot, made of code points, not the legacy ones.

    xterm and GTK read some of the legacy ones as another character or as none (☎ as ℡, 「 as 〈, ⇔ not at all),
    and one begins a compose sequence (΅).
    """
    return tuple(map(unicode_keysym, lent))


def capitalised(lent: Lent) -> bool:
    """Return whether programs would capitalise one of these under Caps Lock, unless the key's type consumes Lock."""
    return any(character.upper() != character for character in lent)


def _members(keys: Iterable[Lent]) -> dict[str, Lent]:
    return {character: lent for lent in keys for character in lent if character}
