# SPDX-License-Identifier: MIT
"""
A keyboard layout as XKB describes it, and the question asked of it: how is this keysym typed?

Vocabulary (XKB protocol, section 2; libxkbcommon): a key has groups (layouts); a group has a type and keysyms, one for each
level; the type says which modifiers choose which level. Groups and levels count from 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import NamedTuple

from typewright.keymap.chords import State
from typewright.keymap.keys import LOCK_MASK, SHIFT_MASK, Key, KeyType
from typewright.keymap.keysyms import NO_SYMBOL, character_of, is_function, is_modifier, keysym_named

RESERVED_KEYCODE = 8
"""On evdev keyboards key 0, which programs ignore, whatever the layout says of it."""
LAST_MAIN_KEYCODE = 135
"""On evdev keyboards the keys beyond are multimedia keys; a `(` there is one that some programs ignore."""

# Which key to press for a modifier when several set it: what people have on their keyboards comes first.
_PREFERRED = (
    "Shift_L", "Shift_R", "Control_L", "Control_R", "Alt_L", "Alt_R", "Super_L", "Super_R", "ISO_Level3_Shift",
    "ISO_Level5_Shift", "Meta_L", "Hyper_L",
)  # fmt: skip

# With one of these down, programs take a key for a command and not for text.
COMMANDING = ("Control", "Alt", "Meta", "Super", "Hyper")


class Untypeable(Exception):
    """
    The layout has no way to type this, and no slot can be lent for it. The sentence names a character by its place only.

    Always found before the first key.
    """


class Position(NamedTuple):
    """
    Where a keysym is: press `keycode` while `group` is active and exactly `modifiers` are added to the locked ones, of which
    those in `unlocked` are taken off for the while.
    """

    keycode: int
    group: int
    modifiers: int
    unlocked: int = 0


class _Place(NamedTuple):
    keycode: int
    group: int
    level: int
    type: KeyType


def no_sequences(character: str) -> Sequence[Sequence[int]]:
    """Return the sequences of a locale that has no compose table: none."""
    return ()


@dataclass(frozen=True)
class Layout:
    """
    All keys of a keyboard, and how characters are composed of what is on them.

    `modifiers` maps the keycodes of modifier keys to the mask that each sets while it is down (LASTING for one that locks or
    latches); `fickle` those that do something else while one of the modifiers in a mask is active (Shift under Caps Lock,
    with `shift:breaks_caps`). `acting` are the keycodes that make the display server do something, modifiers and others, or
    would as soon as they get a keysym. `borrowed` are the keycodes that hold slots: from level `lent_from` on, a backend has
    put characters there that the layout lacks, `levels` to each. `names` are for people, one a group, as `setxkbmap` calls
    them: `de`, `us(dvorak)`. `compose` gives the sequences of keysyms that programs compose to a character, best first; they
    are the locale's, not the keyboard's.
    """

    keys: Mapping[int, Key]
    modifiers: Mapping[int, int]
    groups: int = 1
    names: tuple[str, ...] = field(default=(), compare=False)
    borrowed: frozenset[int] = field(default_factory=frozenset)
    levels: int = 2
    lent_from: int = 0
    acting: frozenset[int] = field(default_factory=frozenset)
    fickle: Mapping[int, int] = field(default_factory=dict)
    compose: Callable[[str], Sequence[Sequence[int]]] = field(default=no_sequences, compare=False)

    def name(self, group: int) -> str:
        """Return the name of this group of the layout; empty if it has none."""
        return self.names[group] if group < len(self.names) else ""

    @cached_property
    def modifier_keys(self) -> Mapping[int, int]:
        """Single modifier bit -> the keycode of the key that sets it while it is down, and types nothing."""
        rank = {keysym_named(name): index for index, name in enumerate(_PREFERRED)}
        best: dict[int, tuple[bool, int, int]] = {}
        for keycode, mask in self.modifiers.items():
            if mask <= 0 or mask & (mask - 1):
                continue
            groups = self.keys[keycode].groups
            if not groups or not is_modifier(next(iter(groups[0].keysyms), NO_SYMBOL)):
                continue
            candidate = (keycode in self.fickle, rank.get(groups[0].keysyms[0], len(rank)), keycode)
            best[mask] = min(best.get(mask, candidate), candidate)
        return {mask: keycode for mask, (_, _, keycode) in best.items()}

    @cached_property
    def commanding(self) -> int:
        """The modifiers under which a key is a command: Control, Alt, Super and the like, as a mask."""
        keysyms = {keysym_named(f"{name}_{side}") for name in COMMANDING for side in "LR"}
        found = 0
        for keycode, mask in self.modifiers.items():
            if mask > 0 and any(keysyms.intersection(group.keysyms[:1]) for group in self.keys[keycode].groups):
                found |= mask
        return found

    @cached_property
    def lent(self) -> frozenset[str]:
        """The characters that slots hold for now: those on the lent levels of the `borrowed` keycodes."""
        return frozenset(
            character_of(keysym)
            for keycode in self.borrowed
            for group in self.keys[keycode].groups[:1]
            for keysym in group.keysyms[self.lent_from :]
        )

    @cached_property
    def _places(self) -> Mapping[int, tuple[_Place, ...]]:
        places: dict[int, list[_Place]] = {}
        for keycode, key in self.keys.items():
            if not key.groups or keycode == RESERVED_KEYCODE:
                continue
            for active in range(self.groups):
                group = key.groups[key.reach[active]]
                for level, keysym in enumerate(group.keysyms):
                    if keysym:
                        places.setdefault(keysym, []).append(_Place(keycode, active, level, group.type))
        return {keysym: tuple(found) for keysym, found in places.items()}

    @cached_property
    def _keysyms_of_characters(self) -> Mapping[str, tuple[int, ...]]:
        keysyms: dict[str, list[int]] = {}
        for keysym in self._places:
            character = character_of(keysym)
            if character:
                keysyms.setdefault(character, []).append(keysym)
        return {character: tuple(found) for character, found in keysyms.items()}

    def find(self, keysym: int, *, group: int, locked: int) -> Position | None:
        """
        Return where `keysym` is typed most simply: with the fewest locks taken off, then in the given group, then by a key
        of the keyboard's main part, then with the fewest modifiers, then by the lowest keycode.

        `locked` is the mask of locked modifiers (Caps Lock, Num Lock). They stay as they are wherever that is possible. None
        if no combination of this layout's modifier keys reaches the keysym.
        """
        return min(
            (
                position
                for place in self._places.get(keysym, ())
                if (position := self._at(place, locked, keysym)) is not None
            ),
            key=_plainness(group),
            default=None,
        )

    def find_character(self, character: str, *, group: int, locked: int) -> Position | None:
        """Return the same as `find`, for whichever keysym types `character`; a doubtful one only where there is no other."""
        positions = [
            position
            for keysym in self._keysyms_of_characters.get(character, ())
            for place in self._places[keysym]
            if (position := self._at(place, locked, keysym)) is not None
        ]
        plainness = _plainness(group)
        return min(positions, key=lambda position: (self.doubtful(position), plainness(position)), default=None)

    def doubtful(self, position: Position) -> bool:
        """
        Return whether some programs take what is typed there for a command.

        Programs that use Xt, such as xterm, look for a command on all levels of a key: with Prior on the fourth level, as in
        `de(neo)`, Shift and the key scroll, and type nothing.
        """
        return bool(position.modifiers & SHIFT_MASK) and position.keycode in self._with_functions

    @cached_property
    def _with_functions(self) -> frozenset[int]:
        """The keycodes that have a function on one of their levels."""
        return frozenset(
            keycode
            for keycode, key in self.keys.items()
            if any(is_function(keysym) for group in key.groups for keysym in group.keysyms)
        )

    def typed_by(self, keycode: int, state: State) -> str | None:
        """
        Return what a press of `keycode` types under `state`: a character, or nothing.

        None if it does something else, or what it does is unknown: a function key, a dead key, a shortcut, a group that only
        a later layout has.
        """
        key = self.keys.get(keycode)
        if key is None or not key.groups:
            return ""
        if state.group >= len(key.reach):
            return None
        group = key.groups[key.reach[state.group]]
        modifiers = state.modifiers
        if modifiers & ~group.type.mask & self.commanding:
            return None
        level = group.type.level(modifiers)
        keysym = group.keysyms[level] if level < len(group.keysyms) else 0
        if keysym == NO_SYMBOL or is_modifier(keysym):
            return ""
        return character_of(keysym) or None

    def steady(self, added: int, active: int) -> bool:
        """Return whether the keys of the `added` modifiers do their usual work while the `active` ones are together."""
        return not any(
            self.fickle.get(keycode, 0) & active & ~bit for bit, keycode in self.modifier_keys.items() if bit & added
        )

    def _at(self, place: _Place, locked: int, keysym: int) -> Position | None:
        for unlocked in subsets(locked):
            kept = locked & ~unlocked
            for added in subsets(sum(bit for bit in self.modifier_keys if bit & place.type.mask & ~kept)):
                active = kept | added
                if place.type.level(active) != place.level or not self.steady(added, active):
                    continue
                if active & LOCK_MASK and not place.type.consumes_lock(active) and _capitals_differ(keysym):
                    continue
                return Position(place.keycode, place.group, added, unlocked)
        return None


@cache
def subsets(mask: int) -> tuple[int, ...]:
    """Return every subset of the bits of `mask` (0-255), those of few bits first."""
    return tuple(sorted((part for part in range(mask + 1) if not part & ~mask), key=int.bit_count))


def _capitals_differ(keysym: int) -> bool:
    character = character_of(keysym)
    return bool(character) and character.upper() != character


def _plainness(group: int) -> Callable[[Position], tuple[int, bool, bool, int, int]]:
    """Return the sort key of positions while `group` is active: the best first."""
    return lambda position: (
        position.unlocked.bit_count(),
        position.group != group,
        position.keycode > LAST_MAIN_KEYCODE,
        position.modifiers.bit_count(),
        position.keycode,
    )
