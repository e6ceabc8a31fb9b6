# SPDX-License-Identifier: MIT
"""
How a connection to the bus comes about, or fails in time.

The reactor is the caller's, and the only timer is the one of `connect`.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, inlineCallbacks
from twisted.internet.endpoints import UNIXClientEndpoint
from twisted.internet.error import ConnectingCancelledError
from twisted.internet.protocol import Factory

from typewright.bus.address import session_sockets, sockets
from typewright.bus.connection import BusConnection
from typewright.errors import NoBus


def connect(reactor: Any, address: str | None = None, timeout_s: float = 10.0) -> Deferred[BusConnection]:
    """
    Connect to the bus at `address`, by default the session's; fires with the connection, greeted by the bus.

    The sockets of the address are tried in their order, each with an equal part of `timeout_s`, so that a mute one does
    not stand before a good one. Never raises; errbacks with NoBus within `timeout_s`. May be cancelled.
    """
    candidates = session_sockets(os.environ) if address is None else sockets(address, os.environ)
    return _first_of(reactor, candidates, timeout_s / max(len(candidates), 1))


@inlineCallbacks
def _first_of(reactor: Any, candidates: list[str], timeout_s: float) -> Generator[Deferred[Any], Any, BusConnection]:
    for socket in candidates:
        try:
            connection: BusConnection = yield _dial(reactor, socket).addTimeout(timeout_s, reactor)
        except CancelledError:
            raise
        except Exception:  # Whatever is wrong with this one, the next may be good; the user's sentence is the same.
            continue
        return connection
    raise NoBus()


@inlineCallbacks
def _dial(reactor: Any, socket: str) -> Generator[Deferred[Any], Any, BusConnection]:
    connection = BusConnection()
    try:
        yield UNIXClientEndpoint(reactor, socket).connect(_Once(connection))
    except ConnectingCancelledError:  # Which would look like a refusal to whoever set the time-out, or cancelled.
        raise CancelledError() from None
    try:
        yield connection.ready
    except BaseException:
        connection.abort()  # A bus that has no room for us refuses to greet us, and leaves it at that.
        raise
    return connection


class _Once(Factory):
    """I give out the one connection, and log nothing of it."""

    noisy = False

    def __init__(self, connection: BusConnection) -> None:
        self._connection = connection

    def buildProtocol(self, address: object) -> BusConnection:
        return self._connection
