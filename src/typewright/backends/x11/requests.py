# SPDX-License-Identifier: MIT
"""
Requests to the X server, apart from how their replies arrive: by the reactor in the service, by blocking in the guardian.

What takes several requests is a generator of the type `Requests`: it yields each `Request`, and is resumed with the reply,
or with a RequestError. `Connection.carry_out` and `BlockingConnection.carry_out` run it.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Generator
from typing import Any, NamedTuple, Protocol, TypeVar

import Xlib.protocol.request as core
from Xlib import X, Xatom

from typewright.backends.x11.handshake import PlainResources
from typewright.errors import ExtensionMissing

LONGEST_REPLY = 1 << 24
"""Bytes. No request of this backend has a longer reply; the protocol allows 16 GiB, which would block it for minutes."""
GET_INPUT_FOCUS = struct.pack("=BBH", 43, 0, 1)
"""GetInputFocus: the window with the focus; also the cheapest request with a reply, where only the round trip matters."""
GRAB_SERVER, UNGRAB_SERVER = struct.pack("=BBH", 36, 0, 1), struct.pack("=BBH", 37, 0, 1)
"""GrabServer and UngrabServer: in between, the server processes no other client's requests."""

_LONGEST_PROPERTY = 1024
_STRING_FORMAT, _NUMBER_FORMAT = 8, 32
_WINDOW_AT = struct.Struct("=8xI")


class RequestError(Exception):
    """The X server refused a request. Names the error's code and the request's opcodes, which reveal nothing of the text."""

    def __init__(self, code: int, major: int, minor: int) -> None:
        super().__init__(f"X error {code} for request {major}.{minor}")
        self.code = code

    @classmethod
    def of(cls, frame: bytes) -> RequestError:
        """Return the error that the server sent as `frame`."""
        return cls(frame[1], frame[10], struct.unpack_from("=H", frame, 8)[0])


class Extension(NamedTuple):
    """An extension's numbers on this server."""

    major: int
    first_event: int


class Request(NamedTuple):
    """A packed request that has a reply; `before` are `count_before` requests without one, sent in the same write."""

    packed: bytes
    before: bytes = b""
    count_before: int = 0


_Result = TypeVar("_Result")
Requests = Generator[Request, bytes, _Result]


class IConnection(Protocol):
    """What both kinds of connection have in common: requests without reply, and events."""

    root: int
    roots: tuple[int, ...]

    def new_id(self) -> int:
        """Return a resource id of this client that was never used before."""

    def client_of(self, resource: int) -> int:
        """Return the number of the client that created `resource`; 0 is the server itself."""

    def send(self, requests: bytes, count: int = 1) -> None:
        """Send `count` requests that have no reply, packed one after the other."""

    def listen(self, event_code: int, listener: Callable[[bytes], None]) -> None:
        """Have `listener` called with each event of this code."""


class RootEvents:
    """
    Selects events of the root windows, for several users of one connection: a client has a single mask for each window.

    No two users may want the same kinds of events.
    """

    def __init__(self, connection: IConnection) -> None:
        self._connection = connection
        self._mask = X.NoEventMask

    def begin(self, events: int) -> None:
        """Have the server send these kinds of events as well."""
        self._select(self._mask | events)

    def end(self, events: int) -> None:
        """Have the server send these kinds of events no longer."""
        self._select(self._mask & ~events)

    def _select(self, mask: int) -> None:
        self._mask = mask
        for root in self._connection.roots:
            self._connection.send(select_events(root, mask))


def select_events(window: int, mask: int) -> bytes:
    """Return the request (ChangeWindowAttributes) that selects the events of `window` that this client receives."""
    return struct.pack("=BBHIII", 2, 0, 4, window, X.CWEventMask, mask)


def reply_to(kind: Any, **fields: Any) -> Requests[Any]:
    """Make a request of one of python-xlib's classes, and return its reply, parsed."""
    reply = yield Request(kind._request.to_binary(**fields))
    return kind._reply.parse_binary(reply, PlainResources)[0]


def extension(name: str) -> Requests[Extension]:
    """Return the numbers of an extension. Raises ExtensionMissing."""
    reply = yield from reply_to(core.QueryExtension, name=name)
    if not reply.present:
        raise ExtensionMissing(name)
    return Extension(reply.major_opcode, reply.first_event)


def atom(name: str) -> Requests[int]:
    """Return the atom of that name, created if there was none."""
    reply = yield from reply_to(core.InternAtom, only_if_exists=False, name=name)
    return int(reply.atom)


def owner_of(selection: int) -> Requests[int]:
    """Return the window that owns a selection; NONE if there is none."""
    return int(_WINDOW_AT.unpack_from((yield Request(struct.pack("=BBHI", 23, 0, 2, selection))))[0])


def property_of(window: int, name: int, kind: int, *, longest: int = _LONGEST_PROPERTY) -> Requests[Any]:
    """
    Return a window's property (numbers, or bytes for strings), `longest` units of four bytes of it at most.

    None when it has none of this kind, or in the wrong format: any client can write anything into a property.
    """
    found = yield from reply_to(
        core.GetProperty, delete=0, window=window, property=name, type=kind, long_offset=0, long_length=longest
    )
    form = _STRING_FORMAT if kind == Xatom.STRING else _NUMBER_FORMAT
    return found.value[1] if found.property_type == kind and found.value[0] == form else None
