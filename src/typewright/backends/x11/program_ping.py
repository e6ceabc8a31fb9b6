# SPDX-License-Identifier: MIT
"""
Questions to a program that queue behind its keys, and that it answers when it comes to them.

There are three, and all carry a serial that comes back. `_NET_WM_PING` (EWMH) is answered by programs that announce it:
GTK and Chromium answer through SubstructureNotify of the root window, Qt through StructureNotify. A request for a selection
has to be refused by whoever does not own it (ICCCM 2.2): Tk does that. And programs with Athena's widgets, as xterm, answer
the first message of the Editres protocol by asking for a selection that it names, which is one of mine.

Emacs reads on while it is busy, into a buffer of its own, and loses the keys that are too many for it (docs/targets.md).
Editres and a ping it would answer at once; a request for a selection waits until it is back at its keys, if it is for the
window that the text is in.
"""

from __future__ import annotations

import enum
import struct
from collections.abc import Callable

from Xlib import X, Xatom

from typewright.backends.x11.requests import Asking, ITransport, atom, property_of
from typewright.backends.x11.root_events import RootEvents
from typewright.backends.x11.window_tree import keyed, main_part, nearest

_MESSAGE = struct.Struct("=BBHII5I")
_SELECTION_REQUEST = struct.Struct("=BBHIIIIII4x")
_SELECTION_NOTIFY = struct.Struct("=BBHIIIII8x")
_EDITRES_VERSION = 5
_PONGS = X.SubstructureNotifyMask | X.StructureNotifyMask
_READS_AHEAD = b"Emacs"


class Way(enum.Flag):
    """The ways in which a program can be asked."""

    PING = enum.auto()
    SELECTION = enum.auto()
    EDITRES = enum.auto()


UNANNOUNCED = Way.SELECTION | Way.EDITRES
"""
Ways that no program announces: which it answers is found out by asking, the others are passed over. Any other is certain.
"""


class Questions:
    """
    I ask, and call `on_answer(serial, way)` when a program has answered.

    `window` is one of our own that is never mapped. Wait for `prepare`, and `open` before a ping.
    """

    def __init__(self, connection: ITransport, window: int, root: RootEvents) -> None:
        self._connection = connection
        self._root = root
        self._window = window
        self._protocols = self._ping = self._editres = self._selection = 0
        self._open = False
        self.on_answer: Callable[[int, Way], None] = lambda serial, way: None
        connection.listen(X.ClientMessage, self._on_message)
        connection.listen(X.SelectionNotify, self._on_refusal)
        connection.listen(X.SelectionRequest, self._on_request)

    def prepare(self) -> Asking[None]:
        """Learn the atoms of the protocols."""
        self._protocols = yield from atom("WM_PROTOCOLS")
        self._ping = yield from atom("_NET_WM_PING")
        self._editres = yield from atom("Editres")
        self._selection = yield from atom("_TYPEWRIGHT_BARRIER")

    def open(self) -> None:
        """Listen to the root window, where pings are answered, and be the owner of the selection."""
        if not self._open:
            self._open = True
            own = struct.pack("=BBHIII", 22, 0, 4, self._window, self._selection, X.CurrentTime)
            self._root.begin(_PONGS)
            self._connection.send(own)

    def close(self) -> None:
        """Don't listen to the root window: half of the desktop is told there."""
        if self._open:
            self._open = False
            self._root.end(_PONGS)

    def program_of(self, window: int) -> Asking[tuple[int, Way]]:
        """
        The program that has `window`: where it is asked, and in which ways; (0, none) for the server itself.

        Asked where it announces its protocols, or else at `window`. Raises RequestError when the window is gone.
        """
        window = yield from keyed(self._connection, window)
        if not self._connection.client_of(window):
            return X.NONE, Way(0)
        found = yield from nearest(self._connection, window, self._announced)
        return found[1] if found else (window, UNANNOUNCED)

    def _announced(self, window: int) -> Asking[tuple[int, Way] | None]:
        """Where a program is asked that announces its protocols at `window`, and the ways; None where it announces none."""
        protocols = yield from property_of(window, self._protocols, Xatom.ATOM)
        if protocols is None:
            return None
        wm_class = (yield from property_of(window, Xatom.WM_CLASS, Xatom.STRING)) or b""
        if _READS_AHEAD in bytes(wm_class).split(b"\0"):
            return (yield from main_part(window)), Way.SELECTION
        return window, Way.PING if self._ping in protocols else UNANNOUNCED

    def ask(self, window: int, ways: Way, serial: int) -> None:
        """Put a question into the queue of the program of `window`, in each of `ways`; `serial` is of 32 bits, and not 0."""
        if Way.PING in ways:
            self._put(window, _MESSAGE.pack(33, 32, 0, window, self._protocols, self._ping, serial, window, 0, 0))
        if Way.SELECTION in ways:
            name = self._selection
            self._put(window, _SELECTION_REQUEST.pack(30, 0, 0, serial, window, self._window, name, name, name))
        if Way.EDITRES in ways:
            name, version = self._selection, _EDITRES_VERSION
            self._put(window, _MESSAGE.pack(33, 32, 0, window, self._editres, serial, name, 0, version, 0))

    def _put(self, window: int, event: bytes) -> None:
        """Send an event to the program that created `window`, whatever it listens to."""
        self._connection.send(struct.pack("=BBHII", 25, 0, 11, window, X.NoEventMask) + event)

    def _on_message(self, event: bytes) -> None:
        _, _, _, _, kind, protocol, serial, *_ = _MESSAGE.unpack(event)
        if kind == self._protocols and protocol == self._ping:
            self.on_answer(serial, Way.PING)

    def _on_refusal(self, event: bytes) -> None:
        _, _, _, serial, _, selection, _, left = _SELECTION_NOTIFY.unpack(event)
        if selection != self._selection:
            return
        if left:  # It did not refuse, and what it gave is nothing that we want to have.
            self._connection.send(struct.pack("=BBHII", 19, 0, 3, self._window, left))
        self.on_answer(serial, Way.SELECTION)

    def _on_request(self, event: bytes) -> None:
        _, _, _, serial, _, asker, selection, target, _ = _SELECTION_REQUEST.unpack(event)
        # Without a refusal it would wait for five seconds.
        self._put(asker, _SELECTION_NOTIFY.pack(31, 0, 0, serial, asker, selection, target, X.NONE))
        if selection == self._selection:
            self.on_answer(serial, Way.EDITRES)
