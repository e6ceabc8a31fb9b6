# SPDX-License-Identifier: MIT
"""
Programs: the process of a window, the name of its program, and the toolkit, by the properties that toolkits leave.

The process is the one that the X server knows for the client (X-Resource 1.2, QueryClientIds), not what the program claims.
"""

from __future__ import annotations

import struct
from collections.abc import Collection
from typing import Any

import Xlib.protocol.request as core
from twisted.internet.defer import Deferred
from Xlib import Xatom

from typewright.backends.x11.connection import Connection
from typewright.backends.x11.requests import Request, RequestError, Requests, extension, property_of, reply_to
from typewright.backends.x11.window_tree import nearest
from typewright.errors import ExtensionMissing
from typewright.interfaces.backend import WINDOW, Place, Program

_NO_PROGRAM = Program("", "")
_JAVA_PROXY = "FocusProxy"
"""The class of the window in a window of AWT or Swing that has the focus for it."""
_EXTENSION = "X-Resource"
_LOCAL_CLIENT_PID = 1 << 1
_ONE_PROCESS = struct.Struct("=8xI20xIIII")

_Properties = dict[str, int]


class Programs:
    """Reads windows' properties; asks for each atom's name, and for the number of the extension, once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._names: dict[int, str] = {}
        self._resource: int | None = None

    def program(self, place: Place) -> Deferred[Program]:
        """See `IPrograms`."""
        return self._connection.carry_out(self._program(place))

    def process(self, place: Place) -> Deferred[int]:
        """See `IPrograms`."""
        return self._connection.carry_out(self._process(place))

    def _program(self, place: Place) -> Requests[Program]:
        if place.kind != WINDOW:
            return _NO_PROGRAM
        try:
            found = yield from nearest(self._connection, place.window, self._properties)
            program = _NO_PROGRAM if found is None else (yield from self._program_at(*found))
            if found is None or program.name != _JAVA_PROXY:
                return program
            around = (yield from reply_to(core.QueryTree, window=found[0])).parent
            outer = yield from nearest(self._connection, around, self._properties)
            return Program("" if outer is None else (yield from self._program_at(*outer)).name, "java")
        except RequestError:
            return _NO_PROGRAM  # the window is gone

    def _process(self, place: Place) -> Requests[int]:
        if place.kind != WINDOW:
            return 0
        try:
            if self._resource is None:
                self._resource = (yield from extension(_EXTENSION)).major
            reply = yield Request(struct.pack("=BBHIII", self._resource, 4, 4, 1, place.window, _LOCAL_CLIENT_PID))
        except (ExtensionMissing, RequestError):
            return 0
        # A client on another machine has no process here.
        found, _, _, length, process = _ONE_PROCESS.unpack_from(reply) if len(reply) >= _ONE_PROCESS.size else (0,) * 5
        return process if found == 1 and length == 4 else 0

    def _properties(self, window: int) -> Requests[_Properties | None]:
        """Return the properties of a window that names its program; None for other windows."""
        atoms = (yield from reply_to(core.ListProperties, window=window)).atoms
        names = yield from self._named(atoms)
        return dict(zip(names, atoms, strict=True)) if {"WM_CLASS", "WM_PROTOCOLS"} & set(names) else None

    def _program_at(self, window: int, properties: _Properties) -> Requests[Program]:
        wm_class = (yield from property_of(window, Xatom.WM_CLASS, Xatom.STRING)) or b""
        listed: Any = ()
        if "WM_PROTOCOLS" in properties:
            listed = yield from property_of(window, properties["WM_PROTOCOLS"], Xatom.ATOM)
        protocols = yield from self._named(listed or ())
        _, name, *_ = (bytes(wm_class).decode("latin-1") + "\0\0").split("\0")
        return Program(name, toolkit(properties, protocols))

    def _named(self, atoms: Any) -> Requests[list[str]]:
        for atom in atoms:
            if atom not in self._names:
                self._names[atom] = (yield from reply_to(core.GetAtomName, atom=atom)).name
        return [self._names[atom] for atom in atoms]


def toolkit(properties: Collection[str], protocols: Collection[str]) -> str:
    """Return the toolkit whose windows have these properties, and these protocols in WM_PROTOCOLS; empty if unknown."""
    if "_GTK_THEME_VARIANT" in properties:
        return "gtk"
    if {"_XEMBED_INFO", "_MOTIF_WM_HINTS", "WM_CLIENT_LEADER"} <= set(properties):
        return "qt"
    pings = "_NET_WM_PING" in protocols and "WM_TAKE_FOCUS" not in protocols
    if "_NET_WM_BYPASS_COMPOSITOR" in properties and pings:
        return "chromium"
    return ""
