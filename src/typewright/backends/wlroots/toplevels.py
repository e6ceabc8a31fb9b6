# SPDX-License-Identifier: MIT
"""
The windows of the compositor and which of them is activated: where keys would go.

Told on the connection that the keys go out on, so what is known when a sync fires is what was true when the keys before it
were processed. While the screen is locked, and while a launcher of sway's has the keyboard, no window is activated.

Source: wlr-foreign-toplevel-management-unstable-v1.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred, succeed

from typewright.interfaces.backend import NOWHERE, UNKNOWN, Place, Program, window_place
from typewright.wayland.connection import Connection
from typewright.wayland.objects import Proxy
from typewright.wire.codec import uints

MANAGER = "zwlr_foreign_toplevel_manager_v1"

CHROMIUM = "chromium"

_ACTIVATED = 2
_OF_CHROMIUM = re.compile(
    r"(?i)chrom(e|ium)|electron|brave|vivaldi|opera|msedge|microsoft-edge|\b(code(-oss|ium)?|vscodium|slack|discord|vesktop"
    r"|signal|obsidian|element|cursor|teams-for-linux|postman|bitwarden|spotify|figma-linux)\b"
)
"""App ids of Chromium and of programs that are built on it, with Electron or otherwise."""


class Toplevels:
    """
    Keeps the windows as `manager` tells of them, numbered from 1 on; no number is used twice. Satisfies `IFocus` and
    `IPrograms`.

    Without a manager the place is UNKNOWN. `on_gone(window)` is called when a window is closed.
    """

    def __init__(self, connection: Connection, manager: Proxy | None) -> None:
        self.on_gone: Callable[[int], object] = lambda window: None
        self._connection = connection
        self._numbers = itertools.count(1)
        self._names: dict[int, str] = {}
        self._activated: list[int] = []
        self._tells = manager is not None
        if manager is not None:
            manager.listen("toplevel", self._added)
            manager.listen("finished", self._finished)

    @property
    def tells(self) -> bool:
        """Whether the compositor tells of its windows."""
        return self._tells

    @property
    def place(self) -> Place:
        """Where keys would go, as far as the compositor has told by now: the window that was activated last."""
        if not self._tells:
            return UNKNOWN
        return window_place(self._activated[-1]) if self._activated else NOWHERE

    def exists(self, place: Place) -> bool:
        """Return whether the window of `place` is still there; True for a place that is none."""
        return not place.window or place.window in self._names

    def focused(self) -> Deferred[Place]:
        """See `IFocus`."""
        return self._connection.sync().addCallback(lambda _: self.place)

    def program(self, place: Place) -> Deferred[Program]:
        """See `IPrograms`. The name is the window's app id, which gives away no toolkit but Chromium's."""
        return succeed(self.program_of(place))

    def program_of(self, place: Place) -> Program:
        """Return what `program` fires with."""
        name = self._names.get(place.window, "")
        return Program(name, CHROMIUM if _OF_CHROMIUM.search(name) else "")

    def process(self, place: Place) -> Deferred[int]:
        """See `IPrograms`. Unknown: the protocol does not tell."""
        return succeed(0)

    def _added(self, handle: Proxy) -> None:
        number = next(self._numbers)
        self._names[number] = ""

        def named(app_id: str) -> None:
            self._names[number] = app_id

        # `state` counts at once, without waiting for `done`: the sooner a key is held back, the better.
        def told(state: bytes) -> None:
            if number in self._activated:
                self._activated.remove(number)
            if _ACTIVATED in uints(state):
                self._activated.append(number)

        def closed() -> None:
            told(b"")
            del self._names[number]
            handle.request("destroy")
            self.on_gone(number)

        listeners: dict[str, Callable[..., Any]] = {"app_id": named, "state": told, "closed": closed}
        for event, listener in listeners.items():
            handle.listen(event, listener)

    def _finished(self) -> None:
        self._tells = False
