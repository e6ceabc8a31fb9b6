# SPDX-License-Identifier: MIT
"""
Connects to a bus, or fails in time.

The reactor is the caller's. The only timer in this room is here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, inlineCallbacks
from twisted.internet.endpoints import UNIXClientEndpoint
from twisted.internet.error import ConnectingCancelledError
from twisted.internet.protocol import Factory

from typewright.bus.address import session_sockets, sockets
from typewright.bus.connection import BusConnection
from typewright.errors import NoBus


def connect(
    reactor: Any,
    address: str | None = None,
    timeout_s: float = 10.0,
    make: Callable[[], BusConnection] = BusConnection,
) -> Deferred[BusConnection]:
    """
    Connect to the bus at `address`, by default the session's; fires with the connection when the bus has given it a name.

    The sockets of the address are tried in their order, each for an equal part of `timeout_s`, so that a silent one leaves
    time for the next. `make` makes the connection, for one of another kind. Never raises; errbacks with NoBus within
    `timeout_s`. May be cancelled.
    """
    candidates = session_sockets(os.environ) if address is None else sockets(address, os.environ)
    return _first_of(reactor, candidates, timeout_s / max(len(candidates), 1), make)


@inlineCallbacks
def _first_of(
    reactor: Any, candidates: list[str], timeout_s: float, make: Callable[[], BusConnection]
) -> Generator[Deferred[Any], Any, BusConnection]:
    for socket in candidates:
        try:
            connection: BusConnection = yield _connect_to(reactor, socket, make()).addTimeout(timeout_s, reactor)
        except CancelledError:
            raise
        except Exception:  # The next socket may work; if none does, the user gets the same sentence for any error.
            continue
        return connection
    raise NoBus()


@inlineCallbacks
def _connect_to(reactor: Any, socket: str, connection: BusConnection) -> Generator[Deferred[Any], Any, BusConnection]:
    try:
        yield UNIXClientEndpoint(reactor, socket).connect(_Once(connection))
    except ConnectingCancelledError:  # To the code that cancelled, this would look like a refused connection.
        raise CancelledError() from None
    try:
        yield connection.ready
    except BaseException:
        connection.abort()  # A bus with too many connections replies with an error, and leaves the connection open.
        raise
    return connection


class _Once(Factory):
    """Returns the one connection, and logs nothing about it."""

    noisy = False

    def __init__(self, connection: BusConnection) -> None:
        self._connection = connection

    def buildProtocol(self, address: object) -> BusConnection:
        return self._connection
