# SPDX-License-Identifier: MIT
"""
The objects of programs on the accessibility bus, and the questions that can be asked about them.

All that is ever sent to an object is here, and none of it changes anything. A program may be slow, gone or wrong, so each
question has a time-out, and the type of each answer is checked.

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
"""The roles of a field that hides its text, and of one whose text is mostly output."""
ACTIVE, EDITABLE, FOCUSED = 1 << 1, 1 << 7, 1 << 12
"""States, as bits of `Objects.states`."""

_ACCESSIBLE = "org.a11y.atspi.Accessible"
_TEXT = "org.a11y.atspi.Text"
_ROOT = "/org/a11y/atspi/accessible/root"
_REGISTRAR = "/org/a11y/atspi/registry"

_ANSWER_S = 5.0
"""How long an answer may take: programs are slow while they start. Callers that cannot wait have shorter time-outs."""

_Answer = TypeVar("_Answer")


class NotTold(Exception):
    """The program gave no answer, a late one, or one of the wrong type."""


class Reference(NamedTuple):
    """The name of an object: its program's unique name on the accessibility bus, and its path."""

    application: str
    path: str


DESKTOP = Reference(REGISTRY, _ROOT)
"""The object whose children are the programs."""


class Objects:
    """Asks objects. Each Deferred errbacks with NotTold if there is no proper answer."""

    def __init__(self, connection: BusConnection, clock: Any) -> None:
        self._connection = connection
        self._clock = clock

    def role(self, of: Reference) -> Deferred[int]:
        """Fires with the object's role."""
        return self._ask(index, of, _ACCESSIBLE, "GetRole")

    def states(self, of: Reference) -> Deferred[int]:
        """Fires with the object's states, as bits."""
        return self._ask(_bits, of, _ACCESSIBLE, "GetState")

    def children(self, of: Reference) -> Deferred[list[Reference]]:
        """Fires with the objects inside it."""
        return self._ask(_references, of, _ACCESSIBLE, "GetChildren")

    def caret(self, of: Reference) -> Deferred[int]:
        """Fires with the position of the caret, in the program's own units; negative if there is none."""
        return self._ask(index, of, "org.freedesktop.DBus.Properties", "Get", "ss", [_TEXT, "CaretOffset"])

    def selections(self, of: Reference) -> Deferred[int]:
        """Fires with the number of selections in its text."""
        return self._ask(index, of, _TEXT, "GetNSelections")

    def selection_start(self, of: Reference) -> Deferred[int]:
        """Fires with the start of the first selection."""
        return self._ask(index, of, _TEXT, "GetSelection", "i", [0])

    def text(self, of: Reference, start: int, end: int) -> Deferred[str]:
        """Fires with its text from `start` to `end`."""
        return self._ask(_plain, of, _TEXT, "GetText", "ii", [start, end])

    def answer(self, application: str) -> Deferred[None]:
        """Fires when the program has answered a question, and so after all events that it sent before."""
        return self._ask(lambda _: None, Reference(application, _ROOT), _ACCESSIBLE, "GetRole")

    def process(self, of: Reference) -> Deferred[int]:
        """Fires with the id of its program's process, as the bus knows it."""
        return self._ask(index, Reference(DAEMON, DAEMON_PATH), DAEMON, "GetConnectionUnixProcessID", "s", [of.application])

    def register(self, event: str) -> Deferred[None]:
        """Have programs send events such as `object:text-changed`, to all that have a match rule for them."""
        return self._ask_registry("RegisterEvent", "sass", [event, [], ""])

    def deregister(self, event: str) -> Deferred[None]:
        """Undo one `register`."""
        return self._ask_registry("DeregisterEvent", "s", [event])

    def _ask_registry(self, member: str, signature: str, arguments: Sequence[object]) -> Deferred[None]:
        registrar = Reference(REGISTRY, _REGISTRAR)
        return self._ask(lambda _: None, registrar, REGISTRY, member, signature, arguments)

    def _ask(
        self,
        convert: Callable[[Any], _Answer],
        of: Reference,
        interface: str,
        member: str,
        signature: str = "",
        arguments: Sequence[object] = (),
    ) -> Deferred[_Answer]:
        answered = self._connection.call(of.application, of.path, interface, member, signature, arguments)
        answered.addTimeout(_ANSWER_S, self._clock)
        return answered.addCallback(lambda values: convert(values[0] if values else None)).addErrback(_not_told)


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
