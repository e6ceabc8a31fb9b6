# SPDX-License-Identifier: MIT
"""
Whether the desktop's accessibility is on, and where its bus is. That is the user's switch, and stands on the session bus.

Asking for the address starts the accessibility bus where it does not run; so that is asked only once it is known to be on.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any

from twisted.internet.defer import Deferred, FirstError, TimeoutError, gatherResults, inlineCallbacks  # noqa: A004
from twisted.logger import Logger

from typewright.bus.connection import DAEMON, BusConnection, ErrorReply
from typewright.bus.message import Incoming
from typewright.errors import TypewrightError

_NAME, _PATH, _STATUS = "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Status"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_RULES = (
    f"type='signal',sender='{DAEMON}',interface='{DAEMON}',member='NameOwnerChanged',arg0='{_NAME}'",
    f"type='signal',sender='{_NAME}',path='{_PATH}',interface='{_PROPERTIES}',member='PropertiesChanged'",
)
_PATIENCE_S = 5.0  # It may have to be started by the bus.

log = Logger(namespace="typewright.a11y")


class Switch:
    """I read the switch. `on_change()` is called when it may have been changed; to be believed only after a look."""

    def __init__(self, session: BusConnection, clock: Any) -> None:
        self.on_change: Callable[[], None] = lambda: None
        self._session = session
        self._clock = clock
        self._stops = [
            session.listen(DAEMON, "NameOwnerChanged", self._owner_changed),
            # Whoever forges this one gets us to look, and no more.
            session.listen(_PROPERTIES, "PropertiesChanged", lambda _: self.on_change()),
        ]

    @inlineCallbacks
    def follow(self) -> Generator[Deferred[Any], Any, None]:
        """Have the bus tell of changes; fires when it will. Never errbacks."""
        yield self._tried(gatherResults([self._session.add_match(rule) for rule in _RULES], consumeErrors=True))

    def ignore(self) -> None:
        """Hear no more of it."""
        for stop in self._stops:
            stop()
        for rule in _RULES:
            self._tried(self._session.remove_match(rule))

    @inlineCallbacks
    def turn_on(self) -> Generator[Deferred[Any], Any, None]:
        """Switch accessibility on if it is off; starts what is needed for that. Never errbacks."""
        if not (yield self._is_on()):
            yield self._tried(self._call(_PROPERTIES, "Set", "ssv", [_STATUS, "IsEnabled", True]))

    @inlineCallbacks
    def address(self) -> Generator[Deferred[Any], Any, str | None]:
        """Fires with the address of the accessibility bus; empty while that is off; None if nobody says. Never errbacks."""
        runs = yield self._tried(self._session.call_daemon("NameHasOwner", "s", _NAME))
        if not runs or not runs[0]:
            return ""
        on = yield self._is_on()
        if not on:
            return None if on is None else ""
        told = yield self._tried(self._call(_NAME, "GetAddress"))
        return str(told[0]) if told else None

    @inlineCallbacks
    def _is_on(self) -> Generator[Deferred[Any], Any, bool | None]:
        told = yield self._tried(self._call(_PROPERTIES, "GetAll", "s", [_STATUS]))
        # Some desktops set only the one for screen readers.
        return told and any(told[0].get(name) is True for name in ("IsEnabled", "ScreenReaderEnabled"))

    def _call(
        self, interface: str, member: str, signature: str = "", arguments: Sequence[object] = ()
    ) -> Deferred[list[Any]]:
        return self._session.call(_NAME, _PATH, interface, member, signature, arguments)

    def _tried(self, answered: Deferred[Any]) -> Deferred[Any]:
        """`answered`, in time, or None."""

        def failed(failure: Any) -> None:
            failure.trap(FirstError, ErrorReply, TimeoutError, TypewrightError)
            log.debug("the accessibility switch can't be reached: {problem}", problem=failure.type.__name__)

        return answered.addTimeout(_PATIENCE_S, self._clock).addErrback(failed)

    def _owner_changed(self, signal: Incoming) -> None:
        if signal.arguments()[0] == _NAME:
            self.on_change()
