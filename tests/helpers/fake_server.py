# SPDX-License-Identifier: MIT
"""
The server's end of a connection, as far as it is the same on Wayland and EI, for fake servers that a test scripts.

It runs in the test's own reactor, and is made of the same codec, framing and transport as the client.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from typing import Any, NamedTuple

from typewright.wire.codec import Dialect, Malformed
from typewright.wire.framing import Framer
from typewright.wire.tables import Interface
from typewright.wire.transport import Transport


class Request(NamedTuple):
    """What a client asked: of which object, and with which arguments."""

    interface: str
    target: int
    name: str
    arguments: tuple[Any, ...]

    @property
    def full_name(self) -> str:
        return f"{self.interface}.{self.name}"


class FakeServer:
    """
    The server's end of one connection.

    A subclass has the `objects` by their numbers, and says in `interface_of` what they are; `_take` does what a request asks
    for, and `_refuse` ends a client that breaks the protocol. `requests` are all that came, `answers` says whether `sync` is
    answered, and `gone` whether the connection has ended, on either side.
    """

    objects: dict[int, Any]

    def __init__(self, reactor: Any, connected: socket.socket, dialect: Dialect, first_number: int, name: str) -> None:
        """`first_number` is that of the first object which the server creates; `name` is for the log."""
        self.requests: list[Request] = []
        self.reads: list[int] = []
        """How many bytes each read brought: as many as the client wrote at once."""
        self.answers = True
        self.gone = False
        self._reactor = reactor
        self._framer = Framer(dialect)
        self._next = first_number
        self.transport = Transport(reactor, connected, self._received, self._lost, name)

    def interface_of(self, number: int) -> Interface:
        """The interface of an object. Raises KeyError."""
        raise NotImplementedError

    # --- what it says ------------------------------------------------------------------------------------------------

    def event(self, target: int, name: str, *arguments: Any) -> None:
        """Send an event now. A descriptor among the arguments stays the caller's."""
        letters = self.interface_of(target).event(name).signature.letters
        descriptors = [value for value, letter in zip(arguments, letters, strict=True) if letter == "h"]
        self.raw(self.packed(target, name, *arguments), descriptors)

    def packed(self, target: int, name: str, *arguments: Any) -> bytes:
        """An event as bytes, to be spoiled."""
        message = self.interface_of(target).event(name)
        return message.signature.pack(target, message.opcode, arguments)

    def raw(self, data: bytes, descriptors: Sequence[int] = ()) -> None:
        """Send these bytes."""
        self.transport.queue(data, descriptors)
        self.transport.flush()

    def newest(self, interface: str) -> int:
        """The number of the newest object of that interface."""
        return [number for number in self.objects if self.interface_of(number).name == interface][-1]

    def new_number(self) -> int:
        """The number of the next object of the server's own."""
        number, self._next = self._next, self._next + 1
        return number

    def deaf(self) -> None:
        """Read nothing any more."""
        self._reactor.removeReader(self.transport)

    def hears(self) -> None:
        """Read again."""
        self._reactor.addReader(self.transport)

    def close(self) -> None:
        """End at once, as a process that is killed."""
        self.gone = True
        self.transport.close()

    # --- what it hears -----------------------------------------------------------------------------------------------

    def asked(self, full_name: str) -> list[tuple[Any, ...]]:
        """The arguments of each request of that name, oldest first."""
        return [request.arguments for request in self.requests if request.full_name == full_name]

    def _received(self, data: bytes) -> None:
        self.reads.append(len(data))
        try:
            for target, opcode, body in self._framer.feed(data):
                self._take(target, opcode, body)
                if self.gone:
                    return
        except Malformed as problem:
            self._refuse(str(problem))

    def _lost(self, problem: Exception | None) -> None:
        self.gone = True

    def _take(self, target: int, opcode: int, body: bytes) -> None:
        raise NotImplementedError

    def _refuse(self, problem: str) -> None:
        raise NotImplementedError
