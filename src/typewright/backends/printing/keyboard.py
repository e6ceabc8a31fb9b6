# SPDX-License-Identifier: MIT
"""The simulated keyboard: a layout, a state that follows the keys, and spare keycodes that are lent to characters."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from twisted.internet.defer import Deferred, succeed

from typewright.interfaces.backend import KeyboardState, Loan
from typewright.keymap.chords import KeyEvent, State
from typewright.keymap.layout import Layout
from typewright.keymap.packing import Lent, Packing
from typewright.keymap.sample import LOCK, MOD2, key_name, lent_key, sample_layout

AT_REST = KeyboardState(group=0, locked=0, held=0)
_LOCKS = {"Caps_Lock": LOCK, "Num_Lock": MOD2}


class Keyboard:
    """A keyboard of `layout`, whose state begins as `state` and follows the keys; satisfies `IKeyboard`."""

    def __init__(self, layout: Layout | None = None, state: KeyboardState = AT_REST) -> None:
        self.layout = sample_layout() if layout is None else layout
        self.state = state
        self.stale = False
        self._down: set[int] = set()
        self._unmodified: list[Deferred[KeyboardState]] = []

    @property
    def name(self) -> str:
        """See `IKeyboard`."""
        return self.layout.name(self.state.group)

    def read(self) -> Deferred[tuple[Layout, KeyboardState]]:
        """See `IKeyboard`."""
        return succeed((self.layout, self.state))

    def unmodified(self) -> Deferred[KeyboardState]:
        """See `IKeyboard`."""
        if not self.state.held:
            return succeed(self.state)
        self._unmodified.append(Deferred())
        return self._unmodified[-1]

    def process(self, event: KeyEvent, group: int, kept: int) -> State:
        """
        Take in a key event, and return the state that it found.

        `group` is active for the time being, and of the locked modifiers only those in `kept` are on.
        """
        found = State(group, self.state.locked & kept | self.state.held)
        (self._down.add if event.pressed else self._down.discard)(event.keycode)
        locked, held = self.state.locked, 0
        if event.pressed:
            locked ^= _LOCKS.get(key_name(self.layout, event.keycode), 0)
        for keycode in self._down:
            held |= max(self.layout.modifiers.get(keycode, 0), 0)
        self.set_state(replace(self.state, locked=locked, held=held))
        return found

    def set_state(self, state: KeyboardState) -> None:
        """Be in `state` from now on."""
        self.state = state
        waiting, self._unmodified = ([], self._unmodified) if state.held else (self._unmodified, [])
        for each in waiting:
            if not each.called:
                each.callback(state)


def spare_keycodes(layout: Layout) -> tuple[int, ...]:
    """Return the keycodes that nothing is on, and that programs read: 8 is key 0 of evdev, which they ignore."""
    return tuple(code for code, key in sorted(layout.keys.items()) if code > 8 and not key.groups)


class Slots:
    """
    Lends the spare keycodes of `keyboard`'s layout, the lowest first; satisfies `ISlots`.

    When there is none left, the one that was lent first is lent anew. All that is lent stays so until `give_back`.
    """

    def __init__(self, keyboard: Keyboard) -> None:
        self._keyboard = keyboard
        self._unlent = keyboard.layout
        self._spare = spare_keycodes(keyboard.layout)
        self._lent: dict[Lent, int] = {}

    def packing(self) -> Packing:
        """See `ISlots`."""
        return Packing.upon(self._keyboard.layout, len(self._spare))

    def reuses(self, wanted: Sequence[Lent]) -> bool:
        """See `ISlots`."""
        return len(self._lent.keys() | set(wanted)) > len(self._spare)

    def lend(self, wanted: Sequence[Lent]) -> Deferred[Loan | None]:
        """See `ISlots`."""
        if len(set(wanted)) > len(self._spare):
            return succeed(None)
        new = [lent for lent in dict.fromkeys(wanted) if lent not in self._lent]
        for lent in new:
            self._lent[lent] = self._place(wanted)
        if new:
            keys = {code: lent_key(lent, self._unlent.groups) for lent, code in self._lent.items()}
            self._keyboard.layout = replace(self._unlent, keys={**self._unlent.keys, **keys}, borrowed=frozenset(keys))
        return succeed(Loan(self._keyboard.layout, barrier=bool(new)))

    def keep(self) -> None:
        """See `ISlots`."""

    def done(self) -> None:
        """See `ISlots`."""

    def give_back(self) -> Deferred[None]:
        """See `ISlots`."""
        self._lent.clear()
        self._keyboard.layout = self._unlent
        return succeed(None)

    def _place(self, needed: Collection[Lent]) -> int:
        """Return a keycode that is free, else the one that was lent first to characters that are not `needed`."""
        for keycode in self._spare:
            if keycode not in self._lent.values():
                return keycode
        return self._lent.pop(next(lent for lent in self._lent if lent not in needed))
