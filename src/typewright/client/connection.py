# SPDX-License-Identifier: MIT
"""
A connection to the session bus that blocks: one call after the other.

Source: D-Bus specification, "Authentication Protocol".
"""

from __future__ import annotations

import os
from _socket import AF_UNIX, SOCK_STREAM, socket  # `socket` itself imports `enum` and `selectors`

from typewright.bus.address import session_sockets
from typewright.client.wire import ERROR, HEAD, Malformed, Reply, method_call, parse, size
from typewright.errors import BusLost, NoBus

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

_CONNECTING_S = 10.0
"""How long the bus may take to accept the connection; a call may take as long as it likes."""
_LONGEST_LINE = 1024
_GREETING = b"\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n"
"""All of the handshake, as sd-bus sends it: the identity is that of the socket, and the answers can be read afterwards."""
_BUS = "org.freedesktop.DBus"


class ErrorReply(Exception):
    """The reply to a call is the error `name`; `sentence` may be empty."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(name)
        self.name = name
        self.sentence = sentence


class Connection:
    """A connection to the session bus of `environ`. Raises NoBus."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        for path in session_sockets(environ):
            try:
                self._open(path)
            except (OSError, Malformed, BusLost, ErrorReply):
                continue  # The next socket may work; if none does, the user gets the same sentence for any error.
            return
        raise NoBus

    def call(
        self, destination: str, path: str, interface: str, member: str, signature: str, arguments: Sequence[object]
    ) -> list[Any]:
        """
        Call a method, and return the values of its reply; waits as long as that takes.

        Raises ErrorReply, BusLost, and what `method_call` raises for arguments that cannot be sent.
        """
        self._serial += 1
        data = method_call(self._serial, destination, path, interface, member, signature, arguments)
        try:
            self._socket.sendall(data)
            while True:
                reply = self._next()
                if reply.serial == self._serial:
                    break
        except (OSError, Malformed):
            raise BusLost(
                "The connection to the session bus was lost during the call; a part of the text may have been typed."
            ) from None
        if reply.kind == ERROR:
            sentence = reply.values[0] if reply.values and isinstance(reply.values[0], str) else ""
            raise ErrorReply(reply.error, sentence)
        return reply.values

    def close(self) -> None:
        """Leave the bus: the service ends what it still does for this caller."""
        self._socket.close()

    def _open(self, path: str) -> None:
        self._socket = socket(AF_UNIX, SOCK_STREAM)
        self._received = b""
        self._serial = 0
        self._socket.settimeout(_CONNECTING_S)
        self._socket.connect(path)
        self._socket.sendall(_GREETING)
        if not self._line().startswith(b"DATA") or not self._line().startswith(b"OK "):
            raise Malformed
        self.call(_BUS, "/org/freedesktop/DBus", _BUS, "Hello", "", ())
        self._socket.settimeout(None)

    def _line(self) -> bytes:
        while b"\r\n" not in self._received:
            if len(self._received) > _LONGEST_LINE:
                raise Malformed
            self._receive()
        line, _, self._received = self._received.partition(b"\r\n")
        return line

    def _next(self) -> Reply:
        while len(self._received) < HEAD:
            self._receive()
        whole = size(self._received[:HEAD])
        while len(self._received) < whole:
            self._receive()
        message, self._received = self._received[:whole], self._received[whole:]
        return parse(message)

    def _receive(self) -> None:
        data = self._socket.recv(1 << 16)
        if not data:
            raise Malformed
        self._received += data
