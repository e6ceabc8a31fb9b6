# SPDX-License-Identifier: MIT
"""
A connection to the compositor over which keys are sent; nothing in it ever blocks, and each of its ends is a sentence.

Source: the EI protocol, ei_handshake and ei_connection.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable, Generator
from typing import Any

from twisted.internet.defer import Deferred, fail, inlineCallbacks
from twisted.internet.defer import TimeoutError as TimedOut

from typewright.ei.failures import Disconnected, NoAnswer, ProtocolBroken, closed_by_us, loss_of
from typewright.ei.objects import HANDSHAKE_ID, EiObject, Objects
from typewright.ei.tables import CALLBACK, HANDSHAKE, INTERFACES, OFFERED, SENDER
from typewright.errors import DisplayLost
from typewright.wire.codec import EI, Malformed, Unsendable
from typewright.wire.framing import Framer
from typewright.wire.tables import Message
from typewright.wire.transport import Transport

_PATIENCE_S = 5.0


@inlineCallbacks
def connect(
    reactor: Any, connected: socket.socket, name: str, *, patience_s: float = _PATIENCE_S
) -> Generator[Deferred[Any], Any, Connection]:
    """
    Fires with a connection whose handshake is done; it owns the socket. `name` is what the compositor may show to the user.

    Errbacks with DisplayLost, after `patience_s` when the compositor does not answer.
    """
    connection = Connection(reactor, connected, name)
    ready: Deferred[None] = Deferred()
    connection.on_ready = lambda: ready.callback(None)
    connection.on_lost = lambda: None if ready.called else ready.errback(connection.reason)
    try:
        yield ready.addTimeout(patience_s, reactor)
    except TimedOut:
        raise NoAnswer from None
    else:
        return connection
    finally:
        connection.on_ready = connection.on_lost = lambda: None
        if not connection.ready:
            connection.close()


class Connection:
    """
    A sender of events, over a socket that is connected already; `ready` once the handshake is done.

    `serial` is the last one that the compositor has sent. `on_seat(seat)` is called with each new seat, `on_invalid(number)`
    when a request named an object that the compositor no longer has. When the connection ends, by either side, `reason`
    says why, and every Deferred that still waits errbacks with that. `on_lost()` is called once, after those, when it was
    not `close` that ended it; never from inside a request, `sync` or `flush`. `on_disconnected(reason)` is called before
    all that when the compositor says that it ends the connection, and may `close` it.
    """

    def __init__(self, reactor: Any, connected: socket.socket, name: str) -> None:
        self.on_ready: Callable[[], object] = lambda: None
        self.on_lost: Callable[[], object] = lambda: None
        self.on_disconnected: Callable[[Disconnected], object] = lambda reason: None
        self.on_seat: Callable[[EiObject], object] = lambda seat: None
        self.on_invalid: Callable[[int], object] = lambda number: None
        self.ready = False
        self.reason: DisplayLost | None = None
        self.serial = 0
        self._name = name
        self._greeted = False
        self._syncs: dict[int, Deferred[None]] = {}
        self._framer = Framer(EI)
        self._objects = Objects()
        self._main: EiObject | None = None
        self._transport = Transport(reactor, connected, self._received, self._transport_lost, "EI")
        handshake = EiObject(self, HANDSHAKE_ID, HANDSHAKE, HANDSHAKE.version)
        self._objects.add(handshake)
        handshake.listen("handshake_version", lambda version: self._greet(handshake, version))
        handshake.listen("connection", self._begin)

    @property
    def closed(self) -> bool:
        """Whether the compositor is gone, or we have left it."""
        return self.reason is not None

    def sync(self) -> Deferred[None]:
        """
        Send all that is queued, and fire when the compositor has processed it; a round trip.

        Events that it caused have been heard by then. Errbacks with DisplayLost.
        """
        if self._main is None:
            return fail(self.reason or NoAnswer())
        try:
            callback = self._main.queue("sync", CALLBACK.version)
        except DisplayLost as problem:
            return fail(problem)
        done: Deferred[None] = Deferred()
        self._syncs[callback.id] = done
        self._transport.flush()
        return done

    def flush(self) -> None:
        """Send all that is queued; what the compositor does not take yet goes out later, in order."""
        self._transport.flush()

    def close(self) -> None:
        """Leave the compositor, which lifts what is down; what still waits errbacks."""
        if self._main is not None and self.reason is None:
            self._main.queue("disconnect")
            self._transport.flush()
        self._lose(closed_by_us(), by_us=True)

    def queue(self, target: EiObject, name: str, arguments: tuple[Any, ...]) -> EiObject | None:
        """Queue a request (see `EiObject.queue`), and return the object that it makes."""
        if self.reason is not None:
            raise self.reason.with_traceback(None)
        message = target.interface.request(name)
        full_name = f"{target.interface.name}.{name}"
        if message is None:
            raise Unsendable(f"{target.interface.name} has no request {name}")
        if not target.alive:
            raise Unsendable(f"{full_name} can't be sent: the object is destroyed")
        made: EiObject | None = None
        if message.new_id >= 0:
            made = EiObject(self, self._objects.next_number(), INTERFACES[message.makes], 1)
            arguments = (*arguments[: message.new_id], made.id, *arguments[message.new_id :])
        try:
            self._transport.queue(message.signature.pack(target.id, message.opcode, arguments))
        except Unsendable as problem:
            raise Unsendable(f"{full_name} can't be sent: {problem}") from None
        if made is not None:
            self._objects.add(made)
        if message.destructor:
            self._objects.remove(target)
        return made

    # --- the handshake -----------------------------------------------------------------------------------------------

    def _greet(self, handshake: EiObject, version: int) -> None:
        if not version:
            raise Malformed("a handshake of version 0")
        if self._greeted:
            raise Malformed("a second handshake")
        self._greeted = True
        handshake.queue("handshake_version", min(version, HANDSHAKE.version))
        handshake.queue("context_type", SENDER)
        handshake.queue("name", self._name)
        for interface in OFFERED:
            handshake.queue("interface_version", interface.name, interface.version)
        handshake.queue("finish")
        self._transport.flush()

    def _begin(self, serial: int, main: EiObject, version: int) -> None:
        self.serial = serial
        self._main = main
        main.listen("disconnected", lambda serial, code, explanation: self._disconnected(Disconnected(code, explanation)))
        main.listen("seat", lambda seat, version: self.on_seat(seat))
        main.listen("invalid_object", self._invalid)
        main.listen("ping", self._ping)
        self.ready = True
        self.on_ready()

    # --- events ------------------------------------------------------------------------------------------------------

    def _received(self, data: bytes) -> None:
        try:
            for target, opcode, body in self._framer.feed(data):
                self._dispatch(target, opcode, body)
                if self.reason is not None:
                    return
            self._transport.flush()
        except Malformed as problem:
            self._lose(ProtocolBroken(str(problem)))

    def _dispatch(self, target: int, opcode: int, body: bytes) -> None:
        listening = self._objects.get(target)
        if listening is None:
            raise Malformed(f"an event for object {target:#x}, which does not exist")
        interface = listening.interface
        if opcode >= len(interface.events):
            raise Malformed(f"event {opcode} of {interface.name}, which has {len(interface.events)}")
        event = interface.events[opcode]
        try:
            arguments = event.signature.unpack(body, self._transport.descriptors)
        except Malformed as problem:
            raise Malformed(f"{problem}, in {interface.name}.{event.name}") from None
        descriptors = [value for value, letter in zip(arguments, event.signature.letters, strict=True) if letter == "h"]
        try:
            if event.new_id >= 0:
                self._create(event, arguments)
            if interface is CALLBACK:
                self._done(listening)
                return
            listening.hear(event, arguments)
            if event.destructor:
                self._objects.remove(listening)
        finally:
            for descriptor in descriptors:
                with contextlib.suppress(OSError):
                    os.close(descriptor)

    def _create(self, event: Message, arguments: list[Any]) -> None:
        """Put the new object in the place of its number; it is of the interface that the event makes, or names itself."""
        named = event.makes or arguments[event.signature.letters.index("s")]
        interface = INTERFACES.get(named)
        version = arguments[-1]
        if interface is None:
            raise Malformed("a new object of an interface that was not offered")
        if not 0 < version <= interface.version:
            raise Malformed(f"a new object of {interface.name} in version {version}")
        made = EiObject(self, arguments[event.new_id], interface, version)
        self._objects.add_theirs(made)
        arguments[event.new_id] = made

    def _done(self, callback: EiObject) -> None:
        self._objects.remove(callback)
        done = self._syncs.pop(callback.id, None)
        if done is not None:
            done.callback(None)

    def _disconnected(self, reason: Disconnected) -> None:
        self.on_disconnected(reason)
        self._lose(reason)

    def _invalid(self, serial: int, number: int) -> None:
        self.serial = serial
        self.on_invalid(number)

    def _ping(self, ping: EiObject, version: int) -> None:
        ping.queue("done", 0)

    # --- the end -----------------------------------------------------------------------------------------------------

    def _transport_lost(self, problem: Exception | None) -> None:
        self._lose(loss_of(problem))

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
