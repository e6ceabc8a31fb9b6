# SPDX-License-Identifier: MIT
"""
What the X server is asked, apart from how its answers come: by the reactor in the service, by waiting in the guardian.

What takes several questions is a generator: it yields each of them as an `Ask`, and is entered again with the reply, or with
the RequestError. `Connection.carry_out` and `Waiting.carry_out` run it.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Generator
from typing import Any, NamedTuple, Protocol, TypeVar

import Xlib.protocol.request as core

from typewright.backends.x11.handshake import Plain
from typewright.errors import ExtensionMissing

LONGEST_REPLY = 1 << 24
"""Bytes. No request of ours has a longer reply; the protocol allows 16 GiB, and nobody should wait for that."""
GET_INPUT_FOCUS = struct.pack("=BBH", 43, 0, 1)
"""The request for the window with the focus; also the cheapest one with a reply, where a round trip is all that matters."""
GRAB_SERVER, UNGRAB_SERVER = struct.pack("=BBH", 36, 0, 1), struct.pack("=BBH", 37, 0, 1)
"""The requests between which the server heeds no other client."""

_LONGEST_PROPERTY = 1024


class RequestError(Exception):
    """The X server refused a request; names the error's code and the request's opcodes, which say nothing of the text."""

    def __init__(self, code: int, major: int, minor: int) -> None:
        super().__init__(f"X error {code} for request {major}.{minor}")
        self.code = code

    @classmethod
    def of(cls, frame: bytes) -> RequestError:
        """The error that came as `frame`."""
        return cls(frame[1], frame[10], struct.unpack_from("=H", frame, 8)[0])


class Extension(NamedTuple):
    """An extension's numbers on this server."""

    major: int
    first_event: int


class Ask(NamedTuple):
    """A request that has a reply; `count_before` requests without one, packed in `before`, go ahead in the same write."""

    request: bytes
    before: bytes = b""
    count_before: int = 0


_Result = TypeVar("_Result")
Asking = Generator[Ask, bytes, _Result]


class ITransport(Protocol):
    """What needs no answer, and what comes without a question: the same on every kind of connection."""

    root: int
    roots: tuple[int, ...]

    def new_id(self) -> int:
        """A resource id of our own, never used before."""

    def client_of(self, resource: int) -> int:
        """The number of the client that created `resource`; 0 is the server itself."""

    def send(self, requests: bytes, count: int = 1) -> None:
        """Send `count` requests that have no reply, packed one behind the other."""

    def listen(self, event_code: int, listener: Callable[[bytes], None]) -> None:
        """Have `listener` called with each event of this code."""


def request(kind: Any, **fields: Any) -> Asking[Any]:
    """The reply, parsed, to one of python-xlib's request classes."""
    reply = yield Ask(kind._request.to_binary(**fields))
    return kind._reply.parse_binary(reply, Plain)[0]


def extension(name: str) -> Asking[Extension]:
    """The numbers of an extension; raises ExtensionMissing."""
    reply = yield from request(core.QueryExtension, name=name)
    if not reply.present:
        raise ExtensionMissing(name)
    return Extension(reply.major_opcode, reply.first_event)


def atom(name: str, *, create: bool = True) -> Asking[int]:
    """The atom of that name; 0 when there is none and it is not to be created."""
    reply = yield from request(core.InternAtom, only_if_exists=not create, name=name)
    return int(reply.atom)


def property_of(window: int, name: int, kind: int) -> Asking[Any]:
    """A window's property (numbers, or bytes for strings); None when it has none of this kind."""
    found = yield from request(
        core.GetProperty, delete=0, window=window, property=name, type=kind, long_offset=0, long_length=_LONGEST_PROPERTY
    )
    return found.value[1] if found.property_type == kind else None
