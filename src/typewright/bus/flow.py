# SPDX-License-Identifier: MIT
"""
The way in: messages are taken one by one, and only as long as the bus takes what we send.

A call of a hundred bytes may have an answer of many thousand. Were calls read as fast as they come, the answers to
somebody who floods us with them would pile up here.
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
class Intake:
    """
    I call `take` with each message, in order, and `abort` when what comes can't be understood.

    To the transport I am what produces the output: it tells me to pause while it holds more than it likes.
    """

    def __init__(self, take: Callable[[Frame], None], abort: Callable[[], None]) -> None:
        self._take = take
        self._abort = abort
        self._stream = MessageStream()
        self._waiting: deque[Frame] = deque()
        self._paused = False
        self._transport: Any = None

    def open(self, transport: Any) -> None:
        """Heed `transport` from now on."""
        self._transport = transport
        transport.registerProducer(self, True)

    def close(self) -> None:
        """Heed it no more, since it does not close before its producer is done."""
        if self._transport is not None:
            self._transport.unregisterProducer()

    def feed(self, data: bytes) -> None:
        """Bytes have come."""
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
        """The connection is lost, and tells so itself."""

    def _work(self) -> None:
        try:
            while self._waiting and not self._paused:
                self._take(self._waiting.popleft())
        except Exception:
            error_mapping.note("a message could not be taken", Failure())
            self._abort()
