# SPDX-License-Identifier: MIT
"""The events of the screens' root windows, which several want on the same connection."""

from __future__ import annotations

import struct

from Xlib import X

from typewright.backends.x11.requests import ITransport


class RootEvents:
    """
    I have the server tell of the root windows what any of us wants to hear: a client has one mask on each, for all its
    purposes.

    No two want the same kinds of events.
    """

    def __init__(self, connection: ITransport) -> None:
        self._connection = connection
        self._mask = X.NoEventMask

    def begin(self, events: int) -> None:
        """These kinds as well, from now on."""
        self._select(self._mask | events)

    def end(self, events: int) -> None:
        """These kinds no more."""
        self._select(self._mask & ~events)

    def _select(self, mask: int) -> None:
        self._mask = mask
        for root in self._connection.roots:
            self._connection.send(struct.pack("=BBHIII", 2, 0, 4, root, X.CWEventMask, mask))
