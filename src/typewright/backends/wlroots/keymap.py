# SPDX-License-Identifier: MIT
"""
The keymap of the virtual keyboard, as the text that a compositor takes and as the Layout that the engine plans on.

ASCII is where an American keyboard has it, and everything else on the third and fourth level of the same 47 keys: Chromium
drops characters of other keycodes, and takes the keys of Escape, Return and Tab for these no matter what is on them. All of
it is written out, since what an `include` brings depends on the compositor's files and on the user's.

Source: the XKB protocol, section 2; xkbcommon/doc/keymap-format-text-v1.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from typewright.keymap.chords import LASTING
from typewright.keymap.keys import SHIFT_MASK, Key, KeyGroup, KeyType
from typewright.keymap.keysyms import keysym_named, unicode_keysym
from typewright.keymap.layout import Layout
from typewright.keymap.packing import Lent, keysyms_for

LEVELS = 2
"""Characters that a slot holds."""

_CONTROL, _MOD1, _MOD4, _MOD5 = 4, 8, 64, 128
_ROWS = {
    10: ("1234567890-=", "!@#$%^&*()_+"),
    24: ("qwertyuiop[]", "QWERTYUIOP{}"),
    38: ("asdfghjkl;'`", 'ASDFGHJKL:"~'),
    51: ("\\zxcvbnm,./", "|ZXCVBNM<>?"),
}
"""The first keycode of each row, its keys, and these with Shift; after the third row's `'` comes the key left of 1."""
_PRINTABLE = {
    keycode: characters for first, row in _ROWS.items() for keycode, characters in enumerate(zip(*row, strict=True), first)
}
SLOT_KEYCODES = tuple(sorted(_PRINTABLE))
"""The keycodes whose upper levels are slots."""

_FUNCTION_KEYCODES = (*range(67, 77), 95, 96, *range(191, 203))
_KEYPAD = ["7", "8", "9", "Subtract", "4", "5", "6", "Add", "1", "2", "3", "0", "Decimal"]
_NAVIGATION = ["Home", "Up", "Prior", "Left", "Right", "End", "Down", "Next", "Insert", "Delete"]
_OTHERS: Mapping[int, str] = {
    9: "Escape",
    22: "BackSpace",
    23: "Tab",
    36: "Return",
    65: "space",
    107: "Print",
    127: "Pause",
    135: "Menu",
    66: "Caps_Lock",
    77: "Num_Lock",
    78: "Scroll_Lock",
    **{keycode: f"F{number}" for number, keycode in enumerate(_FUNCTION_KEYCODES, 1)},
    **{keycode: f"KP_{name}" for keycode, name in enumerate(_KEYPAD, 79)},
    63: "KP_Multiply",
    104: "KP_Enter",
    106: "KP_Divide",
    125: "KP_Equal",
    **dict(enumerate(_NAVIGATION, 110)),
    121: "XF86AudioMute",
    122: "XF86AudioLowerVolume",
    123: "XF86AudioRaiseVolume",
    198: "XF86AudioMicMute",
    171: "XF86AudioNext",
    172: "XF86AudioPlay",
    173: "XF86AudioPrev",
    174: "XF86AudioStop",
    232: "XF86MonBrightnessDown",
    233: "XF86MonBrightnessUp",
    166: "XF86Back",
    167: "XF86Forward",
    180: "XF86HomePage",
}
_MODIFIERS: Mapping[int, tuple[str, int, str]] = {
    50: ("Shift_L", SHIFT_MASK, "Shift"),
    62: ("Shift_R", SHIFT_MASK, "Shift"),
    37: ("Control_L", _CONTROL, "Control"),
    105: ("Control_R", _CONTROL, "Control"),
    64: ("Alt_L", _MOD1, "Mod1"),
    133: ("Super_L", _MOD4, "Mod4"),
    134: ("Super_R", _MOD4, "Mod4"),
    108: ("ISO_Level3_Shift", _MOD5, "Mod5"),
}
_LOCKING = (66, 77)

_ONE_LEVEL = KeyType(0, {})
_FOUR_LEVEL = KeyType(SHIFT_MASK | _MOD5, {SHIFT_MASK: 1, _MOD5: 2, SHIFT_MASK | _MOD5: 3})

_TYPES = """xkb_types "typewright" {
virtual_modifiers NumLock, Alt, LevelThree, Super, Meta;
type "ONE_LEVEL" { modifiers = none; level_name[Level1] = "Any"; };
type "TWO_LEVEL" { modifiers = Shift; map[Shift] = Level2; level_name[Level1] = "Base"; level_name[Level2] = "Shift"; };
type "ALPHABETIC" { modifiers = Shift+Lock; map[Shift] = Level2; map[Lock] = Level2;
level_name[Level1] = "Base"; level_name[Level2] = "Caps"; };
type "KEYPAD" { modifiers = Shift+NumLock; map[NumLock] = Level2; map[Shift] = Level2;
level_name[Level1] = "Base"; level_name[Level2] = "Number"; };
type "FOUR_LEVEL" { modifiers = Shift+LevelThree;
map[Shift] = Level2; map[LevelThree] = Level3; map[Shift+LevelThree] = Level4;
level_name[Level1] = "Base"; level_name[Level2] = "Shift";
level_name[Level3] = "AltGr"; level_name[Level4] = "Shift AltGr"; };
};
"""
_COMPATIBILITY = """xkb_compatibility "typewright" {
virtual_modifiers NumLock, Alt, LevelThree, Super, Meta;
interpret.useModMapMods = AnyLevel; interpret.repeat = False;
interpret ISO_Level3_Shift+AnyOf(all) { virtualModifier = LevelThree; useModMapMods = level1;
action = SetMods(modifiers=LevelThree,clearLocks); };
interpret Alt_L+AnyOf(all) { virtualModifier = Alt; action = SetMods(modifiers=modMapMods,clearLocks); };
interpret Super_L+AnyOf(all) { virtualModifier = Super; action = SetMods(modifiers=modMapMods,clearLocks); };
interpret Num_Lock+AnyOf(all) { virtualModifier = NumLock; action = LockMods(modifiers=NumLock); };
interpret Any+Exactly(Lock) { action = LockMods(modifiers=Lock); };
interpret Any+AnyOf(all) { action = SetMods(modifiers=modMapMods,clearLocks); };
};
"""


def keymap_text(slots: Mapping[int, Lent], name: str) -> bytes:
    """
    Return the text of the keymap with these slots, keycode -> characters; NUL at the end, as compositors want it.

    `name` (letters, digits, hyphens) becomes the name of its symbols: a keymap that comes back has it.
    """
    return "".join(["xkb_keymap {\n", *_keycodes(), _TYPES, _COMPATIBILITY, *_symbols(slots, name), "};\0"]).encode()


def keymap_layout(slots: Mapping[int, Lent]) -> Layout:
    """Return the Layout of that keymap."""
    named = {**_OTHERS, **{code: name for code, (name, _, _) in _MODIFIERS.items()}}
    keys = {code: Key((KeyGroup(_ONE_LEVEL, (keysym_named(name),)),), (0,)) for code, name in named.items()}
    for code, characters in _PRINTABLE.items():
        keysyms = tuple(map(unicode_keysym, characters)) + keysyms_for(slots.get(code, ()))
        keys[code] = Key((KeyGroup(_FOUR_LEVEL, keysyms),), (0,))
    modifiers = {code: mask for code, (_, mask, _) in _MODIFIERS.items()} | dict.fromkeys(_LOCKING, LASTING)
    return Layout(
        keys,
        modifiers,
        borrowed=frozenset(slots),
        levels=LEVELS,
        lent_from=len(_PRINTABLE[SLOT_KEYCODES[0]]),
        acting=frozenset(modifiers),
    )


def _keycodes() -> Iterator[str]:
    yield 'xkb_keycodes "typewright" {\nminimum = 8; maximum = 255;\n'
    yield from (f"<I{code}> = {code};\n" for code in sorted({*_PRINTABLE, *_OTHERS, *_MODIFIERS}))
    yield 'indicator 1 = "Caps Lock";\n};\n'


def _symbols(slots: Mapping[int, Lent], name: str) -> Iterator[str]:
    yield f'xkb_symbols "{name}" {{\nname[Group1] = "Typewright";\n'
    for code, keysym in {**_OTHERS, **{code: keysym for code, (keysym, _, _) in _MODIFIERS.items()}}.items():
        yield f"key <I{code}> {{ [ {keysym} ] }};\n"
    for code, characters in _PRINTABLE.items():
        yield f'key <I{code}> {{ type = "FOUR_LEVEL", [ {_listed([*characters, *slots.get(code, ())])} ] }};\n'
    for code, (_, _, modifier) in _MODIFIERS.items():
        yield f"modifier_map {modifier} {{ <I{code}> }};\n"
    yield "modifier_map Lock { <I66> };\nmodifier_map Mod2 { <I77> };\n};\n"


def _listed(characters: Sequence[str]) -> str:
    return ", ".join(f"U{ord(character):04X}" for character in characters)
