# SPDX-License-Identifier: MIT
"""
Authorization: every call of the service's methods, and every setting of a property, waits until its caller is known and
allowed.

The calls of one caller stay in their order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from twisted.internet.defer import Deferred
from twisted.logger import Logger

from typewright.access import DISABLE, ENABLE, TYPE, Access, Identity
from typewright.bus.credentials import Credentials
from typewright.bus.dispatch import Implementation
from typewright.bus.message import Message
from typewright.bus.properties import PropertySource, Writer
from typewright.errors import AccessDenied

log = Logger(namespace="typewright.bus")

_WANTS = {"CancelAll": DISABLE, "Allow": ENABLE}
"""
The methods that want something else than to type: stopping it is allowed to those who may not type, too, and asking the user
again only to those who may enable it.
"""


class Authorization:
    """Checks callers against the rules of `access`."""

    def __init__(self, credentials: Credentials, access: Access) -> None:
        self._credentials = credentials
        self._access = access

    def protect(self, implementation: Implementation) -> Implementation:
        """Return a wrapper of `implementation` that authorizes the caller before each method."""
        return _Protected(implementation, self)

    def protect_properties(self, source: PropertySource) -> PropertySource:
        """Return `source` with writers that authorize the caller first; see `authorize`."""
        return replace(source, writers={name: self._protected(name, write) for name, write in source.writers.items()})

    def authorize(self, caller: str, want: str, *, may_have_left: bool = False) -> Deferred[Identity]:
        """
        Check that the peer `caller` may do what it wants: TYPE, ENABLE or DISABLE; `may_have_left` as `Access.check` has it.

        Fires with its identity. Raises, or errbacks with, AccessDenied.
        """
        if not caller:
            raise AccessDenied(
                "Only a peer that has a name on the bus may call Typewright: connect to the session bus first."
            )
        return self._credentials.identify(caller).addCallback(self._check, want, may_have_left)

    def _check(self, caller: Identity, want: str, may_have_left: bool) -> Identity:
        try:
            self._access.check(caller, want, may_have_left=may_have_left)
        except AccessDenied:
            log.warn("refused to {want} for {caller}", want=want, caller=caller)
            raise
        return caller

    def _protected(self, name: str, write: Writer) -> Writer:
        def authorized_write(caller: str, value: Any) -> Deferred[None]:
            def set_it(identity: Identity) -> Deferred[None] | None:
                log.info("{name} set to {value} by {caller}", name=name, value=value, caller=identity)
                return write(caller, value)

            want = TYPE if name != "TypingEnabled" else ENABLE if value else DISABLE
            return self.authorize(caller, want).addCallback(set_it)

        return authorized_write


class _Protected:
    """Wraps an implementation: each call is authorized first."""

    def __init__(self, implementation: Implementation, authorization: Authorization) -> None:
        self.interface = implementation.interface
        self.methods: Mapping[str, Callable[..., object]] = {
            name: self._protected(method, authorization, _WANTS.get(name, TYPE))
            for name, method in implementation.methods.items()
        }

    @staticmethod
    def _protected(method: Callable[..., object], authorization: Authorization, want: str) -> Callable[..., object]:
        def authorized(call: Message, *arguments: object) -> Deferred[Any]:
            allowed = authorization.authorize(call.sender, want, may_have_left=not call.expects_reply)
            return allowed.addCallback(lambda _: method(call, *arguments))

        return authorized
