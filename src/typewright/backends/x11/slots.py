# SPDX-License-Identifier: MIT
"""The slots of this backend: keycodes that the layout leaves empty, lent to characters that it lacks."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from twisted.internet.defer import Deferred, inlineCallbacks
from twisted.logger import Logger

from typewright.backends.x11.borrowed_keycodes import BorrowedKeycodes
from typewright.backends.x11.keyboard import Keyboard, log_unless_lost
from typewright.backends.x11.keymap_writer import KeymapWriter
from typewright.backends.x11.traits import Readable
from typewright.interfaces.backend import IClock, IDelayed, Loan
from typewright.keymap.layout import Untypeable
from typewright.keymap.packing import Lent, Packing

log = Logger()


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
        self._refused = False

    def packing(self) -> Packing:
        """See `ISlots`."""
        layout = self._keyboard.layout
        slots = 0 if self._refused else self._borrowed.capacity(layout)
        return Packing.upon(layout, slots, used=self._borrowed.readable.levels)

    def reuses(self, wanted: Sequence[Lent]) -> bool:
        """See `ISlots`."""
        return self._borrowed.reuses(_keys(wanted), self._keyboard.layout)

    @inlineCallbacks
    def lend(self, wanted: Sequence[Lent]) -> Generator[Deferred[Any], Any, Loan | None]:
        """See `ISlots`."""
        self.keep()
        before, keys = self._keyboard.layout, _keys(wanted)
        done = yield self._lend(keys)
        if done is False and not self._writer.two_levels:
            log.warn("the X server refuses to lend keycodes with four levels: other keyboards have other key types")
            self._writer.two_levels = True
            done = yield self._lend(_halved(keys))
        if done is False:
            self._refused = True
            raise Untypeable("A character is not on the keyboard layout, and the X server lets no keycode be lent to it.")
        return Loan(self._keyboard.layout, barrier=self._keyboard.layout is not before) if done else None

    @inlineCallbacks
    def _lend(self, keys: Sequence[Lent]) -> Generator[Deferred[Any], Any, bool | None]:
        """Lend keycodes to `keys`. Fires False if the server has refused, None if there are not, or no longer, enough."""
        before = self._keyboard.layout
        changed = self._borrowed.lend(keys, before)
        if changed is None:
            return None
        if changed:
            self._writer.lend(changed, self._borrowed.entries())
            self._keyboard.mark_stale()
            yield self._keyboard.read()
        if self._borrowed.hold(keys):
            return True
        return False if self._keyboard.layout.keys == before.keys else None

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

    @inlineCallbacks
    def limit(self, readable: Readable) -> Generator[Deferred[Any], Any, None]:
        """Lend only what is `readable` from now on; fires when nothing else is lent."""
        if self._borrowed.keycodes and readable not in (Readable(), self._borrowed.readable):
            yield self.give_back()
        self._borrowed.readable = readable

    def _return(self) -> None:
        self.give_back().addErrback(log_unless_lost)


def _keys(wanted: Sequence[Lent]) -> list[Lent]:
    """Return what keycodes hold for `wanted`: a single character twice, or the server would make up a capital of it."""
    return [lent if len(lent) > 1 else lent * 2 for lent in wanted]


def _halved(keys: Sequence[Lent]) -> list[Lent]:
    """Return the characters of `keys` on twice as many, of two levels each."""
    characters = list(dict.fromkeys(character for lent in keys for character in lent))
    return [(first, (characters[place + 1 :] or [first])[0]) for place, first in enumerate(characters) if not place % 2]
