# SPDX-License-Identifier: MIT
"""
Whose key was that? XInput2's raw events carry the source device, so our XTEST keyboard can be told from fingers.

Source: XI2proto 2.2. python-xlib asks for version 2.0, whose raw events stop while another client holds a grab, so the few
requests are packed here.
"""

from __future__ import annotations

import struct
from collections import deque
from typing import Any

from twisted.internet.defer import Deferred

from typewright.errors import ExtensionMissing
from typewright.x11.connection import Connection, Extension

NAME = "XInputExtension"
_RAW_KEY_PRESS, _RAW_KEY_RELEASE = 13, 14
_ALL_MASTERS = 1
_MASTER_KEYBOARD, _SLAVE_KEYBOARD = 2, 4
_RAW = struct.Struct("=1xB2xIHHIIH")
_KEPT = 256

UNKNOWN_SOURCE = 0
"""What no device sent: the server's own auto-repeat."""


class Devices:
    """
    I remember the raw events that have not been claimed, in order, and say which device sent one.

    The raw events travel on the connection that RECORD's data arrive on, always ahead of the recorded event that they
    belong to. Wait for `prepare` before that connection is given to RECORD.
    """

    def __init__(self, connection: Connection, extension: Extension) -> None:
        self._connection = connection
        self._extension = extension
        self._raw: deque[tuple[int, bool, int]] = deque(maxlen=_KEPT)
        self.xtest = UNKNOWN_SOURCE

    def prepare(self) -> Deferred[Any]:
        """Fires when the XTEST keyboard's number is known and raw events are on their way."""
        major, root = self._extension.major, self._connection.root

        def version(reply: bytes) -> Deferred[bytes]:
            if struct.unpack_from("=HH", reply, 8) < (2, 2):
                raise ExtensionMissing("XInput 2.2")
            return self._connection.ask(struct.pack("=BBHHH", major, 48, 2, 0, 0))

        def devices(reply: bytes) -> None:
            self.xtest = find_xtest_keyboard(reply)
            mask = 1 << _RAW_KEY_PRESS | 1 << _RAW_KEY_RELEASE
            self._connection.listen_generic(self._extension.major, self._on_raw)
            self._connection.send(struct.pack("=BBHIH2xHHI", major, 46, 5, root, 1, _ALL_MASTERS, 1, mask))

        return self._connection.ask(struct.pack("=BBHHH", major, 47, 2, 2, 2)).addCallback(version).addCallback(devices)

    def claim(self, keycode: int, pressed: bool) -> int:
        """The source of the oldest unclaimed raw event for this key; UNKNOWN_SOURCE when there is none."""
        for index, (raw_keycode, raw_pressed, source) in enumerate(self._raw):
            if raw_keycode == keycode and raw_pressed == pressed:
                del self._raw[index]
                return source
        return UNKNOWN_SOURCE

    def _on_raw(self, event: bytes) -> None:
        _, _, kind, _, _, keycode, source = _RAW.unpack_from(event)
        if kind in (_RAW_KEY_PRESS, _RAW_KEY_RELEASE):
            self._raw.append((keycode, kind == _RAW_KEY_PRESS, source))


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
