# SPDX-License-Identifier: MIT
"""
The ledger: what the service has changed on the server and must restore, noted where it outlives the service.

It consists of two properties of the root window, which live exactly as long as the keyboard map that they describe. After a
crash, `recovery.restore` reads it.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import NamedTuple

from Xlib import X, Xatom

from typewright.backends.x11.requests import Requests, atom, property_of

_KEYCODES, _GROUP = "_TYPEWRIGHT_KEYCODES", "_TYPEWRIGHT_GROUP"


class Borrowed(NamedTuple):
    """What a borrowed keycode holds, and the keysym to restore on it; 0 for a keycode that was empty."""

    keysyms: tuple[int, ...]
    former: int


class Ledger:
    """Packs the requests that note changes, and reads what an earlier process noted. Carry out `prepare` first."""

    def __init__(self, root: int) -> None:
        self._root = root
        self._keycodes_atom = 0
        self._group_atom = 0

    def prepare(self) -> Requests[None]:
        """Get the properties' atoms."""
        self._keycodes_atom = yield from atom(_KEYCODES)
        self._group_atom = yield from atom(_GROUP)

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
        """Return the borrowed keycodes that are noted, and a list of the locked group to restore, empty if there is none."""
        numbers = (yield from property_of(self._root, self._keycodes_atom, Xatom.CARDINAL)) or []
        group = (yield from property_of(self._root, self._group_atom, Xatom.CARDINAL)) or []
        borrowed = {}
        while numbers:
            code, former, levels, *numbers = numbers
            borrowed[code], numbers = Borrowed(tuple(numbers[:levels]), former), numbers[levels:]
        return borrowed, list(group[:1])

    def _change(self, name: int, numbers: list[int]) -> bytes:
        return struct.pack(
            f"=BBHIIIB3xI{len(numbers)}I",
            18, X.PropModeReplace, 6 + len(numbers), self._root, name, Xatom.CARDINAL, 32, len(numbers), *numbers,
        )  # fmt: skip

    def _delete(self, name: int) -> bytes:
        return struct.pack("=BBHII", 19, 0, 3, self._root, name)
