# SPDX-License-Identifier: MIT
"""
Leases: what we changed on the server and owe back, written down where it outlives us.

They stand in two properties of the root window, which live exactly as long as the keyboard map that they speak of. What a
crash left behind is put right by them (`typewright.backends.x11.recovery.restore`).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

from Xlib import X, Xatom

from typewright.backends.x11.borrowed_keycodes import Owed
from typewright.backends.x11.requests import Asking, atom, property_of

_KEYCODES, _GROUP = "_TYPEWRIGHT_KEYCODES", "_TYPEWRIGHT_GROUP"


class Leases:
    """I pack the requests that write the leases down, and read what an earlier process left. `prepare` comes first."""

    def __init__(self, root: int) -> None:
        self._root = root
        self._keycodes_atom = 0
        self._group_atom = 0

    def prepare(self) -> Asking[None]:
        """Learn the properties' atoms."""
        self._keycodes_atom = yield from atom(_KEYCODES)
        self._group_atom = yield from atom(_GROUP)

    def group(self, locked: int) -> bytes:
        """The request that notes which locked group is to be put back."""
        return self._change(self._group_atom, [locked])

    def no_group(self) -> bytes:
        """The request that strikes the group out."""
        return self._delete(self._group_atom)

    def keycodes(self, borrowed: Mapping[int, Owed]) -> bytes:
        """The request that notes all borrowed keycodes; with none it strikes them out."""
        if not borrowed:
            return self._delete(self._keycodes_atom)
        entries = ((code, owed.former, len(owed.keysyms), *owed.keysyms) for code, owed in borrowed.items())
        return self._change(self._keycodes_atom, [number for entry in entries for number in entry])

    def left(self) -> Asking[tuple[dict[int, Owed], list[int]]]:
        """What an earlier process of ours owes: keycodes, and the locked group if it is to be put back."""
        numbers = (yield from property_of(self._root, self._keycodes_atom, Xatom.CARDINAL)) or []
        group = (yield from property_of(self._root, self._group_atom, Xatom.CARDINAL)) or []
        owed = {}
        while numbers:
            code, former, levels, *numbers = numbers
            owed[code], numbers = Owed(tuple(numbers[:levels]), former), numbers[levels:]
        return owed, list(group[:1])

    def _change(self, atom: int, numbers: list[int]) -> bytes:
        return struct.pack(
            f"=BBHIIIB3xI{len(numbers)}I",
            18, X.PropModeReplace, 6 + len(numbers), self._root, atom, Xatom.CARDINAL, 32, len(numbers), *numbers,
        )  # fmt: skip

    def _delete(self, atom: int) -> bytes:
        return struct.pack("=BBHII", 19, 0, 3, self._root, atom)
