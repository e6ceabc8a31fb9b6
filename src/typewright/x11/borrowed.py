# SPDX-License-Identifier: MIT
"""Borrowed keycodes: which spare keycode holds which characters, and which may be taken next."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence

from typewright.plan.key_coder import keysyms_for
from typewright.plan.layout import Layout
from typewright.x11.leases import Borrowed

Pair = tuple[str, str]


class BorrowedKeycodes:
    """
    I keep the books of what is lent, least recently used first; the requests are others' work.

    Keycodes that the layout has empty can be lent, and of those that are lent the one that was needed longest ago.
    """

    def __init__(self) -> None:
        self._lent: OrderedDict[Pair, int] = OrderedDict()

    @property
    def keycodes(self) -> frozenset[int]:
        """All keycodes that are lent."""
        return frozenset(self._lent.values())

    def holdings(self) -> Borrowed:
        """What each lent keycode holds."""
        return {keycode: keysyms_for(pair) for pair, keycode in self._lent.items()}

    def capacity(self, layout: Layout) -> int:
        """How many pairs can be lent at the same time."""
        return len(self._free(layout)) + len(self._lent)

    def lend(self, pairs: Sequence[Pair], layout: Layout) -> Borrowed:
        """
        Have a keycode for every pair, and return those that must be assigned anew.

        Raises ValueError when there are more pairs than keycodes.
        """
        free = self._free(layout)
        changed = {}
        for pair in pairs:
            if pair in self._lent:
                self._lent.move_to_end(pair)
        for pair in pairs:
            if pair in self._lent:
                continue
            keycode = free.pop() if free else self._reclaim(pairs)
            self._lent[pair] = keycode
            changed[keycode] = keysyms_for(pair)
        return changed

    def lost(self, layout: Layout) -> bool:
        """Strike out what is no longer as we left it in `layout` (the user chose another); returns whether any was."""
        gone = [pair for pair, keycode in self._lent.items() if not _holds(layout, keycode, keysyms_for(pair))]
        for pair in gone:
            del self._lent[pair]
        return bool(gone)

    def return_all(self) -> Iterable[int]:
        """Strike out everything; returns the keycodes that must be emptied."""
        keycodes = list(self._lent.values())
        self._lent.clear()
        return keycodes

    def _free(self, layout: Layout) -> list[int]:
        # The highest first: low ones are where keys of other keyboard models are.
        return sorted(set(layout.spare_keycodes) - self.keycodes)

    def _reclaim(self, needed: Sequence[Pair]) -> int:
        for pair in self._lent:
            if pair not in needed:
                return self._lent.pop(pair)
        raise ValueError("more characters than keycodes that can be borrowed")


def _holds(layout: Layout, keycode: int, keysyms: tuple[int, int]) -> bool:
    key = layout.keys.get(keycode)
    return key is not None and bool(key.groups) and key.groups[0].keysyms[:2] == keysyms
