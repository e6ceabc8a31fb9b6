# SPDX-License-Identifier: MIT
"""The tray: shows the item by every host that comes, with its menu."""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import Any

from twisted.internet.defer import Deferred, inlineCallbacks, succeed
from twisted.logger import Logger
from twisted.python.failure import Failure

from typewright.bus.connection import DAEMON, DAEMON_PATH, BusConnection, Stop
from typewright.bus.dispatch import Dispatcher
from typewright.bus.message import Message
from typewright.bus.publication import BusName, take_name
from typewright.desktop.controls import Controls
from typewright.desktop.item import ITEM_PATH, Item
from typewright.desktop.menu import MENU_PATH, Menu
from typewright.desktop.status import Status

WATCHER = "org.kde.StatusNotifierWatcher"
_WATCHER_PATH = "/StatusNotifierWatcher"

log = Logger()


class Tray:
    """
    Registers the item with the watcher of the session, which tells the hosts of it; waits for one if there is none.

    A watcher is never started. `bus` is the connection of the service, which is not closed.
    """

    def __init__(self, bus: BusConnection, dispatcher: Dispatcher, status: Status, controls: Controls) -> None:
        self._bus = bus
        self._item = Item(bus, status, controls)
        self._menu = Menu(bus, status, controls)
        dispatcher.add(ITEM_PATH, [self._item, self._item.properties])
        dispatcher.add(MENU_PATH, [self._menu, self._menu.properties])
        self._name: BusName | None = None
        self._stop: Stop = lambda: None

    def start(self) -> None:
        """Begin to look for a watcher."""
        self._stop = self._bus.listen(DAEMON, "NameOwnerChanged", self._owner_changed)
        rule = (
            f"type='signal',sender='{DAEMON}',interface='{DAEMON}',path='{DAEMON_PATH}',member='NameOwnerChanged',"
            f"arg0='{WATCHER}'"
        )
        self._bus.add_match(rule).addErrback(_ignored)
        # The bus processes calls in order: a watcher that comes after this answer is announced by the signal.
        self._bus.call_daemon("GetNameOwner", "s", WATCHER).addCallbacks(lambda _: self._register(), _ignored)

    def close(self) -> Deferred[None]:
        """Take the item away; fires when that is done. Never errbacks."""
        self._stop()
        return succeed(None) if self._name is None else self._name.release()

    def update(self) -> None:
        """Show what has changed."""
        if self._name is not None:
            self._item.update()
            self._menu.update()

    def _owner_changed(self, signal: Message) -> None:
        name, _, owner = signal.arguments()
        if name == WATCHER and owner:
            self._register()

    def _register(self) -> Deferred[None]:
        return self._registered().addErrback(lambda failure: log.info("the tray: {problem}", problem=failure.type.__name__))

    @inlineCallbacks
    def _registered(self) -> Generator[Deferred[Any], Any, None]:
        # The item is found by a name of its own; hosts differ in whether they take a path as well.
        name = f"org.kde.StatusNotifierItem-{os.getpid()}-1"
        if self._name is None:
            self._name = yield take_name(self._bus, self._name_lost, name)
        yield self._bus.call(WATCHER, _WATCHER_PATH, WATCHER, "RegisterStatusNotifierItem", "s", [name])

    def _name_lost(self) -> None:
        self._name = None


def _ignored(failure: Failure) -> None:
    """There is no watcher now; or the bus is lost, and everything ends with it."""
