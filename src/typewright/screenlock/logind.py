# SPDX-License-Identifier: MIT
"""
The lock state of the user's session as logind knows it on the system bus; lockers that desktops start set its LockedHint.

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
from typewright.bus.message import Message
from typewright.errors import TypewrightError

NAME, SESSION_PATH = "org.freedesktop.login1", "/org/freedesktop/login1/session/auto"
_SESSION, _PROPERTIES = "org.freedesktop.login1.Session", "org.freedesktop.DBus.Properties"
_RULES = (
    f"type='signal',sender='{NAME}',interface='{_PROPERTIES}',member='PropertiesChanged',arg0='{_SESSION}'",
    f"type='signal',sender='{DAEMON}',interface='{DAEMON}',member='NameOwnerChanged',arg0='{NAME}'",
)
_SYSTEM_BUS = "unix:path=/run/dbus/system_bus_socket"
_ANSWER_S = 1.0
_RETRY_S = 30.0

log = Logger()


class Logind:
    """
    Calls `changed(bus name, locked)` each time logind has told whether the session is locked; see `IScreenLock`.

    A lost system bus does not count as unlocked: the last state holds until logind tells another.
    """

    def __init__(self, reactor: Any, changed: Callable[[str, bool], None]) -> None:
        self._reactor = reactor
        self._changed = changed
        self._connection: BusConnection | None = None
        self._retrying: Any = None
        self._found = False  # Whether a system bus is or was there, even if it does not answer yet.
        self._closed = False

    @inlineCallbacks
    def start(self) -> Generator[Deferred[Any], Any, None]:
        """See `IScreenLock`."""
        self._retrying = None
        address = os.environ.get("DBUS_SYSTEM_BUS_ADDRESS") or _SYSTEM_BUS
        self._found = self._found or any(map(_exists, sockets(address, os.environ)))
        try:
            connection = yield connect(self._reactor, address, _ANSWER_S)
        except TypewrightError:
            if self._found:
                self._lost()
            return
        if self._closed:
            connection.close()
            return
        self._connection = connection
        connection.on_lost(self._lost)
        # The signal only triggers a question to logind, so a forged one does no harm.
        connection.listen(_PROPERTIES, "PropertiesChanged", lambda _: self._ask())
        connection.listen(DAEMON, "NameOwnerChanged", self._owner_changed)
        for rule in _RULES:
            connection.add_match(rule).addErrback(lambda failure: None)
        # A slow logind must not delay the service; its answer still counts when it comes.
        answered: Deferred[None] = Deferred()
        self._ask().chainDeferred(answered)
        yield answered.addTimeout(_ANSWER_S, self._reactor, onTimeoutCancel=_late)

    def close(self) -> Deferred[None]:
        """See `IScreenLock`."""
        self._closed = True
        if self._retrying is not None:
            self._retrying.cancel()
        return succeed(None) if self._connection is None else self._connection.close()

    @inlineCallbacks
    def _ask(self) -> Generator[Deferred[Any], Any, None]:
        assert self._connection is not None
        hint = self._connection.call(NAME, SESSION_PATH, _PROPERTIES, "Get", "ss", [_SESSION, "LockedHint"])
        try:
            (locked,) = yield hint
        except (ErrorReply, TypewrightError, ValueError):
            return  # There is no session for this process, or logind does not know its lock state.
        if isinstance(locked, bool):
            self._changed(NAME, locked)

    def _owner_changed(self, signal: Message) -> None:
        name, _, owner = signal.arguments()
        if name == NAME and owner:
            self._ask()

    def _lost(self) -> None:
        self._connection = None
        if not self._closed:
            self._retrying = self._reactor.callLater(_RETRY_S, self.start)


def _late(result: object, after_s: float) -> None:
    log.warn("logind has not answered within {seconds} s whether the session is locked", seconds=after_s)


def _exists(socket: str) -> bool:
    return socket.startswith("\0") or os.path.exists(socket)
