# SPDX-License-Identifier: MIT
"""
Dispatch of method calls: which method a call is for, and exactly one reply to each.

txdbus's own dispatch is not used: it replies to calls that want no reply, leaves others without one, uses wrong error names,
and sends the text of unexpected exceptions to the caller.
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
from typewright.bus.message import Message
from typewright.bus.standard import PEER, Introspectable, Peer
from typewright.bus.standard_errors import UnknownInterface, UnknownMethod, UnknownObject
from typewright.bus.values import checked, complete_types
from typewright.errors import InvalidArgs


class Implementation(Protocol):
    """
    One interface of an object, with its methods.

    A method is called with the call and its arguments. It returns its result (None if it has none, `Results` if it has
    several), or a Deferred of it; the reply to what it raises comes from `error_mapping`.
    """

    @property
    def interface(self) -> Interface:
        """The interface that is implemented."""

    @property
    def methods(self) -> Mapping[str, Callable[..., object]]:
        """All methods of the interface, by name."""


class Results(tuple[Any, ...]):
    """The results of a method that has several."""


class Dispatcher:
    """
    Replies to the method calls of a connection: at the paths of objects by their implementations, at the paths above these
    by introspection.

    Calls begin in the order in which they come, and are replied to as they end.
    """

    def __init__(self, connection: BusConnection) -> None:
        self._connection = connection
        self._objects: dict[str, list[Implementation]] = {}
        self._children: dict[str, set[str]] = {}

    def add(self, path: str, implementations: Sequence[Implementation]) -> None:
        """
        Have the object at `path`, which must not be above or below another one, implemented by `implementations`.

        Raises TypeError if an implementation lacks a method of its interface, or has one that is not in it.
        """
        for implementation in implementations:
            different = set(implementation.methods) ^ set(implementation.interface.methods)
            if different:
                names = ", ".join(sorted(different))
                raise TypeError(f"{type(implementation).__name__} and {implementation.interface.name} differ in: {names}")
        self._objects[path] = self._with_standard(list(implementations), ())
        for parent, child in parents(path).items():
            self._children.setdefault(parent, set()).add(child)
            self._objects[parent] = self._with_standard([], sorted(self._children[parent]))

    def dispatch(self, call: Message) -> None:
        """Carry out `call` and reply to it, now or later."""
        done = maybeDeferred(self._carry_out, call)
        done.addErrback(self._refuse, call)
        done.addErrback(self._log)

    def _carry_out(self, call: Message) -> Deferred[None]:
        implementation, method = self._find(call)
        if call.signature != method.takes:
            raise InvalidArgs(f"{method.name} takes arguments of type '{method.takes}', not '{call.signature}'.")
        try:
            arguments = call.arguments()
        except Exception:
            raise InvalidArgs(f"The arguments of {method.name} cannot be read.") from None
        done: Deferred[Any] = maybeDeferred(implementation.methods[method.name], call, *arguments)
        return done.addCallback(self._reply, call, method)

    def _reply(self, result: object, call: Message, method: Method) -> None:
        if isinstance(result, Results):
            types = complete_types(method.returns)
            self._connection.reply(call, method.returns, [checked(*each) for each in zip(types, result, strict=True)])
        elif method.returns:
            self._connection.reply(call, method.returns, [checked(method.returns, result)])
        elif result is None:
            self._connection.reply(call, "", [])
        else:
            raise TypeError(f"a {type(result).__name__} from a method that returns nothing")

    def _refuse(self, failure: Failure, call: Message) -> None:
        self._connection.refuse(call, *error_mapping.error_reply(failure))

    def _log(self, failure: Failure) -> None:
        error_mapping.log_defect("an error could not be sent", failure)

    def _find(self, call: Message) -> tuple[Implementation, Method]:
        implementations = self._objects.get(call.path)
        if implementations is None:
            if (call.interface, call.member) == (PEER.name, "Ping"):
                implementations = self._objects["/"]  # The specification: it does not matter which object is pinged.
            else:
                raise UnknownObject()
        if call.interface:
            implementations = [each for each in implementations if each.interface.name == call.interface]
            if not implementations:
                raise UnknownInterface()
        for implementation in implementations:
            if call.member in implementation.interface.methods:
                return implementation, implementation.interface.methods[call.member]
        raise UnknownMethod()

    def _with_standard(self, implementations: list[Implementation], children: Sequence[str]) -> list[Implementation]:
        every: list[Implementation] = [*implementations, Peer()]
        # Cached, since making the document takes many times as long as a call.
        every.append(Introspectable(cache(lambda: introspection([each.interface for each in every], children))))
        return every
