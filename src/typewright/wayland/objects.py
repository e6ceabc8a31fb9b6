# SPDX-License-Identifier: MIT
"""
The objects of a connection, and their numbers.

Ours are numbered from 2, and a number is free again once the compositor has confirmed (`delete_id`) that the object is gone.
The compositor's begin at 0xff000000; it uses such a number again once it knows that we destroyed the object. Until then a
destroyed object is kept as a zombie: events for it may still be on their way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from typewright.wire.codec import Malformed, Unsendable
from typewright.wire.tables import Interface, Message

FIRST_OF_COMPOSITOR = 0xFF000000
DISPLAY_ID = 1

_MOST = 1 << 16


class ISender(Protocol):
    """What an object needs of its connection."""

    def queue(self, proxy: Proxy, name: str, arguments: tuple[Any, ...]) -> Proxy | None:
        """Queue a request; return the object that it makes."""

    def flush(self) -> None:
        """Send all that is queued."""


class Proxy:
    """
    An object of the compositor's, as this client sees it. `alive` until it is destroyed, by either side.

    A request takes the arguments of its signature without the new id, objects as proxies or None. A descriptor stays the
    caller's; it is duplicated. A request that makes an object returns it; its first event can't come before the reactor's
    next turn, so there is time to `listen`.
    """

    __slots__ = ("_listeners", "_sender", "alive", "id", "interface", "version")

    def __init__(self, sender: ISender, number: int, interface: Interface, version: int) -> None:
        self._sender = sender
        self._listeners: dict[str, Callable[..., object]] = {}
        self.id = number
        self.interface = interface
        self.version = version
        self.alive = True

    def __repr__(self) -> str:
        return f"<{self.interface.name} {self.id}{'' if self.alive else ', destroyed'}>"

    def request(self, name: str, *arguments: Any) -> Any:
        """Send a request now, after all that is queued. Raises Unsendable, or DisplayLost once the connection is closed."""
        made = self._sender.queue(self, name, arguments)
        self._sender.flush()
        return made

    def queue(self, name: str, *arguments: Any) -> Any:
        """As `request`, but it goes out with the next request, sync or flush, in the same write."""
        return self._sender.queue(self, name, arguments)

    def listen(self, event: str, listener: Callable[..., object]) -> None:
        """
        Have `listener` called with the arguments of each event of that name; raises ValueError when there is none.

        An object comes as a proxy; a null object, and one that is destroyed, as None. A descriptor is open during the call
        only: read or duplicate it there. An event without a listener is dropped. A listener that raises ends the connection.
        """
        if self.interface.event(event) is None:
            raise ValueError(f"{self.interface.name} has no event {event}")
        self._listeners[event] = listener

    def hear(self, event: Message, arguments: list[Any]) -> None:
        """Called by the connection for each event."""
        listener = self._listeners.get(event.name)
        if listener is not None:
            listener(*arguments)

    def retire(self) -> None:
        """Called by the connection when the object is destroyed: nothing is heard of it any more."""
        self.alive = False
        self._listeners = {}


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
