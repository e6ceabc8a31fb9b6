# SPDX-License-Identifier: MIT
"""
Values that go out to the bus: checked against a D-Bus type, and typed so that a variant has the same type.

txdbus guesses the type of a variant from the Python value (every int is `i`, an empty list has none), takes None for false,
and sends no reply at all if a string cannot be marshalled.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Self

from txdbus import marshal

_UNCLEAN = re.compile("[\0\ud800-\udfff]")
_INT32_END = 1 << 31
_UINT32_END = 1 << 32


class Container(tuple[Any, ...]):
    """A struct or an array of checked values, whose type txdbus also knows in a variant, and if it is empty."""

    def __new__(cls, signature: str, values: Iterable[object] = ()) -> Self:
        """Return the container of type `signature` with `values`, which must have been checked."""
        made = super().__new__(cls, values)
        made.dbusSignature = signature
        return made

    dbusSignature: str  # noqa: N815 (txdbus reads it)


def checked(signature: str, value: object) -> Any:
    """
    Return `value`, ready to be marshalled as `signature`, in or outside of a variant.

    Accepts b, i, u, s, o, d, as, v and a{sv}, and a `Container` of that type; the values in the last three must have been
    checked before. Raises TypeError with a message that does not contain the value.
    """
    if isinstance(value, Container) and value.dbusSignature == signature:
        return value
    convert = _CONVERSIONS.get(signature)
    result = convert(value) if convert is not None else None
    if result is None:
        raise TypeError(f"a {type(value).__name__} that is no {signature}")
    return result


def complete_types(signature: str) -> list[str]:
    """Return the complete types that `signature` consists of."""
    return list(marshal.genCompleteTypes(signature))


def clean(text: str) -> bool:
    """Return whether `text` can be a D-Bus string: it has neither NUL nor half a surrogate pair."""
    return _UNCLEAN.search(text) is None


def _boolean(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _int32(value: object) -> Any:
    if isinstance(value, int) and not isinstance(value, bool) and -_INT32_END <= value < _INT32_END:
        return marshal.Int32(value)
    return None


def _uint32(value: object) -> Any:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _UINT32_END:
        return marshal.UInt32(value)
    return None


def _string(value: object) -> str | None:
    return str(value) if isinstance(value, str) and clean(value) else None


def _path(value: object) -> Any:
    return marshal.ObjectPath(value) if isinstance(value, str) and value.startswith("/") else None


def _strings(value: object) -> Container | None:
    if not isinstance(value, (list, tuple)):
        return None
    strings = [string for string in map(_string, value) if string is not None]
    return Container("as", strings) if len(strings) == len(value) else None


def _double(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


_CONVERSIONS = {
    "b": _boolean,
    "i": _int32,
    "u": _uint32,
    "s": _string,
    "o": _path,
    "d": _double,
    "as": _strings,
    "v": lambda value: value,
    "a{sv}": lambda value: value if isinstance(value, dict) else None,
}
