# SPDX-License-Identifier: MIT
"""
The client side: for programs that call a Typewright service.

A call waits as long as the typing takes: there are no time-outs here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from twisted.internet.defer import Deferred, fail
from twisted.python.failure import Failure

from typewright.bus import standard_errors
from typewright.bus.connect import connect
from typewright.bus.connection import BusConnection, ErrorReply
from typewright.bus.contract import DICTATION, PATH, TYPIST, Interface, load
from typewright.bus.standard import PROPERTIES
from typewright.bus.values import checked, clean
from typewright.errors import InvalidArgs, error_of_reply

Options = Mapping[str, object] | None


class Client:
    """
    Calls a Typewright service.

    Each Deferred errbacks with an error of `typewright.errors`: the one that the service replied with, ServiceAbsent, or
    BusLost. `options` and reports are those of the contract, with seconds as floats.
    """

    def __init__(self, connection: BusConnection, name: str = TYPIST) -> None:
        self._connection = connection
        self._name = name
        self._interfaces = [load(TYPIST), load(DICTATION)]

    @classmethod
    def connect(cls, reactor: Any, address: str | None = None, timeout_s: float = 10.0) -> Deferred[Client]:
        """Connect to the bus at `address`, by default the session's; fires with the client. Errbacks with NoBus."""
        return connect(reactor, address, timeout_s).addCallback(cls)

    @property
    def served_by(self) -> str:
        """The unique name of the service that is called; empty while there is none, and before the first reply."""
        return self._connection.owner_of(self._name)

    def close(self) -> Deferred[None]:
        """Close the connection; fires when that is done. The service ends the jobs of this client that still run."""
        return self._connection.close()

    def insert(self, text: str) -> Deferred[bool]:
        """Type `text`; fires with whether it was confirmed."""
        return self._call("Insert", [text]).addCallback(bool)

    def type(self, text: str, options: Options = None) -> Deferred[dict[str, Any]]:
        """Type `text`; fires with the report."""
        return self._call("Type", [text, dict(options or {})])

    def backspace(self, count: int) -> Deferred[bool]:
        """Delete `count` characters backwards; fires with whether it was confirmed."""
        return self._call("Backspace", [count]).addCallback(bool)

    def backspace_with_options(self, count: int, options: Options = None) -> Deferred[dict[str, Any]]:
        """Delete `count` characters backwards; fires with the report."""
        return self._call("BackspaceWithOptions", [count, dict(options or {})])

    def press(self, chords: str) -> Deferred[bool]:
        """Press chords; fires with whether they were confirmed."""
        return self._call("Press", [chords]).addCallback(bool)

    def press_with_options(self, chords: str, options: Options = None) -> Deferred[dict[str, Any]]:
        """Press chords; fires with the report."""
        return self._call("PressWithOptions", [chords, dict(options or {})])

    def press_and_hold(self, chord: str, lease_s: float) -> Deferred[bool]:
        """Press a chord and leave it down for `lease_s` seconds at most; fires with whether its keys are down."""
        return self._call("PressAndHold", [chord, lease_s]).addCallback(bool)

    def release(self, chord: str) -> Deferred[bool]:
        """Release a chord that this client holds; fires with whether it held the chord until now."""
        return self._call("Release", [chord]).addCallback(bool)

    def cancel(self) -> Deferred[int]:
        """End the jobs of this client; fires with their number."""
        return self._call("Cancel", []).addCallback(int)

    def cancel_all(self) -> Deferred[int]:
        """End the jobs of all callers; fires with their number."""
        return self._call("CancelAll", []).addCallback(int)

    def allow(self) -> Deferred[bool]:
        """Have the user asked whether the service may type, where that is needed; fires with whether it may."""
        return self._call("Allow", []).addCallback(bool)

    def revise(self, text: str) -> Deferred[bool]:
        """Make the draft read `text`; fires with whether it does: False also if a later revision took its place."""
        return self._call("Revise", [text]).addCallback(bool)

    def revise_with_options(self, text: str, options: Options = None) -> Deferred[dict[str, Any]]:
        """Make the draft read `text`; fires with the report."""
        return self._call("ReviseWithOptions", [text, dict(options or {})])

    def commit(self) -> Deferred[None]:
        """End the draft: its text stays, and the next draft begins after it."""
        return self._call("Commit", [])

    def undo(self) -> Deferred[bool]:
        """Take back what this client had typed last; fires with whether all of it is deleted."""
        return self._call("Undo", []).addCallback(bool)

    def undo_with_options(self, options: Options = None) -> Deferred[dict[str, Any]]:
        """Take back what this client had typed last; fires with the report."""
        return self._call("UndoWithOptions", [dict(options or {})])

    def forget(self) -> Deferred[None]:
        """Wipe the history of all callers."""
        return self._call("Forget", [])

    def get_property(self, name: str) -> Deferred[Any]:
        """Read a property; fires with its value."""
        interface = self._interface_of(name)
        return self._send(PROPERTIES.name, "Get", "ss", [interface.name, name])

    def set_property(self, name: str, value: object) -> Deferred[None]:
        """Set a property; fires when it is set."""
        interface = self._interface_of(name)
        try:
            typed = checked(interface.properties[name].signature, value)
        except KeyError:
            return fail(standard_errors.UnknownProperty())
        except TypeError:
            return fail(InvalidArgs(f"{name} is of type {interface.properties[name].signature}."))
        return self._send(PROPERTIES.name, "Set", "ssv", [interface.name, name, typed])

    def _call(self, member: str, arguments: Sequence[object]) -> Deferred[Any]:
        # Refused here, where the reason is known: what cannot be marshalled never reaches the service.
        if any(isinstance(argument, str) and not clean(argument) for argument in arguments):
            return fail(
                InvalidArgs(
                    "The text contains a NUL or half a surrogate pair, which cannot be sent over the bus; remove it."
                )
            )
        interface = self._interface_of(member)
        return self._send(interface.name, member, interface.methods[member].takes, arguments)

    def _interface_of(self, member: str) -> Interface:
        """Return the interface of a method or property; the main one if it is unknown, so that the service refuses it."""
        having = (each for each in self._interfaces if member in each.methods or member in each.properties)
        return next(having, self._interfaces[0])

    def _send(self, interface: str, member: str, signature: str, arguments: Sequence[object]) -> Deferred[Any]:
        answer = self._connection.call(self._name, PATH, interface, member, signature, arguments)
        return answer.addCallbacks(lambda values: values[0] if values else None, _translated)


def _translated(failure: Failure) -> Failure:
    if not failure.check(ErrorReply):
        return failure
    reply: Any = failure.value
    return Failure(error_of_reply(reply.name, reply.sentence))
