# SPDX-License-Identifier: MIT
"""A fair queue: callers take turns, and within one caller it is first come, first served."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Collection, Iterator, Set
from typing import Generic, TypeVar

_Item = TypeVar("_Item")


class FairQueue(Generic[_Item]):
    """
    Keeps what callers wait for, in a ring of callers.

    A caller is put after all who wait already when it comes, and again when its turn is over. So while one waits, no other
    has more than one turn, however many items it brings.
    """

    def __init__(self) -> None:
        self._ring: OrderedDict[str, deque[_Item]] = OrderedDict()
        self._last = ""

    def __len__(self) -> int:
        return sum(map(len, self._ring.values()))

    def of(self, caller: str) -> int:
        """Return how many items of `caller` wait."""
        return len(self._ring.get(caller, ()))

    def callers(self) -> Set[str]:
        """Return the callers that have something waiting."""
        return self._ring.keys()

    def add(self, caller: str, item: _Item) -> None:
        """Have `item` wait from now on."""
        self._ring.setdefault(caller, deque()).append(item)

    def put_back(self, caller: str, item: _Item) -> None:
        """Have `item`, which was taken out last, wait again before all others of its caller."""
        self._ring.setdefault(caller, deque()).appendleft(item)

    def next(self, without: Collection[str] = ()) -> _Item:
        """
        Take out what is next; that ends the turn before. Raises IndexError when nothing waits but items of the callers in
        `without`, who are passed over.

        The caller of that turn goes after the others only now, not when its turn began: so one that brings its next item
        when it has the answer is not served less often than one that brings many at once.
        """
        if self._last in self._ring:
            self._ring.move_to_end(self._last)
        caller = next((caller for caller in self._ring if caller not in without), None)
        if caller is None:
            raise IndexError("nothing waits")
        self._last, items = caller, self._ring[caller]
        item = items.popleft()
        if not items:
            del self._ring[caller]
        return item

    def take_out(self, which: Callable[[_Item], bool]) -> list[_Item]:
        """Take out, and return, all items of which `which` is true."""
        taken = [item for item in self if which(item)]
        for caller, items in list(self._ring.items()):
            left = deque(item for item in items if not which(item))
            if left:
                self._ring[caller] = left
            else:
                del self._ring[caller]
        return taken

    def __iter__(self) -> Iterator[_Item]:
        for items in self._ring.values():
            yield from items
