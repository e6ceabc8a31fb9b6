# SPDX-License-Identifier: MIT
"""
Restoring what a service that died has left changed on the display: borrowed keycodes and the group.

The next service does so at its start, `typewright sweep` when it is called, the guardian at once. They may meet; so each of
them grabs the server for the few round trips that it needs, and first looks whether a living service owns the display.
"""

from __future__ import annotations

import struct

from Xlib import X

from typewright.backends.x11 import xkb
from typewright.backends.x11.borrowed_keycodes import holds
from typewright.backends.x11.keymap_writer import KeymapWriter
from typewright.backends.x11.ledger import Ledger
from typewright.backends.x11.locks import Locks
from typewright.backends.x11.requests import (
    GET_INPUT_FOCUS,
    GRAB_SERVER,
    UNGRAB_SERVER,
    Extension,
    IConnection,
    Request,
    Requests,
    atom,
)

LONGEST_GRAB_S = 2
"""How long `Restorer.restore` may take, in whole seconds. The caller enforces that, because the server is grabbed."""

_SELECTION = "_TYPEWRIGHT_OWNER"
_OWNER_AT = struct.Struct("=8xI")


class DisplayOwner:
    """
    Knows which Typewright owns the display, so that no other restores what that one still needs.

    Ownership is a selection, owned by a window of the service. The server ends it with that window, however the service
    ends. Carry out `prepare` first.
    """

    def __init__(self) -> None:
        self._atom = 0

    def prepare(self) -> Requests[None]:
        """Get the selection's atom."""
        self._atom = yield from atom(_SELECTION)

    def window(self) -> Requests[int]:
        """Return the window of the service that owns the display; 0 if there is none."""
        return int(_OWNER_AT.unpack_from((yield Request(struct.pack("=BBHI", 23, 0, 2, self._atom))))[0])

    def claim(self, window: int) -> bytes:
        """Return the request that makes the client of `window` the owner, as long as the window exists."""
        return struct.pack("=BBHIII", 22, 0, 4, window, self._atom, X.CurrentTime)


class Restorer:
    """Restores what the ledger says, where the map of `device` still has it. Carry out `prepare` first."""

    def __init__(self, connection: IConnection, keyboards: Extension, device: int) -> None:
        self._connection = connection
        self._major = keyboards.major
        self._device = device
        self._ledger = Ledger(connection.root)
        self._owner = DisplayOwner()
        self._locks = Locks(keyboards, self._ledger)
        self._writer = KeymapWriter(connection, keyboards, self._ledger, self._locks)

    def prepare(self) -> Requests[None]:
        """Get the atoms, and use XKB: then the server does not notify this client of each change of the map."""
        yield Request(xkb.use_extension(self._major))
        yield from self._ledger.prepare()
        yield from self._owner.prepare()

    def owned_by_another(self, window: int) -> Requests[bool]:
        """Return whether a living Typewright owns the display that is not the client of `window`."""
        return (yield from self._owner.window()) not in (0, window)

    def needed(self) -> Requests[bool]:
        """Return whether the ledger has anything to restore, no matter which service left it."""
        keycodes, group = yield from self._ledger.read()
        return bool(keycodes or group)

    def restore(self, new_owner: int = 0) -> Requests[bool]:
        """
        Restore keycodes and group, unless a living Typewright owns the display; return whether there was anything to do.

        Then the client of the window `new_owner`, if that is given, owns the display, unless another one does. A keycode
        that holds something else by now (the user chose another layout) is left alone.
        """
        self._connection.send(GRAB_SERVER)
        try:
            if (yield from self._owner.window()):
                return False
            if new_owner:
                self._connection.send(self._owner.claim(new_owner))
            return (yield from self._restore())
        finally:
            self._connection.send(UNGRAB_SERVER)

    def _restore(self) -> Requests[bool]:
        borrowed, group = yield from self._ledger.read()
        if group:
            self._connection.send(xkb.lock_group(self._major, group[0]) + self._ledger.drop_group(), 2)
        if borrowed:
            layout, self._writer.map = xkb.parse_map((yield Request(xkb.get_map(self._major, self._device))))
            self._locks.update(xkb.parse_state((yield Request(xkb.get_state(self._major)))), layout.groups)
            self._writer.restore({code: each for code, each in borrowed.items() if holds(layout, code, each.keysyms)})
        yield Request(GET_INPUT_FOCUS)  # its reply comes when all of it is done
        return bool(borrowed or group)
