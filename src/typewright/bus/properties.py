# SPDX-License-Identifier: MIT
"""
The standard interface Properties, with every value checked against the contract on its way in and out.

txdbus's own accepts any type (the string "false" makes a `b` true), lets the service break on the next Get, announces
every integer as `i`, every assignment as a change, and never announces anything for a contract that was read from XML.

Source: D-Bus specification, "org.freedesktop.DBus.Properties".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from twisted.internet.defer import Deferred

from typewright.bus.connection import BusConnection
from typewright.bus.contract import Interface, Property
from typewright.bus.message import Incoming
from typewright.bus.standard import PROPERTIES
from typewright.bus.standard_errors import PropertyReadOnly, UnknownInterface, UnknownProperty
from typewright.bus.values import checked
from typewright.errors import AccessDenied, InvalidArgs

Writer = Callable[[str, Any], Deferred[None] | None]
"""Sets a property for a caller to a value, now or later, or raises."""


@dataclass(frozen=True)
class Owner:
    """Who has the properties of `interface`: `read(name)` gives a value, `writers` set one."""

    interface: Interface
    read: Callable[[str], object]
    writers: Mapping[str, Writer] = field(default_factory=dict)


class Properties:
    """I read and set the properties of the object at `path`, and announce what changes."""

    interface = PROPERTIES

    def __init__(self, connection: BusConnection, path: str, owners: list[Owner]) -> None:
        """Raises TypeError when an owner can't set a property that its contract lets peers set."""
        self.methods: dict[str, Callable[..., object]] = {"Get": self.get, "GetAll": self.get_all, "Set": self.set}
        self._connection = connection
        self._path = path
        self._owners = {owner.interface.name: owner for owner in owners}
        self._announced: dict[tuple[str, str], object] = {}
        for owner in owners:
            for prop in owner.interface.properties.values():
                if prop.writable and prop.name not in owner.writers:
                    raise TypeError(f"nobody sets {owner.interface.name}.{prop.name}")
                if prop.emits == "true":
                    self._announced[owner.interface.name, prop.name] = owner.read(prop.name)

    def get(self, call: Incoming, interface: str, name: str) -> Any:
        """The value of a property, as a variant of the contract's type."""
        owner, prop = self._find(interface, name)
        if not prop.readable:
            raise AccessDenied("This property can only be set.")
        return checked(prop.signature, owner.read(name))

    def get_all(self, call: Incoming, interface: str) -> dict[str, Any]:
        """All properties of an interface that can be read; of all interfaces, if its name is empty."""
        return {
            prop.name: checked(prop.signature, owner.read(prop.name))
            for owner in self._of(interface)
            for prop in owner.interface.properties.values()
            if prop.readable
        }

    def set(self, call: Incoming, interface: str, name: str, value: Any) -> Deferred[None] | None:
        """Set a property; a value of another type than the contract's changes nothing."""
        owner, prop = self._find(interface, name)
        if not prop.writable:
            raise PropertyReadOnly()
        got = call.variant_signature("ss")
        if got != prop.signature:
            raise InvalidArgs(f"{prop.name} is of type {prop.signature}, and can't be set to a value of type {got}.")
        return owner.writers[name](call.sender, value)

    def changed(self, interface: str, name: str, value: object) -> None:
        """Announce a change as the contract says, if it is one. Raises TypeError for a value of the wrong type."""
        prop = self._owners[interface].interface.properties[name]
        if prop.emits == "true":
            ready = checked(prop.signature, value)
            if self._announced.get((interface, name)) == value:
                return
            self._announced[interface, name] = value
            self._emit(interface, {name: ready}, [])
        elif prop.emits == "invalidates":
            self._emit(interface, {}, [name])

    def _emit(self, interface: str, values: dict[str, Any], invalidated: list[str]) -> None:
        signal = PROPERTIES.signals["PropertiesChanged"]
        told = [interface, values, invalidated]
        self._connection.emit(self._path, PROPERTIES.name, signal.name, signal.signature, told)

    def _of(self, interface: str) -> list[Owner]:
        if not interface:
            return list(self._owners.values())
        if interface not in self._owners:
            raise UnknownInterface("The object has no properties of such an interface.")
        return [self._owners[interface]]

    def _find(self, interface: str, name: str) -> tuple[Owner, Property]:
        for owner in self._of(interface):
            if name in owner.interface.properties:
                return owner, owner.interface.properties[name]
        raise UnknownProperty()
