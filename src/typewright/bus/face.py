# SPDX-License-Identifier: MIT
"""
The face of the typing service on the bus: each member of the contract, delegated in a line.

What the service owes is in `typewright.interfaces.ITypingService`: among it that every Deferred fires, for a call waits
as long as its job.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from typewright.bus import faults
from typewright.bus.callers import Callers
from typewright.bus.connection import BusConnection
from typewright.bus.contract import PATH, Interface
from typewright.bus.exported import ExportedObject
from typewright.bus.incoming import Incoming
from typewright.bus.properties import Owner, Properties
from typewright.bus.values import checked
from typewright.errors import AccessDenied
from typewright.interfaces import wire
from typewright.services import ITypingService, Report


class TypistFace:
    """I am the interface `org.typewright.Typist1` of a service; make me, and calls are answered."""

    def __init__(self, connection: BusConnection, service: ITypingService, interface: Interface) -> None:
        """Raises TypeError when the service lacks a member, or I lack one of the contract."""
        self.interface = interface
        self.methods: dict[str, Callable[..., object]] = {
            "Insert": self.insert,
            "Backspace": self.backspace,
            "Type": self.type,
            "Press": self.press,
            "Cancel": self.cancel,
        }
        self._connection = connection
        self._service = wire(service, ITypingService)
        self._callers = Callers(connection, service.caller_left)
        owner = Owner(interface, service.get_property, {"TypingEnabled": service.set_typing_enabled})
        self._properties = Properties(connection, PATH, [owner])
        self._object = ExportedObject(connection, PATH, [self, self._properties])
        service.listen(self._changed, self._finished)
        connection.answer_with(self._object.answer)

    # --- The methods of the contract ---------------------------------------------------------------------------------

    def insert(self, call: Incoming, text: str) -> Deferred[bool]:
        """Insert(s) -> b."""
        return self._job(call, lambda caller: self._service.insert(caller, text)).addCallback(_confirmed)

    def backspace(self, call: Incoming, count: int) -> Deferred[bool]:
        """Backspace(u) -> b."""
        return self._job(call, lambda caller: self._service.backspace(caller, count)).addCallback(_confirmed)

    def type(self, call: Incoming, text: str, options: dict[str, Any]) -> Deferred[dict[str, Any]]:
        """Type(s, a{sv}) -> a{sv}."""
        return self._job(call, lambda caller: self._service.insert(caller, text, options)).addCallback(_detailed)

    def press(self, call: Incoming, chords: str) -> Deferred[bool]:
        """Press(s) -> b."""
        return self._job(call, lambda caller: self._service.press(caller, chords)).addCallback(_confirmed)

    def cancel(self, call: Incoming) -> Deferred[int]:
        """Cancel() -> u."""
        return self._service.cancel(_caller(call))

    # --- What the service tells --------------------------------------------------------------------------------------

    # In the middle of the service's work: what goes wrong here must not go wrong there.

    def _changed(self, name: str, value: object) -> None:
        try:
            self._properties.changed(self.interface.name, name, value)
        except Exception:
            faults.note("a change could not be announced", Failure())

    def _finished(self, caller: str, kind: str, report: Report) -> None:
        signal = self.interface.signals["Finished"]
        try:
            told = {"caller": checked("s", caller), "kind": checked("s", kind), **_detailed(report)}
            self._connection.emit(PATH, self.interface.name, signal.name, signal.signature, list(told.values()))
        except Exception:
            faults.note("the end of a job could not be announced", Failure())

    # --- Inside ------------------------------------------------------------------------------------------------------

    def _job(self, call: Incoming, begin: Callable[[str], Deferred[Report]]) -> Deferred[Report]:
        caller = _caller(call)
        return self._callers.watch(caller, begin(caller))


def _caller(call: Incoming) -> str:
    # Only a peer with a name can be watched, and held to what the configuration allows it.
    if not call.sender:
        raise AccessDenied("Only a peer with a name on the bus may have Typewright type.")
    return call.sender


def _confirmed(report: Report) -> bool:
    return report.confirmed


def _detailed(report: Report) -> dict[str, Any]:
    # In the order of the signal Finished; the names are those of the report of Type.
    return {
        "confirmed": checked("b", report.confirmed),
        "typed": checked("u", report.typed),
        "total": checked("u", report.total),
        "level": checked("s", report.level),
        "reason": checked("s", report.reason),
        "elapsed": checked("d", report.elapsed_s),
    }
