# SPDX-License-Identifier: MIT
"""
Keysyms: their names, and the characters that they type.

A keysym is X's number for what stands on a key. Characters have a legacy keysym (1,480 of them, in `keysyms.tsv`), or else
0x01000000 + code point (X11 protocol, appendix A).
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from string import hexdigits
from typing import NamedTuple

NO_SYMBOL = 0
_UNICODE = 0x01000000
_LAST_CODE_POINT = 0x10FFFF


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
        if code_point:
            character = chr(int(code_point[0], 16))
            table.character[keysym] = character
            table.legacy.setdefault(character, keysym)
    return table


def keysym_named(name: str) -> int:
    """
    The keysym that users call `name`: `Page_Up`, `a`, `é`, `U20AC`, `EuroSign`; `NO_SYMBOL` when there is none.

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
    """The first name of `keysym`; `U20AC` for one that has none, and a hexadecimal number for what is no character."""
    for name, value in _table().by_name.items():
        if value == keysym:
            return name
    character = character_of(keysym)
    return f"U{ord(character):04X}" if character else f"0x{keysym:x}"


def names() -> list[str]:
    """Every name of the table, for suggestions and completion."""
    return list(_table().by_name)


def keysym_of(character: str) -> int:
    """The keysym that types `character` (one code point), preferring the legacy one, which more programs know."""
    return _table().legacy.get(character) or _UNICODE + ord(character)


def unicode_keysym(character: str) -> int:
    """The keysym of `character` that is made of its code point; up to U+00FF it is the code point itself."""
    return ord(character) if ord(character) < 0x100 else _UNICODE + ord(character)


def character_of(keysym: int) -> str:
    """The character that `keysym` types; empty when it types none, or none in particular (the keypad, dead keys)."""
    if _UNICODE + 0xA0 <= keysym <= _UNICODE + _LAST_CODE_POINT:
        return chr(keysym - _UNICODE)
    return _table().character.get(keysym, "")
