# SPDX-License-Identifier: MIT
"""
The user's accessibility settings: XKB's controls, read and followed, never changed.

Source: X Keyboard Extension protocol 1.0, sections 4 and 16.3.5. Each device has controls of its own, and the core keyboard
takes on those of the device that a key comes from. Hence the ones asked for here are those of the XTEST keyboard: they are
in force for our keys even while the core keyboard still shows what a gesture on another keyboard has changed.
"""

from __future__ import annotations

import struct

from twisted.internet.defer import Deferred

from typewright.backends.x11.connection import Connection
from typewright.backends.x11.requests import Extension
from typewright.interfaces.backend import Controls

CORE_KEYBOARD = 0x100
CONTROLS_NOTIFY = 3
_SLOW_KEYS, _BOUNCE_KEYS, _STICKY_KEYS = 1 << 1, 1 << 2, 1 << 3
_TWO_KEYS = 1 << 6
_PARTS = struct.Struct("=24xHH10xH16xI")


class ControlsReader:
    """I know the controls of one device. `now` is what they were when they were read last; `stale` when that is too old."""

    def __init__(self, connection: Connection, extension: Extension, device: int) -> None:
        self._connection = connection
        self._major = extension.major
        self._device = device
        self.now = Controls()
        self.stale = True

    def follow(self) -> None:
        """Have the server announce changes, as XKB events of the kind `CONTROLS_NOTIFY`."""
        which = 1 << CONTROLS_NOTIFY
        self._connection.send(struct.pack("=BBHHHHHHH", self._major, 1, 4, self._device, which, 0, which, 0, 0))

    def read(self) -> Deferred[None]:
        """Fires when `now` holds the controls as they are."""
        return self._connection.ask(struct.pack("=BBHHH", self._major, 6, 2, self._device, 0)).addCallback(self._take)

    def _take(self, reply: bytes) -> None:
        # All changes announced before this reply are in it.
        self.stale = False
        self.now = parse_controls(reply)


def parse_controls(reply: bytes) -> Controls:
    """The controls in the reply to GetControls."""
    slow, bounce, options, enabled = _PARTS.unpack_from(reply)
    return Controls(
        slow_s=slow / 1000 if enabled & _SLOW_KEYS else 0.0,
        bounce_s=bounce / 1000 if enabled & _BOUNCE_KEYS else 0.0,
        sticky=bool(enabled & _STICKY_KEYS),
        two_keys=bool(options & _TWO_KEYS),
    )
