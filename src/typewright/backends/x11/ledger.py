# SPDX-License-Identifier: MIT
"""
The ledger: what the service has changed on the server and must restore, noted where it outlives the service.

It consists of two properties of the root window, which live exactly as long as the keyboard map that they describe. After a
crash, `recovery.restore` reads it. Each service on a display writes at a seat of its own; any client can write there, so
nothing is believed that this module could not have written.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import NamedTuple

from Xlib import X, Xatom

from typewright.backends.x11.requests import Requests, atom, property_of

SEATS = range(4)
"""How many services can write ledgers on one display; more are not expected, and share the last seat."""

_KEYCODES, _GROUP = "_TYPEWRIGHT_KEYCODES", "_TYPEWRIGHT_GROUP"
_GROUPS = 4
_LONGEST = 256 * 7
"""Each keycode once, with four keysyms."""


class Borrowed(NamedTuple):
    """What a borrowed keycode holds, and the keysym to restore on it; 0 for a keycode that was empty."""

    keysyms: tuple[int, ...]
    former: int


class Ledger:
    """Packs the requests that note changes, and reads what an earlier process noted. Carry out `prepare` first."""

    def __init__(self, root: int, seat: int) -> None:
        self._root = root
        self._suffix = f"_{seat}" if seat else ""
        self._keycodes_atom = 0
        self._group_atom = 0

    def prepare(self) -> Requests[None]:
        """Get the properties' atoms."""
        self._keycodes_atom = yield from atom(_KEYCODES + self._suffix)
        self._group_atom = yield from atom(_GROUP + self._suffix)

    def note_group(self, locked: int) -> bytes:
        """Return the request that notes the locked group to restore."""
        return self._change(self._group_atom, [locked])

    def drop_group(self) -> bytes:
        """Return the request that deletes the note of the group."""
        return self._delete(self._group_atom)

    def note_keycodes(self, borrowed: Mapping[int, Borrowed]) -> bytes:
        """Return the request that notes all borrowed keycodes, and replaces the note before; with none it deletes that."""
        if not borrowed:
            return self._delete(self._keycodes_atom)
        entries = ((code, each.former, len(each.keysyms), *each.keysyms) for code, each in borrowed.items())
        return self._change(self._keycodes_atom, [number for entry in entries for number in entry])

    def read(self) -> Requests[tuple[dict[int, Borrowed], list[int]]]:
        """
        Return the borrowed keycodes that are noted, and a list of the locked group to restore, empty if there is none.

        Whether such keycodes can have been lent is for the caller to judge.
        """
        numbers = (yield from property_of(self._root, self._keycodes_atom, Xatom.CARDINAL, longest=_LONGEST)) or []
        group = (yield from property_of(self._root, self._group_atom, Xatom.CARDINAL)) or []
        return _parse(list(numbers)), list(group) if len(group) == 1 and group[0] < _GROUPS else []

    def _change(self, name: int, numbers: list[int]) -> bytes:
        return struct.pack(
            f"=BBHIIIB3xI{len(numbers)}I",
            18, X.PropModeReplace, 6 + len(numbers), self._root, name, Xatom.CARDINAL, 32, len(numbers), *numbers,
        )  # fmt: skip

    def _delete(self, name: int) -> bytes:
        return struct.pack("=BBHII", 19, 0, 3, self._root, name)


def _parse(numbers: list[int]) -> dict[int, Borrowed]:
    """Return the entries in `numbers`, up to one that is cut short."""
    borrowed = {}
    while len(numbers) > 3:
        code, former, levels, *numbers = numbers
        if levels > len(numbers):
            break
        borrowed[code], numbers = Borrowed(tuple(numbers[:levels]), former), numbers[levels:]
    return borrowed
