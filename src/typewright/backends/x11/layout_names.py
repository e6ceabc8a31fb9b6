# SPDX-License-Identifier: MIT
"""The names of the layout's groups, as `setxkbmap` leaves them on the root window."""

from __future__ import annotations

import struct
from collections.abc import Callable

from Xlib import X, Xatom

from typewright.backends.x11.requests import IConnection, Requests, RootEvents, atom, property_of

_RULES_NAMES = "_XKB_RULES_NAMES"
_ATOM_AT = struct.Struct("=8xI")


class LayoutNames:
    """
    Knows what people call each group: `de`, `us(dvorak)`. `now` are the names as last read; `stale` tells that they have
    changed since.

    A program that sets the keyboard map sets the names afterwards, perhaps when both have been read: then `on_change()` is
    called.
    """

    def __init__(self, connection: IConnection, root: RootEvents) -> None:
        self._connection = connection
        self._root = root
        self._atom = 0
        self.now: tuple[str, ...] = ()
        self.stale = True
        self.on_change: Callable[[], None] = lambda: None

    def follow(self) -> Requests[None]:
        """Have the server announce changes."""
        self._connection.listen(X.PropertyNotify, self._on_property)
        self._root.begin(X.PropertyChangeMask)
        self._atom = yield from atom(_RULES_NAMES)

    def read(self) -> Requests[None]:
        """Bring `now` up to date."""
        found = yield from property_of(self._connection.root, self._atom, Xatom.STRING)
        # The reply includes every change announced before it.
        self.stale = False
        self.now = parse_names(bytes(found or b""))

    def _on_property(self, event: bytes) -> None:
        if _ATOM_AT.unpack_from(event)[0] == self._atom:
            self.stale = True
            self.on_change()


def parse_names(found: bytes) -> tuple[str, ...]:
    """Return the names in the property: rules, model, layouts, variants and options, each ended by a zero byte."""
    _, _, layouts, variants, *_ = (found.decode("latin-1") + "\0" * 4).split("\0")
    padded = variants.split(",") + [""] * len(layouts)
    return tuple(
        f"{name}({variant})" if variant else name for name, variant in zip(layouts.split(","), padded, strict=False)
    )
