# SPDX-License-Identifier: MIT
"""
Tenure: which Typewright has this display, so that nobody puts right what a living one still needs.

It is a selection, and a window of the service owns it. The server ends it with that window, however the service ends.
"""

from __future__ import annotations

import struct

from Xlib import X

from typewright.backends.x11.requests import Ask, Asking, atom

_SELECTION = "_TYPEWRIGHT_TENURE"
_OWNER_AT = struct.Struct("=8xI")


class Tenure:
    """I know who has the display. `prepare` comes first."""

    def __init__(self) -> None:
        self._atom = 0

    def prepare(self) -> Asking[None]:
        """Learn the selection's atom."""
        self._atom = yield from atom(_SELECTION)

    def holder(self) -> Asking[int]:
        """The window of whoever has it; 0 for nobody."""
        return int(_OWNER_AT.unpack_from((yield Ask(struct.pack("=BBHI", 23, 0, 2, self._atom))))[0])

    def take(self, window: int) -> bytes:
        """The request that gives it to the client of `window`, as long as that lives."""
        return struct.pack("=BBHIII", 22, 0, 4, window, self._atom, X.CurrentTime)
