# SPDX-License-Identifier: MIT
"""
Putting the service on the bus, in the only order that leaves no gap.

First `publish`, so that no call finds nothing; when all else stands, `take_name`. At the end the name's `release` comes
first, so that the next call starts, or finds, another service.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from typewright.access import Access
from typewright.bus.audit import Audit
from typewright.bus.authorization import Admission
from typewright.bus.caller_watch import Callers
from typewright.bus.connection import DAEMON, BusConnection, ErrorReply, Stop
from typewright.bus.contract import PATH, TYPIST
from typewright.bus.dispatch import ExportedObject
from typewright.bus.identities import Identities
from typewright.bus.message import Incoming
from typewright.bus.properties import Properties
from typewright.bus.skeletons import DictationFace, TypistFace
from typewright.errors import NameTaken, NoBus
from typewright.interfaces.services import IDictationService, ITypingService

_DO_NOT_QUEUE = 4
_OWNED = (1, 4)  # Now the primary owner; it already.


def publish(
    connection: BusConnection, typing: ITypingService, dictation: IDictationService, access: Access
) -> ExportedObject:
    """
    Have calls of the connection answered by the two halves of the service, as far as `access` allows.

    Raises TypeError when one lacks a member.
    """

    def left(caller: str) -> None:
        typing.caller_left(caller)
        dictation.caller_left(caller)

    callers, identities = Callers(connection, left), Identities(connection)
    admission = Admission(identities, access)
    faces = (TypistFace(connection, typing, callers, Audit(identities)), DictationFace(dictation, callers))
    properties = Properties(connection, PATH, [admission.guard_properties(face.owner) for face in faces])
    for face in faces:
        face.announce_by(properties)
    exported = ExportedObject(connection, PATH, [*(admission.guard(face) for face in faces), properties])
    connection.answer_with(exported.answer)
    return exported


def take_name(connection: BusConnection, lost: Callable[[], None], name: str = TYPIST) -> Deferred[BusName]:
    """
    Own `name` on the bus; fires with the owned name, when peers can call us by it.

    Errbacks with NameTaken, and leaves the other owner alone; with NoBus if the bus refuses; or BusLost. `lost` is
    called once if the bus takes the name from us, which is as bad as losing the bus; not for a lost connection, for
    which see `connection.on_lost`.
    """
    owned = BusName(connection, name, lost)

    def answered(answer: list[Any]) -> BusName:
        if answer[0] not in _OWNED:
            owned.forget()
            raise NameTaken()
        return owned

    def failed(failure: Failure) -> Failure:
        owned.forget()
        if failure.check(ErrorReply):
            return Failure(NoBus("The session bus does not let Typewright have its name."))
        return failure

    # It can't be replaced either: no other program gets to read what callers want typed.
    return connection.call_daemon("RequestName", "su", name, _DO_NOT_QUEUE).addCallbacks(answered, failed)


class BusName:
    """I am a name that we own on the bus. `take_name` makes me."""

    def __init__(self, connection: BusConnection, name: str, lost: Callable[[], None]) -> None:
        self._connection = connection
        self._name = name
        self._lost = lost
        self._stop: Stop = connection.listen(DAEMON, "NameLost", self._heard)

    def release(self) -> Deferred[None]:
        """Give the name back; fires when that is done, or the bus is gone. Calls on their way still arrive before."""
        self.forget()
        return self._connection.call_daemon("ReleaseName", "s", self._name).addBoth(lambda _: None)

    def forget(self) -> None:
        """Do not say any more that the name was lost."""
        self._stop()

    def _heard(self, signal: Incoming) -> None:
        if signal.arguments() == [self._name]:
            self.forget()
            self._lost()
