# SPDX-License-Identifier: MIT
"""Who the callers are: asked once for each name on the bus, which it gives to nobody else afterwards."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from twisted.internet.defer import Deferred, inlineCallbacks

from typewright.access import Identity
from typewright.bus.connection import BusConnection, ErrorReply
from typewright.bus.credentials import Process, look_at

_REMEMBERED = 1_000


class Identities:
    """I know who is behind a unique name."""

    def __init__(self, connection: BusConnection) -> None:
        self._connection = connection
        self._known: dict[str, Identity] = {}
        self._asked: dict[str, list[Deferred[Identity]]] = {}

    def known(self, name: str) -> Identity:
        """What I know of `name` without asking."""
        return self._known.get(name, Identity(name))

    def of(self, name: str) -> Deferred[Identity]:
        """
        Fires with who `name` is, at once if I know; those who have asked are answered in their order.

        Of one that has left the bus, nothing is known. Errbacks with BusLost.
        """
        answer: Deferred[Identity] = Deferred()
        if name in self._known:
            answer.callback(self._known[name])
        elif name in self._asked:
            self._asked[name].append(answer)
        else:
            self._asked[name] = [answer]
            self._identify(name).addBoth(self._answer, name)
        return answer

    @inlineCallbacks
    def _identify(self, name: str) -> Generator[Deferred[Any], Any, Identity]:
        try:
            (told,) = yield self._connection.call_daemon("GetConnectionCredentials", "s", name)
        except ErrorReply:
            return Identity(name)
        uid, pid = told.get("UnixUserID"), told.get("ProcessID")
        process = look_at(pid) if pid else Process()
        # While the name is owned, its process has not ended, and so the number was not another's yet: unless the process
        # has left its connection to a child, and nobody but the kernel could tell that.
        (owned,) = yield self._connection.call_daemon("NameHasOwner", "s", name)
        if not owned or uid is None:
            return Identity(name)
        identity = Identity(name, uid, pid, *process)
        self._known[name] = identity
        while len(self._known) > _REMEMBERED:
            del self._known[next(iter(self._known))]
        return identity

    def _answer(self, result: Any, name: str) -> None:
        for answer in self._asked.pop(name):
            answer.callback(result)  # or, if it is a Failure, errback
