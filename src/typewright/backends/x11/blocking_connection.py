# SPDX-License-Identifier: MIT
"""A connection to the X server for a program that has nothing to do but wait for it: without a reactor, and small."""

from __future__ import annotations

import select
import struct
import time
from collections.abc import Callable
from typing import TypeVar

from typewright.backends.x11.handshake import shake_hands
from typewright.backends.x11.requests import LONGEST_REPLY, Ask, Asking, RequestError
from typewright.errors import DisplayLost

_ERROR, _REPLY, _GENERIC_EVENT = 0, 1, 35
_HEADER = struct.Struct("=BBHI")

_Result = TypeVar("_Result")


class Waiting:
    """I am one client of the X server (see `ITransport`), and block until it answers. Raises DisplayLost when it is gone."""

    def __init__(self, name: str) -> None:
        """Connect to the display `name` (see `address.display_name`)."""
        self._socket, self.roots, self._ids, self._id_mask = shake_hands(name)
        self.root = self.roots[0]
        self._socket.setblocking(True)
        self._serial = 0
        self._listeners: dict[int, Callable[[bytes], None]] = {}

    def new_id(self) -> int:
        """See `ITransport`."""
        return next(self._ids)

    def client_of(self, resource: int) -> int:
        """See `ITransport`."""
        return resource & ~self._id_mask

    def send(self, requests: bytes, count: int = 1) -> None:
        """See `ITransport`."""
        self._serial += count
        try:
            self._socket.sendall(requests)
        except OSError:
            raise DisplayLost from None

    def listen(self, event_code: int, listener: Callable[[bytes], None]) -> None:
        """See `ITransport`."""
        self._listeners[event_code] = listener

    def carry_out(self, steps: Asking[_Result]) -> _Result:
        """Ask all that `steps` ask, and return what they return."""
        try:
            ask = next(steps)
            while True:
                try:
                    reply = self._reply(ask)
                except RequestError as refusal:
                    ask = steps.throw(refusal)
                else:
                    ask = steps.send(reply)
        except StopIteration as end:
            result: _Result = end.value
            return result

    def wait(self, happened: Callable[[], bool], patience_s: float | None = None, beside: int | None = None) -> None:
        """Take events until it has `happened`, for `patience_s` at most, and until the file descriptor `beside` has news."""
        deadline = None if patience_s is None else time.monotonic() + patience_s
        while not happened():
            left_s = None if deadline is None else max(0.0, deadline - time.monotonic())
            watched = [self._socket.fileno()] + ([] if beside is None else [beside])
            ready, _, _ = select.select(watched, [], [], left_s)
            if watched[0] not in ready:
                return
            self._take()

    def _reply(self, ask: Ask) -> bytes:
        self.send(ask.before + ask.request, ask.count_before + 1)
        serial = self._serial & 0xFFFF  # a listener may send more before the reply comes
        while True:
            frame = self._take()
            if _HEADER.unpack_from(frame)[2] == serial:
                if frame[0] == _REPLY:
                    return frame
                if frame[0] == _ERROR:
                    raise RequestError.of(frame)

    def _take(self) -> bytes:
        """The next that the server says; an event has been passed on by then."""
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
