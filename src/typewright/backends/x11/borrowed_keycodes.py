# SPDX-License-Identifier: MIT
"""Borrowed keycodes: which spare keycode holds which characters, and which may be taken next."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from typewright.keymap.keys import Key
from typewright.keymap.layout import Layout
from typewright.keymap.packing import Lent, keysyms_for


class Loan(NamedTuple):
    """A keycode that is lent, and the key that it was before."""

    keycode: int
    former: Key


class Owed(NamedTuple):
    """What a lent keycode holds, and the keysym that it must be given back; 0 for one that was empty."""

    keysyms: tuple[int, ...]
    former: int


class BorrowedKeycodes:
    """
    I keep the books of what is lent, least recently used first; the requests are others' work.

    The layout's spare keycodes can be lent, and of those that are lent the one that was needed longest ago.
    """

    def __init__(self) -> None:
        self._lent: OrderedDict[Lent, Loan] = OrderedDict()

    @property
    def keycodes(self) -> frozenset[int]:
        """All keycodes that are lent."""
        return frozenset(loan.keycode for loan in self._lent.values())

    def owed(self) -> Mapping[int, Owed]:
        """What each lent keycode holds, and is to hold again."""
        return {loan.keycode: Owed(keysyms_for(lent), _keysym(loan.former)) for lent, loan in self._lent.items()}

    def capacity(self, layout: Layout) -> int:
        """How many keycodes can be lent at the same time."""
        return len(self._free(layout)) + len(self._lent)

    def reuses(self, wanted: Sequence[Lent], layout: Layout) -> bool:
        """Whether to `lend` these would take keycodes from others."""
        return sum(lent not in self._lent for lent in wanted) > len(self._free(layout))

    def lend(self, wanted: Sequence[Lent], layout: Layout) -> Mapping[int, Lent]:
        """
        Have a keycode for each of `wanted`, and return those that must be assigned anew.

        Raises ValueError when there are not enough.
        """
        free = self._free(layout)
        changed = {}
        for lent in wanted:
            if lent in self._lent:
                self._lent.move_to_end(lent)
        for lent in wanted:
            if lent in self._lent:
                continue
            loan = Loan(free[-1], layout.keys[free.pop()]) if free else self._reclaim(wanted)
            self._lent[lent] = loan
            changed[loan.keycode] = lent
        return changed

    def lost(self, layout: Layout) -> bool:
        """Strike out what is no longer as we left it in `layout` (the user chose another); returns whether any was."""
        gone = [lent for lent, loan in self._lent.items() if not holds(layout, loan.keycode, keysyms_for(lent))]
        for lent in gone:
            del self._lent[lent]
        return bool(gone)

    def return_all(self) -> Mapping[int, Owed]:
        """Strike out everything; returns what is to be put back."""
        owed = self.owed()
        self._lent.clear()
        return owed

    def _free(self, layout: Layout) -> list[int]:
        """The keycodes that can be lent and are not; the one to be taken next is the last."""
        formers = {loan.keycode: loan.former for loan in self._lent.values()}
        untouched = replace(layout, keys={**layout.keys, **formers})
        return [keycode for keycode in untouched.spare_keycodes if keycode not in formers]

    def _reclaim(self, needed: Sequence[Lent]) -> Loan:
        for lent in self._lent:
            if lent not in needed:
                return self._lent.pop(lent)
        raise ValueError("more characters than keycodes that can be borrowed")


def holds(layout: Layout, keycode: int, keysyms: tuple[int, ...]) -> bool:
    """Whether `keycode` is as it is when it is lent to these."""
    key = layout.keys.get(keycode)
    return key is not None and len(key.groups) == 1 and key.groups[0].keysyms == keysyms


def _keysym(key: Key) -> int:
    return key.groups[0].keysyms[0] if key.groups and key.groups[0].keysyms else 0
