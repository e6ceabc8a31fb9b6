# SPDX-License-Identifier: MIT
"""
The sweep: lifts keys that a program left down when it died.

Only the XTEST keyboard's keys are lifted (XInput 1.5, QueryDeviceState tells them apart), so what the user's hand holds
stays down.
"""

from __future__ import annotations

import struct

from twisted.internet.defer import Deferred

from typewright.x11.connection import GET_INPUT_FOCUS, Connection, Extension
from typewright.x11.keyer import fake_input

_KEY_CLASS = 0


def sweep(connection: Connection, xinput: Extension, xtest: Extension, device: int) -> Deferred[int]:
    """Release every key that the XTEST keyboard `device` holds down; fires with their number when they are up."""

    def held(reply: bytes) -> Deferred[int] | int:
        keycodes = held_keycodes(reply)
        if not keycodes:
            return 0
        releases = b"".join(fake_input(xtest.major, keycode, False) for keycode in keycodes)
        proof = connection.ask(GET_INPUT_FOCUS, releases, len(keycodes))
        return proof.addCallback(lambda _: len(keycodes))

    return connection.ask(struct.pack("=BBHB3x", xinput.major, 30, 2, device)).addCallback(held)


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
