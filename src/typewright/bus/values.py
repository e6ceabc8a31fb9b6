# SPDX-License-Identifier: MIT
"""
Values on their way out to the bus: checked against a D-Bus type, and typed so that a variant says the same type.

txdbus guesses a variant's type from the Python value (every int is `i`), takes None for false, and sends no reply at
all when a string can't be marshalled.
"""

from __future__ import annotations

import re
from typing import Any

from txdbus import marshal

_UNCLEAN = re.compile("[\0\ud800-\udfff]")
_UINT32_END = 1 << 32


def checked(signature: str, value: object) -> Any:
    """
    `value`, ready to be marshalled as `signature`, in or outside of a variant.

    Knows b, u, s, d and v, a{sv} and as, whose values must have been checked before. Raises TypeError with a text that
    holds no value.
    """
    ready = _READY.get(signature)
    result = ready(value) if ready is not None else None
    if result is None:
        raise TypeError(f"a {type(value).__name__} that is no {signature}")
    return result


def clean(text: str) -> bool:
    """Whether `text` can be a D-Bus string: it holds neither NUL nor half a surrogate pair."""
    return _UNCLEAN.search(text) is None


def _boolean(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _uint32(value: object) -> Any:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _UINT32_END:
        return marshal.UInt32(value)
    return None


def _string(value: object) -> str | None:
    return str(value) if isinstance(value, str) and clean(value) else None


def _double(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


_READY = {
    "b": _boolean,
    "u": _uint32,
    "s": _string,
    "d": _double,
    "v": lambda value: value,
    "a{sv}": lambda value: value if isinstance(value, dict) else None,
    "as": lambda value: value if isinstance(value, list) else None,
}
