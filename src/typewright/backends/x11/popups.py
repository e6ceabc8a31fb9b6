# SPDX-License-Identifier: MIT
"""
Popups: windows above all others, which no window manager controls. They tell whose grab the keyboard is in.

X does not say which client holds the keyboard. But what takes a grab shows something at that moment, and what is shown last
is on top: a locker's cover, a launcher, a prompt, or a list or menu of the program with the focus, such as Qt's completions.
While a program holds the keyboard for its popup, no other one can.
"""

from __future__ import annotations

import Xlib.protocol.request as core
from Xlib import X, Xatom

from typewright.backends.x11.requests import IConnection, RequestError, Requests, atom, property_of, reply_to
from typewright.interfaces.backend import MENU

COVER, POPUP, OTHER, NOTHING = "cover", "popup", "other", "nothing"

_TYPE = "_NET_WM_WINDOW_TYPE"


class Popups:
    """Tells what is on top. Carry out `prepare` first."""

    def __init__(self, connection: IConnection) -> None:
        self._connection = connection
        self._type = 0
        self._menus: frozenset[int] = frozenset()
        self._passing: frozenset[int] = frozenset()

    def prepare(self) -> Requests[None]:
        """Get the atoms."""
        self._type = yield from atom(_TYPE)
        self._menus = yield from self._types("MENU", "DROPDOWN_MENU", "POPUP_MENU")
        self._passing = yield from self._types("NOTIFICATION", "TOOLTIP", "DND")

    def on_top(self, focus: int) -> Requests[str]:
        """
        Return what is on top, apart from notifications, tooltips and the like, which take no keys.

        COVER is a window as large as the screen, as lockers show it (i3lock, slock, xsecurelock, xscreensaver), MENU and
        POPUP one of the program with `focus`, OTHER another program's.
        """
        screen = yield from reply_to(core.GetGeometry, drawable=self._connection.root)
        family = yield from reply_to(core.QueryTree, window=self._connection.root)
        for window in reversed(family.children):
            try:
                shown = yield from reply_to(core.GetWindowAttributes, window=window)
                if shown.map_state != X.IsViewable or not shown.override_redirect or shown.win_class != X.InputOutput:
                    continue
                at = yield from reply_to(core.GetGeometry, drawable=window)
                types = set((yield from property_of(window, self._type, Xatom.ATOM)) or ())
            except RequestError:
                continue  # it is gone
            if at.x <= 0 and at.y <= 0 and at.x + at.width >= screen.width and at.y + at.height >= screen.height:
                return COVER
            if self._is_of_program(window, focus):
                if self._passing & types:
                    continue
                return MENU if self._menus & types else POPUP
            if not self._passing & types:
                return OTHER
        return NOTHING

    def _is_of_program(self, window: int, focus: int) -> bool:
        client = self._connection.client_of(focus)
        return bool(client) and window != focus and self._connection.client_of(window) == client

    def _types(self, *names: str) -> Requests[frozenset[int]]:
        types = []
        for name in names:
            types.append((yield from atom(f"{_TYPE}_{name}")))
        return frozenset(types)
