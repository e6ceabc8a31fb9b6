# SPDX-License-Identifier: MIT
"""The XTEST keyboard: the request that sends its keys (XTEST FakeInput), its device number, and the keys it holds down."""

from __future__ import annotations

import struct

from Xlib import X

from typewright.backends.x11.requests import GET_INPUT_FOCUS, Extension, Request, Requests
from typewright.errors import ExtensionMissing

NAME, XINPUT = "XTEST", "XInputExtension"
NO_KEY = 8
"""The lowest keycode: evdev's KEY_RESERVED, which no keyboard has."""

_FAKE_INPUT = struct.Struct("=BBHBB2xII8xhh7xB")
_ALL_DEVICES = 0
_SLAVE_KEYBOARD = 4
_KEY_CLASS = 0


def fake_input(major: int, keycode: int, pressed: bool, delay_ms: int = 0) -> bytes:
    """FakeInput for one key event by the master keyboard's XTEST keyboard; the server waits `delay_ms` before it."""
    return _FAKE_INPUT.pack(major, 2, 9, X.KeyPress if pressed else X.KeyRelease, keycode, delay_ms, X.NONE, 0, 0, 0)


def ignore_grabs(major: int) -> bytes:
    """GrabControl: another client's server grab does not delay this client's requests."""
    return struct.pack("=BBHB3x", major, 3, 2, 1)


def keyboard(xinput: Extension) -> Requests[int]:
    """Return the device number of the XTEST keyboard. Raises ExtensionMissing."""
    version = yield Request(struct.pack("=BBHHH", xinput.major, 47, 2, 2, 2))
    if struct.unpack_from("=HH", version, 8) < (2, 2):
        raise ExtensionMissing("XInput 2.2")
    return find_keyboard((yield Request(struct.pack("=BBHHH", xinput.major, 48, 2, _ALL_DEVICES, 0))))


def find_keyboard(reply: bytes) -> int:
    """Return the device number of the first master keyboard's XTEST keyboard, from the reply to XIQueryDevice."""
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


def release_held_keys(xinput: Extension, xtest: Extension, device: int) -> Requests[int]:
    """
    Release every key that the XTEST keyboard `device` holds down, as a program that died may have left it.

    Returns their number once they are up. Keys that the user's hand holds are another device's, and stay down.
    """
    keycodes = held_keycodes((yield Request(struct.pack("=BBHB3x", xinput.major, 30, 2, device))))
    if keycodes:
        releases = b"".join(fake_input(xtest.major, keycode, False) for keycode in keycodes)
        yield Request(GET_INPUT_FOCUS, releases, len(keycodes))
    return len(keycodes)


def held_keycodes(reply: bytes) -> list[int]:
    """Return the keycodes that are down, from the reply to QueryDeviceState (XInput 1.5)."""
    at = 32
    for _ in range(reply[8]):
        kind, length = reply[at], reply[at + 1]
        if kind == _KEY_CLASS:
            bits = int.from_bytes(reply[at + 4 : at + 36], "little")
            return [keycode for keycode in range(8, 256) if bits >> keycode & 1]
        at += length
    return []
