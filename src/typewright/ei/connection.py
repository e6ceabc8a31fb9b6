# SPDX-License-Identifier: MIT
"""
A connection to the compositor over which keys are sent; nothing in it ever blocks, and each of its ends is a sentence.

Source: the EI protocol, ei_handshake and ei_connection.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Generator
from typing import Any

from twisted.internet.defer import Deferred, fail, inlineCallbacks
from twisted.internet.defer import TimeoutError as TimedOut

from typewright.ei.failures import LOSSES, Disconnected, NoAnswer
from typewright.ei.objects import HANDSHAKE_ID, EiObject, Objects
from typewright.ei.tables import CALLBACK, HANDSHAKE, INTERFACES, OFFERED, SENDER
from typewright.errors import DisplayLost
from typewright.wire.codec import EI, Malformed, Unsendable
from typewright.wire.connection import WireConnection, closing, descriptors_of
from typewright.wire.tables import Message

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


class Connection(WireConnection):
    """
    A sender of events, over a socket that is connected already; `ready` once the handshake is done.

    `serial` is the last one that the compositor has sent. `on_seat(seat)` is called with each new seat, `on_invalid(number)`
    when a request named an object that the compositor no longer has. `on_disconnected(reason)` is called before anything
    else when the compositor says that it ends the connection, and may `close` it.
    """

    def __init__(self, reactor: Any, connected: socket.socket, name: str) -> None:
        super().__init__(reactor, connected, EI, LOSSES)
        self.on_ready: Callable[[], object] = lambda: None
        self.on_disconnected: Callable[[Disconnected], object] = lambda reason: None
        self.on_seat: Callable[[EiObject], object] = lambda seat: None
        self.on_invalid: Callable[[int], object] = lambda number: None
        self.serial = 0
        self._name = name
        self._greeted = False
        self._objects = Objects()
        self._main: EiObject | None = None
        handshake = EiObject(self, HANDSHAKE_ID, HANDSHAKE, HANDSHAKE.version)
        self._objects.add(handshake)
        handshake.listen("handshake_version", lambda version: self._greet(handshake, version))
        handshake.listen("connection", self._begin)

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
        return self._synced_by(callback.id)

    def close(self) -> None:
        """Leave the compositor, which lifts what is down; what still waits errbacks."""
        if self._main is not None and self.reason is None:
            self._main.queue("disconnect")
            self._transport.flush()
        super().close()

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
        super()._received(data)
        self._transport.flush()  # What was queued in answer to it.

    def _dispatch(self, target: int, opcode: int, body: bytes) -> None:
        listening = self._objects.get(target)
        if listening is None:
            raise Malformed(f"an event for object {target:#x}, which does not exist")
        event, arguments = self._unpacked(listening.interface, opcode, body)
        if listening.interface is CALLBACK:
            self._objects.remove(listening)
            self._done(listening.id)
            return
        with closing(descriptors_of(event, arguments)):
            if event.new_id >= 0:
                self._create(event, arguments)
            listening.hear(event, arguments)
            if event.destructor:
                self._objects.remove(listening)

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

    def _disconnected(self, reason: Disconnected) -> None:
        self.on_disconnected(reason)
        self._lose(reason)

    def _invalid(self, serial: int, number: int) -> None:
        self.serial = serial
        self.on_invalid(number)

    def _ping(self, ping: EiObject, version: int) -> None:
        ping.queue("done", 0)
