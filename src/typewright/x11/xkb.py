# SPDX-License-Identifier: MIT
"""
The few requests of the XKB extension that Typewright makes, packed and parsed by hand: python-xlib has none of them.

Source: X Keyboard Extension protocol 1.0, sections 16.3 and appendix D (encodings). All for the core keyboard.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from typewright.plan.chords import ANY_STATE
from typewright.plan.layout import Key, KeyGroup, KeyType, Layout

NAME = "XKEYBOARD"
NEW_KEYBOARD_NOTIFY, MAP_NOTIFY, STATE_NOTIFY = 0, 1, 2

_CORE_KEYBOARD = 0x100
_TYPES, _SYMS, _ACTIONS = 0x01, 0x02, 0x10
_GROUP_PARTS = 0x10 | 0x80  # the effective and the locked group
_MODIFIER_PARTS = 0x01
_SET_MODS = 1
_LASTING_ACTIONS = (2, 3, 5, 6)  # latch and lock, of modifiers and of groups


class State(NamedTuple):
    """The keyboard's state: effective, locked and not locked modifiers; effective and locked group."""

    modifiers: int
    locked: int
    held: int
    group: int
    locked_group: int


def use_extension(major: int) -> bytes:
    """UseExtension: without it the server treats us as a client that knows nothing of XKB."""
    return struct.pack("=BBHHH", major, 0, 2, 1, 0)


def select_events(major: int, *, modifiers: bool) -> bytes:
    """SelectEvents: changes of keyboard and map, of the group, and with `modifiers` of the effective modifiers."""
    which = 1 << NEW_KEYBOARD_NOTIFY | 1 << MAP_NOTIFY | 1 << STATE_NOTIFY
    whole = which & ~(1 << STATE_NOTIFY)
    parts = _GROUP_PARTS | (_MODIFIER_PARTS if modifiers else 0)
    mask = _GROUP_PARTS | _MODIFIER_PARTS
    return struct.pack("=BBHHHHHHHHH", major, 1, 5, _CORE_KEYBOARD, which, 0, whole, 0xFF, 0xFF, mask, parts)


def get_state(major: int) -> bytes:
    """GetState."""
    return struct.pack("=BBHHH", major, 4, 2, _CORE_KEYBOARD, 0)


def parse_state(reply: bytes) -> State:
    """The reply to GetState."""
    modifiers, base, latched, locked, group, locked_group = struct.unpack_from("=6B", reply, 8)
    return State(modifiers, locked, base | latched, group, locked_group)


def lock_group(major: int, group: int) -> bytes:
    """LatchLockState, for the locked group alone; no modifier is touched."""
    return struct.pack("=BBHHBBBBBBBBh", major, 5, 4, _CORE_KEYBOARD, 0, 0, 1, group, 0, 0, 0, 0, 0)


def get_map(major: int) -> bytes:
    """GetMap: all key types, keysyms and actions."""
    return struct.pack("=BBHHHH16x2x", major, 8, 7, _CORE_KEYBOARD, _TYPES | _SYMS | _ACTIONS, 0)


def parse_map(reply: bytes, *, names: tuple[str, ...] = (), borrowed: frozenset[int] = frozenset()) -> Layout:
    """The layout in the reply to GetMap."""
    first_type, types, _, first_key, _, keys, first_acting, _, acting = struct.unpack_from("=xBBBBHBBHB", reply, 13)[:9]
    del first_type
    at = 40
    key_types = []
    for _ in range(types):
        key_type, at = _parse_type(reply, at)
        key_types.append(key_type)
    parsed: dict[int, Key] = {}
    widths: dict[int, int] = {}
    for keycode in range(first_key, first_key + keys):
        parsed[keycode], widths[keycode], at = _parse_key(reply, at, key_types)
    groups = max((len(key.groups) for key in parsed.values()), default=1) or 1
    layout_keys = {code: key._replace(reach=_reach(key, groups)) for code, key in parsed.items()}
    modifiers = dict(_parse_modifiers(reply, at, first_acting, acting))
    return Layout(layout_keys, modifiers, groups, names, borrowed)


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


def _parse_key(reply: bytes, at: int, types: list[KeyType]) -> tuple[Key, int, int]:
    *indices, info, width, count = struct.unpack_from("=4BBBH", reply, at)
    keysyms = struct.unpack_from(f"={count}I", reply, at + 8)
    groups = tuple(
        KeyGroup(types[indices[group]], keysyms[group * width : (group + 1) * width]) for group in range(info & 0x0F)
    )
    return Key(groups, (info,)), width, at + 8 + 4 * count


def _reach(key: Key, groups: int) -> tuple[int, ...]:
    """Which of the key's groups each active group uses (protocol, section 7.2.2 on groups out of range)."""
    (info,), own = key.reach, len(key.groups)
    if not own:
        return ()
    if info & 0x80:
        target = info >> 4 & 0x3
        return tuple(group if group < own else (target if target < own else 0) for group in range(groups))
    if info & 0x40:
        return tuple(min(group, own - 1) for group in range(groups))
    return tuple(group % own for group in range(groups))


def _parse_modifiers(reply: bytes, at: int, first: int, count: int) -> Iterator[tuple[int, int]]:
    """The mask that each modifier key sets while it is down, by the action of its first level."""
    action = at + (count + 3) // 4 * 4
    for index in range(count):
        actions = reply[at + index]
        if actions:
            kind, _, mask = struct.unpack_from("=BBB", reply, action)
            if kind == _SET_MODS:
                yield first + index, mask
            elif kind in _LASTING_ACTIONS:
                yield first + index, ANY_STATE
        action += 8 * actions
