# SPDX-License-Identifier: MIT
"""
The requests of the XKB extension, packed and parsed here: python-xlib has none of them.

Source: X Keyboard Extension protocol 1.0, section 16.3 and appendix D (encodings). All are for the core keyboard, except the
one that reads the map.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from typewright.keymap.chords import LASTING
from typewright.keymap.keys import LOCK_MASK, Key, KeyGroup, KeyType
from typewright.keymap.keysyms import character_of
from typewright.keymap.layout import Layout
from typewright.keymap.packing import Lent, capitalised, keysyms_for

NAME = "XKEYBOARD"
NEW_KEYBOARD_NOTIFY, MAP_NOTIFY, STATE_NOTIFY = 0, 1, 2

_CORE_KEYBOARD = 0x100
_TYPES, _SYMS, _MODIFIER_MAP, _ACTIONS = 0x01, 0x02, 0x04, 0x10
_GROUP_PARTS = 0x10 | 0x80  # the effective and the locked group
_MODIFIER_PARTS = 0x02 | 0x04  # those of keys that are down, and the latched ones
_SET_MODS = 1
_SHIFT = 1 << 0
_ONE_LEVEL, _TWO_LEVEL, _ALPHABETIC = range(3)  # the first key types are the same on every server
_CANONICAL = 4
_RECORD = struct.Struct("=4BBBH")  # a type for each group, groups, levels, and how many keysyms follow
_LASTING_ACTIONS = (2, 3, 5, 6)  # latch and lock, of modifiers and of groups
_REDIRECT = 0x12
_TAKING_ACTIONS = (*range(0x07, 0x12), 0x13, 0x14, 0x15)  # the server acts on these, and may keep the key from programs


_Action = tuple[int, int]
"""An action's type, and its mask if it has one."""


class ServerState(NamedTuple):
    """
    The keyboard's state: effective modifiers, locked ones, those held or latched; effective and locked group.

    `latched` tells that a latch alone, of modifiers or of a group, waits for the next key.
    """

    modifiers: int
    locked: int
    held: int
    group: int
    locked_group: int
    latched: bool


def use_extension(major: int) -> bytes:
    """UseExtension: makes the server treat this client as one that knows XKB."""
    return struct.pack("=BBHHH", major, 0, 2, 1, 0)


def select_events(major: int, *, modifiers: bool) -> bytes:
    """SelectEvents: changes of keyboard, map and group; with `modifiers` also of modifiers that are held or latched."""
    which = 1 << NEW_KEYBOARD_NOTIFY | 1 << MAP_NOTIFY | 1 << STATE_NOTIFY
    whole = which & ~(1 << STATE_NOTIFY)
    parts = _GROUP_PARTS | (_MODIFIER_PARTS if modifiers else 0)
    mask = _GROUP_PARTS | _MODIFIER_PARTS
    return struct.pack("=BBHHHHHHHHH", major, 1, 5, _CORE_KEYBOARD, which, 0, whole, 0xFF, 0xFF, mask, parts)


def get_state(major: int) -> bytes:
    """GetState."""
    return struct.pack("=BBHHH", major, 4, 2, _CORE_KEYBOARD, 0)


def parse_state(reply: bytes) -> ServerState:
    """Parse the reply to GetState."""
    modifiers, base, latched, locked, group, locked_group, _, latched_group = struct.unpack_from("=6B2h", reply, 8)
    waits = not base and bool(latched or latched_group)
    return ServerState(modifiers, locked, base | latched, group, locked_group, waits)


def lock_group(major: int, group: int) -> bytes:
    """LatchLockState: set the locked group, and leave modifiers alone."""
    return struct.pack("=BBHHBBBBBBBBh", major, 5, 4, _CORE_KEYBOARD, 0, 0, 1, group, 0, 0, 0, 0, 0)


def lock_modifiers(major: int, affected: int, locked: int) -> bytes:
    """LatchLockState: of the `affected` modifiers, lock those in `locked` and unlock the others; leave groups alone."""
    return struct.pack("=BBHHBBBBBBBBh", major, 5, 4, _CORE_KEYBOARD, affected, locked, 0, 0, 0, 0, 0, 0, 0)


def clear_latches(major: int) -> bytes:
    """LatchLockState: drop all latches, of modifiers and of groups; leave locks alone."""
    return struct.pack("=BBHHBBBBBBBBh", major, 5, 4, _CORE_KEYBOARD, 0, 0, 0, 0, 0xFF, 0, 0, 1, 0)


def get_map(major: int, device: int) -> bytes:
    """GetMap: all key types, keysyms, actions and core modifiers of a device."""
    return struct.pack("=BBHHHH16x2x", major, 8, 7, device, _TYPES | _SYMS | _MODIFIER_MAP | _ACTIONS, 0)


def set_keys(major: int, first: int, records: Sequence[bytes]) -> bytes:
    """
    SetMap: assign these records to the keycodes from `first` on. Clients are notified once for all of them.

    Unlike the core protocol's ChangeKeyboardMapping it names the key types, and leaves actions alone.
    """
    keysyms = sum((len(record) - _RECORD.size) // 4 for record in records)
    body = b"".join(records)
    present, lowest, highest = _SYMS, 8, 255
    header = struct.pack(
        "=BBHHHHBBBBBBH18x", major, 9, 9 + len(body) // 4, _CORE_KEYBOARD, present, 0, lowest, highest, 0, 0, first,
        len(records), keysyms,
    )  # fmt: skip
    return header + body


class Map(NamedTuple):
    """
    What SetMap needs: the record of each keycode (its groups, types and keysyms), and the index of the key type for borrowed
    keycodes of four levels; None if the layout offers only two.
    """

    records: Mapping[int, bytes]
    four_level: int | None

    def is_canonical(self, keycode: int) -> bool:
        """Return whether the record of a keycode means the same on every device: it names none but the first key types."""
        *types, groups, _, _ = _RECORD.unpack_from(self.records[keycode])
        return all(kind < _CANONICAL for kind in types[: groups & 0x0F])

    def record(self, lent: Lent) -> bytes:
        """Return the record of a keycode that is lent to these characters."""
        two = _ALPHABETIC if capitalised(lent) else _TWO_LEVEL
        return _record(two if self.four_level is None or len(lent) == 2 else self.four_level, keysyms_for(lent))


def plain_record(keysym: int) -> bytes:
    """Return the record of a keycode with one level, or of an empty one for 0."""
    return _record(_ONE_LEVEL, (keysym,)) if keysym else _RECORD.pack(0, 0, 0, 0, 0, 0, 0)


def _record(kind: int, keysyms: Sequence[int]) -> bytes:
    levels = len(keysyms)
    return _RECORD.pack(kind, 0, 0, 0, 1, levels, levels) + struct.pack(f"={levels}I", *keysyms)


def parse_map(reply: bytes, *, two_levels: bool = False, **fields: Any) -> tuple[Layout, Map]:
    """
    Parse the reply to GetMap: the layout, and what SetMap needs.

    With `two_levels`, no keycode is to be lent with four. `fields` are those of the layout that the reply lacks.
    """
    types, first_key, keys, first_acting, all_actions, acting = struct.unpack_from("=BxB2xBBHB", reply, 15)
    at = 40
    key_types = []
    for _ in range(types):
        key_type, at = _parse_type(reply, at)
        key_types.append(key_type)
    parsed: dict[int, Key] = {}
    records: dict[int, bytes] = {}
    for keycode in range(first_key, first_key + keys):
        begin = at
        parsed[keycode], at = _parse_key(reply, at, key_types)
        records[keycode] = reply[begin:at]
    groups = max((len(key.groups) for key in parsed.values()), default=1) or 1
    actions_of = dict(_parse_actions(reply, at, first_acting, acting))
    for code, actions in actions_of.items():
        parsed[code] = _without_taken(parsed[code], actions)
    layout_keys = {code: key._replace(reach=_reach(key, groups)) for code, key in parsed.items()}
    modifiers: dict[int, int] = {}
    fickle: dict[int, int] = {}
    # A keycode in the modifier map without a keysym is no modifier key yet; its first keysym makes it one.
    acting_keys = set(_parse_modifier_map(reply, at + (acting + 3) // 4 * 4 + 8 * all_actions))
    for keycode, actions in actions_of.items():
        acting_keys.add(keycode)
        mask, other_under = _modifier(actions, parsed[keycode])
        if mask:
            modifiers[keycode] = mask
        if mask and other_under:
            fickle[keycode] = other_under
    layout = Layout(layout_keys, modifiers, groups, acting=frozenset(acting_keys), fickle=fickle, **fields)
    four_level = None if two_levels else _four_level(key_types, layout)
    shift = _SHIFT in layout.modifier_keys and layout.steady(_SHIFT, _SHIFT)
    levels = 1 if not shift else 2 if four_level is None else 4
    return replace(layout, levels=levels), Map(records, four_level)


def _four_level(types: Sequence[KeyType], layout: Layout) -> int | None:
    """Return the index of the four-level type that consumes Lock and whose levels this layout's keys can all choose."""
    for index, kind in enumerate(types):
        third = kind.mask & ~(_SHIFT | LOCK_MASK)
        chosen = [kind.level(modifiers) for modifiers in (0, _SHIFT, third, _SHIFT | third)]
        four = chosen == [0, 1, 2, 3] and max(kind.levels.values()) == 3
        reached = {_SHIFT, third} <= layout.modifier_keys.keys() and layout.steady(_SHIFT | third, _SHIFT | third)
        if four and reached and kind.mask & LOCK_MASK and not kind.preserved:
            return index
    return None


def _parse_type(reply: bytes, at: int) -> tuple[KeyType, int]:
    mask, _, _, _, entries, preserves = struct.unpack_from("=BBHBBB", reply, at)
    at += 8
    levels: dict[int, int] = {}
    order = []
    for index in range(entries):
        active, modifiers, level = struct.unpack_from("=BBB", reply, at + 8 * index)
        order.append(modifiers)
        if active:
            levels[modifiers] = level
    at += 8 * entries
    preserved = set()
    if preserves:
        for index, modifiers in enumerate(order):
            if reply[at + 4 * index] & 0x02:
                preserved.add(modifiers)
        at += 4 * entries
    return KeyType(mask, levels, frozenset(preserved)), at


def _parse_key(reply: bytes, at: int, types: list[KeyType]) -> tuple[Key, int]:
    *indices, info, width, count = _RECORD.unpack_from(reply, at)
    keysyms = struct.unpack_from(f"={count}I", reply, at + 8)
    groups = tuple(
        KeyGroup(types[indices[group]], keysyms[group * width : (group + 1) * width]) for group in range(info & 0x0F)
    )
    return Key(groups, (info,)), at + _RECORD.size + 4 * count


def _reach(key: Key, groups: int) -> tuple[int, ...]:
    """Return which of the key's groups each active group uses (protocol, section 7.2.2, on groups out of range)."""
    (info,), own = key.reach, len(key.groups)
    if not own:
        return ()
    if info & 0x80:
        target = info >> 4 & 0x3
        return tuple(group if group < own else (target if target < own else 0) for group in range(groups))
    if info & 0x40:
        return tuple(min(group, own - 1) for group in range(groups))
    return tuple(group % own for group in range(groups))


def _parse_actions(reply: bytes, at: int, first: int, count: int) -> Iterator[tuple[int, list[_Action]]]:
    """Yield the actions of each key that has any: those of its first group's levels, then its second's, and so on."""
    action = at + (count + 3) // 4 * 4
    for index in range(count):
        actions = reply[at + index]
        if actions:
            yield first + index, [struct.unpack_from("=BxB", reply, action + 8 * number) for number in range(actions)]
        action += 8 * actions


def _without_taken(key: Key, actions: list[_Action]) -> Key:
    """Return the key without the keysyms that it does not give: those that are redirected, and characters on action keys."""
    groups = []
    for number, group in enumerate(key.groups):
        width = len(group.keysyms)
        own = actions[number * width : (number + 1) * width]
        given = (
            0 if kind == _REDIRECT or (kind in _TAKING_ACTIONS and character_of(keysym)) else keysym
            for keysym, (kind, _) in zip(group.keysyms, own, strict=True)
        )
        groups.append(group._replace(keysyms=tuple(given)))
    return key._replace(groups=tuple(groups))


def _parse_modifier_map(reply: bytes, at: int) -> Iterator[int]:
    """Yield the keycodes in the core protocol's modifier map."""
    for number in range(reply[33]):
        yield reply[at + 2 * number]


def _modifier(actions: list[_Action], key: Key) -> tuple[int, int]:
    """
    Return the mask that a key sets while it is down, and the modifiers under which its action differs from the first
    level's.

    The mask is 0 for a key that sets none, and LASTING for one whose effect outlasts the press or depends on the group.
    """
    plain, other_under = actions[0], 0
    for number, group in enumerate(key.groups):
        width = len(group.keysyms)
        own = actions[number * width : (number + 1) * width]
        if own[0] != plain:
            return LASTING, 0
        if any(own[level] != plain for level in group.type.levels.values()):
            other_under |= group.type.mask
    kind, mask = plain
    if kind in _LASTING_ACTIONS:
        return LASTING, 0
    return (mask, other_under) if kind == _SET_MODS else (0, 0)
