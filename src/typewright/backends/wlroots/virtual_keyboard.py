# SPDX-License-Identifier: MIT
"""
The virtual keyboard: one for the life of the service, since the first key of a new one is lost.

A seat has one keyboard in force at a time: that of the last key. Its keymap goes to all programs. So when the user has
pressed a key on another keyboard, ours must come into force again before it types, and programs need a moment for the
keymap: keys that come with it are lost or mixed up in some (Chromium, and what runs on Xwayland).

Source: virtual-keyboard-unstable-v1; wl_keyboard in the core protocol.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater

from typewright.backends.shared.barrier import PAUSE_S
from typewright.interfaces.backend import IClock
from typewright.wayland.connection import Connection
from typewright.wayland.objects import Proxy

MANAGER = "zwp_virtual_keyboard_manager_v1"


_TEXT_V1 = 1
_EVDEV = 8
"""A keycode of XKB is one of evdev plus this."""
_LEVEL_3 = 128
_LONGEST_KEYMAP = 1 << 20


class VirtualKeyboard:
    """
    Sends keymaps, keys and modifiers. `key` and `modifiers` only queue: they go out with the connection's next sync.

    `on_other()` is called when another keyboard of the seat comes into force: a key was pressed there.
    """

    def __init__(self, connection: Connection, clock: IClock, seat: Proxy, manager: Proxy) -> None:
        self.on_other: Callable[[], object] = lambda: None
        self._connection = connection
        self._clock: Any = clock  # the type checker can't see that a clock is Twisted's IReactorTime
        self._seat = seat
        self._device: Proxy = manager.queue("create_virtual_keyboard", seat)
        self._watched: Proxy | None = None
        self._serials = itertools.count(1)
        self._name = ""
        self._told = False
        """Whether the compositor tells of keymaps: it has told of one of ours."""
        self._in_force = False
        self._ready_at = 0.0

    def upload(self, make: Callable[[str], bytes]) -> Deferred[None]:
        """
        Have the keymap be the text that `make` gives for a name, and bring it into force; fires when the compositor has it.

        A new keymap forgets the modifiers, so no modifier key may be down.
        """
        self._name = f"typewright-{os.getpid()}-{next(self._serials)}"
        text = make(self._name)
        file = os.memfd_create("typewright-keymap", os.MFD_CLOEXEC)
        try:
            os.write(file, text)
            self._device.queue("keymap", _TEXT_V1, file, len(text))
        finally:
            os.close(file)
        self._in_force = False
        return self._bring_into_force()

    def watch(self) -> None:
        """Watch the keymaps of the seat from now on; for after the first `upload`, when the seat has a keyboard."""
        if self._watched is None:
            self._watched = self._seat.request("get_keyboard")
            self._watched.listen("keymap", self._keymap)

    @property
    def ready(self) -> bool:
        """Whether keys may be sent at once: our keymap is in force, and programs have had their moment."""
        return self._in_force and self._clock.seconds() >= self._ready_at

    def prepare(self) -> Deferred[None]:
        """Fires when `ready`, and holds for the key that is sent in that moment."""
        waiting = self._connection.sync() if self._in_force else self._bring_into_force()
        return waiting.addCallback(lambda _: self._moment())

    def begin(self) -> None:
        """A job begins. Where the compositor does not tell of keymaps, another keyboard may be in force since the last."""
        if not self._told:
            self._in_force = False

    def key(self, keycode: int, pressed: bool) -> None:
        """Queue a key event; `keycode` is XKB's."""
        self._device.queue("key", int(self._clock.seconds() * 1000) & 0xFFFFFFFF, keycode - _EVDEV, int(pressed))

    def modifiers(self, held: int) -> None:
        """Queue the mask of the modifiers that are held from now on; nothing is ever latched or locked."""
        self._device.queue("modifiers", held, 0, 0, 0)

    def destroy(self) -> None:
        """Queue the end of the keyboard."""
        self._device.queue("destroy")
        if self._watched is not None and self._watched.version >= 3:
            self._watched.queue("release")

    def _bring_into_force(self) -> Deferred[None]:
        """
        Have the compositor take this keyboard for that of the seat; fires when it has.

        A change of the modifiers does it, and only a change does. That of the third level means nothing to programs.
        """
        self.modifiers(_LEVEL_3)
        self.modifiers(0)
        return self._connection.sync().addCallback(lambda _: self._came_into_force())

    def _came_into_force(self) -> None:
        if not self._in_force:
            # The compositor does not tell unfocused programs of keymaps, or not of ours under its name.
            self._in_force = True
            self._ready_at = self._clock.seconds() + PAUSE_S

    def _moment(self) -> Deferred[None] | None:
        left_s = self._ready_at - self._clock.seconds()
        return deferLater(self._clock, left_s) if left_s > 0 else None

    def _keymap(self, form: int, file: int, size: int) -> None:
        try:
            text = os.pread(file, min(size, _LONGEST_KEYMAP), 0)
        except OSError:
            text = b""
        if self._name.encode() in text:
            self._told = True
            if not self._in_force:
                self._in_force = True
                self._ready_at = self._clock.seconds() + PAUSE_S
        elif self._in_force:
            self._in_force = False
            if b"typewright-" not in text:
                self.on_other()
