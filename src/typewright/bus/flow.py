# SPDX-License-Identifier: MIT
"""
Flow control: messages are processed one by one, and only while the bus accepts what is sent.

A call of a hundred bytes may have a reply of many thousand. If calls were read as fast as they come, the replies to a peer
that floods the service would pile up in its memory.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from twisted.internet.interfaces import IPushProducer
from twisted.python.failure import Failure
from zope.interface import implementer

from typewright.bus import error_mapping
from typewright.bus.framing import BrokenStream, Frame, MessageStream


@implementer(IPushProducer)
class Flow:
    """
    Calls `take` with each message, in order, and `abort` if the bytes are no messages.

    It is registered at the transport as the producer of the output, so the transport pauses it while too much is unsent.
    """

    def __init__(self, take: Callable[[Frame], None], abort: Callable[[], None]) -> None:
        self._take = take
        self._abort = abort
        self._stream = MessageStream()
        self._waiting: deque[Frame] = deque()
        self._paused = False
        self._transport: Any = None

    def open(self, transport: Any) -> None:
        """Register at `transport`."""
        self._transport = transport
        transport.registerProducer(self, True)

    def close(self) -> None:
        """Unregister: a transport does not close as long as it has a producer."""
        if self._transport is not None:
            self._transport.unregisterProducer()

    def feed(self, data: bytes) -> None:
        """Take in bytes from the bus."""
        try:
            self._waiting.extend(self._stream.feed(data))
        except BrokenStream:
            self._abort()
            return
        self._work()

    def pauseProducing(self) -> None:
        self._paused = True
        self._transport.pauseProducing()

    def resumeProducing(self) -> None:
        self._paused = False
        self._work()
        if not self._paused:
            self._transport.resumeProducing()

    def stopProducing(self) -> None:
        """Called when the connection is lost, which the connection itself reports."""

    def _work(self) -> None:
        try:
            while self._waiting and not self._paused:
                self._take(self._waiting.popleft())
        except Exception:
            error_mapping.log_defect("a message could not be processed", Failure())
            self._abort()
