# SPDX-License-Identifier: MIT
"""
The door: no call that types, and no setting of a property, gets to the service before its caller is known and allowed.

A caller's calls are let in by the order in which they came.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from twisted.internet.defer import Deferred
from twisted.logger import Logger

from typewright.access import DISABLE, ENABLE, TYPE, Access, Identity
from typewright.bus.dispatch import Part
from typewright.bus.identities import Identities
from typewright.bus.message import Incoming
from typewright.bus.properties import Owner, Writer
from typewright.errors import AccessDenied

log = Logger(namespace="typewright.bus")


class Admission:
    """I let in whom `access` allows."""

    def __init__(self, identities: Identities, access: Access) -> None:
        self._identities = identities
        self._access = access

    def guard(self, part: Part) -> Part:
        """`part`, its methods carried out for those only who may have something typed."""
        return _Guarded(part, self)

    def guard_properties(self, owner: Owner) -> Owner:
        """`owner`, its properties set by those only who may: all of them as if it were typing, but for the switch."""
        return replace(owner, writers={name: self._guarded(name, write) for name, write in owner.writers.items()})

    def admit(self, caller: str, want: str) -> Deferred[Identity]:
        """Fires when the caller is known, and may do what it wants (see `access`); errbacks with AccessDenied."""
        if not caller:
            raise AccessDenied("Only a peer with a name on the bus may have Typewright do something.")
        return self._identities.of(caller).addCallback(self._check, want)

    def _check(self, caller: Identity, want: str) -> Identity:
        try:
            self._access.check(caller, want)
        except AccessDenied:
            log.warn("refused to {want} for {caller}", want=want, caller=caller)
            raise
        return caller

    def _guarded(self, name: str, write: Writer) -> Writer:
        def guarded(caller: str, value: Any) -> Deferred[None]:
            def known(identity: Identity) -> Deferred[None] | None:
                log.info("{name} set to {value} by {caller}", name=name, value=value, caller=identity)
                return write(caller, value)

            want = TYPE if name != "TypingEnabled" else ENABLE if value else DISABLE
            return self.admit(caller, want).addCallback(known)

        return guarded


class _Guarded:
    """I am a part behind the door."""

    def __init__(self, part: Part, admission: Admission) -> None:
        self.interface = part.interface
        self.methods: Mapping[str, Callable[..., object]] = {
            name: self._guarded(method, admission) for name, method in part.methods.items()
        }

    @staticmethod
    def _guarded(method: Callable[..., object], admission: Admission) -> Callable[..., object]:
        def guarded(call: Incoming, *arguments: object) -> Deferred[Any]:
            return admission.admit(call.sender, TYPE).addCallback(lambda _: method(call, *arguments))

        return guarded
