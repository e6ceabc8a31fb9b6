# SPDX-License-Identifier: MIT
"""The slots of this backend: keycodes that the layout leaves empty, lent to characters that it lacks."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from twisted.internet.defer import Deferred, inlineCallbacks

from typewright.backends.x11.borrowed_keycodes import BorrowedKeycodes
from typewright.backends.x11.keyboard import Keyboard, log_unless_lost
from typewright.backends.x11.keymap_writer import KeymapWriter
from typewright.interfaces.backend import IClock, IDelayed, Loan
from typewright.keymap.packing import Lent, Packing


class Slots:
    """
    Lends keycodes (see `ISlots`), and gives them back `linger_s` after the last job: the next text often needs the same
    characters.
    """

    def __init__(
        self, keyboard: Keyboard, borrowed: BorrowedKeycodes, writer: KeymapWriter, clock: IClock, *, linger_s: float
    ) -> None:
        self._keyboard = keyboard
        self._borrowed = borrowed
        self._writer = writer
        self._clock = clock
        self._linger_s = linger_s
        self._return_call: IDelayed | None = None

    def packing(self) -> Packing:
        """See `ISlots`."""
        layout = self._keyboard.layout
        return Packing.upon(layout, self._borrowed.capacity(layout))

    def reuses(self, wanted: Sequence[Lent]) -> bool:
        """See `ISlots`."""
        return self._borrowed.reuses(wanted, self._keyboard.layout)

    @inlineCallbacks
    def lend(self, wanted: Sequence[Lent]) -> Generator[Deferred[Any], Any, Loan | None]:
        """See `ISlots`."""
        self.keep()
        before = self._keyboard.layout
        changed = self._borrowed.lend(wanted, before)
        if changed is None:
            return None
        if changed:
            self._writer.lend(changed, self._borrowed.entries())
            self._keyboard.mark_stale()
            yield self._keyboard.read()
        return Loan(self._keyboard.layout, barrier=self._keyboard.layout is not before)

    def keep(self) -> None:
        """See `ISlots`."""
        if self._return_call is not None and self._return_call.active():
            self._return_call.cancel()
        self._return_call = None

    def done(self) -> None:
        """See `ISlots`."""
        if self._borrowed.keycodes:
            self.keep()
            self._return_call = self._clock.callLater(self._linger_s, self._return)

    @inlineCallbacks
    def give_back(self) -> Generator[Deferred[Any], Any, None]:
        """See `ISlots`."""
        self.keep()
        entries = self._borrowed.give_back()
        if entries:
            self._writer.restore(entries)
            self._keyboard.mark_stale()
            yield self._keyboard.refresh()

    def _return(self) -> None:
        self.give_back().addErrback(log_unless_lost)
