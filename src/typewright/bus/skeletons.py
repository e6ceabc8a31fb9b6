# SPDX-License-Identifier: MIT
"""
The skeletons of the two interfaces: each member of the contract is delegated to the typing or the dictation service.

`interfaces.services` says what the services owe; above all that every Deferred fires, since a call waits as long as its job.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from typewright.bus import error_mapping
from typewright.bus.caller_watch import CallerWatch
from typewright.bus.connection import BusConnection
from typewright.bus.contract import DICTATION, PATH, TYPIST, load
from typewright.bus.credentials import Credentials
from typewright.bus.message import Message
from typewright.bus.properties import Properties, PropertySource
from typewright.bus.values import checked
from typewright.interfaces.backend import wire
from typewright.interfaces.services import IDictationService, ITypingService, Report

audit_log = Logger(namespace="typewright.audit")

Options = dict[str, Any]
Entries = dict[str, Any]


class Skeleton:
    """The common part: watches callers, and announces changes of properties."""

    def __init__(self, name: str, watch: CallerWatch) -> None:
        self.interface = load(name)
        self._watch = watch
        self._properties: Properties | None = None

    def announce_by(self, properties: Properties) -> None:
        """Announce changes of properties by `properties` from now on."""
        self._properties = properties

    def _job(self, call: Message, begin: Callable[[str], Deferred[Report]]) -> Deferred[Report]:
        """Begin a job that ends when its caller leaves the bus; one that needs no reply is carried out in any case."""
        watch = self._watch.watch if call.expects_reply else self._watch.carry_on
        return watch(call.sender, begin(call.sender))

    def _lasting(self, call: Message, begin: Callable[[str], Deferred[Report]]) -> Deferred[Report]:
        """Begin a job that leaves something for its caller, such as a draft, which ends when the caller leaves the bus."""
        job = self._job(call, begin)
        self._watch.keep(call.sender)
        return job

    # The service calls this in the middle of its work, so an exception must not get back to it.
    def _changed(self, name: str, value: object) -> None:
        try:
            if self._properties is not None:
                self._properties.changed(self.interface.name, name, value)
        except Exception:
            error_mapping.log_defect("a change could not be announced", Failure())


class TypistSkeleton(Skeleton):
    """Implements `org.typewright.Typist1` for a typing service, and logs a line for each job that ends."""

    def __init__(
        self, connection: BusConnection, service: ITypingService, watch: CallerWatch, credentials: Credentials
    ) -> None:
        """Raises TypeError if the service lacks a member."""
        super().__init__(TYPIST, watch)
        self.methods: dict[str, Callable[..., object]] = {
            "Insert": self.insert,
            "Backspace": self.backspace,
            "BackspaceWithOptions": self.backspace_with_options,
            "Type": self.type,
            "Press": self.press,
            "PressWithOptions": self.press_with_options,
            "PressAndHold": self.press_and_hold,
            "Release": self.release,
            "Cancel": self.cancel,
            "CancelAll": self.cancel_all,
            "Allow": self.allow,
        }
        self._connection = connection
        self._credentials = credentials
        self._service = wire(service, ITypingService)
        self.source = PropertySource(self.interface, service.get_property, {"TypingEnabled": service.set_typing_enabled})
        service.listen(self._changed, self._finished)

    def insert(self, call: Message, text: str) -> Deferred[bool]:
        """Insert(s) -> b."""
        return self._job(call, lambda caller: self._service.insert(caller, text)).addCallback(_confirmed)

    def backspace(self, call: Message, count: int) -> Deferred[bool]:
        """Backspace(u) -> b."""
        return self._job(call, lambda caller: self._service.backspace(caller, count)).addCallback(_confirmed)

    def backspace_with_options(self, call: Message, count: int, options: Options) -> Deferred[Entries]:
        """BackspaceWithOptions(u, a{sv}) -> a{sv}."""
        return self._job(call, lambda caller: self._service.backspace(caller, count, options)).addCallback(_entries)

    def type(self, call: Message, text: str, options: Options) -> Deferred[Entries]:
        """Type(s, a{sv}) -> a{sv}."""
        return self._job(call, lambda caller: self._service.insert(caller, text, options)).addCallback(_entries)

    def press(self, call: Message, chords: str) -> Deferred[bool]:
        """Press(s) -> b."""
        return self._job(call, lambda caller: self._service.press(caller, chords)).addCallback(_confirmed)

    def press_with_options(self, call: Message, chords: str, options: Options) -> Deferred[Entries]:
        """PressWithOptions(s, a{sv}) -> a{sv}."""
        return self._job(call, lambda caller: self._service.press(caller, chords, options)).addCallback(_entries)

    def press_and_hold(self, call: Message, chord: str, lease_s: float) -> Deferred[bool]:
        """PressAndHold(s, d) -> b."""
        hold = self._lasting(call, lambda caller: self._service.press_and_hold(caller, chord, lease_s))
        return hold.addCallback(_confirmed)

    def release(self, call: Message, chord: str) -> Deferred[bool]:
        """Release(s) -> b."""
        return self._job(call, lambda caller: self._service.release(caller, chord)).addCallback(_confirmed)

    def cancel(self, call: Message) -> Deferred[int]:
        """Cancel() -> u."""
        return self._service.cancel(call.sender)

    def cancel_all(self, call: Message) -> Deferred[int]:
        """CancelAll() -> u."""
        return self._service.cancel_all(call.sender)

    def allow(self, call: Message) -> Deferred[bool]:
        """Allow() -> b."""
        return self._service.allow(call.sender)

    def _finished(self, caller: str, kind: str, report: Report) -> None:
        try:
            self._audit(caller, kind, report)
            values = [
                checked("s", caller),
                checked("s", kind),
                checked("b", report.confirmed),
                checked("u", report.typed),
                checked("u", report.total),
                checked("s", report.level),
                checked("s", report.reason),
                checked("d", report.elapsed_s),
                checked("s", report.code),
            ]
            signal = self.interface.signals["Finished"]
            self._connection.emit(PATH, self.interface.name, signal.name, signal.signature, values)
        except Exception:
            error_mapping.log_defect("the end of a job could not be announced", Failure())

    def _audit(self, caller: str, kind: str, report: Report) -> None:
        audit_log.info(
            "{kind} for {caller}: {typed} of {total}, {outcome} in {elapsed:.3f} s",
            kind=kind,
            caller=self._credentials.known(caller),
            typed=report.typed,
            total=report.total,
            outcome=_outcome(report),
            elapsed=report.elapsed_s,
        )


class DictationSkeleton(Skeleton):
    """Implements `org.typewright.Dictation1` for a dictation service."""

    def __init__(self, service: IDictationService, watch: CallerWatch) -> None:
        """Raises TypeError if the service lacks a member."""
        super().__init__(DICTATION, watch)
        self.methods: dict[str, Callable[..., object]] = {
            "Revise": self.revise,
            "ReviseWithOptions": self.revise_with_options,
            "Commit": self.commit,
            "Undo": self.undo,
            "UndoWithOptions": self.undo_with_options,
            "Forget": self.forget,
        }
        self._service = wire(service, IDictationService)
        self.source = PropertySource(self.interface, service.get_property, {"ContextAdjust": service.set_context_adjust})
        service.listen_dictation(self._changed)

    def revise(self, call: Message, text: str) -> Deferred[bool]:
        """Revise(s) -> b."""
        return self._lasting(call, lambda caller: self._service.revise(caller, text)).addCallback(_confirmed)

    def revise_with_options(self, call: Message, text: str, options: Options) -> Deferred[Entries]:
        """ReviseWithOptions(s, a{sv}) -> a{sv}."""
        return self._lasting(call, lambda caller: self._service.revise(caller, text, options)).addCallback(_entries)

    def commit(self, call: Message) -> None:
        """Commit()."""
        self._service.commit(call.sender)

    def undo(self, call: Message) -> Deferred[bool]:
        """Undo() -> b."""
        return self._job(call, self._service.undo).addCallback(_confirmed)

    def undo_with_options(self, call: Message, options: Options) -> Deferred[Entries]:
        """UndoWithOptions(a{sv}) -> a{sv}."""
        return self._job(call, lambda caller: self._service.undo(caller, options)).addCallback(_entries)

    def forget(self, call: Message) -> None:
        """Forget()."""
        self._service.forget(call.sender)


def _confirmed(report: Report) -> bool:
    return report.confirmed


def _entries(report: Report) -> Entries:
    """Return the report as the contract documents it at `Type`."""
    return {
        "confirmed": checked("b", report.confirmed),
        "typed": checked("u", report.typed),
        "total": checked("u", report.total),
        "level": checked("s", report.level),
        "code": checked("s", report.code),
        "reason": checked("s", report.reason),
        "elapsed": checked("d", report.elapsed_s),
        "window": checked("u", report.window),
    }


def _outcome(report: Report) -> str:
    return f"confirmed ({report.level})" if report.confirmed else f"not confirmed ({report.code}): {report.reason}"
