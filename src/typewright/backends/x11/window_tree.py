# SPDX-License-Identifier: MIT
"""
Ancestry: from the window that has the focus up to that of its program which tells what is asked, and down again.

Keys go to a window inside of the one that the program, its window manager and its toolkit have written their properties
on. Only windows of the same client of the X server are asked: the frame around them is the window manager's, and what a
program is embedded in is another program.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import Xlib.protocol.request as core
from Xlib import X

from typewright.backends.x11.requests import Asking, ITransport, RequestError, request

_LONGEST_FAMILY = 16

_Told = TypeVar("_Told")


def keyed(connection: ITransport, focused: int) -> Asking[int]:
    """The window that gets the keys: `focused`, or the innermost under the pointer while that is PointerRoot, or a root."""
    anywhere = focused == X.PointerRoot
    if not anywhere and focused not in connection.roots:
        return focused
    window, child = X.NONE, connection.root if anywhere else focused
    while child != X.NONE:
        window = child
        found = yield from request(core.QueryPointer, window=window)
        child = found.child if found.same_screen else found.root if anywhere else X.NONE
    return window


def under_pointer(connection: ITransport, focused: int) -> Asking[int]:
    """
    Of the program that gets the keys while the focus is PointerRoot or a root window, the outermost window; a root window
    where there is no program under the pointer. NONE when one of the windows has just gone.
    """
    try:
        window = yield from keyed(connection, focused)
        above, client = window, connection.client_of(window)
        while client and connection.client_of(above) == client:
            window = above
            above = (yield from request(core.QueryTree, window=above)).parent
    except RequestError:
        return X.NONE
    return window


def nearest(
    connection: ITransport, window: int, ask: Callable[[int], Asking[_Told | None]]
) -> Asking[tuple[int, _Told] | None]:
    """
    The nearest window, from `window` on upwards, of which `ask` tells something, and that; None where there is none of the
    same program. Raises RequestError when a window is gone.
    """
    client, at = connection.client_of(window), window
    for _ in range(_LONGEST_FAMILY):
        if not client or connection.client_of(at) != client:
            break
        told = yield from ask(at)
        if told is not None:
            return at, told
        at = (yield from request(core.QueryTree, window=at)).parent
    return None


def main_part(window: int) -> Asking[int]:
    """The innermost window that fills more than half of the one around it. Raises RequestError when a window is gone."""
    area = yield from _area(window)
    for _ in range(_LONGEST_FAMILY):
        parts = []
        for child in (yield from request(core.QueryTree, window=window)).children:
            parts.append(((yield from _area(child)), child))
        largest, part = max(parts, default=(0, window))
        if 2 * largest <= area:
            break
        area, window = largest, part
    return window


def _area(window: int) -> Asking[int]:
    geometry = yield from request(core.GetGeometry, drawable=window)
    return int(geometry.width * geometry.height)
