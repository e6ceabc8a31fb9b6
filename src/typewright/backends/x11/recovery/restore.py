# SPDX-License-Identifier: MIT
"""
Restoring what a service that died has left changed on the display: borrowed keycodes and the group.

The next service does so at its start, `typewright sweep` when it is called, the guardian at once. They may meet; so each of
them grabs the server for the few round trips that it needs, and first looks which services live on the display: several can,
one on each session bus.
"""

from __future__ import annotations

import os
import struct

from Xlib import X, Xatom

from typewright.backends.x11 import xkb
from typewright.backends.x11.borrowed_keycodes import could_be_lent, still_lent
from typewright.backends.x11.keymap_writer import KeymapWriter
from typewright.backends.x11.ledger import SEATS, Borrowed, Ledger
from typewright.backends.x11.locks import Locks
from typewright.backends.x11.requests import (
    GET_INPUT_FOCUS,
    GRAB_SERVER,
    UNGRAB_SERVER,
    Extension,
    IConnection,
    Request,
    RequestError,
    Requests,
    atom,
    owner_of,
    property_of,
)

LONGEST_GRAB_S = 2
"""How long `Restorer.restore` may take, in whole seconds. The caller enforces that, because the server is grabbed."""

_SELECTION, _TOKEN = "_TYPEWRIGHT_OWNER", "_TYPEWRIGHT_TOKEN"
_TOKEN_LENGTH = 4


class Seats:
    """
    Knows which services live on the display, so that no other restores what they still need.

    A seat is a selection, owned by a window of the service. The server ends it with that window, however the service ends.
    Window numbers recur; a token on the window tells one service from the next. Carry out `prepare` first.
    """

    def __init__(self) -> None:
        self._selections: list[int] = []
        self._token = 0

    def prepare(self) -> Requests[None]:
        """Get the atoms."""
        self._token = yield from atom(_TOKEN)
        for seat in SEATS:
            self._selections.append((yield from atom(f"{_SELECTION}_{seat}" if seat else _SELECTION)))

    def taken(self, seat: int) -> Requests[bool]:
        """Return whether a living service has this seat."""
        return bool((yield from owner_of(self._selections[seat])))

    def token(self, window: int) -> Requests[tuple[int, ...]]:
        """Return the token of the service that owns `window`; empty if it has none, or is gone."""
        try:
            return tuple((yield from property_of(window, self._token, Xatom.CARDINAL)) or ())
        except RequestError:
            return ()

    def others_live(self, token: tuple[int, ...]) -> Requests[bool]:
        """Return whether another service lives than the one with this token."""
        for selection in self._selections:
            window = yield from owner_of(selection)
            if window and (not token or (yield from self.token(window)) != token):
                return True
        return False

    def claim(self, seat: int, window: int) -> tuple[bytes, int]:
        """Return the requests, and their number, that give the seat to the client of `window`, while the window exists."""
        token = [int.from_bytes(os.urandom(4), "little") for _ in range(_TOKEN_LENGTH)]
        note = struct.pack(
            f"=BBHIIIB3xI{_TOKEN_LENGTH}I",
            18, X.PropModeReplace, 6 + _TOKEN_LENGTH, window, self._token, Xatom.CARDINAL, 32, _TOKEN_LENGTH, *token,
        )  # fmt: skip
        return note + struct.pack("=BBHIII", 22, 0, 4, window, self._selections[seat], X.CurrentTime), 2


class Restorer:
    """Restores what the ledgers say, where the map of `device` still has it. Carry out `prepare` first."""

    def __init__(self, connection: IConnection, keyboards: Extension, device: int) -> None:
        self._connection = connection
        self._keyboards = keyboards
        self._device = device
        self._ledgers = [Ledger(connection.root, seat) for seat in SEATS]
        self._seats = Seats()

    def prepare(self) -> Requests[None]:
        """Get the atoms, and use XKB: then the server does not notify this client of each change of the map."""
        yield Request(xkb.use_extension(self._keyboards.major))
        yield from self._seats.prepare()
        for ledger in self._ledgers:
            yield from ledger.prepare()

    def token(self, window: int) -> Requests[tuple[int, ...]]:
        """Return what tells the service that owns `window` from others that had a window of that number."""
        return (yield from self._seats.token(window))

    def others_live(self, token: tuple[int, ...]) -> Requests[bool]:
        """Return whether a living Typewright uses the display that has another token."""
        return (yield from self._seats.others_live(token))

    def needed(self) -> Requests[bool]:
        """Return whether a ledger of a service that does not live any more has anything to restore."""
        for seat in SEATS:
            if not (yield from self._seats.taken(seat)) and any((yield from self._noted(seat))):
                return True
        return False

    def restore(self, new_window: int = 0) -> Requests[tuple[bool, int]]:
        """
        Restore the keycodes and groups of all services that do not live any more; return whether there was anything to do.

        Then the first free seat, which is returned too, belongs to the client of `new_window`, if that is given. A keycode
        that holds something else by now (the user chose another layout) is left alone.
        """
        self._connection.send(GRAB_SERVER)
        restored, free = False, SEATS[-1]
        try:
            for seat in reversed(SEATS):
                if not (yield from self._seats.taken(seat)):
                    restored = (yield from self._restore(seat)) or restored
                    free = seat
            if new_window:
                self._connection.send(*self._seats.claim(free, new_window))
            yield Request(GET_INPUT_FOCUS)  # its reply comes when all of it is done
            return restored, free
        finally:
            self._connection.send(UNGRAB_SERVER)

    def _noted(self, seat: int) -> Requests[tuple[dict[int, Borrowed], list[int]]]:
        """Return what the ledger of `seat` says, as far as that can be true."""
        borrowed, group = yield from self._ledgers[seat].read()
        return {code: each for code, each in borrowed.items() if could_be_lent(code, each)}, group

    def _restore(self, seat: int) -> Requests[bool]:
        borrowed, group = yield from self._noted(seat)
        ledger, major = self._ledgers[seat], self._keyboards.major
        if group:
            self._connection.send(xkb.lock_group(major, group[0]) + ledger.drop_group(), 2)
        if borrowed:
            locks = Locks(self._keyboards, ledger)
            writer = KeymapWriter(self._connection, self._keyboards, ledger, locks)
            layout, writer.map = xkb.parse_map((yield Request(xkb.get_map(major, self._device))))
            locks.update(xkb.parse_state((yield Request(xkb.get_state(major)))), layout.groups)
            writer.restore(still_lent(layout, borrowed))
        return bool(borrowed or group)
