# SPDX-License-Identifier: MIT
"""Borrowed keycodes: which spare keycode holds which characters, and which one is taken next."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from typewright.backends.x11.ledger import Borrowed
from typewright.backends.x11.traits import LAST_KEYCODE, Readable
from typewright.keymap.keys import Key
from typewright.keymap.keysyms import character_of, keysym_named, unicode_keysym
from typewright.keymap.layout import LAST_MAIN_KEYCODE, RESERVED_KEYCODE, Layout
from typewright.keymap.packing import Lent, keysyms_for

_FEW = 8
"""Fewer keycodes than these are refilled so often that it is better to borrow among the main keys as well."""

# A desktop that has bound a key takes it from the program, whatever the key holds. These are hardly ever bound.
_UNBOUND = (
    "DOS", "Xfer", "Send", "Reply", "MailForward", "Save", "New", "Documents", "Finance", "Game", "Shop", "Go", "Messenger",
    "Phone", "MenuKB",
)  # fmt: skip


class _Slot(NamedTuple):
    """A borrowed keycode, and the key that it was before."""

    keycode: int
    former: Key


class BorrowedKeycodes:
    """
    Keeps account of borrowed keycodes, least recently used first; the requests are made elsewhere.

    The layout's spare keycodes can be borrowed; when there are none left, the one whose characters were needed longest ago
    is lent to others. Only what is `readable` is lent; to restrict it, give back first what is lent.
    """

    def __init__(self) -> None:
        self.readable = Readable()
        self._slots: OrderedDict[Lent, _Slot] = OrderedDict()

    @property
    def keycodes(self) -> frozenset[int]:
        """All borrowed keycodes."""
        return frozenset(slot.keycode for slot in self._slots.values())

    def hold(self, wanted: Sequence[Lent]) -> bool:
        """Return whether there is a keycode for each of `wanted`."""
        return all(lent in self._slots for lent in wanted)

    def entries(self) -> Mapping[int, Borrowed]:
        """Return what each borrowed keycode holds, and what is to be restored on it."""
        return {slot.keycode: Borrowed(keysyms_for(lent), _keysym(slot.former)) for lent, slot in self._slots.items()}

    def capacity(self, layout: Layout) -> int:
        """Return how many keycodes can be borrowed at the same time."""
        return len(self._free(layout)) + len(self._slots)

    def reuses(self, wanted: Sequence[Lent], layout: Layout) -> bool:
        """Return whether to `lend` these would replace characters on a borrowed keycode."""
        return sum(lent not in self._slots for lent in wanted) > len(self._free(layout))

    def lend(self, wanted: Sequence[Lent], layout: Layout) -> Mapping[int, Lent] | None:
        """
        Have a keycode for each of `wanted`, and return those that must be assigned anew.

        None, and nothing is changed, if there are not enough keycodes.
        """
        if len(set(wanted)) > self.capacity(layout):
            return None
        free = self._free(layout)
        changed = {}
        for lent in wanted:
            if lent in self._slots:
                self._slots.move_to_end(lent)
        for lent in wanted:
            if lent in self._slots:
                continue
            slot = _Slot(free[-1], layout.keys[free.pop()]) if free else self._oldest(wanted)
            self._slots[lent] = slot
            changed[slot.keycode] = lent
        return changed

    def drop_replaced(self, layout: Layout) -> bool:
        """Drop the keycodes that another `layout` has replaced; return whether there were any."""
        gone = [lent for lent, slot in self._slots.items() if not holds(layout, slot.keycode, keysyms_for(lent))]
        for lent in gone:
            del self._slots[lent]
        return bool(gone)

    def give_back(self) -> Mapping[int, Borrowed]:
        """Drop all keycodes; return what is to be restored on them."""
        entries = self.entries()
        self._slots.clear()
        return entries

    def _free(self, layout: Layout) -> list[int]:
        """Return the keycodes that can be borrowed and are not; the next one to be taken is the last."""
        formers = {slot.keycode: slot.former for slot in self._slots.values()}
        untouched = replace(layout, keys={**layout.keys, **formers})
        return [keycode for keycode in spare_keycodes(untouched, self.readable.highest) if keycode not in formers]

    def _oldest(self, wanted: Sequence[Lent]) -> _Slot:
        return self._slots.pop(next(lent for lent in self._slots if lent not in wanted))


def holds(layout: Layout, keycode: int, keysyms: tuple[int, ...]) -> bool:
    """Return whether `keycode` is as it is when it is lent to these keysyms."""
    key = layout.keys.get(keycode)
    return key is not None and len(key.groups) == 1 and key.groups[0].keysyms == keysyms


def could_be_lent(keycode: int, borrowed: Borrowed) -> bool:
    """Return whether a keycode may have been lent so: to two or four characters, and only one that was spare before."""
    keysyms = borrowed.keysyms
    return (
        RESERVED_KEYCODE < keycode < 256
        and len(keysyms) in (2, 4)
        and all(keysym >= ord(" ") and unicode_keysym(character_of(keysym) or " ") == keysym for keysym in keysyms)
        and (borrowed.former,) in {(0,), *_unbound()}
    )


def still_lent(layout: Layout, borrowed: Mapping[int, Borrowed]) -> Mapping[int, Borrowed]:
    """
    Return those keycodes of `layout` that hold what a note says they were lent to.

    Among the main keys only those that would be lent again without it: a key with letters of its own looks like a lent one.
    """
    held = {code: each for code, each in borrowed.items() if holds(layout, code, each.keysyms)}
    emptied = replace(layout, keys={**layout.keys, **{code: Key((), ()) for code in held}})
    spare = spare_keycodes(emptied)
    return {code: each for code, each in held.items() if code > LAST_MAIN_KEYCODE or code in spare}


def _unbound() -> set[tuple[int, ...]]:
    return {(keysym_named(f"XF86{name}"),) for name in _UNBOUND}


def _keysym(key: Key) -> int:
    return key.groups[0].keysyms[0] if key.groups and key.groups[0].keysyms else 0


def spare_keycodes(layout: Layout, highest: int = LAST_KEYCODE) -> tuple[int, ...]:
    """
    Return the keycodes up to `highest` that can be borrowed, those to be taken last first: those that do nothing in any
    group.

    Never 8 (RESERVED_KEYCODE). Those among the main keys only where there are few
    others, since they can't all be assigned in one request. If no keycode is empty, multimedia keys that no desktop is known
    to bind.
    """
    idle = [
        (code, key.groups)
        for code, key in sorted(layout.keys.items())
        if RESERVED_KEYCODE < code <= highest and code not in layout.acting
    ]
    empty = [code for code, groups in idle if not any(any(group.keysyms) for group in groups)]
    main, beyond = ([code for code in empty if (code > LAST_MAIN_KEYCODE) is far] for far in (False, True))
    if len(beyond) >= _FEW:
        return tuple(beyond)
    unbound = _unbound()
    return (*reversed(main), *beyond) or tuple(
        code for code, groups in idle if code > LAST_MAIN_KEYCODE and len(groups) == 1 and groups[0].keysyms in unbound
    )
