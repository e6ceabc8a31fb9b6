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
_RAW_KEY_PRESS, _RAW_KEY_RELEASE = 13, 14
_ALL_MASTERS = 1
_SLAVE_KEYBOARD = 4
_RAW = struct.Struct("=8xH2xIIH")
_KEPT = 256

Occurrence = tuple[int, bool, int]
"""A key event, as both extensions know it: keycode, pressed, the server's time in milliseconds."""


class Devices:
    """
    I join what RECORD shows with the raw event that it came from, and so know its source.

    The two come on two connections, and either may be first. `on_key(keycode, pressed, state, ours)` is called when both
    are there; `ours` tells whether the XTEST keyboard sent it. What RECORD shows and no device sent, the server's own
    auto-repeat, is never joined. Wait for `prepare`.
    """

    def __init__(self, connection: Connection, extension: Extension) -> None:
        self._connection = connection
        self._extension = extension
        self._raw: deque[tuple[Occurrence, int]] = deque(maxlen=_KEPT)
        self._recorded: deque[tuple[Occurrence, int]] = deque(maxlen=_KEPT)
        self.xtest = 0
        self.on_key: Callable[[int, bool, int, bool], None] = lambda keycode, pressed, state, ours: None

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
            self._connection.listen_generic(major, self._on_raw)
            self._connection.send(struct.pack("=BBHIH2xHHI", major, 46, 5, root, 1, _ALL_MASTERS, 1, mask))

        return self._connection.ask(struct.pack("=BBHHH", major, 47, 2, 2, 2)).addCallback(version).addCallback(devices)

    def recorded(self, occurrence: Occurrence, state: int) -> None:
        """RECORD has shown a key event, under this state."""
        source = _take(self._raw, occurrence)
        if source is None:
            self._recorded.append((occurrence, state))
        else:
            self.on_key(occurrence[0], occurrence[1], state, source == self.xtest)

    def _on_raw(self, event: bytes) -> None:
        kind, time, keycode, source = _RAW.unpack_from(event)
        if kind not in (_RAW_KEY_PRESS, _RAW_KEY_RELEASE):
            return
        occurrence = (keycode, kind == _RAW_KEY_PRESS, time)
        state = _take(self._recorded, occurrence)
        if state is None:
            self._raw.append((occurrence, source))
        else:
            self.on_key(keycode, occurrence[1], state, source == self.xtest)


def _take(waiting: deque[tuple[Occurrence, int]], occurrence: Occurrence) -> int | None:
    """What is noted of `occurrence`, struck out; None when nothing is."""
    for index, (other, noted) in enumerate(waiting):
        if other == occurrence:
            del waiting[index]
            return noted
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
