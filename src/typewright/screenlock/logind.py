# SPDX-License-Identifier: MIT
"""
The lock of the user's session, as logind tells of it on the system bus: lockers that desktops start set its LockedHint.

Source: org.freedesktop.login1(5); the object `session/auto` is the caller's session, or the one that its user sits at.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from typing import Any

from twisted.internet.defer import Deferred, inlineCallbacks, succeed
from twisted.logger import Logger

from typewright.bus.address import sockets
from typewright.bus.connect import connect
from typewright.bus.connection import DAEMON, BusConnection, ErrorReply
from typewright.bus.message import Incoming
from typewright.errors import TypewrightError

NAME, SESSION_PATH = "org.freedesktop.login1", "/org/freedesktop/login1/session/auto"
_SESSION, _PROPERTIES = "org.freedesktop.login1.Session", "org.freedesktop.DBus.Properties"
_RULES = (
    f"type='signal',sender='{NAME}',interface='{_PROPERTIES}',member='PropertiesChanged',arg0='{_SESSION}'",
    f"type='signal',sender='{DAEMON}',interface='{DAEMON}',member='NameOwnerChanged',arg0='{NAME}'",
)
_SYSTEM_BUS = "unix:path=/run/dbus/system_bus_socket"
_PATIENCE_S = 1.0
_RETRY_S = 30.0

log = Logger()


class Login:
    """
    I call `changed(name, locked)` when I am told whether the session is locked, be it as before. Where there is no logind, I
    say nothing.

    What has been locked stays so for me until logind says otherwise: a bus that is gone unlocks no screen.
    """

    def __init__(self, reactor: Any, changed: Callable[[str, bool], None]) -> None:
        self._reactor = reactor
        self._changed = changed
        self._connection: BusConnection | None = None
        self._retrying: Any = None
        self._found = False  # Whether there is, or was, a system bus, be it one that does not answer yet.
        self._closed = False

    @inlineCallbacks
    def start(self) -> Generator[Deferred[Any], Any, None]:
        """Begin. Fires when it is known whether the session is locked, or that nobody tells. Never errbacks."""
        self._retrying = None
        address = os.environ.get("DBUS_SYSTEM_BUS_ADDRESS") or _SYSTEM_BUS
        self._found = self._found or any(map(_is_there, sockets(address, os.environ)))
        try:
            connection = yield connect(self._reactor, address, _PATIENCE_S)
        except TypewrightError:
            if self._found:
                self._lost()
            return
        if self._closed:
            connection.close()
            return
        self._connection = connection
        connection.on_lost(self._lost)
        # Whoever forges a signal gets us to look, and no more.
        connection.listen(_PROPERTIES, "PropertiesChanged", lambda _: self._look())
        connection.listen(DAEMON, "NameOwnerChanged", self._owner_changed)
        for rule in _RULES:
            connection.add_match(rule).addErrback(lambda failure: None)
        # Nobody who is slow keeps us from starting; what is answered later still counts.
        told: Deferred[None] = Deferred()
        self._look().chainDeferred(told)
        yield told.addTimeout(_PATIENCE_S, self._reactor, onTimeoutCancel=_late)

    def close(self) -> Deferred[None]:
        """End; fires when that is done."""
        self._closed = True
        if self._retrying is not None:
            self._retrying.cancel()
        return succeed(None) if self._connection is None else self._connection.close()

    @inlineCallbacks
    def _look(self) -> Generator[Deferred[Any], Any, None]:
        assert self._connection is not None
        asked = self._connection.call(NAME, SESSION_PATH, _PROPERTIES, "Get", "ss", [_SESSION, "LockedHint"])
        try:
            (locked,) = yield asked
        except (ErrorReply, TypewrightError, ValueError):
            return  # It has no session for us, or says nothing of locks.
        if isinstance(locked, bool):
            self._changed(NAME, locked)

    def _owner_changed(self, signal: Incoming) -> None:
        name, _, owner = signal.arguments()
        if name == NAME and owner:
            self._look()

    def _lost(self) -> None:
        self._connection = None
        if not self._closed:
            self._retrying = self._reactor.callLater(_RETRY_S, self.start)


def _late(result: object, patience_s: float) -> None:
    log.warn("logind does not say yet whether the session is locked")


def _is_there(socket: str) -> bool:
    return socket.startswith("\0") or os.path.exists(socket)
