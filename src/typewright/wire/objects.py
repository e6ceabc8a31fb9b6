# SPDX-License-Identifier: MIT
"""An object of the peer's, as this client sees it: requests go to it, and its events are listened to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from typewright.wire.tables import Interface, Message


class ISender(Protocol):
    """What an object needs of its connection."""

    def queue(self, target: Any, name: str, arguments: tuple[Any, ...]) -> Any:
        """Queue a request; return the object that it makes."""

    def flush(self) -> None:
        """Send all that is queued."""


class WireObject:
    """`alive` until it is destroyed, by either side."""

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

        A descriptor is open during the call only: read or duplicate it there. An event without a listener is dropped. A
        listener that raises ends the connection.
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
