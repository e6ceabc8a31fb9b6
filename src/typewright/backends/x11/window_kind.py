# SPDX-License-Identifier: MIT
"""
Whether a window with the focus belongs to a program that can take a text, or to the desktop around the programs.

Window managers give the focus to a window of their own when no program is to have it: the desktop is empty, or its last
window was minimised. The server processes keys that go there, and no program gets the text.
"""

from __future__ import annotations

import Xlib.protocol.request as core
from Xlib import X, Xatom

from typewright.backends.x11.requests import IConnection, RequestError, Requests, atom, owner_of, property_of, reply_to

_DEEPEST = 32
_DEEPEST_FRAME = 3
_ANY_TYPE = 0


class WindowKind:
    """Tells programs' windows from those of the window manager and of the desktop. Carry out `prepare` first."""

    def __init__(self, connection: IConnection) -> None:
        self._connection = connection
        self._state = self._check = self._type = 0
        self._no_text: frozenset[int] = frozenset()
        self._managers: list[int] = []

    def prepare(self) -> Requests[None]:
        """Get the atoms."""
        self._state = yield from atom("WM_STATE")
        self._check = yield from atom("_NET_SUPPORTING_WM_CHECK")
        self._type = yield from atom("_NET_WM_WINDOW_TYPE")
        types = []
        for name in ("DOCK", "DESKTOP"):
            types.append((yield from atom(f"_NET_WM_WINDOW_TYPE_{name}")))
        self._no_text = frozenset(types)
        self._managers = []
        for number in range(len(self._connection.roots)):
            self._managers.append((yield from atom(f"WM_S{number}")))

    def is_background(self, window: int) -> Requests[bool]:
        """
        Return whether keys for `window` reach no program's text. Raises RequestError when it is gone.

        A window manager puts WM_STATE on the windows that it manages (ICCCM 4.1.3.1): within these only docks and desktops
        have no text. Of the others, those of the window manager's own client have none, nor have frames around a managed
        window, and windows that are not visible. What is left is a program's that does without a window manager.
        """
        outermost, managed = yield from self._ancestry(window)
        types = yield from property_of(outermost, self._type, Xatom.ATOM)
        if self._no_text.intersection(types or ()):
            return True
        if managed:
            return False
        client = self._connection.client_of(outermost)
        if client and client in (yield from self._window_managers()):
            return True
        return (yield from self._is_unseen(outermost)) or (yield from self._is_frame(outermost))

    def _ancestry(self, window: int) -> Requests[tuple[int, bool]]:
        """Return the nearest managed window, from `window` upwards, and True; else the outermost one, and False."""
        for _ in range(_DEEPEST):
            if (yield from self._is_managed(window)):
                return window, True
            parent = (yield from reply_to(core.QueryTree, window=window)).parent
            if parent == X.NONE or parent in self._connection.roots:
                break
            window = parent
        return window, False

    def _is_managed(self, window: int) -> Requests[bool]:
        found = yield from reply_to(
            core.GetProperty, delete=0, window=window, property=self._state, type=_ANY_TYPE, long_offset=0, long_length=0
        )
        return bool(found.property_type)

    def _window_managers(self) -> Requests[set[int]]:
        """Return the clients that are window managers: EWMH's check window, and ICCCM's selection (2.8), tell them."""
        clients = set()
        for root, selection in zip(self._connection.roots, self._managers, strict=True):
            for window in (yield from self._checked(root)), (yield from owner_of(selection)):
                clients.add(self._connection.client_of(window))
        return clients - {0}

    def _checked(self, root: int) -> Requests[int]:
        """Return the check window of the window manager of `root`; NONE if it is gone, or does not name itself."""
        named = yield from property_of(root, self._check, Xatom.WINDOW)
        if not named:
            return X.NONE
        try:
            own = yield from property_of(named[0], self._check, Xatom.WINDOW)
        except RequestError:
            return X.NONE
        return int(named[0]) if own and own[0] == named[0] else X.NONE

    def _is_unseen(self, window: int) -> Requests[bool]:
        """Return whether an outermost window shows nothing: without pixels, or a point, or beyond the edge of the screen."""
        attributes = yield from reply_to(core.GetWindowAttributes, window=window)
        if attributes.win_class == X.InputOnly:
            return True
        at = yield from reply_to(core.GetGeometry, drawable=window)
        screen = yield from reply_to(core.GetGeometry, drawable=at.root)
        beyond = at.x + at.width <= 0 or at.y + at.height <= 0 or at.x >= screen.width or at.y >= screen.height
        return bool(attributes.override_redirect) and (at.width * at.height == 1 or beyond)

    def _is_frame(self, window: int, depth: int = _DEEPEST_FRAME) -> Requests[bool]:
        """Return whether another client's managed window is in this one; it may be in a part of the frame."""
        owner = self._connection.client_of(window)
        for child in (yield from reply_to(core.QueryTree, window=window)).children:
            try:
                if self._connection.client_of(child) == owner:
                    found = depth > 1 and (yield from self._is_frame(child, depth - 1))
                else:
                    found = yield from self._is_managed(child)
            except RequestError:
                continue  # it is gone
            if found:
                return True
        return False
