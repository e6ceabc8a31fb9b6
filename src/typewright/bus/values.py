# SPDX-License-Identifier: MIT
"""
Values that go out to the bus: checked against a D-Bus type, and typed so that a variant has the same type.

txdbus guesses the type of a variant from the Python value (every int is `i`, an empty list has none), takes None for false,
and sends no reply at all if a string cannot be marshalled.
"""

from __future__ import annotations

import re
from typing import Any

from txdbus import marshal

_UNCLEAN = re.compile("[\0\ud800-\udfff]")
_UINT32_END = 1 << 32


class _Strings(list[str]):
    """A list of strings, whose type txdbus also knows if it is empty."""

    dbusSignature = "as"  # noqa: N815 (txdbus reads it)


def checked(signature: str, value: object) -> Any:
    """
    Return `value`, ready to be marshalled as `signature`, in or outside of a variant.

    Accepts b, u, s, d, as, v and a{sv}; the values in the last two must have been checked before. Raises TypeError with a
    message that does not contain the value.
    """
    convert = _CONVERSIONS.get(signature)
    result = convert(value) if convert is not None else None
    if result is None:
        raise TypeError(f"a {type(value).__name__} that is no {signature}")
    return result


def clean(text: str) -> bool:
    """Return whether `text` can be a D-Bus string: it has neither NUL nor half a surrogate pair."""
    return _UNCLEAN.search(text) is None


def _boolean(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _uint32(value: object) -> Any:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _UINT32_END:
        return marshal.UInt32(value)
    return None


def _string(value: object) -> str | None:
    return str(value) if isinstance(value, str) and clean(value) else None


def _strings(value: object) -> list[str] | None:
    if not isinstance(value, (list, tuple)):
        return None
    strings = [string for string in map(_string, value) if string is not None]
    return _Strings(strings) if len(strings) == len(value) else None


def _double(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


_CONVERSIONS = {
    "b": _boolean,
    "u": _uint32,
    "s": _string,
    "d": _double,
    "as": _strings,
    "v": lambda value: value,
    "a{sv}": lambda value: value if isinstance(value, dict) else None,
}
