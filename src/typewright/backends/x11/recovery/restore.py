# SPDX-License-Identifier: MIT
"""
Recovery: the keyboard is put right after a Typewright that can't do so itself any more.

A new service does this at its start, `sweep` when it is called, the guardian at once. They may meet, so each of them takes
the server for itself for the few round trips that it needs, and looks first whether a living service has the display.
"""

from __future__ import annotations

from typewright.backends.x11 import xkb
from typewright.backends.x11.borrowed_keycodes import holds
from typewright.backends.x11.keymap_writer import Keycodes
from typewright.backends.x11.ledger import Leases
from typewright.backends.x11.locks import Locks
from typewright.backends.x11.recovery.display_owner import Tenure
from typewright.backends.x11.requests import GET_INPUT_FOCUS, GRAB_SERVER, UNGRAB_SERVER, Ask, Asking, Extension, ITransport

LONGEST_GRAB_S = 2
"""How long `Recovery.redeem` may take, in whole seconds: who has it carried out sees to that, as the server is grabbed."""


class Recovery:
    """I give back what the leases say, through `connection`, if the map of `device` still has it. `prepare` comes first."""

    def __init__(self, connection: ITransport, keyboards: Extension, device: int) -> None:
        self._connection = connection
        self._major = keyboards.major
        self._device = device
        self._leases = Leases(connection.root)
        self._tenure = Tenure()
        self._locks = Locks(keyboards, self._leases)
        self._keycodes = Keycodes(connection, keyboards, self._leases, self._locks)

    def prepare(self) -> Asking[None]:
        """Learn the atoms, and speak XKB: a client that does is not told of each change of the map."""
        yield Ask(xkb.use_extension(self._major))
        yield from self._leases.prepare()
        yield from self._tenure.prepare()

    def is_anothers(self, window: int) -> Asking[bool]:
        """Whether a living Typewright has the display that is not the client of `window`."""
        return (yield from self._tenure.holder()) not in (0, window)

    def owed(self) -> Asking[bool]:
        """Whether there is anything to give back, whoever owes it."""
        keycodes, group = yield from self._leases.left()
        return bool(keycodes or group)

    def redeem(self, heir: int = 0) -> Asking[bool]:
        """
        Give back keycodes and group, unless a living Typewright has them; whether anything was given back.

        Then the display belongs to the client of the window `heir`, if there is one and nobody has it. A keycode that holds
        something else by now (the user chose another layout) is left alone.
        """
        self._connection.send(GRAB_SERVER)
        try:
            if (yield from self._tenure.holder()):
                return False
            if heir:
                self._connection.send(self._tenure.take(heir))
            return (yield from self._give_back())
        finally:
            self._connection.send(UNGRAB_SERVER)

    def _give_back(self) -> Asking[bool]:
        owed, group = yield from self._leases.left()
        if group:
            self._connection.send(xkb.lock_group(self._major, group[0]) + self._leases.no_group(), 2)
        if owed:
            layout, self._keycodes.map = xkb.parse_map((yield Ask(xkb.get_map(self._major, self._device))))
            self._locks.found(xkb.parse_state((yield Ask(xkb.get_state(self._major)))), layout.groups)
            self._keycodes.put_back({code: each for code, each in owed.items() if holds(layout, code, each.keysyms)})
        yield Ask(GET_INPUT_FOCUS)  # When that is answered, it is done.
        return bool(owed or group)
