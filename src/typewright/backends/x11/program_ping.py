# SPDX-License-Identifier: MIT
"""
Pings: events that queue after a program's keys, and that it answers when it comes to them.

There are three ways, and each carries a serial that comes back. Programs that announce `_NET_WM_PING` (EWMH) answer that:
GTK and Chromium through SubstructureNotify of the root window, Qt through StructureNotify. A request for a selection has to
be refused by a program that does not own it (ICCCM 2.2): Tk does that. And programs with Athena's widgets, such as xterm,
answer the first message of the Editres protocol by asking for the selection that it names, which this client owns.

A program that sends its keys through an input method has not handled them when it answers. So the XIM server is asked after
it, with the question that each has to answer for its clients to find it (what its transport is), and then the program again.

Emacs reads on while it is busy, into a buffer of its own, and loses keys when that is full (docs/targets.md). It would
answer Editres and `_NET_WM_PING` at once; a request for a selection waits until Emacs is back at its keys, if it is for the
window with the text.
"""

from __future__ import annotations

import enum
import struct
from collections.abc import Callable

from Xlib import X, Xatom

from typewright.backends.x11.input_methods import InputMethod
from typewright.backends.x11.requests import IConnection, Requests, RootEvents, atom, property_of
from typewright.backends.x11.window_tree import main_part, nearest

_MESSAGE = struct.Struct("=BBHII5I")
_SELECTION_REQUEST = struct.Struct("=BBHIIIIII4x")
_SELECTION_NOTIFY = struct.Struct("=BBHIIIII8x")
_EDITRES_VERSION = 5
_PONGS = X.SubstructureNotifyMask | X.StructureNotifyMask
_READS_AHEAD = b"Emacs"


class Way(enum.Flag):
    """The ways to ping a program."""

    PING = enum.auto()
    SELECTION = enum.auto()
    EDITRES = enum.auto()
    INPUT_METHOD = enum.auto()


UNANNOUNCED = Way.SELECTION | Way.EDITRES
"""
The ways that no program announces: both are tried, and the program ignores those that it does not know. Other ways are
certain.
"""


class ProgramPing:
    """
    Pings programs, and calls `on_answer(serial, way)` when one has answered.

    `window` is one of this client's that is never mapped. Carry out `prepare` first, and call `open` before the first ping.
    """

    def __init__(self, connection: IConnection, window: int, root: RootEvents) -> None:
        self._connection = connection
        self._root = root
        self._window = window
        self._protocols = self._ping = self._editres = self._selection = self._transport = 0
        self._open = False
        self.on_answer: Callable[[int, Way], None] = lambda serial, way: None
        connection.listen(X.ClientMessage, self._on_message)
        connection.listen(X.SelectionNotify, self._on_refusal)
        connection.listen(X.SelectionRequest, self._on_request)

    def prepare(self) -> Requests[None]:
        """Get the atoms of the protocols."""
        self._protocols = yield from atom("WM_PROTOCOLS")
        self._ping = yield from atom("_NET_WM_PING")
        self._editres = yield from atom("Editres")
        self._selection = yield from atom("_TYPEWRIGHT_BARRIER")
        self._transport = yield from atom("TRANSPORT")

    def open(self) -> None:
        """Listen to the root windows, where pings are answered, and own the selection."""
        if not self._open:
            self._open = True
            own = struct.pack("=BBHIII", 22, 0, 4, self._window, self._selection, X.CurrentTime)
            self._root.begin(_PONGS)
            self._connection.send(own)

    def close(self) -> None:
        """Stop listening to the root windows, which receive events of the whole desktop."""
        if self._open:
            self._open = False
            self._root.end(_PONGS)

    def find(self, window: int) -> Requests[tuple[int, Way]]:
        """
        Return where to ping the program of `window`, and in which ways; (NONE, no way) for a window of the server itself.

        A program is pinged at the window where it announces its protocols, or else at `window`. Raises RequestError when the
        window is gone.
        """
        if not self._connection.client_of(window):
            return X.NONE, Way(0)
        found = yield from nearest(self._connection, window, self._announced)
        return found[1] if found else (window, UNANNOUNCED)

    def ask(self, window: int, ways: Way, serial: int) -> None:
        """Ping the program of `window` in each of `ways`; `serial` has 32 bits, and is not 0."""
        if Way.PING in ways:
            self._put(window, _MESSAGE.pack(33, 32, 0, window, self._protocols, self._ping, serial, window, 0, 0))
        if Way.SELECTION in ways:
            name = self._selection
            self._put(window, _SELECTION_REQUEST.pack(30, 0, 0, serial, window, self._window, name, name, name))
        if Way.EDITRES in ways:
            name, version = self._selection, _EDITRES_VERSION
            self._put(window, _MESSAGE.pack(33, 32, 0, window, self._editres, serial, name, 0, version, 0))

    def ask_input_method(self, method: InputMethod, serial: int) -> None:
        """Ask an XIM server; `serial` as in `ask`."""
        name, target = method.selection, self._transport
        own = _SELECTION_REQUEST.pack(30, 0, 0, serial, method.window, self._window, name, target, self._selection)
        self._put(method.window, own)

    def _announced(self, window: int) -> Requests[tuple[int, Way] | None]:
        """Return where to ping a program that announces its protocols at `window`, and the ways; None if it does not."""
        protocols = yield from property_of(window, self._protocols, Xatom.ATOM)
        if protocols is None:
            return None
        wm_class = (yield from property_of(window, Xatom.WM_CLASS, Xatom.STRING)) or b""
        if _READS_AHEAD in bytes(wm_class).split(b"\0"):
            return (yield from main_part(window)), Way.SELECTION
        return window, Way.PING if self._ping in protocols else UNANNOUNCED

    def _put(self, window: int, event: bytes) -> None:
        """Send an event to the program that created `window`, whatever events it has selected."""
        self._connection.send(struct.pack("=BBHII", 25, 0, 11, window, X.NoEventMask) + event)

    def _on_message(self, event: bytes) -> None:
        _, _, _, _, kind, protocol, serial, *_ = _MESSAGE.unpack(event)
        if kind == self._protocols and protocol == self._ping:
            self.on_answer(serial, Way.PING)

    def _on_refusal(self, event: bytes) -> None:
        _, _, _, serial, _, selection, target, given = _SELECTION_NOTIFY.unpack(event)
        about_transport = target == self._transport
        if selection != self._selection and not about_transport:
            return
        if given:  # not a refusal: the program has put something into that property, which is not wanted
            self._connection.send(struct.pack("=BBHII", 19, 0, 3, self._window, given))
        self.on_answer(serial, Way.INPUT_METHOD if about_transport else Way.SELECTION)

    def _on_request(self, event: bytes) -> None:
        _, _, _, serial, _, asker, selection, target, _ = _SELECTION_REQUEST.unpack(event)
        # Without a refusal the program would wait for five seconds.
        self._put(asker, _SELECTION_NOTIFY.pack(31, 0, 0, serial, asker, selection, target, X.NONE))
        if selection == self._selection:
            self.on_answer(serial, Way.EDITRES)
