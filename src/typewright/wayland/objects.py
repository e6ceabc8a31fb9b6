# SPDX-License-Identifier: MIT
"""
The objects of a connection, and their numbers.

Ours are numbered from 2, and a number is free again once the compositor has confirmed (`delete_id`) that the object is gone.
The compositor's begin at 0xff000000; it uses such a number again once it knows that we destroyed the object. Until then a
destroyed object is kept as a zombie: events for it may still be on their way.
"""

from __future__ import annotations

from typing import Any

from typewright.wire.codec import Malformed, Unsendable
from typewright.wire.objects import ISender, WireObject

FIRST_OF_COMPOSITOR = 0xFF000000
DISPLAY_ID = 1

_MOST = 1 << 16


class Proxy(WireObject):
    """
    An object of Wayland.

    A request takes the arguments of its signature without the new id, objects as proxies or None. A descriptor stays the
    caller's; it is duplicated. A request that makes an object returns it; its first event can't come before the reactor's
    next turn, so there is time to `listen`. In an event, an object comes as a proxy; a null object, and one that is
    destroyed, as None.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{self.interface.name} {self.id}{'' if self.alive else ', destroyed'}>"

    def request(self, name: str, *arguments: Any) -> Any:
        """As `queue`, but it is sent now, after all that is queued."""
        made = self._sender.queue(self, name, arguments)
        self._sender.flush()
        return made


class Objects:
    """All objects that have a number, zombies included."""

    def __init__(self) -> None:
        self._known: dict[int, Proxy] = {}
        self._free: list[int] = []
        self._next = DISPLAY_ID

    def __len__(self) -> int:
        return len(self._known)

    @property
    def too_many(self) -> bool:
        """Whether more numbers are in use than any compositor that frees them can cause."""
        return len(self._known) > _MOST

    def get(self, number: int) -> Proxy | None:
        """The object, or zombie, of that number."""
        return self._known.get(number)

    def next_number(self) -> int:
        """The number that `add` takes next."""
        return self._free[-1] if self._free else self._next

    def add(self, proxy: Proxy) -> None:
        """Keep an object of ours that has `next_number`."""
        if self._free:
            self._free.pop()
        else:
            self._next += 1
        self._known[proxy.id] = proxy

    def add_theirs(self, proxy: Proxy) -> None:
        """Keep an object that the compositor made; raises Malformed when it may not have that number."""
        before = self._known.get(proxy.id)
        if proxy.id < FIRST_OF_COMPOSITOR or (before is not None and before.alive):
            raise Malformed("a new object under a number that is not free")
        self._known[proxy.id] = proxy
        if self.too_many:
            raise Malformed(f"more than {_MOST} objects")

    def resolve(self, number: int) -> Proxy | None:
        """The object that an argument names; None for null and for a zombie. Raises Malformed when there never was one."""
        if not number:
            return None
        proxy = self._known.get(number)
        if proxy is None:
            raise Malformed(f"an argument that names object {number}, which does not exist")
        return proxy if proxy.alive else None

    def deleted(self, number: int) -> Proxy | None:
        """
        The compositor has freed a number of ours; return the object it had, if it lives: it was destroyed over there.

        A number that is not in use is ignored, as libwayland does.
        """
        if not DISPLAY_ID < number < FIRST_OF_COMPOSITOR:
            return None
        proxy = self._known.pop(number, None)
        if proxy is None:
            return None
        self._free.append(number)
        return proxy if proxy.alive else None


def number_of(argument: Any, sender: ISender, at: int) -> int | None:
    """The number of the object that was given as an argument of a request; raises Unsendable."""
    if argument is None:
        return None
    if not isinstance(argument, Proxy) or argument._sender is not sender:
        raise Unsendable(f"argument {at + 1} is not an object of this connection")
    if not argument.alive:
        raise Unsendable(f"argument {at + 1} is an object that is destroyed")
    return argument.id
