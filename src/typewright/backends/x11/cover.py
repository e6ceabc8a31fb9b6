# SPDX-License-Identifier: MIT
"""
Whether the screen is covered: how a locker looks that tells nobody of itself.

A locker holds the keyboard, as a launcher does, but shows one window as large as the screen, above all others, that no
window manager has a say in (i3lock, slock, xsecurelock, xscreensaver).
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import Xlib.protocol.request as core
from twisted.internet.defer import Deferred, inlineCallbacks
from Xlib import X

from typewright.backends.x11.connection import Connection
from typewright.backends.x11.requests import RequestError


@inlineCallbacks
def is_covered(connection: Connection) -> Generator[Deferred[Any], Any, bool]:
    """Fires with whether such a window is the topmost of those that no window manager has a say in."""
    screen = yield connection.request(core.GetGeometry, drawable=connection.root)
    family = yield connection.request(core.QueryTree, window=connection.root)
    for window in reversed(family.children):
        try:
            shown = yield connection.request(core.GetWindowAttributes, window=window)
            if shown.map_state != X.IsViewable or not shown.override_redirect or shown.win_class != X.InputOutput:
                continue
            place = yield connection.request(core.GetGeometry, drawable=window)
        except RequestError:
            continue  # it is gone
        return bool(
            place.x <= 0
            and place.y <= 0
            and place.x + place.width >= screen.width
            and place.y + place.height >= screen.height
        )
    return False
