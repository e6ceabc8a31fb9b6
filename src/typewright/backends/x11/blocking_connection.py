# SPDX-License-Identifier: MIT
"""A connection to the X server for a program that only waits for it: small, and without a reactor."""

from __future__ import annotations

import select
import struct
import time
from collections.abc import Callable
from typing import TypeVar

from typewright.backends.x11.handshake import shake_hands
from typewright.backends.x11.requests import LONGEST_REPLY, Request, RequestError, Requests
from typewright.errors import DisplayLost

_ERROR, _REPLY, _GENERIC_EVENT = 0, 1, 35
_HEADER = struct.Struct("=BBHI")

_Result = TypeVar("_Result")


class BlockingConnection:
    """One client of the X server (see `IConnection`); blocks for each answer. Raises DisplayLost when it is gone."""

    def __init__(self, name: str) -> None:
        """Connect to the display `name` (see `address.display_name`)."""
        self._socket, self.roots, self._ids, self._id_mask = shake_hands(name)
        self.root = self.roots[0]
        self._socket.setblocking(True)
        self._serial = 0
        self._listeners: dict[int, Callable[[bytes], None]] = {}

    def new_id(self) -> int:
        """See `IConnection`."""
        return next(self._ids)

    def client_of(self, resource: int) -> int:
        """See `IConnection`."""
        return resource & ~self._id_mask

    def send(self, requests: bytes, count: int = 1) -> None:
        """See `IConnection`."""
        self._serial += count
        try:
            self._socket.sendall(requests)
        except OSError:
            raise DisplayLost from None

    def listen(self, event_code: int, listener: Callable[[bytes], None]) -> None:
        """See `IConnection`."""
        self._listeners[event_code] = listener

    def carry_out(self, steps: Requests[_Result]) -> _Result:
        """Make the requests of `steps`, and return what that returns."""
        try:
            request = next(steps)
            while True:
                try:
                    reply = self._reply(request)
                except RequestError as refusal:
                    request = steps.throw(refusal)
                else:
                    request = steps.send(reply)
        except StopIteration as end:
            result: _Result = end.value
            return result

    def wait(self, happened: Callable[[], bool], longest_s: float | None = None, also: int | None = None) -> None:
        """Take events until `happened()`, for `longest_s` at most, or until the file descriptor `also` is readable."""
        deadline = None if longest_s is None else time.monotonic() + longest_s
        while not happened():
            left_s = None if deadline is None else max(0.0, deadline - time.monotonic())
            watched = [self._socket.fileno()] + ([] if also is None else [also])
            ready, _, _ = select.select(watched, [], [], left_s)
            if watched[0] not in ready:
                return
            self._take()

    def _reply(self, request: Request) -> bytes:
        self.send(request.before + request.packed, request.count_before + 1)
        serial = self._serial & 0xFFFF  # a listener may send more before the reply comes
        while True:
            frame = self._take()
            if _HEADER.unpack_from(frame)[2] == serial:
                if frame[0] == _REPLY:
                    return frame
                if frame[0] == _ERROR:
                    raise RequestError.of(frame)

    def _take(self) -> bytes:
        """Return the next frame from the server; if it is an event, its listener has been called."""
        frame = self._read(32)
        kind, _, _, length = _HEADER.unpack_from(frame)
        if kind == _REPLY or kind & 0x7F == _GENERIC_EVENT:
            if 4 * length > LONGEST_REPLY:
                raise DisplayLost
            frame += self._read(4 * length)
        elif kind != _ERROR and (listener := self._listeners.get(kind & 0x7F)):
            listener(frame)
        return frame

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            try:
                more = self._socket.recv(size - len(data))
            except OSError:
                more = b""
            if not more:
                raise DisplayLost
            data += more
        return data
