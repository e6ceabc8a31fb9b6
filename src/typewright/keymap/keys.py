# SPDX-License-Identifier: MIT
"""Keys as XKB describes them: groups, types and levels; `typewright.keymap.layout` explains the words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

SHIFT_MASK, LOCK_MASK = 1 << 0, 1 << 1


@dataclass(frozen=True)
class KeyType:
    """
    How modifiers choose a level: the active ones of those in `mask` are looked up in `levels`; 0 if absent.

    `preserved` are the modifier sets whose Lock bit is left to the program, which capitalises by it.
    """

    mask: int
    levels: Mapping[int, int]
    preserved: frozenset[int] = frozenset()

    def level(self, modifiers: int) -> int:
        """Return the level that these active modifiers choose."""
        return self.levels.get(modifiers & self.mask, 0)

    def consumes_lock(self, modifiers: int) -> bool:
        """Return whether choosing the level consumes Lock; a program capitalises what it gets where that is not so."""
        return bool(self.mask & LOCK_MASK) and modifiers & self.mask not in self.preserved


class KeyGroup(NamedTuple):
    """One group of a key: its type, and a keysym for each level."""

    type: KeyType
    keysyms: tuple[int, ...]


class Key(NamedTuple):
    """
    One key. `reach[g]` is the index in `groups` that is used while group g is active (out-of-range groups wrap, clamp or
    redirect, as the layout says); `groups` is empty for a spare keycode.
    """

    groups: tuple[KeyGroup, ...]
    reach: tuple[int, ...]
