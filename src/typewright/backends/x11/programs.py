# SPDX-License-Identifier: MIT
"""
Programs: which process a window belongs to, and which kind of program, by what its toolkit leaves on the window.

The process is what the X server knows of its client (X-Resource 1.2, QueryClientIds), and nothing that the program says.
"""

from __future__ import annotations

import struct
from typing import Any

import Xlib.protocol.request as core
from twisted.internet.defer import Deferred
from Xlib import Xatom

from typewright.backends.x11.connection import Connection
from typewright.backends.x11.requests import Ask, Asking, RequestError, extension, property_of, request
from typewright.backends.x11.window_tree import keyed, nearest
from typewright.errors import ExtensionMissing
from typewright.interfaces.backend import HELD
from typewright.text.kinds import kind_of

_UNKNOWN = "unknown"
_EXTENSION = "X-Resource"
_LOCAL_CLIENT_PID = 1 << 1
_ONE_PROCESS = struct.Struct("=8xI20xIIII")

_Properties = dict[str, int]


class Programs:
    """I read a window's properties; the names of atoms, and the number of the extension, I ask for once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._names: dict[int, str] = {}
        self._resource: int | None = None

    def kind(self, window: int) -> Deferred[str]:
        """See `IPrograms`."""
        return self._connection.carry_out(self._kind(window))

    def process(self, window: int) -> Deferred[int]:
        """See `IPrograms`."""
        return self._connection.carry_out(self._process(window))

    def _kind(self, window: int) -> Asking[str]:
        if window == HELD:
            return _UNKNOWN  # nobody knows which program that is
        try:
            window = yield from keyed(self._connection, window)
            found = yield from nearest(self._connection, window, self._properties)
            return _UNKNOWN if found is None else (yield from self._kind_by(*found))
        except RequestError:
            return _UNKNOWN  # the window is gone

    def _process(self, window: int) -> Asking[int]:
        if window == HELD:
            return 0
        try:
            if self._resource is None:
                self._resource = (yield from extension(_EXTENSION)).major
            window = yield from keyed(self._connection, window)
            reply = yield Ask(struct.pack("=BBHIII", self._resource, 4, 4, 1, window, _LOCAL_CLIENT_PID))
        except (ExtensionMissing, RequestError):
            return 0
        # Of a client on another machine nothing is known.
        found, _, _, length, process = _ONE_PROCESS.unpack_from(reply) if len(reply) >= _ONE_PROCESS.size else (0,) * 5
        return process if found == 1 and length == 4 else 0

    def _properties(self, window: int) -> Asking[_Properties | None]:
        """The properties of a window that tells what program it is of; None for the others."""
        atoms = (yield from request(core.ListProperties, window=window)).atoms
        names = yield from self._named(atoms)
        return dict(zip(names, atoms, strict=True)) if {"WM_CLASS", "WM_PROTOCOLS"} & set(names) else None

    def _kind_by(self, window: int, properties: _Properties) -> Asking[str]:
        wm_class = (yield from property_of(window, Xatom.WM_CLASS, Xatom.STRING)) or b""
        listed: Any = ()
        if "WM_PROTOCOLS" in properties:
            listed = yield from property_of(window, properties["WM_PROTOCOLS"], Xatom.ATOM)
        protocols = yield from self._named(listed or ())
        _, name, *_ = (bytes(wm_class).decode("latin-1") + "\0\0").split("\0")
        return kind_of(name, properties, protocols)

    def _named(self, atoms: Any) -> Asking[list[str]]:
        for atom in atoms:
            if atom not in self._names:
                self._names[atom] = (yield from request(core.GetAtomName, atom=atom)).name
        return [self._names[atom] for atom in atoms]
