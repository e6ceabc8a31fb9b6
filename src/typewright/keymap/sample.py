# SPDX-License-Identifier: MIT
"""A small keyboard layout for tests and for the printing backend, and the types that its keys have."""

from __future__ import annotations

from typewright.keymap.chords import LASTING
from typewright.keymap.keys import Key, KeyGroup, KeyType
from typewright.keymap.keysyms import keysym_named, name_of
from typewright.keymap.layout import Layout
from typewright.keymap.packing import Lent, capitalised, keysyms_for

SHIFT, LOCK, CONTROL, MOD1, MOD2, MOD4, MOD5 = 1, 2, 4, 8, 16, 64, 128

ONE_LEVEL = KeyType(0, {})
TWO_LEVEL = KeyType(SHIFT, {SHIFT: 1})
ALPHABETIC = KeyType(SHIFT | LOCK, {SHIFT: 1, LOCK: 1})
FOUR_LEVEL = KeyType(SHIFT | MOD5, {SHIFT: 1, MOD5: 2, SHIFT | MOD5: 3})
FOUR_LEVEL_ALPHABETIC = KeyType(
    SHIFT | LOCK | MOD5,
    {SHIFT: 1, LOCK: 1, MOD5: 2, SHIFT | MOD5: 3, LOCK | MOD5: 3, SHIFT | LOCK | MOD5: 2},
)


def key_name(layout: Layout, keycode: int) -> str:
    """Return the name of a key's first level in its first group, `Shift_L` or `a`; `<250>` for a key with nothing on it."""
    groups = layout.keys[keycode].groups if keycode in layout.keys else ()
    return name_of(groups[0].keysyms[0]) if groups else f"<{keycode}>"


def lent_key(lent: Lent, groups: int = 1) -> Key:
    """Return the key that a keycode becomes when it is lent to two characters, or to four."""
    kind = FOUR_LEVEL_ALPHABETIC if len(lent) > 2 else ALPHABETIC if capitalised(lent) else TWO_LEVEL
    return Key((KeyGroup(kind, keysyms_for(lent)),), (0,) * groups)


_FIRST_OF_ROW = {10: "1234567890-=", 24: "qwertyuiop[]", 38: "asdfghjkl;'`", 51: "\\zxcvbnm,./"}
_SHIFTED = dict(zip("1234567890-=[];'`\\,./", '!@#$%^&*()_+{}:"~|<>?', strict=True))
_RUSSIAN = {
    **dict(zip("qwertyuiop[]asdfghjkl;'`zxcvbnm,.", "йцукенгшщзхъфывапролджэёячсмитьбю", strict=True)),
    "/": ".",
}
_THIRD_AND_FOURTH = {"5": "€‰", "-": "–—", "c": "©¢", "s": "ßẞ"}
_MODIFIERS: dict[int, tuple[str, int]] = {
    37: ("Control_L", CONTROL),
    50: ("Shift_L", SHIFT),
    62: ("Shift_R", SHIFT),
    64: ("Alt_L", MOD1),
    66: ("Caps_Lock", LASTING),
    77: ("Num_Lock", LASTING),
    108: ("ISO_Level3_Shift", MOD5),
    133: ("Super_L", MOD4),
}
_OTHERS = {9: "Escape", 22: "BackSpace", 23: "Tab", 36: "Return", 65: "space", 67: "F1", 110: "Home", 112: "Prior",
           113: "Left", 119: "Delete", 187: "parenleft", 188: "parenright"}  # fmt: skip


def sample_layout(*, spare: int = 3) -> Layout:
    """
    Return a layout like `us,ru`, in evdev's keycodes, with `spare` keycodes that type nothing. Nothing is on 8 either,
    but that is evdev's key 0, and cannot be lent.

    The keys with Russian letters have both groups; those for `5`, `-`, `c` and `s` have AltGr levels in the first.
    """
    keys = {8: Key((), ())}
    for first, characters in _FIRST_OF_ROW.items():
        keys |= {code: _character_key(character) for code, character in enumerate(characters, first)}
    named = {**_OTHERS, **{code: name for code, (name, _) in _MODIFIERS.items()}}
    keys |= {code: Key((KeyGroup(ONE_LEVEL, (keysym_named(name),)),), (0, 0)) for code, name in named.items()}
    keys |= {code: Key((), ()) for code in range(248, 248 + spare)}
    modifiers = {code: mask for code, (_, mask) in _MODIFIERS.items()}
    return Layout(keys, modifiers, groups=2, names=("us", "ru"))


def _character_key(character: str) -> Key:
    levels = character + _SHIFTED.get(character, character.upper()) + _THIRD_AND_FOURTH.get(character, "")
    groups = [_group(character, levels)]
    if character in _RUSSIAN:
        second = _RUSSIAN[character]
        groups.append(_group(second, second + ("," if second == "." else second.upper())))
    return Key(tuple(groups), (0, len(groups) - 1))


def _group(character: str, levels: str) -> KeyGroup:
    two, four = (ALPHABETIC, FOUR_LEVEL_ALPHABETIC) if character.isalpha() else (TWO_LEVEL, FOUR_LEVEL)
    return KeyGroup(four if len(levels) > 2 else two, tuple(map(keysym_named, levels)))
