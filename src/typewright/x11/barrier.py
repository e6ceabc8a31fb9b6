# SPDX-License-Identifier: MIT
"""
The barrier: proof that the focused program has taken all keys sent so far.

A `_NET_WM_PING` (EWMH) queues behind the keys, and a program that announces the protocol answers when it comes to it. GTK
and Chromium answer through SubstructureNotify of the root window, Qt through StructureNotify: I listen for both, and only
while a ping is under way. xterm and Tk don't announce it: for them there is nothing but a while of waiting.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Generator
from typing import Any

import Xlib.protocol.request as core
from twisted.internet.defer import Deferred, inlineCallbacks, succeed
from twisted.internet.task import deferLater
from Xlib import X, Xatom

from typewright.interfaces import LEVEL_APPLICATION, LEVEL_SERVER, IClock
from typewright.x11.connection import Connection, RequestError

_LONGEST_FAMILY = 16
_MESSAGE = struct.Struct("=BBHII5I")


class Barrier:
    """I ping windows, and wait `settle_s` for those that can't answer. Call `prepare` first."""

    def __init__(self, connection: Connection, clock: IClock, *, settle_s: float) -> None:
        self._connection = connection
        self._clock: Any = clock  # the type checker can't see that a clock is Twisted's IReactorTime
        self._settle_s = settle_s
        self._serials = itertools.count(1)
        self._answers: dict[int, Deferred[None]] = {}
        self._protocols = 0
        self._ping = 0
        connection.listen(X.ClientMessage, self._on_message)

    @inlineCallbacks
    def prepare(self) -> Generator[Deferred[Any], Any, None]:
        """Fires when the atoms of the protocol are known."""
        self._protocols = yield self._connection.atom("WM_PROTOCOLS")
        self._ping = yield self._connection.atom("_NET_WM_PING")

    def begin(self, window: int) -> Deferred[None]:
        """See `IBarrier`."""
        return succeed(None)

    def end(self) -> None:
        """See `IBarrier`."""

    @inlineCallbacks
    def reach(self, window: int, *, settle: bool) -> Generator[Deferred[Any], Any, str]:
        """See `IBarrier`."""
        try:
            answering = yield self._find_answering(window)
        except RequestError:
            answering = 0  # the window is gone
        if not answering:
            if settle:
                yield deferLater(self._clock, self._settle_s)
            return LEVEL_SERVER
        serial = next(self._serials) & 0xFFFFFFFF
        answer = self._answers[serial] = Deferred()
        self._listen(X.SubstructureNotifyMask | X.StructureNotifyMask)
        self._connection.send(self._packed_ping(answering, serial))
        try:
            yield answer
        finally:
            del self._answers[serial]
            if not self._answers:
                self._listen(X.NoEventMask)
        return LEVEL_APPLICATION

    @inlineCallbacks
    def _find_answering(self, window: int) -> Generator[Deferred[Any], Any, int]:
        """The window or the nearest ancestor of it that announces the ping; 0 if none does."""
        if window == X.PointerRoot:
            window = (
                yield self._connection.request(core.QueryPointer, window=self._connection.root)
            ).child or self._connection.root
        for _ in range(_LONGEST_FAMILY):
            if window in (X.NONE, self._connection.root):
                break
            protocols = yield self._connection.property(window, self._protocols, Xatom.ATOM)
            if protocols is not None:
                return window if self._ping in protocols else 0
            window = (yield self._connection.request(core.QueryTree, window=window)).parent
        return 0

    def _packed_ping(self, window: int, serial: int) -> bytes:
        message = _MESSAGE.pack(X.ClientMessage, 32, 0, window, self._protocols, self._ping, serial, window, 0, 0)
        return struct.pack("=BBHII", 25, 0, 11, window, X.NoEventMask) + message

    def _listen(self, mask: int) -> None:
        self._connection.send(struct.pack("=BBHIII", 2, 0, 4, self._connection.root, X.CWEventMask, mask))

    def _on_message(self, event: bytes) -> None:
        _, _, _, _, kind, protocol, serial, *_ = _MESSAGE.unpack_from(event)
        if kind == self._protocols and protocol == self._ping and serial in self._answers:
            answer = self._answers[serial]
            if not answer.called:
                answer.callback(None)
