# SPDX-License-Identifier: MIT
"""What can be done by the tray: each command for a caller on the bus, by the rules that hold for every caller."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred

from typewright.access import DISABLE, ENABLE
from typewright.interfaces.services import ITypingService

Authorize = Callable[[str, str], Deferred[Any]]
"""`authorize(caller, want)` fires if the peer may do that; see `bus.authorization`."""


class Controls:
    """
    The commands. `caller` is the peer that shows the tray; each fires when its command is carried out, and errbacks with
    AccessDenied if the configuration does not allow it to that peer.

    `switching` is true while one of them switches typing.
    """

    def __init__(self, service: ITypingService, authorize: Authorize, show_log: Callable[[], None]) -> None:
        self.switching = False
        self._service = service
        self._authorize = authorize
        self._show_log = show_log

    def switch(self, caller: str) -> Deferred[None]:
        """Enable typing if it is disabled, else disable it."""
        enable = not self._service.get_property("TypingEnabled")

        def switch(_: object) -> None:
            self.switching = True
            try:
                self._service.set_typing_enabled(caller, enable)
            finally:
                self.switching = False

        return self._authorize(caller, ENABLE if enable else DISABLE).addCallback(switch)

    def cancel(self, caller: str) -> Deferred[None]:
        """End the jobs of all callers."""

        def cancel(_: object) -> None:
            self._service.cancel_all(caller)

        return self._authorize(caller, DISABLE).addCallback(cancel)

    def allow(self, caller: str) -> Deferred[None]:
        """Have the user asked whether the service may type; does not wait for the answer."""

        def ask(_: object) -> None:
            self._service.allow(caller)

        return self._authorize(caller, ENABLE).addCallback(ask)

    def show_log(self, caller: str) -> Deferred[None]:
        """Show the log in a terminal."""
        return self._authorize(caller, DISABLE).addCallback(lambda _: self._show_log())
