# SPDX-License-Identifier: MIT
"""
The desktop's portal: calls whose outcome comes later, as the signal of a request object, since a user may have to be asked.

Source: org.freedesktop.portal.Request and org.freedesktop.portal.Session, version 1.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from typewright.bus.connection import DAEMON, BusConnection, Stop
from typewright.bus.message import Message
from typewright.bus.standard import PROPERTIES
from typewright.bus.values import checked

NAME, PATH = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
_REQUEST, _SESSION = "org.freedesktop.portal.Request", "org.freedesktop.portal.Session"

DONE, CANCELLED, FAILED = 0, 1, 2
"""The outcome of a request: it was carried out; the user said no; it ended in some other way."""


class Outcome(NamedTuple):
    """What became of a request: DONE, CANCELLED or FAILED, and its results by name."""

    code: int
    results: Mapping[str, Any]


class Portal:
    """
    Calls the portal over `bus`, and hears its requests and sessions.

    A session lives as long as the connection over which it was made.
    """

    def __init__(self, bus: BusConnection) -> None:
        self._bus = bus
        self._tokens = itertools.count(1)
        self._waiting: dict[str, Deferred[Outcome]] = {}
        self._closing: dict[str, Callable[[], object]] = {}
        bus.listen(_REQUEST, "Response", self._responded)
        bus.listen(_SESSION, "Closed", self._closed)

    def property(self, interface: str, name: str) -> Deferred[Any]:
        """Read a property of an interface of the portal; fires with its value. Errbacks as `BusConnection.call`."""
        read = self._bus.call(NAME, PATH, PROPERTIES.name, "Get", "ss", [interface, name])
        return read.addCallback(lambda values: values[0])

    def call(self, interface: str, member: str, signature: str, arguments: Sequence[object]) -> Deferred[list[Any]]:
        """Call a method whose reply is its outcome."""
        return self._bus.call(NAME, PATH, interface, member, signature, arguments)

    def request(
        self, interface: str, member: str, signature: str, arguments: Sequence[object], options: Mapping[str, object]
    ) -> Deferred[Outcome]:
        """
        Call a method that answers by a request; `options` are its last argument, to which the token is added.

        Fires with the outcome, however long that takes. Errbacks as `BusConnection.call`. When it is cancelled, the request
        is closed, and with it any dialog.
        """
        token = self.token()
        sender = self._bus.unique_name.removeprefix(":").replace(".", "_")
        path = f"{PATH}/request/{sender}/{token}"
        outcome: Deferred[Outcome] = Deferred(lambda _: self._close(path))
        self._waiting[path] = outcome
        rule = _rule(_REQUEST, "Response", path)
        self._bus.add_match(rule).addErrback(_ignored)
        outcome.addBoth(self._unmatched, rule)
        given = [*arguments, {"handle_token": token, **options}]
        self._bus.call(NAME, PATH, interface, member, signature, given).addErrback(self._refused, path)
        return outcome

    def token(self) -> str:
        """Return a new token, the last part of the path of a request or session."""
        return f"typewright{next(self._tokens)}"

    def on_closed(self, session: str, closed: Callable[[], object]) -> Stop:
        """Have `closed()` called once when the portal closes that session. Call what is returned to end that."""
        rule = _rule(_SESSION, "Closed", session)
        self._bus.add_match(rule).addErrback(_ignored)
        self._closing[session] = closed

        def stop() -> None:
            if self._closing.pop(session, None) is not None:
                self._bus.remove_match(rule).addErrback(_ignored)

        return stop

    def on_gone(self, gone: Callable[[], object]) -> Stop:
        """Have `gone()` called when the portal leaves the bus."""

        def owner_changed(signal: Message) -> None:
            name, former, _ = signal.arguments()
            if name == NAME and former:
                gone()

        # The connection asks for this signal as soon as the portal was called.
        return self._bus.listen(DAEMON, "NameOwnerChanged", owner_changed)

    def close_session(self, session: str) -> None:
        """End a session."""
        self._bus.call(NAME, session, _SESSION, "Close").addErrback(_ignored)

    # --- Inside ------------------------------------------------------------------------------------------------------

    def _responded(self, signal: Message) -> None:
        if not self._genuine(signal):
            return
        waiting = self._waiting.pop(signal.path, None)
        if waiting is not None and not waiting.called:
            code, results = signal.arguments()
            waiting.callback(Outcome(code, results))

    def _closed(self, signal: Message) -> None:
        if self._genuine(signal) and (closed := self._closing.pop(signal.path, None)) is not None:
            closed()

    def _genuine(self, signal: Message) -> bool:
        # Any peer can send such a signal to this connection.
        return bool(signal.sender) and signal.sender == self._bus.owner_of(NAME)

    def _refused(self, failure: Failure, path: str) -> None:
        waiting = self._waiting.pop(path, None)
        if waiting is not None and not waiting.called:
            waiting.errback(failure)

    def _close(self, path: str) -> None:
        if self._waiting.pop(path, None) is not None:
            self._bus.call(NAME, path, _REQUEST, "Close").addErrback(_ignored)

    def _unmatched(self, result: Any, rule: str) -> Any:
        self._bus.remove_match(rule).addErrback(_ignored)
        return result


def uint(value: int) -> Any:
    """Return `value` as a uint32, for options."""
    return checked("u", value)


def _rule(interface: str, member: str, path: str) -> str:
    return f"type='signal',sender='{NAME}',interface='{interface}',member='{member}',path='{path}'"


def _ignored(failure: Failure) -> None:
    """The bus or the object is gone, and what waits for it hears so by itself."""
