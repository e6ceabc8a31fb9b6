# SPDX-License-Identifier: MIT
"""
A connection to the X server in the reactor; it never blocks after the handshake.

python-xlib supplies the formats of requests and replies. Its Display is not used: it blocks for each reply, breaks at a
BadValue, and can hold back events from the reactor. From the handshake on (see `handshake`) this class owns the socket,
counts the requests, and splits the incoming data into frames (X11 protocol, section 1 and appendix B).
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Callable, Generator
from typing import Any, NamedTuple, TypeVar

from twisted.internet.defer import Deferred, inlineCallbacks
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IReadWriteDescriptor
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer

from typewright.backends.x11.handshake import shake_hands
from typewright.backends.x11.requests import LONGEST_REPLY, Extension, RequestError, Requests, extension, reply_to
from typewright.errors import DisplayLost

_GENERIC_EVENT = 35
_ERROR, _REPLY = 0, 1
_READ_SIZE = 1 << 16
_HEADER = struct.Struct("=BBHI")

_Result = TypeVar("_Result")

log = Logger()


class _Pending(NamedTuple):
    """A request that was sent: the functions that receive its reply, or its failure; `endless` if more replies follow."""

    serial: int
    take: Callable[[bytes], object]
    fail: Callable[[Exception], object]
    endless: bool = False


@implementer(IReadWriteDescriptor)
class Connection:
    """
    One client of the X server.

    `root` is the root window of the default screen, and the first of the `roots` of all screens. `on_lost()` is called once
    when the server goes away by itself; every Deferred of this connection that has not fired then errbacks with DisplayLost.
    A `companion` is another connection to the same server: its data are read before this one's, since they mostly arrive at
    the same time, and that saves a turn of the reactor.
    """

    def __init__(self, reactor: Any, name: str) -> None:
        """Connect to the display `name` (see `address.display_name`) and do the handshake, which blocks."""
        self._socket, self.roots, self._ids, self._id_mask = shake_hands(name)
        self.root = self.roots[0]
        self._socket.setblocking(False)
        self.on_lost: Callable[[], None] = lambda: None
        self.companion: Connection | None = None
        self._reactor = reactor
        self._serial = 0
        self._pending: deque[_Pending] = deque()
        self._listeners: dict[int, Callable[[bytes], None]] = {}
        self._generic: dict[int, Callable[[bytes], None]] = {}
        self._in = b""
        self._out = b""
        self._unflushed = b""
        self._closed = False
        reactor.addReader(self)

    @property
    def closed(self) -> bool:
        """Whether the connection has ended, from either side."""
        return self._closed

    @property
    def unsent(self) -> bool:
        """Whether something waits to be written, since the server does not read."""
        return bool(self._out or self._unflushed)

    def new_id(self) -> int:
        """See `IConnection`."""
        return next(self._ids)

    def client_of(self, resource: int) -> int:
        """See `IConnection`."""
        return resource & ~self._id_mask

    def listen(self, event_code: int, listener: Callable[[bytes], None]) -> None:
        """See `IConnection`."""
        self._listeners[event_code] = listener

    def listen_generic(self, major: int, listener: Callable[[bytes], None]) -> None:
        """Have `listener` called with each generic event of the extension with this major opcode."""
        self._generic[major] = listener

    def send(self, requests: bytes, count: int = 1) -> None:
        """See `IConnection`."""
        if self._closed:
            return
        self._serial += count
        self._write(requests)

    def ask(self, request: bytes, before: bytes = b"", count_before: int = 0) -> Deferred[bytes]:
        """
        Send a request that has a reply, and fire with that; errbacks with RequestError or DisplayLost.

        `count_before` requests without reply, packed in `before`, precede it in the same write.
        """
        reply: Deferred[bytes] = Deferred()
        self.call(request, reply.callback, reply.errback, before, count_before)
        return reply

    def call(
        self,
        request: bytes,
        take: Callable[[bytes], object],
        fail: Callable[[Exception], object],
        before: bytes = b"",
        count_before: int = 0,
        *,
        flush: bool = True,
    ) -> None:
        """
        As `ask`, for the hot path: calls `take(reply)` or `fail(problem)`.

        Without `flush`, the bytes wait for the next write.
        """
        if self._closed:
            fail(DisplayLost())
            return
        self._serial += count_before + 1
        self._pending.append(_Pending(self._serial, take, fail))
        if flush:
            self._write(before + request)
        else:
            self._unflushed += before + request

    def stream(self, request: bytes, take: Callable[[bytes], None]) -> None:
        """Send a request whose replies never end (RECORD's EnableContext) and have `take` called with each."""
        self._serial += 1
        self._pending.append(_Pending(self._serial, take, lambda problem: None, endless=True))
        self._write(request)

    @inlineCallbacks
    def carry_out(self, steps: Requests[_Result]) -> Generator[Deferred[Any], Any, _Result]:
        """Make the requests of `steps`; fires with what that returns, errbacks with what it raises."""
        try:
            request = next(steps)
            while True:
                try:
                    reply = yield self.ask(*request)
                except Exception as problem:
                    request = steps.throw(problem)
                else:
                    request = steps.send(reply)
        except StopIteration as end:
            return end.value

    def reply_to(self, kind: Any, **fields: Any) -> Deferred[Any]:
        """Make a request of one of python-xlib's classes; fires with its reply, parsed."""
        return self.carry_out(reply_to(kind, **fields))

    def extension(self, name: str) -> Deferred[Extension]:
        """Fires with the numbers of an extension; errbacks with ExtensionMissing."""
        return self.carry_out(extension(name))

    def close(self) -> None:
        """Leave the server; requests that have no reply yet errback."""
        self._lose(Failure(ConnectionDone()), announce=False)

    # --- called by the reactor ---------------------------------------------------------------------------------------

    def fileno(self) -> int:
        return self._socket.fileno()

    def logPrefix(self) -> str:
        return "X11"

    def doRead(self) -> None:
        if self.companion is not None:
            self.companion._read()
        self._read()

    def doWrite(self) -> None:
        try:
            self._out = self._out[self._socket.send(self._out) :]
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self._lose(Failure(ConnectionDone()), announce=True)
            return
        if not self._out:
            self._reactor.removeWriter(self)

    def connectionLost(self, reason: Failure) -> None:
        """Called by the reactor for a bad file descriptor, and when the reactor stops."""
        self._lose(reason, announce=True)

    # --- inside ------------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        try:
            data = self._socket.recv(_READ_SIZE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if not data:
            self._lose(Failure(ConnectionDone()), announce=True)
            return
        self._in = self._in + data if self._in else data
        self._take_frames()

    def _write(self, data: bytes) -> None:
        if self._unflushed:
            data, self._unflushed = self._unflushed + data, b""
        if self._out:
            self._out += data
            return
        try:
            sent = self._socket.send(data)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError:
            return  # doRead will find the connection closed
        if sent < len(data):
            self._out = data[sent:]
            self._reactor.addWriter(self)

    def _take_frames(self) -> None:
        data, start = self._in, 0
        size = len(data)
        while size - start >= 32 and not self._closed:
            first, second, serial, length = _HEADER.unpack_from(data, start)
            end = start + (32 + 4 * length if first == _REPLY or first & 0x7F == _GENERIC_EVENT else 32)
            if end - start > LONGEST_REPLY:
                log.error("the X server announces an impossibly long reply; the connection is closed")
                self._lose(Failure(ConnectionDone()), announce=True)
                return
            if end > size:
                break
            frame = data[start:end]
            start = end
            if first == _REPLY:
                self._replied(serial, frame)
            elif first == _ERROR:
                self._refused(serial, frame)
            elif (
                listener := self._generic.get(second)
                if first & 0x7F == _GENERIC_EVENT
                else self._listeners.get(first & 0x7F)
            ):
                listener(frame)
        self._in = data[start:]

    def _replied(self, serial: int, frame: bytes) -> None:
        if not self._pending or self._pending[0].serial & 0xFFFF != serial:
            log.error("the X server replied to a request that was not made")
            return
        pending = self._pending[0]
        if not pending.endless:
            self._pending.popleft()
        pending.take(frame)

    def _refused(self, serial: int, frame: bytes) -> None:
        problem = RequestError.of(frame)
        if self._pending and self._pending[0].serial & 0xFFFF == serial:
            self._pending.popleft().fail(problem)
        else:
            log.warn("{problem}", problem=problem)

    def _lose(self, reason: Failure, *, announce: bool) -> None:
        if self._closed:
            return
        self._closed = True
        self._reactor.removeReader(self)
        self._reactor.removeWriter(self)
        self._socket.close()
        pending, self._pending = self._pending, deque()
        for each in pending:
            each.fail(DisplayLost())
        if announce:
            self.on_lost()


def next_reports(problem: Exception) -> None:
    """Serve as `fail` of `Connection.call` if the request sent after it fails for the same reason, and reports that."""
