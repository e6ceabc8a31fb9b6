# SPDX-License-Identifier: MIT
"""Programs: which kind of program a window belongs to, by what its toolkit leaves on the window."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import Xlib.protocol.request as core
from twisted.internet.defer import Deferred, inlineCallbacks
from Xlib import X, Xatom

from typewright.plan.kinds import kind_of
from typewright.x11.connection import Connection, RequestError

_LONGEST_FAMILY = 16
_UNKNOWN = "unknown"


class Programs:
    """I read a window's properties; the names of atoms I ask for once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._names: dict[int, str] = {}

    @inlineCallbacks
    def kind(self, window: int) -> Generator[Deferred[Any], Any, str]:
        """See `IPrograms`."""
        try:
            for _ in range(_LONGEST_FAMILY):
                if window in (X.NONE, X.PointerRoot, self._connection.root):
                    break
                atoms = (yield self._connection.request(core.ListProperties, window=window)).atoms
                properties = yield from self._named(atoms)
                if {"WM_CLASS", "WM_PROTOCOLS"} & set(properties):
                    return (yield from self._kind(window, dict(zip(properties, atoms, strict=True))))
                window = (yield self._connection.request(core.QueryTree, window=window)).parent
        except RequestError:
            pass  # the window is gone
        return _UNKNOWN

    def _kind(self, window: int, properties: dict[str, int]) -> Generator[Deferred[Any], Any, str]:
        wm_class = (yield self._connection.property(window, Xatom.WM_CLASS, Xatom.STRING)) or b""
        listed: Any = ()
        if "WM_PROTOCOLS" in properties:
            listed = yield self._connection.property(window, properties["WM_PROTOCOLS"], Xatom.ATOM)
        protocols = yield from self._named(listed or ())
        _, name, *_ = (bytes(wm_class).decode("latin-1") + "\0\0").split("\0")
        return kind_of(name, properties, protocols)

    def _named(self, atoms: Any) -> Generator[Deferred[Any], Any, list[str]]:
        for atom in atoms:
            if atom not in self._names:
                self._names[atom] = (yield self._connection.request(core.GetAtomName, atom=atom)).name
        return [self._names[atom] for atom in atoms]
