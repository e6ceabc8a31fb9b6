# SPDX-License-Identifier: MIT
"""
The object that we show on the bus: which call goes where, and exactly one answer for each.

This takes the place of txdbus's own dispatch, which answers calls that want no answer, leaves others without any, names
errors wrongly, and sends the text of unforeseen exceptions to the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Protocol

from twisted.internet.defer import Deferred, maybeDeferred
from twisted.python.failure import Failure

from typewright.bus import error_mapping
from typewright.bus.connection import BusConnection
from typewright.bus.contract import Interface, Method, introspection, parents
from typewright.bus.message import Incoming
from typewright.bus.standard import PEER, Introspectable, Peer
from typewright.bus.standard_errors import UnknownInterface, UnknownMethod, UnknownObject
from typewright.bus.values import checked
from typewright.errors import InvalidArgs


class Part(Protocol):
    """
    One interface of an object, and who carries out its methods.

    A method is called with the call and its arguments, and gives back its one result (None if it has none), or a
    Deferred of it. What it raises is answered by `error_mapping`.
    """

    @property
    def interface(self) -> Interface:
        """What the methods take and return."""

    @property
    def methods(self) -> Mapping[str, Callable[..., object]]:
        """All methods of the interface, by name."""


class ExportedObject:
    """
    I answer the method calls of a connection: at `path` with `parts`, above it with the way there.

    Calls are carried out as they come, and answered as they are done: who wants an order must keep one.
    """

    def __init__(self, connection: BusConnection, path: str, parts: Sequence[Part]) -> None:
        """Raises TypeError when a part lacks a method of its interface, or has one too many."""
        self._connection = connection
        self._objects: dict[str, list[Part]] = {path: self._with_standard(list(parts), ())}
        for parent, child in parents(path).items():
            self._objects[parent] = self._with_standard([], (child,))
        for part in self._objects[path]:
            if set(part.methods) != set(part.interface.methods):
                odd = ", ".join(sorted(set(part.methods) ^ set(part.interface.methods)))
                raise TypeError(f"{type(part).__name__} and {part.interface.name} differ in: {odd}")

    def answer(self, call: Incoming) -> None:
        """Carry out `call` and answer it, now or later."""
        done = maybeDeferred(self._carry_out, call)
        done.addErrback(self._refuse, call)
        done.addErrback(self._log)

    def _carry_out(self, call: Incoming) -> Deferred[None]:
        part, method = self._find(call)
        if call.signature != method.takes:
            raise InvalidArgs(f"{method.name} takes arguments of type '{method.takes}', not '{call.signature}'.")
        try:
            arguments = call.arguments()
        except Exception:
            raise InvalidArgs(f"The arguments of {method.name} can't be read.") from None
        done: Deferred[Any] = maybeDeferred(part.methods[method.name], call, *arguments)
        return done.addCallback(self._reply, call, method)

    def _reply(self, result: object, call: Incoming, method: Method) -> None:
        if method.returns:
            self._connection.reply(call, method.returns, [checked(method.returns, result)])
        elif result is None:
            self._connection.reply(call, "", [])
        else:
            raise TypeError(f"a {type(result).__name__} from a method that returns nothing")

    def _refuse(self, failure: Failure, call: Incoming) -> None:
        self._connection.refuse(call, *error_mapping.answer(failure))

    def _log(self, failure: Failure) -> None:
        error_mapping.note("a refusal could not be sent", failure)

    def _find(self, call: Incoming) -> tuple[Part, Method]:
        parts = self._objects.get(call.path)
        if parts is None:
            if (call.interface, call.member) == (PEER.name, "Ping"):
                parts = self._objects["/"]  # The specification: it does not matter which object is pinged.
            else:
                raise UnknownObject()
        if call.interface:
            parts = [part for part in parts if part.interface.name == call.interface]
            if not parts:
                raise UnknownInterface()
        for part in parts:
            if call.member in part.interface.methods:
                return part, part.interface.methods[call.member]
        raise UnknownMethod()

    def _with_standard(self, parts: list[Part], children: tuple[str, ...]) -> list[Part]:
        every: list[Part] = [*parts, Peer()]
        # Made once: it is as long as everything else that a call costs together, many times over.
        every.append(Introspectable(cache(lambda: introspection([part.interface for part in every], children))))
        return every
