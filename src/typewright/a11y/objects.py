# SPDX-License-Identifier: MIT
"""
The objects that programs show on the accessibility bus, and the questions that we ask of them.

All that is ever sent to an object stands here, and none of it changes anything. A program may be slow, gone or wrong: each
question has a time-out, and each answer is looked at before it is believed.

Source: the interfaces in at-spi2-core's `xml` folder; roles and states in its `atspi-constants.h`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import index
from typing import Any, NamedTuple, TypeVar

from twisted.internet.defer import CancelledError, Deferred
from twisted.python.failure import Failure

from typewright.bus.connection import DAEMON, DAEMON_PATH, BusConnection

REGISTRY = "org.a11y.atspi.Registry"
PASSWORD_TEXT, TERMINAL = 40, 60
"""The roles of a field that hides what is typed, and of one whose text is mostly not typed at all."""
ACTIVE, EDITABLE, FOCUSED = 1 << 1, 1 << 7, 1 << 12
"""States, as bits of `Objects.states`."""

_ACCESSIBLE = "org.a11y.atspi.Accessible"
_TEXT = "org.a11y.atspi.Text"
_ROOT = "/org/a11y/atspi/accessible/root"
_REGISTRAR = "/org/a11y/atspi/registry"

_PATIENCE_S = 5.0
"""How long an answer may take. Programs do take long, when they start; who can't wait for that has a time-out of his own."""

_Answer = TypeVar("_Answer")


class NotTold(Exception):
    """The program did not answer, not in time, or with something else than was asked for."""


class Reference(NamedTuple):
    """Which object: the unique name of its program on the accessibility bus, and its path there."""

    application: str
    path: str


DESKTOP = Reference(REGISTRY, _ROOT)
"""The object whose children are the programs."""


class Objects:
    """I ask. Each Deferred of mine errbacks with NotTold where it can't fire with what it says."""

    def __init__(self, connection: BusConnection, clock: Any) -> None:
        self._connection = connection
        self._clock = clock

    def role(self, of: Reference) -> Deferred[int]:
        """What sort of object it is."""
        return self._ask(index, of, _ACCESSIBLE, "GetRole")

    def states(self, of: Reference) -> Deferred[int]:
        """The set of its states, as bits."""
        return self._ask(_bits, of, _ACCESSIBLE, "GetState")

    def children(self, of: Reference) -> Deferred[list[Reference]]:
        """The objects inside it."""
        return self._ask(_references, of, _ACCESSIBLE, "GetChildren")

    def caret(self, of: Reference) -> Deferred[int]:
        """The position of the caret in its text, in the program's own units; negative where there is none."""
        return self._ask(index, of, "org.freedesktop.DBus.Properties", "Get", "ss", [_TEXT, "CaretOffset"])

    def selections(self, of: Reference) -> Deferred[int]:
        """How many stretches of its text are selected."""
        return self._ask(index, of, _TEXT, "GetNSelections")

    def selection_start(self, of: Reference) -> Deferred[int]:
        """Where the first selected stretch begins."""
        return self._ask(index, of, _TEXT, "GetSelection", "i", [0])

    def text(self, of: Reference, start: int, end: int) -> Deferred[str]:
        """Its text from one position to another."""
        return self._ask(_plain, of, _TEXT, "GetText", "ii", [start, end])

    def answer(self, application: str) -> Deferred[None]:
        """Fires when a program has answered anything, which it does behind all that it has told before."""
        return self._ask(lambda _: None, Reference(application, _ROOT), _ACCESSIBLE, "GetRole")

    def process(self, of: Reference) -> Deferred[int]:
        """The id of its program's process. It is the bus that tells this one."""
        return self._ask(index, Reference(DAEMON, DAEMON_PATH), DAEMON, "GetConnectionUnixProcessID", "s", [of.application])

    def register(self, event: str) -> Deferred[None]:
        """Have programs send events such as `object:text-changed`, to whoever has a match rule for them."""
        return self._ask_registry("RegisterEvent", "sass", [event, [], ""])

    def deregister(self, event: str) -> Deferred[None]:
        """Take `register` back."""
        return self._ask_registry("DeregisterEvent", "s", [event])

    def _ask_registry(self, member: str, signature: str, arguments: Sequence[object]) -> Deferred[None]:
        registrar = Reference(REGISTRY, _REGISTRAR)
        return self._ask(lambda nothing: None, registrar, REGISTRY, member, signature, arguments)

    def _ask(
        self,
        believe: Callable[[Any], _Answer],
        of: Reference,
        interface: str,
        member: str,
        signature: str = "",
        arguments: Sequence[object] = (),
    ) -> Deferred[_Answer]:
        answered = self._connection.call(of.application, of.path, interface, member, signature, arguments)
        answered.addTimeout(_PATIENCE_S, self._clock)
        return answered.addCallback(lambda values: believe(values[0] if values else None)).addErrback(_not_told)


def _not_told(failure: Failure) -> Failure:
    return failure if failure.check(CancelledError) else Failure(NotTold())


def _bits(words: Any) -> int:
    low, high = words
    return index(low) | index(high) << 32


def _references(pairs: Any) -> list[Reference]:
    return [Reference(application, path) for application, path in pairs]


def _plain(text: Any) -> str:
    if not isinstance(text, str):
        raise TypeError
    return text
