# SPDX-License-Identifier: MIT
"""
The icons of the states, drawn here, so that they need no theme: a key with a caret, in the colour of the state.

Source: the property IconPixmap of org.kde.StatusNotifierItem: width, height, and ARGB of 32 bits in network byte order.
"""

from __future__ import annotations

from functools import cache

from typewright.bus.values import Container
from typewright.desktop.status import DISABLED, ENABLED, REFUSED, TYPING

SIDE = 24
"""Pixels."""

COLOURS = {ENABLED: 0x2E9E5B, TYPING: 0x2979D9, DISABLED: 0x7A7A7A, REFUSED: 0xD9732B}
"""Red, green and blue of each state's key."""

_CARET = 0xFFFFFF
_OPAQUE = 0xFF000000
_CUT = 4
"""Pixels that each corner of the key lacks, on its two sides together."""


@cache
def icon(state: str) -> Container:
    """Return the icon of a state, as an `a(iiay)` of one size."""
    return Container("a(iiay)", [Container("(iiay)", [SIDE, SIDE, _pixels(state)])])


def _pixels(state: str) -> bytearray:
    pixels = bytearray()
    for row in range(SIDE):
        for column in range(SIDE):
            pixels += _pixel(state, column, row).to_bytes(4, "big")
    return pixels


def _pixel(state: str, column: int, row: int) -> int:
    # Distances to the nearer edge, so that one corner serves for all four.
    x, y = min(column, SIDE - 1 - column), min(row, SIDE - 1 - row)
    if x < 1 or y < 1 or x + y < 2 + _CUT:
        return 0
    caret = (x >= SIDE // 2 - 1 and y >= 6) or (x >= SIDE // 2 - 4 and y in (5, 6))
    slash = state == DISABLED and abs(column - row) <= 1
    return _OPAQUE | (_CARET if caret or slash else COLOURS[state])
