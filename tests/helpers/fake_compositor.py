# SPDX-License-Identifier: MIT
"""
A Wayland compositor that a test scripts: it offers what it is told to, records what it is asked, and misbehaves on demand.

It runs in the test's own reactor, on a real socket, and is made of the same codec, framing and transport as the client. By
itself it does what any compositor does with the core protocol: it tells its globals, answers `sync`, frees the numbers of
destroyed objects, and refuses what is not the protocol.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
from collections.abc import Callable, Sequence
from typing import Any

from twisted.internet.interfaces import IReadDescriptor
from zope.interface import implementer

from tests.helpers.fake_server import FakeServer, Request
from typewright.wayland.tables import INTERFACES
from typewright.wire.codec import WAYLAND
from typewright.wire.tables import Interface

DISPLAY, FIRST_OF_SERVER = 1, 0xFF000000
INVALID_OBJECT, INVALID_METHOD = 0, 1
GLOBALS = (
    ("wl_compositor", 4),
    ("wl_seat", 7),
    ("zwp_virtual_keyboard_manager_v1", 1),
    ("zwlr_foreign_toplevel_manager_v1", 3),
    ("zwp_input_method_manager_v2", 1),
)
"""What sway offers, as far as it matters to a program that types."""


class Client(FakeServer):
    """
    One client, as the compositor sees it.

    `answers` and `frees` may be switched off: then nothing tells that a `sync` is done, or that a number is free again.
    `react["interface.request"]` is called with this client and the request, after what is done by itself. A request has, in
    place of a descriptor, what its file holds.
    """

    def __init__(self, compositor: FakeCompositor, connected: socket.socket) -> None:
        super().__init__(compositor.reactor, connected, WAYLAND, FIRST_OF_SERVER, "fake compositor")
        self.compositor = compositor
        self.objects: dict[int, tuple[Interface, int]] = {DISPLAY: (INTERFACES["wl_display"], 1)}
        self.frees = True
        self.unfreed: list[int] = []
        self._serial = 0

    def interface_of(self, number: int) -> Interface:
        return self.objects[number][0]

    # --- what it says ------------------------------------------------------------------------------------------------

    def create(self, interface: str, version: int = 1) -> int:
        """A new object of the compositor's own; its number is to be sent as a new id."""
        number = self.new_number()
        self.objects[number] = (INTERFACES[interface], version)
        return number

    def toplevel(self, manager: int, *, app_id: str = "", title: str = "", active: bool = False) -> int:
        """Announce a window, as a compositor does."""
        number = self.create("zwlr_foreign_toplevel_handle_v1", 3)
        self.event(manager, "toplevel", number)
        self.event(number, "app_id", app_id)
        self.event(number, "title", title)
        self.event(number, "state", struct.pack("=I", 2) if active else b"")
        self.event(number, "done")
        return number

    def refuse(self, target: int, code: int, message: str) -> None:
        """Send the client a protocol error, and end it."""
        self.event(DISPLAY, "error", target, code, message)
        self.close()

    def free(self, number: int) -> None:
        """Tell that a number is free."""
        self.event(DISPLAY, "delete_id", number)

    # --- what it hears -----------------------------------------------------------------------------------------------

    def _take(self, target: int, opcode: int, body: bytes) -> None:
        interface, version = self.objects.get(target, (None, 0))
        if interface is None:
            self.refuse(DISPLAY, INVALID_OBJECT, f"invalid object {target}")
            return
        if opcode >= len(interface.requests) or interface.requests[opcode].since > version:
            self.refuse(DISPLAY, INVALID_METHOD, f"invalid method {opcode}, object {interface.name}@{target}")
            return
        message = interface.requests[opcode]
        arguments = message.signature.unpack(body, self.transport.descriptors)
        for at, letter in enumerate(message.signature.letters):
            if letter == "h":
                arguments[at] = _content(arguments[at])
        request = Request(interface.name, target, message.name, tuple(arguments))
        self.requests.append(request)
        if message.new_id >= 0:
            made = arguments[1] if message.name == "bind" else message.makes
            kind = INTERFACES.get(made) or Interface(made, 1, (), ())
            self.objects[arguments[message.new_id]] = (kind, arguments[2] if message.name == "bind" else version)
        if request.full_name == "wl_display.get_registry":
            self._tell_globals(arguments[0])
        if request.full_name == "wl_display.sync" and self.answers:
            self._serial += 1
            self.event(arguments[0], "done", self._serial)
            self._destroyed(arguments[0])
        if message.destructor:
            self._destroyed(target)
        react = self.compositor.react.get(request.full_name)
        if react is not None:
            react(self, request)

    def _refuse(self, problem: str) -> None:
        self.refuse(DISPLAY, INVALID_METHOD, problem)

    def _tell_globals(self, registry: int) -> None:
        for name, (interface, version) in self.compositor.globals.items():
            self.event(registry, "global", name, interface, version)

    def _destroyed(self, number: int) -> None:
        del self.objects[number]
        if number >= FIRST_OF_SERVER:
            return
        if self.frees:
            self.free(number)
        else:
            self.unfreed.append(number)


@implementer(IReadDescriptor)
class FakeCompositor:
    """The socket and its clients; `globals` are what it offers, `react` what it does beside."""

    def __init__(self, reactor: Any, path: str, offered: Sequence[tuple[str, int]] = GLOBALS) -> None:
        self.reactor = reactor
        self.path = path
        self.globals = dict(enumerate(offered, 1))
        self.react: dict[str, Callable[[Client, Request], object]] = {}
        self.clients: list[Client] = []
        self._listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        self._listening.bind(path)
        self._listening.listen()
        reactor.addReader(self)

    @property
    def client(self) -> Client:
        """The newest client."""
        return self.clients[-1]

    def offer(self, interface: str, version: int) -> int:
        """Add a global and tell all clients; its name."""
        name = max(self.globals, default=0) + 1
        self.globals[name] = (interface, version)
        self._tell("global", name, interface, version)
        return name

    def withdraw(self, name: int) -> None:
        """Remove a global and tell all clients."""
        del self.globals[name]
        self._tell("global_remove", name)

    def close(self) -> None:
        """End at once, with all clients."""
        for client in self.clients:
            client.close()
        self.reactor.removeReader(self)
        self._listening.close()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path)

    def fileno(self) -> int:
        return self._listening.fileno()

    def logPrefix(self) -> str:
        return "fake compositor"

    def doRead(self) -> None:
        with contextlib.suppress(BlockingIOError):
            connected, _ = self._listening.accept()
            self.clients.append(Client(self, connected))

    def connectionLost(self, reason: Any) -> None:
        self.close()

    def _tell(self, event: str, *arguments: Any) -> None:
        for client in self.clients:
            if not client.gone:
                client.event(client.newest("wl_registry"), event, *arguments)


def _content(descriptor: int) -> bytes:
    try:
        return os.pread(descriptor, 1 << 20, 0)
    except OSError:
        return b""
    finally:
        os.close(descriptor)
