# SPDX-License-Identifier: MIT
"""
Whether accessibility is on, a switch of the user's on the session bus, and the address of the accessibility bus.

Asking for the address starts the accessibility bus if it does not run, so it is asked for only while accessibility is on.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any

from twisted.internet.defer import Deferred, FirstError, TimeoutError, gatherResults, inlineCallbacks  # noqa: A004
from twisted.logger import Logger

from typewright.bus.connection import DAEMON, BusConnection, ErrorReply
from typewright.bus.message import Message
from typewright.errors import TypewrightError

_NAME, _PATH, _STATUS = "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Status"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_RULES = (
    f"type='signal',sender='{DAEMON}',interface='{DAEMON}',member='NameOwnerChanged',arg0='{_NAME}'",
    f"type='signal',sender='{_NAME}',path='{_PATH}',interface='{_PROPERTIES}',member='PropertiesChanged'",
)
_ANSWER_S = 5.0  # The bus may have to start the service first.

log = Logger(namespace="typewright.a11y")


class Status:
    """Reads the switch. `on_change()` is called when it may have changed; only a new look tells whether it has."""

    def __init__(self, session_bus: BusConnection, clock: Any) -> None:
        self.on_change: Callable[[], None] = lambda: None
        self._session_bus = session_bus
        self._clock = clock
        self._stops = [
            session_bus.listen(DAEMON, "NameOwnerChanged", self._owner_changed),
            # A forged signal only causes a look at the switch.
            session_bus.listen(_PROPERTIES, "PropertiesChanged", lambda _: self.on_change()),
        ]

    @inlineCallbacks
    def follow(self) -> Generator[Deferred[Any], Any, None]:
        """Listen for changes; fires when the bus announces them. Never errbacks."""
        yield self._answer_or_none(gatherResults([self._session_bus.add_match(rule) for rule in _RULES], consumeErrors=True))

    def ignore(self) -> None:
        """Stop listening for changes."""
        for stop in self._stops:
            stop()
        for rule in _RULES:
            self._answer_or_none(self._session_bus.remove_match(rule))

    @inlineCallbacks
    def turn_on(self) -> Generator[Deferred[Any], Any, None]:
        """Switch accessibility on if it is off, and start what that needs. Never errbacks."""
        if not (yield self._is_on()):
            yield self._answer_or_none(self._call(_PROPERTIES, "Set", "ssv", [_STATUS, "IsEnabled", True]))

    @inlineCallbacks
    def address(self) -> Generator[Deferred[Any], Any, str | None]:
        """Fires with the address of the accessibility bus: empty while it is off, None without an answer. Never errbacks."""
        runs = yield self._answer_or_none(self._session_bus.call_daemon("NameHasOwner", "s", _NAME))
        if not runs or not runs[0]:
            return ""
        on = yield self._is_on()
        if not on:
            return None if on is None else ""
        told = yield self._answer_or_none(self._call(_NAME, "GetAddress"))
        return str(told[0]) if told else None

    @inlineCallbacks
    def _is_on(self) -> Generator[Deferred[Any], Any, bool | None]:
        told = yield self._answer_or_none(self._call(_PROPERTIES, "GetAll", "s", [_STATUS]))
        # Some desktops set only the property for screen readers.
        return told and any(told[0].get(name) is True for name in ("IsEnabled", "ScreenReaderEnabled"))

    def _call(
        self, interface: str, member: str, signature: str = "", arguments: Sequence[object] = ()
    ) -> Deferred[list[Any]]:
        return self._session_bus.call(_NAME, _PATH, interface, member, signature, arguments)

    def _answer_or_none(self, answered: Deferred[Any]) -> Deferred[Any]:
        """Return `answered`, which fires with None if it errbacks or takes too long."""

        def failed(failure: Any) -> None:
            failure.trap(FirstError, ErrorReply, TimeoutError, TypewrightError)
            log.debug("the accessibility switch cannot be read: {problem}", problem=failure.type.__name__)

        return answered.addTimeout(_ANSWER_S, self._clock).addErrback(failed)

    def _owner_changed(self, signal: Message) -> None:
        if signal.arguments()[0] == _NAME:
            self.on_change()
