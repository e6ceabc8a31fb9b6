# SPDX-License-Identifier: MIT
"""
The slots: characters that an American keyboard lacks, on the upper levels of the virtual keyboard's keys.

All programs of the session see the keymap, and with it which characters are lent, so these are taken back after a while.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from twisted.internet.defer import Deferred, succeed

from typewright.backends.wlroots.keymap import SLOT_KEYCODES, keymap_layout, keymap_text
from typewright.backends.wlroots.virtual_keyboard import VirtualKeyboard
from typewright.interfaces.backend import IClock, IDelayed, KeyboardState, Loan
from typewright.keymap.layout import Layout
from typewright.keymap.packing import LAST_CHARACTER, Lent, Packing

AT_REST = KeyboardState(group=0, locked=0, held=0)


class Slots:
    """
    Lends the slots of `device`, and knows its layout; satisfies `ISlots` and `IKeyboard`.

    When there is none left, the one that was used longest ago is lent anew. What is lent stays for `linger_s` after `done`.
    `last` is the greatest character that the job's program takes from a key.
    """

    stale = False
    name = ""
    """It has none: it is not one that the user has chosen."""

    def __init__(self, device: VirtualKeyboard, clock: IClock, *, linger_s: float) -> None:
        self.layout: Layout = keymap_layout({})
        self.last = LAST_CHARACTER
        self._device = device
        self._clock = clock
        self._linger_s = linger_s
        self._held: dict[int, Lent] = {}
        """Keycode -> what its slot holds; the one used last comes last."""
        self._kept = False
        self._taking_back: IDelayed | None = None

    # --- the keyboard ------------------------------------------------------------------------------------------------

    def read(self) -> Deferred[tuple[Layout, KeyboardState]]:
        """See `IKeyboard`. What the user holds on a keyboard does not change what ours types."""
        return succeed((self.layout, AT_REST))

    def unmodified(self) -> Deferred[KeyboardState]:
        """See `IKeyboard`."""
        return succeed(AT_REST)

    # --- the slots ---------------------------------------------------------------------------------------------------

    def start(self) -> Deferred[None]:
        """Give the device its first keymap; fires when the compositor has it."""
        return self._upload()

    def packing(self) -> Packing:
        """See `ISlots`."""
        return Packing.upon(self.layout, len(SLOT_KEYCODES), self.last)

    def reuses(self, wanted: Sequence[Lent]) -> bool:
        """See `ISlots`."""
        return len({*self._held.values(), *wanted}) > len(SLOT_KEYCODES)

    def lend(self, wanted: Sequence[Lent]) -> Deferred[Loan | None]:
        """See `ISlots`."""
        wanted = tuple(dict.fromkeys(wanted))
        if len(wanted) > len(SLOT_KEYCODES):
            return succeed(None)
        before = dict(self._held)
        for lent in wanted:
            keycode = self._keycode_for(lent, wanted)
            self._held.pop(keycode, None)
            self._held[keycode] = lent
        if before == self._held:
            return succeed(Loan(self.layout, barrier=False))
        return self._upload().addCallback(lambda _: Loan(self.layout, barrier=True))

    def keep(self) -> None:
        """See `ISlots`."""
        self._kept = True
        self._stop_waiting()

    def done(self) -> None:
        """See `ISlots`."""
        self._kept = False
        self._stop_waiting()
        if self._held:
            self._taking_back = self._clock.callLater(self._linger_s, self._take_back)

    def give_back(self) -> Deferred[None]:
        """See `ISlots`."""
        self._stop_waiting()
        if not self._held:
            return succeed(None)
        self._held.clear()
        return self._upload()

    def abandon(self) -> None:
        """Do nothing any more."""
        self._stop_waiting()

    def _keycode_for(self, lent: Lent, wanted: Sequence[Lent]) -> int:
        """Return the keycode that holds `lent`, else one that is free, else that of what was used longest ago."""
        for keycode, held in self._held.items():
            if held == lent:
                return keycode
        free = next((keycode for keycode in SLOT_KEYCODES if keycode not in self._held), 0)
        return free or next(keycode for keycode, held in self._held.items() if held not in wanted)

    def _upload(self) -> Deferred[None]:
        self.layout = keymap_layout(self._held)
        return self._device.upload(partial(keymap_text, dict(self._held)))

    def _take_back(self) -> None:
        self._taking_back = None
        if not self._kept:
            self.give_back().addErrback(_lost)

    def _stop_waiting(self) -> None:
        if self._taking_back is not None:
            self._taking_back.cancel()
            self._taking_back = None


def _lost(failure: Any) -> None:
    """The connection is gone, as its listener is told."""
