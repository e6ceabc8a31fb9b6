# SPDX-License-Identifier: MIT
"""
The standard interface Properties. Every value is checked against the contract on its way in and out.

txdbus's own implementation accepts any type (the string "false" makes a `b` true), so that the next Get fails. It announces
every integer as `i`, every assignment as a change, and nothing at all for a contract that was read from XML.

Source: D-Bus specification, "org.freedesktop.DBus.Properties".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from twisted.internet.defer import Deferred

from typewright.bus.connection import BusConnection
from typewright.bus.contract import Interface, Property
from typewright.bus.message import Message
from typewright.bus.standard import PROPERTIES
from typewright.bus.standard_errors import PropertyReadOnly, UnknownInterface, UnknownProperty
from typewright.bus.values import checked
from typewright.errors import AccessDenied, InvalidArgs

Writer = Callable[[str, Any], Deferred[None] | None]
"""Sets a property, now or later, or raises: `write(caller, value)`."""


@dataclass(frozen=True)
class PropertySource:
    """Where the properties of `interface` come from: `read(name)` returns a value, `writers[name]` sets it."""

    interface: Interface
    read: Callable[[str], object]
    writers: Mapping[str, Writer] = field(default_factory=dict)


class Properties:
    """Reads and sets the properties of the object at `path`, and announces changes."""

    interface = PROPERTIES

    def __init__(self, connection: BusConnection, path: str, sources: list[PropertySource]) -> None:
        """Raises TypeError if a source has no writer for a writable property."""
        self.methods: dict[str, Callable[..., object]] = {"Get": self.get, "GetAll": self.get_all, "Set": self.set}
        self._connection = connection
        self._path = path
        self._sources = {source.interface.name: source for source in sources}
        self._announced: dict[tuple[str, str], object] = {}
        for source in sources:
            for prop in source.interface.properties.values():
                if prop.writable and prop.name not in source.writers:
                    raise TypeError(f"there is no writer for {source.interface.name}.{prop.name}")
                if prop.emits == "true":
                    self._announced[source.interface.name, prop.name] = source.read(prop.name)

    def get(self, call: Message, interface: str, name: str) -> Any:
        """Return the value of a property, as a variant of the contract's type."""
        source, prop = self._find(interface, name)
        if not prop.readable:
            raise AccessDenied("This property can only be set.")
        return checked(prop.signature, source.read(name))

    def get_all(self, call: Message, interface: str) -> dict[str, Any]:
        """Return all readable properties of an interface; of all interfaces if its name is empty."""
        return {
            prop.name: checked(prop.signature, source.read(prop.name))
            for source in self._of(interface)
            for prop in source.interface.properties.values()
            if prop.readable
        }

    def set(self, call: Message, interface: str, name: str, value: Any) -> Deferred[None] | None:
        """Set a property. A value of another type than the contract's is refused."""
        source, prop = self._find(interface, name)
        if not prop.writable:
            raise PropertyReadOnly()
        got = call.variant_signature("ss")
        if got != prop.signature:
            raise InvalidArgs(f"{prop.name} is of type {prop.signature} and cannot be set to a value of type {got}.")
        return source.writers[name](call.sender, value)

    def changed(self, interface: str, name: str, value: object) -> None:
        """Announce a new value as the contract says, if it has changed. Raises TypeError for a value of the wrong type."""
        prop = self._sources[interface].interface.properties[name]
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

    def _of(self, interface: str) -> list[PropertySource]:
        if not interface:
            return list(self._sources.values())
        if interface not in self._sources:
            raise UnknownInterface(
                "The object has no interface of this name that has properties; its introspection lists its interfaces."
            )
        return [self._sources[interface]]

    def _find(self, interface: str, name: str) -> tuple[PropertySource, Property]:
        for source in self._of(interface):
            if name in source.interface.properties:
                return source, source.interface.properties[name]
        raise UnknownProperty()
