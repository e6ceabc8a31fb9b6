# SPDX-License-Identifier: MIT
"""
The other side: a program that has a Typewright service type.

Calls wait as long as the typing takes; there is no time-out but the user's patience.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from twisted.internet.defer import Deferred, fail
from twisted.python.failure import Failure

from typewright.bus import standard_errors
from typewright.bus.connect import connect
from typewright.bus.connection import BusConnection, ErrorReply
from typewright.bus.contract import DICTATION, PATH, TYPIST, Interface, load
from typewright.bus.standard import PROPERTIES
from typewright.bus.values import checked, clean
from typewright.errors import InvalidArgs, ServiceAbsent, TypewrightError

_STANDARD = "org.freedesktop.DBus.Error."
_ABSENT = {_STANDARD + "ServiceUnknown", _STANDARD + "NameHasNoOwner"}
_WENT_AWAY = {_STANDARD + "NoReply", _STANDARD + "Disconnected"}


class Client:
    """
    I call a Typewright service for you.

    Every Deferred of mine errbacks with an error of `typewright.errors`: that of the service where it answered with
    one, ServiceAbsent, or BusLost.
    """

    def __init__(self, connection: BusConnection, name: str = TYPIST) -> None:
        self._connection = connection
        self._name = name
        self._interfaces = [load(TYPIST), load(DICTATION)]

    @classmethod
    def connect(cls, reactor: Any, address: str | None = None, timeout_s: float = 10.0) -> Deferred[Client]:
        """Fires with a client on the bus at `address`, by default the session's. Errbacks with NoBus."""
        return connect(reactor, address, timeout_s).addCallback(cls)

    @property
    def served_by(self) -> str:
        """The unique name of the service that I call; empty while there is none, or before the answer to my first call."""
        return self._connection.owner_of(self._name)

    def close(self) -> Deferred[None]:
        """Hang up; fires when that is done. Jobs of mine that still run are ended by the service."""
        return self._connection.close()

    def insert(self, text: str) -> Deferred[bool]:
        """Type `text`; fires with whether it was confirmed."""
        return self._call("Insert", [text]).addCallback(bool)

    def type(self, text: str, options: Mapping[str, object] | None = None) -> Deferred[dict[str, Any]]:
        """Type `text`; fires with the report. `options` as in the contract; seconds as floats."""
        return self._call("Type", [text, dict(options or {})])

    def backspace(self, count: int) -> Deferred[bool]:
        """Delete `count` characters backwards; fires with whether it was confirmed."""
        return self._call("Backspace", [count]).addCallback(bool)

    def press(self, chords: str) -> Deferred[bool]:
        """Press chords; fires with whether they were confirmed."""
        return self._call("Press", [chords]).addCallback(bool)

    def press_and_hold(self, chord: str, lease_s: float) -> Deferred[bool]:
        """Press a chord and leave it down for `lease_s` seconds at most; fires with whether its keys are down."""
        return self._call("PressAndHold", [chord, lease_s]).addCallback(bool)

    def release(self, chord: str) -> Deferred[bool]:
        """Release a chord that I hold; fires with whether I held it until now."""
        return self._call("Release", [chord]).addCallback(bool)

    def cancel(self) -> Deferred[int]:
        """End my own jobs, those of this connection; fires with their number."""
        return self._call("Cancel", []).addCallback(int)

    def revise(self, text: str) -> Deferred[bool]:
        """Make my draft read `text`; fires with whether it does, which is False also if a later one took its place."""
        return self._call("Revise", [text]).addCallback(bool)

    def commit(self) -> Deferred[None]:
        """End my draft: it stands, and the next begins behind it."""
        return self._call("Commit", [])

    def undo(self) -> Deferred[bool]:
        """Take back what I had typed last; fires with whether all of it is gone."""
        return self._call("Undo", []).addCallback(bool)

    def forget(self) -> Deferred[None]:
        """Have the history wiped, everybody's."""
        return self._call("Forget", [])

    def get_property(self, name: str) -> Deferred[Any]:
        """Fires with the value of a property."""
        interface = self._having(name)
        return self._send(PROPERTIES.name, "Get", "ss", [interface.name, name])

    def set_property(self, name: str, value: object) -> Deferred[None]:
        """Set a property; fires when it is set."""
        interface = self._having(name)
        try:
            typed = checked(interface.properties[name].signature, value)
        except KeyError:
            return fail(standard_errors.UnknownProperty())
        except TypeError:
            return fail(InvalidArgs(f"{name} is of type {interface.properties[name].signature}."))
        return self._send(PROPERTIES.name, "Set", "ssv", [interface.name, name, typed])

    def _call(self, member: str, arguments: Sequence[object]) -> Deferred[Any]:
        # Said here, where it can be said what is wrong: what can't be marshalled never reaches the service.
        if any(isinstance(argument, str) and not clean(argument) for argument in arguments):
            return fail(InvalidArgs("The text holds a NUL or half a surrogate pair, which can't be sent over the bus."))
        interface = self._having(member)
        return self._send(interface.name, member, interface.methods[member].takes, arguments)

    def _having(self, member: str) -> Interface:
        """The interface with that method or property; the main one if there is none such, which will say so."""
        having = (each for each in self._interfaces if member in each.methods or member in each.properties)
        return next(having, self._interfaces[0])

    def _send(self, interface: str, member: str, signature: str, arguments: Sequence[object]) -> Deferred[Any]:
        answer = self._connection.call(self._name, PATH, interface, member, signature, arguments)
        return answer.addCallbacks(lambda values: values[0] if values else None, _translated)


def _translated(failure: Failure) -> Failure:
    if not failure.check(ErrorReply):
        return failure
    reply: Any = failure.value
    if reply.name in _ABSENT or reply.name.startswith(_STANDARD + "Spawn."):
        return Failure(ServiceAbsent())
    if reply.name in _WENT_AWAY:
        return Failure(ServiceAbsent("Typewright went away before it answered; the text may stand in part."))
    for kind in _kinds(TypewrightError):
        if kind.dbus_name == reply.name:
            error = kind.__new__(kind)  # Some make their sentence from other arguments; here it comes from afar.
            Exception.__init__(error, reply.sentence or kind.sentence)
            return Failure(error)
    return Failure(TypewrightError(f"The service answered with an error that is unknown here: {reply.name}."))


def _kinds(kind: type[TypewrightError]) -> Iterator[type[TypewrightError]]:
    # A class comes before those made from it: a name on the bus that several share is that of the first.
    yield kind
    for child in kind.__subclasses__():
        yield from _kinds(child)
