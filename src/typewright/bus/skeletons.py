# SPDX-License-Identifier: MIT
"""
The faces of the service on the bus: each member of the contract, delegated in a line.

What the service owes is in `interfaces.services`: among it that every Deferred fires, for a call waits as long as its
job.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from typewright.bus import error_mapping
from typewright.bus.audit import Audit
from typewright.bus.caller_watch import Callers
from typewright.bus.connection import BusConnection
from typewright.bus.contract import DICTATION, PATH, TYPIST, load
from typewright.bus.message import Incoming
from typewright.bus.properties import Owner, Properties
from typewright.bus.values import checked
from typewright.interfaces.backend import wire
from typewright.interfaces.services import IDictationService, ITypingService, Report


class Face:
    """What the faces share: their callers are watched, and what their service tells goes out."""

    def __init__(self, name: str, callers: Callers) -> None:
        self.interface = load(name)
        self._callers = callers
        self._properties: Properties | None = None

    def announce_by(self, properties: Properties) -> None:
        """Announce changes of my properties by `properties` from now on."""
        self._properties = properties

    def _job(self, call: Incoming, begin: Callable[[str], Deferred[Report]]) -> Deferred[Report]:
        return self._callers.watch(call.sender, begin(call.sender))

    def _lasting(self, call: Incoming, begin: Callable[[str], Deferred[Report]]) -> Deferred[Report]:
        """A job whose caller has something of ours beyond its end, that must go when the caller does."""
        job = self._job(call, begin)
        self._callers.keep(call.sender)
        return job

    # In the middle of the service's work: what goes wrong here must not go wrong there.
    def _changed(self, name: str, value: object) -> None:
        try:
            if self._properties is not None:
                self._properties.changed(self.interface.name, name, value)
        except Exception:
            error_mapping.note("a change could not be announced", Failure())


class TypistFace(Face):
    """I am the interface `org.typewright.Typist1` of a service."""

    def __init__(self, connection: BusConnection, service: ITypingService, callers: Callers, audit: Audit) -> None:
        """Raises TypeError when the service lacks a member."""
        super().__init__(TYPIST, callers)
        self.methods: dict[str, Callable[..., object]] = {
            "Insert": self.insert,
            "Backspace": self.backspace,
            "Type": self.type,
            "Press": self.press,
            "PressAndHold": self.press_and_hold,
            "Release": self.release,
            "Cancel": self.cancel,
        }
        self._connection = connection
        self._audit = audit
        self._service = wire(service, ITypingService)
        self.owner = Owner(self.interface, service.get_property, {"TypingEnabled": service.set_typing_enabled})
        service.listen(self._changed, self._finished)

    def insert(self, call: Incoming, text: str) -> Deferred[bool]:
        """Insert(s) -> b."""
        return self._job(call, lambda caller: self._service.insert(caller, text)).addCallback(_confirmed)

    def backspace(self, call: Incoming, count: int) -> Deferred[bool]:
        """Backspace(u) -> b."""
        return self._job(call, lambda caller: self._service.backspace(caller, count)).addCallback(_confirmed)

    def type(self, call: Incoming, text: str, options: dict[str, Any]) -> Deferred[dict[str, Any]]:
        """Type(s, a{sv}) -> a{sv}."""
        job = self._job(call, lambda caller: self._service.insert(caller, text, options))
        return job.addCallback(lambda report: {**_detailed(report), "window": checked("u", report.window)})

    def press(self, call: Incoming, chords: str) -> Deferred[bool]:
        """Press(s) -> b."""
        return self._job(call, lambda caller: self._service.press(caller, chords)).addCallback(_confirmed)

    def press_and_hold(self, call: Incoming, chord: str, lease_s: float) -> Deferred[bool]:
        """PressAndHold(s, d) -> b."""
        hold = self._lasting(call, lambda caller: self._service.press_and_hold(caller, chord, lease_s))
        return hold.addCallback(_confirmed)

    def release(self, call: Incoming, chord: str) -> Deferred[bool]:
        """Release(s) -> b."""
        return self._job(call, lambda caller: self._service.release(caller, chord)).addCallback(_confirmed)

    def cancel(self, call: Incoming) -> Deferred[int]:
        """Cancel() -> u."""
        return self._service.cancel(call.sender)

    def _finished(self, caller: str, kind: str, report: Report) -> None:
        signal = self.interface.signals["Finished"]
        try:
            self._audit.ended(caller, kind, report)
            told = {"caller": checked("s", caller), "kind": checked("s", kind), **_detailed(report)}
            self._connection.emit(PATH, self.interface.name, signal.name, signal.signature, list(told.values()))
        except Exception:
            error_mapping.note("the end of a job could not be announced", Failure())


class DictationFace(Face):
    """I am the interface `org.typewright.Dictation1` of a service."""

    def __init__(self, service: IDictationService, callers: Callers) -> None:
        """Raises TypeError when the service lacks a member."""
        super().__init__(DICTATION, callers)
        self.methods: dict[str, Callable[..., object]] = {
            "Revise": self.revise,
            "Commit": self.commit,
            "Undo": self.undo,
            "Forget": self.forget,
        }
        self._service = wire(service, IDictationService)
        self.owner = Owner(self.interface, service.get_property, {"ContextAdjust": service.set_context_adjust})
        service.listen_dictation(self._changed)

    def revise(self, call: Incoming, text: str) -> Deferred[bool]:
        """Revise(s) -> b."""
        return self._lasting(call, lambda caller: self._service.revise(caller, text)).addCallback(_confirmed)

    def commit(self, call: Incoming) -> None:
        """Commit()."""
        self._service.commit(call.sender)

    def undo(self, call: Incoming) -> Deferred[bool]:
        """Undo() -> b."""
        return self._job(call, self._service.undo).addCallback(_confirmed)

    def forget(self, call: Incoming) -> None:
        """Forget()."""
        self._service.forget(call.sender)


def _confirmed(report: Report) -> bool:
    return report.confirmed


def _detailed(report: Report) -> dict[str, Any]:
    # In the order of the signal Finished; the names are those of the report of Type, which has one more.
    return {
        "confirmed": checked("b", report.confirmed),
        "typed": checked("u", report.typed),
        "total": checked("u", report.total),
        "level": checked("s", report.level),
        "reason": checked("s", report.reason),
        "elapsed": checked("d", report.elapsed_s),
    }
