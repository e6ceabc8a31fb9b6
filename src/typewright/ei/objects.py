# SPDX-License-Identifier: MIT
"""
The objects of a connection, and their numbers.

Ours are numbered from 1, the compositor's from 0xff00000000000000; no number is ever used again.
"""

from __future__ import annotations

from typewright.wire.codec import Malformed
from typewright.wire.objects import WireObject

FIRST_OF_COMPOSITOR = 0xFF00_0000_0000_0000
HANDSHAKE_ID = 0

_MOST = 1 << 12


class EiObject(WireObject):
    """An object of EI."""

    __slots__ = ()


class Objects:
    """All objects that live."""

    def __init__(self) -> None:
        self._known: dict[int, EiObject] = {}
        self._next = 1
        self._newest_of_theirs = FIRST_OF_COMPOSITOR - 1

    def __len__(self) -> int:
        return len(self._known)

    def get(self, number: int) -> EiObject | None:
        """The object of that number."""
        return self._known.get(number)

    def was_ours(self, number: int) -> bool:
        """Whether an object of ours had that number: events for it may still be on their way."""
        return 0 < number < self._next

    def next_number(self) -> int:
        """The number that the next object of ours gets."""
        return self._next

    def add(self, made: EiObject) -> None:
        """Keep an object of ours that has `next_number`, or the handshake."""
        if made.id:
            self._next += 1
        self._known[made.id] = made

    def add_theirs(self, made: EiObject) -> None:
        """Keep an object that the compositor made; raises Malformed when it may not have that number."""
        if made.id <= self._newest_of_theirs:
            raise Malformed("a new object under a number that is not new")
        self._newest_of_theirs = made.id
        self._known[made.id] = made
        if len(self._known) > _MOST:
            raise Malformed(f"more than {_MOST} objects")

    def remove(self, gone: EiObject) -> None:
        """Forget an object that is destroyed."""
        self._known.pop(gone.id, None)
        gone.retire()
