# SPDX-License-Identifier: MIT
"""
Input methods: the XIM servers of the display, and the programs that send their keys through one.

An XIM server owns a selection named `@server=...`, which the root window's property XIM_SERVERS lists ("The Input Method
Protocol", section 4.1). A program that uses one hands each key over and gets it back later, or a text in its place; so it
has not handled the keys when it answers a ping. It can be recognised: libX11 opens a window of 1 by 1 pixels with a border,
never mapped, for the conversation (`_XimXConnect` in modules/im/ximcp/imTrX.c).
"""

from __future__ import annotations

from typing import NamedTuple

import Xlib.protocol.request as core
from Xlib import X, Xatom

from typewright.backends.x11.requests import IConnection, RequestError, Requests, atom, property_of, reply_to

_CONVERSATION = (0, 0, 1, 1, 1)
"""The place, size and border of the window."""
_MOST = 8


class InputMethod(NamedTuple):
    """A living XIM server: the `selection` that it owns, the name of this, and the `window` that owns it."""

    window: int
    selection: int
    name: str


class InputMethods:
    """Finds the XIM servers, and the programs that use them. Carry out `prepare` first."""

    def __init__(self, connection: IConnection) -> None:
        self._connection = connection
        self._servers = 0
        self._names: dict[int, str] = {}

    def prepare(self) -> Requests[None]:
        """Get the atom of the property."""
        self._servers = yield from atom("XIM_SERVERS")

    def alive(self) -> Requests[tuple[InputMethod, ...]]:
        """Return the XIM servers of the display."""
        servers = yield from property_of(self._connection.root, self._servers, Xatom.ATOM)
        found = []
        for selection in list(servers or ())[:_MOST]:
            try:
                owner = (yield from reply_to(core.GetSelectionOwner, selection=selection)).owner
                if owner != X.NONE:
                    found.append(InputMethod(owner, selection, (yield from self._name(selection))))
            except RequestError:
                continue  # the property lists what is no atom
        return tuple(found)

    def converses(self, window: int) -> Requests[bool]:
        """Return whether the program of `window` sends its keys through an XIM server."""
        client = self._connection.client_of(window)
        for child in (yield from reply_to(core.QueryTree, window=self._connection.root)).children:
            if self._connection.client_of(child) != client:
                continue
            try:
                place = yield from reply_to(core.GetGeometry, drawable=child)
                if (place.x, place.y, place.width, place.height, place.border_width) == _CONVERSATION:
                    shown = yield from reply_to(core.GetWindowAttributes, window=child)
                    if shown.map_state == X.IsUnmapped:
                        return True
            except RequestError:
                continue  # the window is gone
        return False

    def _name(self, selection: int) -> Requests[str]:
        if selection not in self._names:
            self._names[selection] = str((yield from reply_to(core.GetAtomName, atom=selection)).name)
        return self._names[selection]
