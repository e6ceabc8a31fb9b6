# SPDX-License-Identifier: MIT
"""
Bytes and descriptors between a local socket and the reactor; nothing in it ever blocks.

Twisted's own UNIX transport writes in the reactor's next turn, sends a descriptor with whichever byte is next, does not
notice that descriptors were cut off, and lets any amount wait for a peer that does not read.

Source: unix(7), "SCM_RIGHTS". A receiver gets the descriptors of a write together with its first byte.
"""

from __future__ import annotations

import array
import contextlib
import os
import socket
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from twisted.internet.interfaces import IReadWriteDescriptor
from twisted.python.failure import Failure
from zope.interface import implementer

from typewright.wire.codec import Malformed, Unsendable

BACKLOG = 1 << 20
"""Bytes that may wait for the peer; one that takes none of these does not read any more."""
DESCRIPTORS_A_WRITE = 28
"""As many descriptors as libwayland takes with one message."""

_READ_SIZE = 1 << 14
_WRITE_SIZE = 1 << 16
_LAST_READS = 64
_MOST_WAITING = 64  # Descriptors that came, or that go, without their message.
_KERNEL_MOST = 253  # Descriptors in one write; with room for all of them the kernel cuts none off.
_ROOM = socket.CMSG_SPACE(_KERNEL_MOST * array.array("i").itemsize)


class Backlog(Exception):
    """The peer does not read what it is sent."""


@implementer(IReadWriteDescriptor)
class Transport:
    """
    One end of a connection over a local stream socket, which it owns.

    `receive(data)` is called with bytes as they come; the descriptors that came with or before them are in `descriptors`,
    from which the receiver takes those of its messages and closes them. `lost(problem)` is called once, and never from
    inside `queue` or `flush`, when the connection ends by itself: with None when the peer closed it, else with the reason:
    OSError, Malformed (descriptors without messages), Backlog, or what the reactor says. The descriptors that are left are
    closed.
    """

    def __init__(
        self,
        reactor: Any,
        connected: socket.socket,
        receive: Callable[[bytes], None],
        lost: Callable[[Exception | None], None],
        name: str,
    ) -> None:
        connected.setblocking(False)
        self.descriptors: deque[int] = deque()
        self._reactor = reactor
        self._socket = connected
        self._receive = receive
        self._lost = lost
        self._name = name
        self._out: deque[tuple[bytes, tuple[int, ...]]] = deque()
        self._waiting = 0  # Bytes in `_out`.
        self._carried = 0  # Descriptors in `_out`.
        self._blocked = False
        self._ending: Any = None
        self._closed = False
        reactor.addReader(self)

    @property
    def waiting(self) -> int:
        """How many bytes the peer has not taken yet."""
        return self._waiting

    def queue(self, data: bytes, descriptors: Sequence[int] = ()) -> None:
        """
        Have this sent with the next `flush`, in order; `descriptors` stay the caller's, and go with the first byte.

        Raises Unsendable when a descriptor is not open, or none is free. Once the connection is broken, it does nothing.
        """
        if self._closed or self._ending is not None:
            return
        if self._waiting + len(data) > BACKLOG or self._carried + len(descriptors) > _MOST_WAITING:
            self.give_up(Backlog())
            return
        self._out.append((data, _duplicates(descriptors) if descriptors else ()))
        self._waiting += len(data)
        self._carried += len(descriptors)

    def flush(self) -> None:
        """Send what is queued, in one write if it has one descriptor's message at most; what does not fit goes later."""
        if self._blocked or self._closed or self._ending is not None:
            return
        self._send()
        if self._out and not self._closed and self._ending is None:
            self._blocked = True
            self._reactor.addWriter(self)

    def give_up(self, problem: Exception) -> None:
        """Send nothing more, read what the peer may have said before it closed, and in the reactor's next turn be lost."""
        if self._closed or self._ending is not None:
            return
        self._drop_output()
        self._reactor.removeWriter(self)
        self._ending = self._reactor.callLater(0, self._read_the_rest, problem)

    def close(self) -> None:
        """End the connection. `lost` is not called for it, nor for anything after it."""
        if self._closed:
            return
        self._closed = True
        self._reactor.removeReader(self)
        self._reactor.removeWriter(self)
        if self._ending is not None and self._ending.active():
            self._ending.cancel()
        self._drop_output()
        _close_all(self.descriptors)
        self.descriptors.clear()
        self._socket.close()

    # --- the reactor's side ------------------------------------------------------------------------------------------

    def fileno(self) -> int:
        return self._socket.fileno()

    def logPrefix(self) -> str:
        return self._name

    def doRead(self) -> None:
        self._read()

    def doWrite(self) -> None:
        self._send()
        if not self._out and self._blocked:
            self._blocked = False
            self._reactor.removeWriter(self)

    def connectionLost(self, reason: Failure) -> None:
        """Called by the reactor when the descriptor turned out bad, when a listener failed, or when it stops."""
        self._end(reason.value if isinstance(reason.value, Exception) else None)

    # --- inside ------------------------------------------------------------------------------------------------------

    def _read(self) -> bool:
        """Read once; whether there may be more."""
        try:
            data, ancillary, flags, _ = self._socket.recvmsg(_READ_SIZE, _ROOM, socket.MSG_CMSG_CLOEXEC)
        except (BlockingIOError, InterruptedError):
            return False
        except OSError as problem:
            self._end(problem)
            return False
        for level, kind, carried in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                numbers = array.array("i")
                numbers.frombytes(carried[: len(carried) - len(carried) % numbers.itemsize])
                self.descriptors.extend(numbers)
        if flags & socket.MSG_CTRUNC:
            self._end(Malformed("descriptors that could not all be received"))
            return False
        if not data:
            self._end(None)
            return False
        self._receive(data)
        if len(self.descriptors) > _MOST_WAITING:
            self._end(Malformed("more descriptors than messages that carry one"))
        return not self._closed

    def _send(self) -> None:
        while self._out:
            data, descriptors, count = self._next_write()
            try:
                if descriptors:
                    rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))
                    sent = self._socket.sendmsg([data], [rights], socket.MSG_NOSIGNAL)
                else:
                    sent = self._socket.send(data, socket.MSG_NOSIGNAL)
            except (BlockingIOError, InterruptedError):
                return
            except OSError as problem:
                self.give_up(problem)
                return
            for _ in range(count):
                self._out.popleft()
            _close_all(descriptors)
            self._waiting -= sent
            self._carried -= len(descriptors)
            if sent < len(data):
                self._out.appendleft((data[sent:], ()))
                return

    def _next_write(self) -> tuple[bytes, tuple[int, ...], int]:
        """What goes out next: bytes, the descriptors of the first of them, and how many entries of `_out` that is."""
        data, descriptors = self._out[0]
        if len(self._out) == 1:
            return data, descriptors, 1
        parts: list[bytes] = []
        size = 0
        for more, others in self._out:
            if parts and (others or size + len(more) > _WRITE_SIZE):
                break
            parts.append(more)
            size += len(more)
        return b"".join(parts), descriptors, len(parts)

    def _read_the_rest(self, problem: Exception) -> None:
        try:
            for _ in range(_LAST_READS):
                if self._closed or not self._read():
                    break
        finally:
            self._end(problem)

    def _drop_output(self) -> None:
        for _, descriptors in self._out:
            _close_all(descriptors)
        self._out.clear()
        self._waiting = self._carried = 0

    def _end(self, problem: Exception | None) -> None:
        if not self._closed:
            self.close()
            self._lost(problem)


def _duplicates(descriptors: Sequence[int]) -> tuple[int, ...]:
    if len(descriptors) > DESCRIPTORS_A_WRITE:
        raise Unsendable(f"{len(descriptors)} descriptors, and {DESCRIPTORS_A_WRITE} is all that one message may carry")
    made: list[int] = []
    try:
        for descriptor in descriptors:
            made.append(os.dup(descriptor))
    except (OSError, TypeError, OverflowError) as problem:
        _close_all(made)
        reason = os.strerror(problem.errno or 0) if isinstance(problem, OSError) else "not a number"
        raise Unsendable(f"its descriptor can't be passed on: {reason}") from None
    return tuple(made)


def _close_all(descriptors: Sequence[int] | deque[int]) -> None:
    for descriptor in descriptors:
        with contextlib.suppress(OSError):
            os.close(descriptor)
