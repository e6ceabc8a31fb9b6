# SPDX-License-Identifier: MIT
"""
The window tree: from the window that receives keys up to the one with its program's properties, and down again.

Keys go to a window inside of the one that the program and its toolkit put their properties on. Only windows of the same
client of the X server are looked at: the frame around them is the window manager's, and a program may be embedded in
another one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import Xlib.protocol.request as core
from Xlib import X

from typewright.backends.x11.requests import IConnection, RequestError, Requests, reply_to

_DEEPEST = 16

_Found = TypeVar("_Found")


def key_window(connection: IConnection, focused: int) -> Requests[int]:
    """
    Return the window that receives keys: `focused`, or the innermost one under the pointer if that is PointerRoot or a root
    window. Raises RequestError when a window is gone.
    """
    anywhere = focused == X.PointerRoot
    if not anywhere and focused not in connection.roots:
        return focused
    window, child = X.NONE, connection.root if anywhere else focused
    while child != X.NONE:
        window = child
        found = yield from reply_to(core.QueryPointer, window=window)
        child = found.child if found.same_screen else found.root if anywhere else X.NONE
    return window


def under_pointer(connection: IConnection, focused: int) -> Requests[int]:
    """
    Return the outermost window of the program that receives keys while the focus is PointerRoot or a root window.

    That is a root window where no program is under the pointer, and NONE when one of the windows has just gone.
    """
    try:
        window = yield from key_window(connection, focused)
        above, client = window, connection.client_of(window)
        while client and connection.client_of(above) == client:
            window = above
            above = (yield from reply_to(core.QueryTree, window=above)).parent
    except RequestError:
        return X.NONE
    return window


def nearest(
    connection: IConnection, window: int, look: Callable[[int], Requests[_Found | None]]
) -> Requests[tuple[int, _Found] | None]:
    """
    Return the nearest window, from `window` upwards, at which `look` finds something, and what it finds.

    None if it finds nothing at any window of the same program. Raises RequestError when a window is gone.
    """
    client, at = connection.client_of(window), window
    for _ in range(_DEEPEST):
        if not client or connection.client_of(at) != client:
            break
        found = yield from look(at)
        if found is not None:
            return at, found
        at = (yield from reply_to(core.QueryTree, window=at)).parent
    return None


def main_part(window: int) -> Requests[int]:
    """Return the innermost window that fills more than half of the one around it. Raises RequestError when one is gone."""
    area = yield from _area(window)
    for _ in range(_DEEPEST):
        parts = []
        for child in (yield from reply_to(core.QueryTree, window=window)).children:
            parts.append(((yield from _area(child)), child))
        largest, part = max(parts, default=(0, window))
        if 2 * largest <= area:
            break
        area, window = largest, part
    return window


def _area(window: int) -> Requests[int]:
    geometry = yield from reply_to(core.GetGeometry, drawable=window)
    return int(geometry.width * geometry.height)
