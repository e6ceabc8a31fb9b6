# SPDX-License-Identifier: MIT
"""How an interface is described: its messages both ways in the order of their opcodes."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from typewright.wire.codec import Dialect, Signature


class Message:
    """
    A request or an event. `opcode` is its place in the table.

    `makes` is the interface of the new object; empty where there is none, or where the message itself names it. A
    `destructor` ends its object. `since` is the version of the interface that added the message.
    """

    __slots__ = ("destructor", "makes", "name", "new_id", "objects", "opcode", "signature", "since")

    def __init__(
        self, name: str, signature: Signature, *, opcode: int, makes: str = "", since: int = 1, destructor: bool = False
    ) -> None:
        self.name = name
        self.signature = signature
        self.opcode = opcode
        self.makes = makes
        self.since = since
        self.destructor = destructor
        self.new_id = signature.letters.find("n")
        """Where the new id is among the arguments; -1 without one."""
        self.objects = tuple(at for at, letter in enumerate(signature.letters) if letter == "o")
        """Where objects are among the arguments."""

    def __repr__(self) -> str:
        return f"<{self.name} {self.signature.text!r}>"


class Interface:
    """
    What an object of this kind takes (`requests`) and tells (`events`), up to `version`.

    `errors` are the names of its protocol errors, from code 0. The requests of a `private` interface carry the text to be
    typed: what a peer says about such an object is not repeated.
    """

    __slots__ = ("_events", "_requests", "errors", "events", "name", "private", "requests", "version")

    def __init__(
        self,
        name: str,
        version: int,
        requests: tuple[Message, ...],
        events: tuple[Message, ...],
        *,
        errors: tuple[str, ...] = (),
        private: bool = False,
    ) -> None:
        self.name = name
        self.version = version
        self.requests = requests
        self.events = events
        self.errors = errors
        self.private = private
        self._requests = {message.name: message for message in requests}
        self._events = {message.name: message for message in events}

    def __repr__(self) -> str:
        return f"<Interface {self.name} {self.version}>"

    def request(self, name: str) -> Message | None:
        """The request of that name."""
        return self._requests.get(name)

    def event(self, name: str) -> Message | None:
        """The event of that name."""
        return self._events.get(name)


def messages(dialect: Dialect) -> Callable[..., tuple[Message, ...]]:
    """
    A function that makes a table's messages from rows, in the order of their opcodes.

    A row is a name, a signature, and then, where needed, what the new id makes, `since=N`, or `destructor`.
    """

    def rows_to_messages(*rows: str) -> tuple[Message, ...]:
        return tuple(_message(dialect, opcode, row.split()) for opcode, row in enumerate(rows))

    return rows_to_messages


def _message(dialect: Dialect, opcode: int, words: list[str]) -> Message:
    name, signature, *rest = words
    since, makes = 1, ""
    for word in rest:
        if word.startswith("since="):
            since = int(word.removeprefix("since="))
        elif word != "destructor":
            makes = word
    text = "" if signature == "-" else signature
    return Message(name, Signature(dialect, text), opcode=opcode, makes=makes, since=since, destructor="destructor" in rest)


def by_name(interfaces: Iterable[Interface]) -> dict[str, Interface]:
    """The interfaces under their names."""
    return {interface.name: interface for interface in interfaces}
