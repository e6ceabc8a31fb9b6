# SPDX-License-Identifier: MIT
"""
The sweep: lifts keys that a program left down when it died.

Only the XTEST keyboard's keys are lifted (XInput 1.5, QueryDeviceState tells them apart), so what the user's hand holds
stays down.
"""

from __future__ import annotations

import struct

from typewright.backends.x11.requests import GET_INPUT_FOCUS, Ask, Asking, Extension
from typewright.backends.x11.xtest import fake_input

_KEY_CLASS = 0


def sweep(xinput: Extension, xtest: Extension, device: int) -> Asking[int]:
    """Release every key that the XTEST keyboard `device` holds down; their number, once they are up."""
    keycodes = held_keycodes((yield Ask(struct.pack("=BBHB3x", xinput.major, 30, 2, device))))
    if keycodes:
        releases = b"".join(fake_input(xtest.major, keycode, False) for keycode in keycodes)
        yield Ask(GET_INPUT_FOCUS, releases, len(keycodes))
    return len(keycodes)


def held_keycodes(reply: bytes) -> list[int]:
    """The keycodes that are down, in the reply to QueryDeviceState."""
    at = 32
    for _ in range(reply[8]):
        kind, length = reply[at], reply[at + 1]
        if kind == _KEY_CLASS:
            bits = int.from_bytes(reply[at + 4 : at + 36], "little")
            return [keycode for keycode in range(8, 256) if bits >> keycode & 1]
        at += length
    return []
