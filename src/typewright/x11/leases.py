# SPDX-License-Identifier: MIT
"""
Leases: what we changed on the server and owe back, written down where it outlives us.

They stand in two properties of the root window, which live exactly as long as the keyboard map that they speak of. The next
Typewright, or its `sweep`, reads them and puts right what a crash left behind.
"""

from __future__ import annotations

import struct
from collections.abc import Generator, Mapping
from typing import Any

from twisted.internet.defer import Deferred, inlineCallbacks
from Xlib import X, Xatom

from typewright.plan.layout import Layout
from typewright.x11 import xkb
from typewright.x11.connection import Connection, Extension

Borrowed = Mapping[int, tuple[int, int]]
"""Keycodes, and the two keysyms that each was given."""

_KEYCODES, _GROUP = "_TYPEWRIGHT_KEYCODES", "_TYPEWRIGHT_GROUP"
_NO_SYMBOL = 0


class Leases:
    """I pack the requests that write the leases down, and redeem what an earlier process left. Call `prepare` first."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._keycodes_atom = 0
        self._group_atom = 0

    @inlineCallbacks
    def prepare(self) -> Generator[Deferred[Any], Any, None]:
        """Fires when the properties' atoms are known."""
        self._keycodes_atom = yield self._connection.atom(_KEYCODES)
        self._group_atom = yield self._connection.atom(_GROUP)

    def group(self, locked: int) -> bytes:
        """The request that notes which locked group is to be put back."""
        return self._change(self._group_atom, [locked])

    def no_group(self) -> bytes:
        """The request that strikes the group out."""
        return self._delete(self._group_atom)

    def keycodes(self, borrowed: Borrowed) -> bytes:
        """The request that notes all borrowed keycodes; none is struck out with an empty mapping."""
        if not borrowed:
            return self._delete(self._keycodes_atom)
        return self._change(
            self._keycodes_atom, [number for code, keysyms in borrowed.items() for number in (code, *keysyms)]
        )

    @inlineCallbacks
    def redeem(self, extension: Extension, layout: Layout) -> Generator[Deferred[Any], Any, bool]:
        """
        Put back what an earlier process of ours left behind; fires with whether there was anything.

        A keycode that holds something else by now (the user chose another layout) is left alone.
        """
        numbers = (yield self._connection.property(self._connection.root, self._keycodes_atom, Xatom.CARDINAL)) or []
        left = [(numbers[at], tuple(numbers[at + 1 : at + 3])) for at in range(0, len(numbers) - 2, 3)]
        for keycode, keysyms in left:
            if keycode in layout.keys and any(group.keysyms[:2] == keysyms for group in layout.keys[keycode].groups):
                self._connection.send(assign(keycode, (_NO_SYMBOL, _NO_SYMBOL)))
        group = yield self._connection.property(self._connection.root, self._group_atom, Xatom.CARDINAL)
        if group:
            self._connection.send(xkb.lock_group(extension.major, group[0]))
        self._connection.send(self.keycodes({}) + self.no_group(), 2)
        return bool(left or group)

    def _change(self, atom: int, numbers: list[int]) -> bytes:
        return struct.pack(
            f"=BBHIIIB3xI{len(numbers)}I",
            18, X.PropModeReplace, 6 + len(numbers), self._connection.root, atom, Xatom.CARDINAL, 32, len(numbers), *numbers,
        )  # fmt: skip

    def _delete(self, atom: int) -> bytes:
        return struct.pack("=BBHII", 19, 0, 3, self._connection.root, atom)


def assign(keycode: int, keysyms: tuple[int, int]) -> bytes:
    """
    ChangeKeyboardMapping: give one keycode its two levels, or take them away with two NoSymbols.

    Both levels always: of a single keysym the server would derive a case pair.
    """
    if keysyms == (_NO_SYMBOL, _NO_SYMBOL):
        return struct.pack("=BBHBBHI", 100, 1, 3, keycode, 1, 0, _NO_SYMBOL)
    return struct.pack("=BBHBBHII", 100, 1, 4, keycode, 2, 0, *keysyms)
