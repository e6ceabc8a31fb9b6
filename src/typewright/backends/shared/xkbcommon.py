# SPDX-License-Identifier: MIT
"""
From the text of a keymap to a `Layout`, by libxkbcommon: compositors hand keymaps out as text.

The library is loaded with ctypes when it is first needed; every Wayland desktop has it.

Source: xkbcommon/xkbcommon.h; the XKB protocol, section 2.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import POINTER, byref, c_char_p, c_int, c_size_t, c_uint32, c_void_p
from functools import cache
from typing import Any

from typewright.errors import ExtensionMissing, TypewrightError
from typewright.keymap.chords import LASTING
from typewright.keymap.keys import LOCK_MASK, Key, KeyGroup, KeyType
from typewright.keymap.layout import Layout

_LIBRARY = "libxkbcommon.so.0"
_TEXT_V1 = 1
_DOWN, _UP = 1, 0
_DEPRESSED, _LATCHED, _LOCKED = 1, 2, 4
_LAYOUT_EFFECTIVE = 128
_REAL = 0xFF
"""The real modifiers, Shift to Mod5, have these bits in every keymap."""
_LAST_KEYCODE = 255
_MOST_MASKS = 64


class LibraryMissing(ExtensionMissing):
    """libxkbcommon is not installed."""

    def __init__(self) -> None:
        TypewrightError.__init__(self, f"{_LIBRARY} is missing: install libxkbcommon (Debian: the package libxkbcommon0).")


class BadKeymap(ValueError):
    """A text that libxkbcommon does not take for a keymap."""


def layout_of(text: bytes) -> Layout:
    """
    Return the layout of the keymap `text`, which may end with a NUL. Raises BadKeymap, or LibraryMissing.

    Keycodes above 255 are left out. `names` are the keymap's own, such as `German`.
    """
    library = _library()
    # At most one context and one keymap at a time: reading takes some ten milliseconds, and happens when a layout changes.
    context = library.xkb_context_new(0)
    content = text.rstrip(b"\0")
    keymap = library.xkb_keymap_new_from_buffer(context, content, len(content), _TEXT_V1, 0)
    try:
        if not keymap:
            raise BadKeymap("libxkbcommon does not read the keymap.")
        return _Reader(library, keymap).layout()
    finally:
        library.xkb_keymap_unref(keymap)
        library.xkb_context_unref(context)


class _Reader:
    """Asks one keymap for what a Layout holds; what no function tells is found by pressing keys in a state."""

    def __init__(self, library: Any, keymap: int) -> None:
        self._library = library
        self._keymap = keymap
        self._types: dict[tuple[object, ...], KeyType] = {}

    def layout(self) -> Layout:
        library, keymap = self._library, self._keymap
        groups = max(1, min(4, library.xkb_keymap_num_layouts(keymap)))
        first, last = library.xkb_keymap_min_keycode(keymap), library.xkb_keymap_max_keycode(keymap)
        codes = range(max(8, first), min(last, _LAST_KEYCODE) + 1)
        keys = {code: self._key(code, groups) for code in codes}
        used = [code for code, key in keys.items() if key.groups]
        modifiers = {code: mask for code in used if (mask := self._modifier(code))}
        acting = {code for code in used if self._changes_group(code)}
        fickle = {code: upset for code, mask in modifiers.items() if mask > 0 and (upset := self._fickle(code, mask))}
        names = (library.xkb_keymap_layout_get_name(keymap, group) or b"" for group in range(groups))
        return Layout(
            keys,
            modifiers,
            groups=groups,
            names=tuple(name.decode("utf-8", "replace") for name in names),
            acting=frozenset(acting | modifiers.keys()),
            fickle=fickle,
        )

    # --- keys --------------------------------------------------------------------------------------------------------

    def _key(self, code: int, groups: int) -> Key:
        own = self._library.xkb_keymap_num_layouts_for_key(self._keymap, code)
        if not own:
            return Key((), ())
        found = tuple(self._group(code, group) for group in range(own))
        if not any(any(group.keysyms) for group in found):
            return Key((), ())
        return Key(found, tuple(self._reach(code, group) for group in range(groups)))

    def _group(self, code: int, group: int) -> KeyGroup:
        levels = self._library.xkb_keymap_num_levels_for_key(self._keymap, code, group)
        return KeyGroup(self._type(code, group, levels), tuple(self._keysym(code, group, level) for level in range(levels)))

    def _keysym(self, code: int, group: int, level: int) -> int:
        """Return the keysym of a level; 0 for none, and for several at once, which no chord can aim at."""
        keysyms = POINTER(c_uint32)()
        count = self._library.xkb_keymap_key_get_syms_by_level(self._keymap, code, group, level, byref(keysyms))
        return int(keysyms[0]) if count == 1 else 0

    def _type(self, code: int, group: int, levels: int) -> KeyType:
        chosen: dict[int, int] = {}
        masks = (c_uint32 * _MOST_MASKS)()
        for level in range(levels):
            count = self._library.xkb_keymap_key_get_mods_for_level(
                self._keymap, code, group, level, masks, c_size_t(_MOST_MASKS)
            )
            chosen |= {masks[at] & _REAL: level for at in range(count)}
        mask = self._consumed(code, group, 0)
        locking = [found for found in chosen if found & LOCK_MASK]
        preserved = frozenset(found for found in locking if not self._consumed(code, group, found) & LOCK_MASK)
        shown = (mask, tuple(sorted(chosen.items())), preserved)
        return self._types.setdefault(
            shown, KeyType(mask, {found: level for found, level in chosen.items() if level}, preserved)
        )

    def _consumed(self, code: int, group: int, modifiers: int) -> int:
        """Return which modifiers choosing a level consumes under these; under none, that is the whole mask of the type."""
        with self._state(modifiers=modifiers, group=group) as state:
            return int(self._library.xkb_state_key_get_consumed_mods(state, code)) & _REAL

    def _reach(self, code: int, group: int) -> int:
        with self._state(group=group) as state:
            return int(self._library.xkb_state_key_get_layout(state, code))

    # --- what keys do ------------------------------------------------------------------------------------------------

    def _modifier(self, code: int) -> int:
        """Return the modifiers that a key sets while it is down, LASTING if the effect outlasts it, 0 if it sets none."""
        held, left = self._pressed(code, 0)
        return LASTING if left else held

    def _fickle(self, code: int, usual: int) -> int:
        """Return the modifiers that, when locked, make a modifier key do something else."""
        bits = (1 << at for at in range(8))
        return sum(bit for bit in bits if not bit & usual and self._pressed(code, bit) != (usual, bit))

    def _pressed(self, code: int, locked: int) -> tuple[int, int]:
        """Return which modifiers a key holds while it is down, and which are locked or latched once it is up again."""
        library = self._library
        with self._state(locked=locked) as state:
            library.xkb_state_update_key(state, code, _DOWN)
            held = library.xkb_state_serialize_mods(state, _DEPRESSED)
            library.xkb_state_update_key(state, code, _UP)
            return held & _REAL, library.xkb_state_serialize_mods(state, _LATCHED | _LOCKED) & _REAL

    def _changes_group(self, code: int) -> bool:
        with self._state() as state:
            return bool(self._library.xkb_state_update_key(state, code, _DOWN) & _LAYOUT_EFFECTIVE)

    @contextmanager
    def _state(self, *, modifiers: int = 0, locked: int = 0, group: int = 0) -> Iterator[Any]:
        """A state of the keymap, with these modifiers held and locked, and this group locked."""
        state = self._library.xkb_state_new(self._keymap)
        try:
            self._library.xkb_state_update_mask(state, modifiers, 0, locked, 0, 0, group)
            yield state
        finally:
            self._library.xkb_state_unref(state)


_FUNCTIONS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "xkb_context_new": (c_void_p, (c_int,)),
    "xkb_context_unref": (None, (c_void_p,)),
    "xkb_keymap_new_from_buffer": (c_void_p, (c_void_p, c_char_p, c_size_t, c_int, c_int)),
    "xkb_keymap_unref": (None, (c_void_p,)),
    "xkb_keymap_min_keycode": (c_uint32, (c_void_p,)),
    "xkb_keymap_max_keycode": (c_uint32, (c_void_p,)),
    "xkb_keymap_num_layouts": (c_uint32, (c_void_p,)),
    "xkb_keymap_layout_get_name": (c_char_p, (c_void_p, c_uint32)),
    "xkb_keymap_num_layouts_for_key": (c_uint32, (c_void_p, c_uint32)),
    "xkb_keymap_num_levels_for_key": (c_uint32, (c_void_p, c_uint32, c_uint32)),
    "xkb_keymap_key_get_syms_by_level": (c_int, (c_void_p, c_uint32, c_uint32, c_uint32, c_void_p)),
    "xkb_keymap_key_get_mods_for_level": (c_size_t, (c_void_p, c_uint32, c_uint32, c_uint32, c_void_p, c_size_t)),
    "xkb_state_new": (c_void_p, (c_void_p,)),
    "xkb_state_unref": (None, (c_void_p,)),
    "xkb_state_update_mask": (c_int, (c_void_p, *[c_uint32] * 6)),
    "xkb_state_update_key": (c_int, (c_void_p, c_uint32, c_int)),
    "xkb_state_serialize_mods": (c_uint32, (c_void_p, c_int)),
    "xkb_state_key_get_layout": (c_uint32, (c_void_p, c_uint32)),
    "xkb_state_key_get_consumed_mods": (c_uint32, (c_void_p, c_uint32)),
}


@cache
def _library() -> Any:
    try:
        library = ctypes.CDLL(_LIBRARY)
    except OSError:
        raise LibraryMissing from None
    for name, (result, arguments) in _FUNCTIONS.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library
