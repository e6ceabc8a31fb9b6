# SPDX-License-Identifier: MIT
"""What the desktop shows of a service, put together."""

from __future__ import annotations

import sys
from typing import Any

from twisted.internet.defer import Deferred, succeed

from typewright.bus.authorization import Authorization
from typewright.bus.connection import BusConnection
from typewright.bus.dispatch import Dispatcher
from typewright.config import Config
from typewright.desktop.controls import Controls
from typewright.desktop.log_window import open_window
from typewright.desktop.notifications import Notifications
from typewright.desktop.status import Status
from typewright.desktop.tray import Tray
from typewright.interfaces.services import ITypingService

_PROGRAM = (sys.executable, "-m", "typewright")


class Desktop:
    """The tray and the notifications of `service`, as the configuration has them. It delays nothing, and never fails."""

    def __init__(
        self,
        reactor: Any,
        bus: BusConnection,
        dispatcher: Dispatcher,
        authorization: Authorization,
        service: ITypingService,
        config: Config,
    ) -> None:
        self._reactor = reactor
        self._status = Status(reactor, service)
        self._controls = Controls(service, authorization.authorize, self._show_log)
        wanted = config.notifications
        self._notifications = Notifications(
            bus, reactor.seconds, refusals=wanted in ("all", "refusals"), switches=wanted in ("all", "switches")
        )
        self._tray = Tray(bus, dispatcher, self._status, self._controls) if config.tray else None
        self._status.on_change = self._update
        self._status.on_switch = self._switched
        self._status.on_refusal = self._notifications.refused

    def start(self) -> None:
        """Look for a tray."""
        if self._tray is not None:
            self._tray.start()

    def close(self) -> Deferred[None]:
        """Leave the tray; fires when that is done."""
        self._status.close()
        return succeed(None) if self._tray is None else self._tray.close()

    def _update(self) -> None:
        if self._tray is not None:
            self._tray.update()

    def _switched(self, enabled: bool) -> None:
        if not self._controls.switching:
            self._notifications.switched(enabled)

    def _show_log(self) -> None:
        if not open_window(self._reactor, _PROGRAM):
            self._notifications.say("No terminal was found", "`typewright log` shows the log.")
