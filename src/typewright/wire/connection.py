# SPDX-License-Identifier: MIT
"""What every wire's connection does: cut the stream into events, keep account of its syncs, and end once."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from twisted.internet.defer import Deferred

from typewright.errors import DisplayLost
from typewright.wire.codec import Dialect, Malformed
from typewright.wire.framing import Framer
from typewright.wire.losses import Losses
from typewright.wire.tables import Interface, Message
from typewright.wire.transport import Transport


class WireConnection:
    """
    A client over a socket that is connected already. `_dispatch` is the protocol's.

    When it ends, by either side, `reason` says why, and every Deferred that still waits errbacks with that. `on_lost()` is
    called once, after those, when it was not `close` that ended it; never from inside a request, `sync` or `flush`.
    """

    def __init__(self, reactor: Any, connected: socket.socket, dialect: Dialect, losses: Losses) -> None:
        self.on_lost: Callable[[], object] = lambda: None
        self.ready = False
        self.reason: DisplayLost | None = None
        self._losses = losses
        self._syncs: dict[int, Deferred[None]] = {}
        self._framer = Framer(dialect)
        self._transport = Transport(reactor, connected, self._received, self._transport_lost, dialect.name)

    @property
    def closed(self) -> bool:
        """Whether the compositor is gone, or we have left it."""
        return self.reason is not None

    def flush(self) -> None:
        """Send all that is queued; what the compositor does not take yet goes out later, in order."""
        self._transport.flush()

    def close(self) -> None:
        """Leave the compositor; what still waits errbacks. What is queued and not sent is lost: `sync` first."""
        self._lose(DisplayLost(self._losses.by_us), by_us=True)

    # --- for the protocol's own connection ---------------------------------------------------------------------------

    def _dispatch(self, target: int, opcode: int, body: bytes) -> None:
        """Take an event; raises Malformed."""
        raise NotImplementedError

    def _synced_by(self, callback: int) -> Deferred[None]:
        """Send all that is queued, and fire when that callback is `_done`."""
        done: Deferred[None] = Deferred()
        self._syncs[callback] = done
        self._transport.flush()
        return done

    def _done(self, callback: int) -> None:
        done = self._syncs.pop(callback, None)
        if done is not None:
            done.callback(None)

    def _unpacked(self, interface: Interface, opcode: int, body: bytes) -> tuple[Message, list[Any]]:
        """An event and its arguments; raises Malformed."""
        if opcode >= len(interface.events):
            raise Malformed(f"event {opcode} of {interface.name}, which has {len(interface.events)}")
        event = interface.events[opcode]
        try:
            return event, event.signature.unpack(body, self._transport.descriptors)
        except Malformed as problem:
            raise Malformed(f"{problem}, in {interface.name}.{event.name}") from None

    def _received(self, data: bytes) -> None:
        try:
            for target, opcode, body in self._framer.feed(data):
                self._dispatch(target, opcode, body)
                if self.reason is not None:
                    return
        except Malformed as problem:
            self._lose(self._losses.of(problem))

    def _lose(self, reason: DisplayLost, *, by_us: bool = False) -> None:
        if self.reason is not None:
            return
        self.reason = reason
        self._transport.close()
        waiting, self._syncs = self._syncs, {}
        for done in waiting.values():
            done.errback(reason)
        if not by_us:
            self.on_lost()

    def _transport_lost(self, problem: Exception | None) -> None:
        self._lose(self._losses.of(problem))


def descriptors_of(message: Message, arguments: Sequence[Any]) -> tuple[int, ...]:
    """The descriptors among the arguments of a message."""
    if not message.signature.descriptors:
        return ()
    return tuple(value for value, letter in zip(arguments, message.signature.letters, strict=True) if letter == "h")


@contextlib.contextmanager
def closing(descriptors: Sequence[int]) -> Iterator[None]:
    """Close the descriptors that came with an event afterwards, even if its listener has closed them or failed."""
    try:
        yield
    finally:
        for descriptor in descriptors:
            with contextlib.suppress(OSError):
                os.close(descriptor)
