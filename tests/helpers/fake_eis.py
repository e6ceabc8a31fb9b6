# SPDX-License-Identifier: MIT
"""
An EIS, the compositor's side of EI, that a test scripts: it records what it is asked, and misbehaves on demand.

It runs in the test's own reactor, on a socket pair, and is made of the same codec, framing and transport as the client. By
itself it does what any compositor does: the handshake, one seat, a device with a keyboard once that is bound, and `sync`.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from typing import Any

from tests.helpers.fake_server import FakeServer, Request
from typewright.ei.tables import INTERFACES, KEYMAP_XKB
from typewright.wire.codec import EI
from typewright.wire.tables import Interface

FIRST_OF_SERVER = 0xFF00_0000_0000_0000
KEYBOARD_BIT, POINTER_BIT = 1 << 5, 1 << 1
KEYMAP = b"xkb_keymap { };\0"
PROTOCOL = 3


class FakeEis(FakeServer):
    """
    The compositor's end. `theirs` is the socket that the client gets, and owns from then on.

    `answers` may be switched off: then no `sync` is done, until `answer` says so. `react["interface.request"]` is called
    with the request, after what is done by itself. `keys` are those that were in a frame, as (keycode of XKB, pressed).
    """

    def __init__(self, reactor: Any, *, keymap: bytes | None = KEYMAP, devices: int = 1) -> None:
        ours, self.theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        super().__init__(reactor, ours, EI, FIRST_OF_SERVER, "fake EIS")
        self.keymap = keymap
        self.devices = devices
        self.objects: dict[int, Interface] = {0: INTERFACES["ei_handshake"]}
        self.keys: list[tuple[int, bool]] = []
        self.unanswered: list[int] = []
        self.react: dict[str, Callable[[Request], object]] = {}
        self.serial = 0
        self._pending: list[tuple[int, bool]] = []
        self.event(0, "handshake_version", 1)

    def interface_of(self, number: int) -> Interface:
        return self.objects[number]

    # --- what it says ------------------------------------------------------------------------------------------------

    def create(self, interface: str) -> int:
        """A new object of the compositor's own; its number is to be sent as a new id."""
        number = self.new_number()
        self.objects[number] = INTERFACES[interface]
        return number

    def next_serial(self) -> int:
        self.serial += 1
        return self.serial

    def add_seat(self) -> int:
        """Announce a seat with a pointer and a keyboard."""
        seat = self.create("ei_seat")
        self.event(self.newest("ei_connection"), "seat", seat, 1)
        self.event(seat, "name", "default")
        self.event(seat, "capability", POINTER_BIT, "ei_pointer")
        self.event(seat, "capability", KEYBOARD_BIT, "ei_keyboard")
        self.event(seat, "done")
        return seat

    def add_device(self, name: str = "keyboard", *, resumed: bool = True, keymap: bytes | None = None) -> int:
        """Announce a device with a keyboard, which has the number after the device's."""
        device = self.create("ei_device")
        self.event(self.newest("ei_seat"), "device", device, 1)
        self.event(device, "name", name)
        self.event(device, "device_type", 1)
        keyboard = self.create("ei_keyboard")
        self.event(device, "interface", keyboard, "ei_keyboard", 1)
        text = self.keymap if keymap is None else keymap
        if text is not None:
            file = os.memfd_create("keymap", os.MFD_CLOEXEC)
            os.pwrite(file, text, 0)
            self.event(keyboard, "keymap", KEYMAP_XKB, len(text), file)
            os.close(file)
        self.event(device, "done")
        if resumed:
            self.event(device, "resumed", self.next_serial())
        return device

    def modifiers(self, depressed: int = 0, locked: int = 0, latched: int = 0, group: int = 0) -> None:
        """Tell the state of the newest keyboard."""
        self.event(self.newest("ei_keyboard"), "modifiers", self.next_serial(), depressed, locked, latched, group)

    def pause(self) -> None:
        self.event(self.newest("ei_device"), "paused", self.next_serial())

    def resume(self) -> None:
        self.event(self.newest("ei_device"), "resumed", self.next_serial())

    def remove(self, device: int) -> None:
        """Destroy a device, and its keyboard before it."""
        for number in (device + 1, device):
            self.event(number, "destroyed", self.next_serial())
            del self.objects[number]

    def disconnect(self, reason: int = 0, explanation: str | None = None) -> None:
        """End the connection as the protocol has it."""
        self.event(self.newest("ei_connection"), "disconnected", self.next_serial(), reason, explanation)
        self.close()

    def answer(self) -> None:
        """Answer all that was not answered."""
        unanswered, self.unanswered = self.unanswered, []
        for callback in unanswered:
            self._answer(callback)

    # --- what it hears -----------------------------------------------------------------------------------------------

    def _take(self, target: int, opcode: int, body: bytes) -> None:
        interface = self.objects.get(target)
        if interface is None:
            self.event(self.newest("ei_connection"), "invalid_object", self.serial, target)
            return
        if opcode >= len(interface.requests):
            self.disconnect(PROTOCOL, f"invalid method {opcode} of {interface.name}")
            return
        message = interface.requests[opcode]
        arguments = tuple(message.signature.unpack(body, self.transport.descriptors))
        request = Request(interface.name, target, message.name, arguments)
        self.requests.append(request)
        if message.new_id >= 0:
            self.objects[arguments[message.new_id]] = INTERFACES[message.makes]
        by_itself = getattr(self, f"_{interface.name}_{message.name}", None)
        if by_itself is not None:
            by_itself(request)
        if message.destructor:
            self.objects.pop(target, None)
        if request.full_name in self.react:
            self.react[request.full_name](request)

    def _refuse(self, problem: str) -> None:
        self.disconnect(PROTOCOL, problem)

    def _ei_handshake_finish(self, request: Request) -> None:
        for arguments in self.asked("ei_handshake.interface_version"):
            self.event(0, "interface_version", arguments[0], 1)
        main = self.create("ei_connection")
        self.event(0, "connection", self.next_serial(), main, 1)
        del self.objects[0]
        self.add_seat()

    def _ei_seat_bind(self, request: Request) -> None:
        if request.arguments[0] & KEYBOARD_BIT:
            for at in range(self.devices):
                self.add_device(f"keyboard {at + 1}")

    def _ei_connection_sync(self, request: Request) -> None:
        if self.answers:
            self._answer(request.arguments[0])
        else:
            self.unanswered.append(request.arguments[0])

    def _ei_keyboard_key(self, request: Request) -> None:
        self._pending.append((request.arguments[0] + 8, bool(request.arguments[1])))

    def _ei_device_frame(self, request: Request) -> None:
        self.keys += self._pending
        self._pending.clear()

    def _answer(self, callback: int) -> None:
        self.event(callback, "done", 0)
        del self.objects[callback]
