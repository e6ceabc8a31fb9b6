# SPDX-License-Identifier: MIT
"""
Compose tables: which sequences of keysyms programs compose to a character.

The format is that of Compose files, see Compose(5): `<dead_acute> <e> : "é" eacute`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from unicodedata import is_normalized

from typewright.keymap.keysyms import NO_SYMBOL, character_of, keysym_named

Sequence = tuple[int, ...]
"""Keysyms in the order of pressing."""

_LINE = re.compile(r'\s*((?:<\w+>\s*)+):\s*"((?:[^"\\]|\\.)+)"')
_INCLUDE = re.compile(r'\s*include\s+"([^"]+)"')
_NAME = re.compile(r"<(\w+)>")
_ESCAPE = re.compile(r"\\(.)")
_LONGEST = 3
_MULTI_KEY, _DEAD_ACUTE = 0xFF20, 0xFE51
_DEAD_KEYS = range(0xFE50, 0xFEA0)


def included(line: str) -> str:
    """Return the file that a line includes, with `%L`, `%H` and `%S` not expanded; empty for every other line."""
    found = _INCLUDE.match(line)
    return found.group(1) if found else ""


def parse(lines: Iterable[str]) -> dict[Sequence, str]:
    """
    Return what each sequence of up to three keysyms composes; of two lines for one sequence the later counts.

    Lines that require modifiers, and those with an unknown keysym name, are left out.
    """
    table = {}
    for line in lines:
        found = _LINE.match(line)
        if not found or line.count("<", 0, found.end(1)) > _LONGEST:
            continue
        keysyms = tuple(keysym_named(name) for name in _NAME.findall(found.group(1)))
        if NO_SYMBOL not in keysyms:
            table[keysyms] = _ESCAPE.sub(r"\1", found.group(2))
    return table


def agreed(standard: Mapping[Sequence, str], own: Mapping[Sequence, str]) -> dict[str, tuple[Sequence, ...]]:
    """
    Return for each character the sequences that compose it in both tables: short ones first, dead keys before Compose.

    A sequence that begins with another complete one can never be finished, and is left out.
    """
    found: dict[str, list[Sequence]] = {}
    for keysyms, text in standard.items():
        cut_short = any(keysyms[:end] in own for end in range(1, len(keysyms)))
        if len(text) == 1 and own.get(keysyms) == text and not cut_short and _usual(keysyms, text):
            found.setdefault(text, []).append(keysyms)
    return {text: tuple(sorted(sequences, key=len)) for text, sequences in found.items()}


def _usual(keysyms: Sequence, text: str) -> bool:
    """
    Return whether programs with a table of their own know this sequence as well.

    Measured: they know a dead key and a letter, a space or itself; and Compose with two ASCII characters, for a Latin letter
    or a common sign. GTK alone composes dead_acute and c to a c with cedilla.
    """
    first, *rest = keysyms
    if first == _MULTI_KEY:
        return all(0x20 <= keysym < 0x7F for keysym in rest) and (text < "\u0250" or "\u2000" <= text < "\u2120")
    if len(rest) != 1 or first not in _DEAD_KEYS or (first == _DEAD_ACUTE and text in "ćĆ"):
        return False
    base = character_of(rest[0])
    simple = base.isascii() or ("\u0370" <= base < "\u0400" and is_normalized("NFD", base))
    return rest[0] == first or base == " " or (base.isalpha() and simple)
