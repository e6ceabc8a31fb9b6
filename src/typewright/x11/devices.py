# SPDX-License-Identifier: MIT
"""
Whose key was that? XInput2's raw events carry the source device, so our XTEST keyboard can be told from fingers.

Source: XI2proto 2.2. python-xlib asks for version 2.0, whose raw events stop while another client holds a grab, so the few
requests are packed here. The raw events must not travel on the connection that RECORD writes to: with events of its own
pending there, Xvfb 21.1.7 frees an output buffer twice (docs/why.md).
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred

from typewright.errors import ExtensionMissing
from typewright.x11.connection import Connection, Extension

NAME = "XInputExtension"
_RAW_KEY_PRESS, _RAW_KEY_RELEASE, _RAW_BUTTON_PRESS = 13, 14, 15
_WHEEL = range(4, 8)
_ALL_MASTERS = 1
_SLAVE_KEYBOARD = 4
_RAW = struct.Struct("=8xH2xIIH")
_KEPT = 256

NO_DEVICE = 0
"""The source of what the server made up by itself."""

Occurrence = tuple[int, bool, int]
"""A key event, as both extensions know it: keycode, pressed, the server's time in milliseconds."""


class Devices:
    """
    I join what RECORD shows with the raw event that it came from, and so know its source.

    The two come on two connections, each in the order of the server, and either may be first. `on_key(keycode, pressed,
    state, device)` is called when both are there. What RECORD shows and no device sent is the server's own auto-repeat: it
    is known as such, device 0, when a later event has been joined. `on_button()` is called when a button is pressed, but for
    the wheel. Wait for `prepare`.
    """

    def __init__(self, connection: Connection, extension: Extension) -> None:
        self._connection = connection
        self._extension = extension
        self._raw: deque[tuple[Occurrence, int]] = deque(maxlen=_KEPT)
        self._recorded: deque[tuple[Occurrence, int]] = deque(maxlen=_KEPT)
        self.xtest = 0
        self.on_key: Callable[[int, bool, int, int], None] = lambda keycode, pressed, state, device: None
        self.on_button: Callable[[], None] = lambda: None

    def prepare(self) -> Deferred[Any]:
        """Fires when the XTEST keyboard's number is known and raw events are on their way."""
        major, root = self._extension.major, self._connection.root

        def version(reply: bytes) -> Deferred[bytes]:
            if struct.unpack_from("=HH", reply, 8) < (2, 2):
                raise ExtensionMissing("XInput 2.2")
            return self._connection.ask(struct.pack("=BBHHH", major, 48, 2, 0, 0))

        def devices(reply: bytes) -> None:
            self.xtest = find_xtest_keyboard(reply)
            mask = 1 << _RAW_KEY_PRESS | 1 << _RAW_KEY_RELEASE | 1 << _RAW_BUTTON_PRESS
            self._connection.listen_generic(major, self._on_raw)
            self._connection.send(struct.pack("=BBHIH2xHHI", major, 46, 5, root, 1, _ALL_MASTERS, 1, mask))

        return self._connection.ask(struct.pack("=BBHHH", major, 47, 2, 2, 2)).addCallback(version).addCallback(devices)

    def recorded(self, occurrence: Occurrence, state: int) -> None:
        """RECORD has shown a key event, under this state."""
        device = _take(self._raw, occurrence)
        if device is None:
            self._recorded.append((occurrence, state))
        else:
            self._repeated(len(self._recorded))
            self._joined(occurrence, state, device)

    def _on_raw(self, event: bytes) -> None:
        kind, time, keycode, device = _RAW.unpack_from(event)
        if kind == _RAW_BUTTON_PRESS and keycode not in _WHEEL:
            self.on_button()
        if kind not in (_RAW_KEY_PRESS, _RAW_KEY_RELEASE):
            return
        occurrence = (keycode, kind == _RAW_KEY_PRESS, time)
        for index, (other, state) in enumerate(self._recorded):
            if other == occurrence:
                self._repeated(index)
                self._recorded.popleft()
                self._raw.clear()
                self._joined(occurrence, state, device)
                return
        self._raw.append((occurrence, device))

    def _repeated(self, count: int) -> None:
        """The `count` events that were recorded first will never be joined: what was sent after them has come."""
        for _ in range(count):
            occurrence, state = self._recorded.popleft()
            self._joined(occurrence, state, NO_DEVICE)

    def _joined(self, occurrence: Occurrence, state: int, device: int) -> None:
        self.on_key(occurrence[0], occurrence[1], state, device)


def _take(raw: deque[tuple[Occurrence, int]], occurrence: Occurrence) -> int | None:
    """The device that sent `occurrence`; it is struck out, and with it what was sent earlier and processed by nobody."""
    for index, (other, device) in enumerate(raw):
        if other == occurrence:
            for _ in range(index + 1):
                raw.popleft()
            return device
    return None


def find_xtest_keyboard(reply: bytes) -> int:
    """The number of the XTEST keyboard of the first master keyboard, in the reply to XIQueryDevice."""
    (count,) = struct.unpack_from("=H", reply, 8)
    at = 32
    for _ in range(count):
        number, use, _, classes, name_length, _ = struct.unpack_from("=HHHHHB", reply, at)
        name = reply[at + 12 : at + 12 + name_length]
        at += 12 + (name_length + 3) // 4 * 4
        for _ in range(classes):
            at += 4 * struct.unpack_from("=H", reply, at + 2)[0]
        if use == _SLAVE_KEYBOARD and b"XTEST" in name:
            return int(number)
    raise ExtensionMissing("XTEST keyboard")
