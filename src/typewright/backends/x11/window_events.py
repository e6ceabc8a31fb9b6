# SPDX-License-Identifier: MIT
"""The ends of other clients' windows, for several users of one connection: a client has a single mask for each window."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from struct import Struct

from Xlib import X

from typewright.backends.x11.requests import IConnection, select_events

_MOST_WATCHED = 64
_DESTROYED = Struct("=8xI")


class WindowEvents:
    """
    Watches windows for their end, the least recently used ones no longer when there are too many.

    `on_destroyed` are called with each window that is destroyed, `on_forgotten` with each that is not watched any more: what
    is known of it may be wrong from then on, since its number may be used again.
    """

    def __init__(self, connection: IConnection) -> None:
        self._connection = connection
        self._watched: OrderedDict[int, None] = OrderedDict()
        self.on_destroyed: list[Callable[[int], None]] = []
        self.on_forgotten: list[Callable[[int], None]] = []
        connection.listen(X.DestroyNotify, self._on_destroyed)

    def watch(self, window: int) -> None:
        """Have the server announce the window's end. A later reply about the window proves that it will."""
        if window not in self._watched:
            self._connection.send(select_events(window, X.StructureNotifyMask))
            self._watched[window] = None
            if len(self._watched) > _MOST_WATCHED:
                old, _ = self._watched.popitem(last=False)
                self._connection.send(select_events(old, X.NoEventMask))
                for tell in self.on_forgotten:
                    tell(old)
        self._watched.move_to_end(window)

    def _on_destroyed(self, event: bytes) -> None:
        (window,) = _DESTROYED.unpack_from(event)
        self._watched.pop(window, None)
        for tell in self.on_destroyed:
            tell(window)
