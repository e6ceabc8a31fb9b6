# SPDX-License-Identifier: MIT
"""
Keysyms: their names, and the characters that they type.

A keysym is X's number for what is on a key. Characters have a legacy keysym (in `keysyms.tsv`), or else
0x01000000 + code point (X protocol, appendix A).
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from string import hexdigits
from typing import NamedTuple

NO_SYMBOL = 0
_UNICODE = 0x01000000
_LAST_CODE_POINT = 0x10FFFF

# Legacy keysyms that xterm or GTK 3 read as no character, or as another one (the whole table was measured): brackets and
# signs of the Technical, Special, Publishing and APL sets, three of Katakana, and the Hangul letters.
_MISREAD = frozenset(
    (
        *(0x47E, 0x4A2, 0x4A3, 0x7AE, 0x8A1, *range(0x8A7, 0x8B1), 0x8C1, 0x8C8, 0x8C9, 0x8CD, 0x8CF),
        *(0x9E0, 0x9E1, 0x9E8, 0x9EF, 0x9F0, 0x9F2, 0x9F3, 0xAAF, 0xAD5, 0xAF4, 0xAF9),
        *(0xBC2, 0xBC4, 0xBCA, 0xBCC, 0xBCE, 0xBCF, 0xBD3, 0xBDC, 0xBFC, *range(0xEA1, 0xF00)),
    )
)
_FUNCTIONS = ((0xFF08, 0xFF1B), (0xFF50, 0xFF58), (0xFF60, 0xFF6B), (0xFF80, 0xFFE0))


class _Table(NamedTuple):
    by_name: dict[str, int]
    character: dict[int, str]
    legacy: dict[str, int]


@cache
def _table() -> _Table:
    table = _Table({}, {}, {})
    for line in resources.files(__package__).joinpath("keysyms.tsv").read_text("ascii").splitlines():
        if line.startswith("#"):
            continue
        name, value, *code_point = line.split("\t")
        keysym = int(value, 16)
        table.by_name[name] = keysym
        if code_point and keysym not in _MISREAD:
            character = chr(int(code_point[0], 16))
            table.character[keysym] = character
            table.legacy.setdefault(character, keysym)
    return table


def keysym_named(name: str) -> int:
    """
    Return the keysym that users call `name`: `Page_Up`, `a`, `é`, `U20AC`, `EuroSign`; `NO_SYMBOL` when there is none.

    Names are case-sensitive, as X's are (`a` and `A` differ).
    """
    if len(name) == 1:
        return keysym_of(name)
    if name in _table().by_name:
        return _table().by_name[name]
    digits = name[1:]
    if name[0:1] == "U" and 4 <= len(digits) <= 6 and set(digits) <= set(hexdigits):
        code_point = int(digits, 16)
        if 0x20 <= code_point <= _LAST_CODE_POINT and not 0x7F <= code_point < 0xA0:
            return keysym_of(chr(code_point))
    return NO_SYMBOL


def name_of(keysym: int) -> str:
    """Return the first name of `keysym`; `U20AC` if it has none, and a hexadecimal number if it types no character."""
    for name, value in _table().by_name.items():
        if value == keysym:
            return name
    character = character_of(keysym)
    return f"U{ord(character):04X}" if character else f"0x{keysym:x}"


def names() -> list[str]:
    """Return every name of the table, for suggestions and completion."""
    return list(_table().by_name)


def keysym_of(character: str) -> int:
    """Return the keysym that types `character` (one code point); the legacy one first, which more programs know."""
    return _table().legacy.get(character) or _UNICODE + ord(character)


def unicode_keysym(character: str) -> int:
    """Return the keysym made of the code point of `character`; up to U+00FF it is the code point itself."""
    return ord(character) if ord(character) < 0x100 else _UNICODE + ord(character)


def character_of(keysym: int) -> str:
    """
    Return the character that `keysym` types in every program; empty if it types none, none by itself (the keypad, dead
    keys), or different ones in different programs.

    The keysyms of Latin-1 are its code points: xterm reads 0x010000E9 as two bytes of UTF-8, and not as é.
    """
    if _UNICODE + 0x100 <= keysym <= _UNICODE + _LAST_CODE_POINT:
        return chr(keysym - _UNICODE)
    return _table().character.get(keysym, "")


def is_modifier(keysym: int) -> bool:
    """Return whether programs treat a key with `keysym` as a modifier key, which types nothing (Xutil.h, IsModifierKey)."""
    return 0xFFE1 <= keysym <= 0xFFEE or 0xFE01 <= keysym <= 0xFE13 or keysym in (0xFF7E, 0xFF7F)


def is_function(keysym: int) -> bool:
    """Return whether `keysym` is that of a function, cursor, editing or keypad key (keysymdef.h)."""
    return keysym == 0xFFFF or any(first <= keysym <= last for first, last in _FUNCTIONS)
