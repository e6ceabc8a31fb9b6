# SPDX-License-Identifier: MIT
"""The XTEST extension's one request that matters here, and the keyboard that its keys come from."""

from __future__ import annotations

import struct

from Xlib import X

from typewright.backends.x11.requests import Ask, Asking, Extension
from typewright.errors import ExtensionMissing

NAME, XINPUT = "XTEST", "XInputExtension"
NO_KEY = 8
"""The lowest keycode: evdev's KEY_RESERVED, which no keyboard has."""

_FAKE_INPUT = struct.Struct("=BBHBB2xII8xhh7xB")
_ALL_MASTERS = 1
_SLAVE_KEYBOARD = 4


def fake_input(major: int, keycode: int, pressed: bool, delay_ms: int = 0) -> bytes:
    """FakeInput for one key event by the XTEST keyboard of our master keyboard; the server waits `delay_ms` before it."""
    return _FAKE_INPUT.pack(major, 2, 9, X.KeyPress if pressed else X.KeyRelease, keycode, delay_ms, X.NONE, 0, 0, 0)


def keyboard(xinput: Extension) -> Asking[int]:
    """The number of the XTEST keyboard; raises ExtensionMissing."""
    version = yield Ask(struct.pack("=BBHHH", xinput.major, 47, 2, 2, 2))
    if struct.unpack_from("=HH", version, 8) < (2, 2):
        raise ExtensionMissing("XInput 2.2")
    return find_keyboard((yield Ask(struct.pack("=BBHHH", xinput.major, 48, 2, 0, 0))))


def find_keyboard(reply: bytes) -> int:
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
