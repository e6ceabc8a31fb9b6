# SPDX-License-Identifier: MIT
"""
The devices with a keyboard that the compositor offers, and the one that is typed on.

A compositor may pause a device, or replace it by another one, as when the keymap changes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import NamedTuple

from typewright.ei.connection import Connection
from typewright.ei.objects import EiObject
from typewright.ei.tables import KEYBOARD, KEYMAP_XKB
from typewright.wire.codec import Malformed

_EVDEV = 8
"""A keycode of XKB is one of evdev plus this."""
_LONGEST_KEYMAP = 1 << 20
_PRESSED, _RELEASED = 1, 0


class Modifiers(NamedTuple):
    """Masks of modifiers, and the group that is in force, as the compositor tells them."""

    depressed: int = 0
    locked: int = 0
    latched: int = 0
    group: int = 0


class Device:
    """
    A device with a keyboard. `keymap` is the text for libxkbcommon, None without one.

    `modifiers` are those of the keyboard, from any source; `told` is whether the compositor has told any yet.
    `generation` changes whenever keys that were sent may not have been processed: at each pause, and at the end.
    """

    def __init__(self, connection: Connection, device: EiObject) -> None:
        self.name = ""
        self.keymap: bytes | None = None
        self.modifiers = Modifiers()
        self.told = False
        self.resumed = False
        self.generation = 0
        self._connection = connection
        self._device = device
        self._keyboard: EiObject | None = None
        self._sequence = 0

    def __repr__(self) -> str:
        return f"<Device {self.name!r}{', resumed' if self.resumed else ''}>"

    @property
    def ready(self) -> bool:
        """Whether keys can be sent to it now."""
        return self.resumed and self._keyboard is not None and self._keyboard.alive and self._device.alive

    def owns(self, number: int) -> bool:
        """Whether that is the number of one of its objects."""
        return number == self._device.id or (self._keyboard is not None and number == self._keyboard.id)

    def key(self, keycode: int, pressed: bool) -> None:
        """Queue a key event, in a frame of its own; `keycode` is XKB's. Raises Unsendable when it is not `ready`."""
        assert self._keyboard is not None
        self._keyboard.queue("key", keycode - _EVDEV, _PRESSED if pressed else _RELEASED)
        self._device.queue("frame", self._connection.serial, time.monotonic_ns() // 1000)

    def add_keyboard(self, keyboard: EiObject, on_modifiers: Callable[[], object]) -> None:
        """Take `keyboard` for that of the device."""

        def told(serial: int, depressed: int, locked: int, latched: int, group: int) -> None:
            self._connection.serial = serial
            self.modifiers, self.told = Modifiers(depressed, locked, latched, group), True
            on_modifiers()

        self._keyboard = keyboard
        keyboard.listen("keymap", self._take_keymap)
        keyboard.listen("modifiers", told)

    def resume(self, serial: int) -> None:
        """The compositor takes events from now on."""
        self._connection.serial = serial
        if not self.resumed:
            self.resumed = True
            self._sequence += 1
            self._device.queue("start_emulating", serial, self._sequence)

    def pause(self) -> None:
        """The compositor takes no more events; all modifiers are lifted."""
        self.resumed = False
        self.generation += 1
        self.modifiers = Modifiers()

    def _take_keymap(self, form: int, size: int, file: int) -> None:
        if form != KEYMAP_XKB:
            return
        if size > _LONGEST_KEYMAP:
            raise Malformed(f"a keymap of {size} bytes")
        try:
            self.keymap = os.pread(file, size, 0)
        except OSError as problem:
            raise Malformed(f"a keymap that can't be read: {os.strerror(problem.errno or 0)}") from None


class Keyboards:
    """
    Binds what has a keyboard on each seat of `connection`, and follows the devices.

    `on_change()` is called when `current` is another device, or is paused or resumed; `on_modifiers()` when the modifiers
    of `current` are told.
    """

    def __init__(self, connection: Connection) -> None:
        self.on_change: Callable[[], object] = lambda: None
        self.on_modifiers: Callable[[], object] = lambda: None
        self._connection = connection
        self._devices: list[Device] = []
        connection.on_seat = self._seat_added
        connection.on_invalid = self._invalid

    @property
    def current(self) -> Device | None:
        """The device to type on: the first that is ready, else the first that there is; None without any."""
        ready = [device for device in self._devices if device.ready]
        return next(iter(ready or self._devices), None)

    def _seat_added(self, seat: EiObject) -> None:
        capabilities: dict[str, int] = {}
        seat.listen("capability", lambda mask, interface: capabilities.__setitem__(interface, mask))

        def described() -> None:
            if mask := capabilities.get(KEYBOARD.name):
                seat.queue("bind", mask)

        seat.listen("done", described)
        seat.listen("device", lambda device, version: self._device_added(device))

    def _device_added(self, device: EiObject) -> None:
        made = Device(self._connection, device)

        def add_interface(interface: EiObject, name: str, version: int) -> None:
            if interface.interface is KEYBOARD:
                made.add_keyboard(interface, lambda: self._told(made))
                interface.listen("destroyed", lambda serial: self._gone(made, serial))

        def described() -> None:
            if made.keymap is not None:
                self._devices.append(made)

        def rename(name: str | None) -> None:
            made.name = name or ""

        def resumed(serial: int) -> None:
            made.resume(serial)
            self.on_change()

        def paused(serial: int) -> None:
            self._connection.serial = serial
            made.pause()
            self.on_change()

        device.listen("name", rename)
        device.listen("interface", add_interface)
        device.listen("done", described)
        device.listen("resumed", resumed)
        device.listen("paused", paused)
        device.listen("destroyed", lambda serial: self._gone(made, serial))

    def _told(self, device: Device) -> None:
        if device is self.current:
            self.on_modifiers()

    def _gone(self, device: Device, serial: int) -> None:
        self._connection.serial = serial
        device.pause()
        if device in self._devices:
            self._devices.remove(device)
            self.on_change()

    def _invalid(self, number: int) -> None:
        """The compositor had no such object any more when our request came: it did not process what was sent."""
        for device in self._devices:
            if device.owns(number):
                device.pause()
                self.on_change()
