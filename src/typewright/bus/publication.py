# SPDX-License-Identifier: MIT
"""
Puts the service on the bus, in an order that leaves no gap.

First comes `publish`, so that every call finds its object; `take_name` follows when everything else is ready. At the end the
name is released first, so that the next call starts, or finds, another service.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from typewright.access import Access
from typewright.bus.authorization import Authorization
from typewright.bus.caller_watch import CallerWatch
from typewright.bus.connection import DAEMON, BusConnection, ErrorReply, Stop
from typewright.bus.contract import PATH, TYPIST
from typewright.bus.credentials import Credentials
from typewright.bus.dispatch import Dispatcher
from typewright.bus.message import Message
from typewright.bus.properties import Properties
from typewright.bus.skeletons import DictationSkeleton, TypistSkeleton
from typewright.errors import NameTaken, NoBus
from typewright.interfaces.services import IDictationService, ITypingService

DO_NOT_QUEUE = 4
OWNED = (1, 4)  # The connection is the owner now, or was already.


class Published(NamedTuple):
    """What answers the calls of the connection, and what authorizes their callers; for further objects of the service."""

    dispatcher: Dispatcher
    authorization: Authorization


def publish(connection: BusConnection, typing: ITypingService, dictation: IDictationService, access: Access) -> Published:
    """
    Have the calls of the connection answered by the two halves of the service, for the callers that `access` allows.

    Raises TypeError if one of them lacks a member.
    """

    def left(caller: str) -> None:
        typing.caller_left(caller)
        dictation.caller_left(caller)

    watch, credentials = CallerWatch(connection, left), Credentials(connection)
    authorization = Authorization(credentials, access)
    skeletons = (TypistSkeleton(connection, typing, watch, credentials), DictationSkeleton(dictation, watch))
    sources = [authorization.protect_properties(skeleton.source) for skeleton in skeletons]
    properties = Properties(connection, PATH, sources)
    for skeleton in skeletons:
        skeleton.announce_by(properties)
    methods = (authorization.protect(skeleton) for skeleton in skeletons)
    dispatcher = Dispatcher(connection)
    dispatcher.add(PATH, [*methods, properties])
    connection.answer_with(dispatcher.dispatch)
    return Published(dispatcher, authorization)


def take_name(connection: BusConnection, lost: Callable[[], None], name: str = TYPIST) -> Deferred[BusName]:
    """
    Become the owner of `name` on the bus. Fires with the owned name when peers can call the service by it.

    Errbacks with NameTaken if there is another owner, which is left alone; with NoBus if the bus refuses; with BusLost.
    `lost` is called once if the bus takes the name away, which is as bad as losing the bus. It is not called for a lost
    connection: see `connection.on_lost`.
    """
    owned = BusName(connection, name, lost)

    def answered(answer: list[Any]) -> BusName:
        if answer[0] not in OWNED:
            owned.forget()
            raise NameTaken()
        return owned

    def failed(failure: Failure) -> Failure:
        owned.forget()
        if failure.check(ErrorReply):
            return Failure(
                NoBus(
                    f"The session bus does not let this process own the name {name}: its configuration may forbid it, or "
                    "the process may be in a sandbox."
                )
            )
        return failure

    # Without the flag for replacement, no other program can take the name and read what callers want typed.
    return connection.call_daemon("RequestName", "su", name, DO_NOT_QUEUE).addCallbacks(answered, failed)


class BusName:
    """A name on the bus that this process owns; made by `take_name`."""

    def __init__(self, connection: BusConnection, name: str, lost: Callable[[], None]) -> None:
        self._connection = connection
        self._name = name
        self._lost = lost
        self._stop: Stop = connection.listen(DAEMON, "NameLost", self._name_lost)

    def release(self) -> Deferred[None]:
        """Give the name back. Fires when that is done, or the bus is gone; calls sent before that still arrive first."""
        self.forget()
        return self._connection.call_daemon("ReleaseName", "s", self._name).addBoth(lambda _: None)

    def forget(self) -> None:
        """Do not report the loss of the name any more."""
        self._stop()

    def _name_lost(self, signal: Message) -> None:
        if signal.arguments() == [self._name]:
            self.forget()
            self._lost()
