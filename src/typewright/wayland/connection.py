# SPDX-License-Identifier: MIT
"""
A connection to a Wayland compositor as the reactor needs it: nothing in it ever blocks, and each of its ends is a sentence.

Source: "The Wayland Protocol", chapter 4; wl_display and wl_callback in the core protocol.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Generator, MutableMapping
from typing import Any

from twisted.internet.defer import Deferred, fail, inlineCallbacks
from twisted.internet.defer import TimeoutError as TimedOut

from typewright.errors import DisplayLost, NoDisplay
from typewright.wayland.address import open_socket
from typewright.wayland.failures import LOSSES, CompositorError
from typewright.wayland.objects import DISPLAY_ID, Objects, Proxy, number_of
from typewright.wayland.registry import Global, Registry
from typewright.wayland.tables import CALLBACK, DISPLAY, INTERFACES
from typewright.wire.codec import WAYLAND, Malformed, Unsendable
from typewright.wire.connection import WireConnection, closing, descriptors_of
from typewright.wire.tables import Interface, Message

_PATIENCE_S = 5.0


@inlineCallbacks
def connect(
    reactor: Any,
    name: str | None = None,
    environ: MutableMapping[str, str] = os.environ,
    *,
    patience_s: float = _PATIENCE_S,
) -> Generator[Deferred[Any], Any, Connection]:
    """
    Fires with a connection whose globals are known; for `name`, `$WAYLAND_SOCKET` or `$WAYLAND_DISPLAY`.

    Errbacks with NoDisplay, after `patience_s` when the compositor does not answer.
    """
    connection = Connection(reactor, open_socket(name, environ))
    try:
        yield connection.sync().addTimeout(patience_s, reactor)
    except TimedOut:
        raise NoDisplay("The Wayland display can't be used: the compositor does not answer.") from None
    except DisplayLost as problem:
        raise NoDisplay(f"The Wayland display can't be used. {problem}") from None
    else:
        return connection
    finally:
        if not connection.ready:
            connection.close()


class Connection(WireConnection):
    """
    One client of the compositor, over a socket that is connected already.

    `display` and `registry` are there from the beginning; the registry's globals are known once the first `sync` has fired,
    and the connection is `ready` then.
    """

    def __init__(self, reactor: Any, connected: socket.socket) -> None:
        super().__init__(reactor, connected, WAYLAND, LOSSES)
        self._objects = Objects()
        self.display = Proxy(self, DISPLAY_ID, DISPLAY, DISPLAY.version)
        self._objects.add(self.display)
        self.display.listen("error", self._refused)
        self.display.listen("delete_id", self._deleted)
        self.registry = Registry(self.display.queue("get_registry"), self._bind)

    def sync(self) -> Deferred[None]:
        """
        Send all that is queued, and fire when the compositor has processed it; a round trip.

        Events that it caused have been heard by then. Errbacks with DisplayLost.
        """
        try:
            callback = self.queue(self.display, "sync", ())
        except DisplayLost as problem:
            return fail(problem)
        assert callback is not None
        return self._synced_by(callback.id)

    def fileno(self) -> int:
        """Return the descriptor of the connection; not to be read or written."""
        return self._transport.fileno()

    def queue(
        self, proxy: Proxy, name: str, arguments: tuple[Any, ...], bound: tuple[Interface, int] | None = None
    ) -> Proxy | None:
        """
        Queue a request (see `Proxy.queue`), and return the object that it makes.

        `bound` are the interface and version of that object where the request itself names them.
        """
        if self.reason is not None:
            raise self.reason.with_traceback(None)
        message = _checked(proxy, name)
        made: Proxy | None = None
        takes = len(message.signature.letters) - (message.new_id >= 0)
        try:
            if len(arguments) != takes:
                raise Unsendable(f"it takes {takes} arguments, not {len(arguments)}")
            if message.new_id >= 0:
                made = self._new(proxy, message, bound)
                arguments = (*arguments[: message.new_id], made.id, *arguments[message.new_id :])
            if message.objects:
                arguments = self._with_numbers(message, arguments)
            data = message.signature.pack(proxy.id, message.opcode, arguments)
            self._transport.queue(data, descriptors_of(message, arguments))
        except Unsendable as problem:
            raise Unsendable(f"{proxy.interface.name}.{name} can't be sent: {problem}") from None
        if made is not None:
            self._objects.add(made)
            if self._objects.too_many:
                self._transport.give_up(Malformed("it never frees the number of an object"))
        if message.destructor:
            proxy.retire()
        return made

    # --- requests ----------------------------------------------------------------------------------------------------

    def _new(self, parent: Proxy, message: Message, bound: tuple[Interface, int] | None) -> Proxy:
        interface, version = bound or (INTERFACES.get(message.makes), parent.version)
        if interface is None:
            raise Unsendable(f"it makes a {message.makes}, which Typewright does not know")
        return Proxy(self, self._objects.next_number(), interface, version)

    def _with_numbers(self, message: Message, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        numbered = list(arguments)
        for at in message.objects:
            numbered[at] = number_of(numbered[at], self, at)
        return tuple(numbered)

    def _bind(self, registry: Proxy, wanted: Global, interface: Interface, version: int) -> Proxy:
        made = self.queue(registry, "bind", (wanted.name, wanted.interface, version), (interface, version))
        assert made is not None
        self._transport.flush()
        return made

    # --- events ------------------------------------------------------------------------------------------------------

    def _dispatch(self, target: int, opcode: int, body: bytes) -> None:
        proxy = self._objects.get(target)
        if proxy is None:
            raise Malformed(f"an event for object {target}, which does not exist")
        event, arguments = self._unpacked(proxy.interface, opcode, body)
        if proxy.interface is CALLBACK:
            proxy.retire()
            self.ready = self.ready or proxy.id in self._syncs
            self._done(proxy.id)
            return
        with closing(descriptors_of(event, arguments)):
            self._with_objects(proxy, event, arguments)
            if event.destructor:
                proxy.retire()
            proxy.hear(event, arguments)

    def _with_objects(self, proxy: Proxy, event: Message, arguments: list[Any]) -> None:
        if event.new_id >= 0:
            made = INTERFACES[event.makes]
            created = Proxy(self, arguments[event.new_id], made, min(proxy.version, made.version))
            if not proxy.alive:
                created.retire()  # Its events are ignored, but they may carry descriptors and new ids.
            self._objects.add_theirs(created)
            arguments[event.new_id] = created
        for at in event.objects:
            arguments[at] = self._objects.resolve(arguments[at])

    def _deleted(self, number: int) -> None:
        if number in self._syncs:
            raise Malformed("a sync that is deleted before it is done")
        alive = self._objects.deleted(number)
        if alive is not None:
            alive.retire()

    def _refused(self, number: int, code: int, message: str) -> None:
        proxy = self._objects.get(number)
        if proxy is None:
            self._lose(CompositorError(f"object {number}", code, "", ""))
            return
        interface = proxy.interface
        named = interface.errors[code] if code < len(interface.errors) else ""
        self._lose(CompositorError(interface.name, code, named, "" if interface.private else message))


def _checked(proxy: Proxy, name: str) -> Message:
    message = proxy.interface.request(name)
    if message is None:
        raise Unsendable(f"{proxy.interface.name} has no request {name}")
    if not proxy.alive:
        raise Unsendable(f"{proxy.interface.name}.{name} can't be sent: the object is destroyed")
    if message.since > proxy.version:
        raise Unsendable(
            f"{proxy.interface.name}.{name} can't be sent: it is in version {message.since}, not {proxy.version}"
        )
    return message
