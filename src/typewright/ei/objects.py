# SPDX-License-Identifier: MIT
"""
The objects of a connection, and their numbers.

Ours are numbered from 1, the compositor's from 0xff00000000000000; no number is ever used again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from typewright.wire.codec import Malformed
from typewright.wire.tables import Interface, Message

FIRST_OF_COMPOSITOR = 0xFF00_0000_0000_0000
HANDSHAKE_ID = 0

_MOST = 1 << 12


class ISender(Protocol):
    """What an object needs of its connection."""

    def queue(self, target: EiObject, name: str, arguments: tuple[Any, ...]) -> EiObject | None:
        """Queue a request; return the object that it makes."""


class EiObject:
    """An object as this client sees it. `alive` until it is destroyed, by either side."""

    __slots__ = ("_listeners", "_sender", "alive", "id", "interface", "version")

    def __init__(self, sender: ISender, number: int, interface: Interface, version: int) -> None:
        self._sender = sender
        self._listeners: dict[str, Callable[..., object]] = {}
        self.id = number
        self.interface = interface
        self.version = version
        self.alive = True

    def __repr__(self) -> str:
        return f"<{self.interface.name} {self.id:#x}{'' if self.alive else ', destroyed'}>"

    def queue(self, name: str, *arguments: Any) -> Any:
        """
        Queue a request, which goes out with the connection's next sync or flush; return the object that it makes.

        Raises Unsendable, or DisplayLost once the connection is closed.
        """
        return self._sender.queue(self, name, arguments)

    def listen(self, event: str, listener: Callable[..., object]) -> None:
        """
        Have `listener` called with the arguments of each event of that name; raises ValueError when there is none.

        A descriptor is open during the call only. An event without a listener is dropped. A listener that raises ends the
        connection.
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
