# SPDX-License-Identifier: MIT
"""The names of the layout's groups, as `setxkbmap` leaves them on the root window."""

from __future__ import annotations

import struct
from collections.abc import Callable, Generator
from typing import Any

from twisted.internet.defer import Deferred
from Xlib import X, Xatom

from typewright.backends.x11.connection import Connection
from typewright.backends.x11.root_events import RootEvents

_RULES_NAMES = "_XKB_RULES_NAMES"
_ATOM_AT = struct.Struct("=8xI")


class NamesReader:
    """
    I know what people call each group: `de`, `us(dvorak)`. `now` is what they were called when that was read last; `stale`
    when it is too old.

    Who sets the keyboard map sets the names afterwards, perhaps when we have read both: `on_change()` is called then.
    """

    def __init__(self, connection: Connection, root: RootEvents) -> None:
        self._connection = connection
        self._root = root
        self._atom = 0
        self.now: tuple[str, ...] = ()
        self.stale = True
        self.on_change: Callable[[], None] = lambda: None

    def follow(self) -> Generator[Deferred[Any], Any, None]:
        """Have the server announce changes."""
        self._connection.listen(X.PropertyNotify, self._on_property)
        self._root.begin(X.PropertyChangeMask)
        self._atom = yield self._connection.atom(_RULES_NAMES)

    def read(self) -> Generator[Deferred[Any], Any, None]:
        """Have `now` hold the names as they are."""
        found = yield self._connection.property(self._connection.root, self._atom, Xatom.STRING)
        # All changes announced before this reply are in it.
        self.stale = False
        self.now = parse_names(bytes(found or b""))

    def _on_property(self, event: bytes) -> None:
        if _ATOM_AT.unpack_from(event)[0] == self._atom:
            self.stale = True
            self.on_change()


def parse_names(found: bytes) -> tuple[str, ...]:
    """The names in the property: rules, model, layouts, variants and options, each ended by a zero byte."""
    _, _, layouts, variants, *_ = (found.decode("latin-1") + "\0" * 4).split("\0")
    padded = variants.split(",") + [""] * len(layouts)
    return tuple(
        f"{name}({variant})" if variant else name for name, variant in zip(layouts.split(","), padded, strict=False)
    )
