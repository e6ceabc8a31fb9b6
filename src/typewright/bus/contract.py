# SPDX-License-Identifier: MIT
"""
The contract, read from its documented XML: the single source of names, signatures and introspection.

What a peer reads by introspection is the file's own `<interface>` element, with its argument names, documentation and
annotations.

Source: D-Bus specification, "Introspection Data Format".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from xml.etree import ElementTree as xml

TYPIST = "org.typewright.Typist1"
"""The main interface, and the bus name."""
DICTATION = "org.typewright.Dictation1"
"""The interface for recognizers, on the same object."""
PATH = "/org/typewright/Typist1"
"""The path of the one object."""

_EMITS = "org.freedesktop.DBus.Property.EmitsChangedSignal"
_DOCTYPE = """\
<!DOCTYPE node PUBLIC "-//freedesktop//DTD D-BUS Object Introspection 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd">
"""


@dataclass(frozen=True)
class Method:
    """A method: the signature of what it takes, and of what it returns."""

    name: str
    takes: str
    returns: str


@dataclass(frozen=True)
class Property:
    """A property. `emits` is what a change announces: "true" the value, "invalidates" itself, else nothing."""

    name: str
    signature: str
    readable: bool
    writable: bool
    emits: str


@dataclass(frozen=True)
class Signal:
    """A signal, and the signature of what it tells."""

    name: str
    signature: str


@dataclass(frozen=True)
class Interface:
    """An interface: its members by name, and the `element` that it was read from."""

    name: str
    methods: Mapping[str, Method]
    properties: Mapping[str, Property]
    signals: Mapping[str, Signal]
    element: xml.Element


def load(name: str) -> Interface:
    """The interface `name` from its contract file. Raises FileNotFoundError, or ValueError if it is not in there."""
    text = (resources.files(__package__) / "xml" / f"{name}.xml").read_text(encoding="utf-8")
    for interface in parse(text):
        if interface.name == name:
            return interface
    raise ValueError(f"the contract file of {name} does not define it")


def parse(text: str) -> list[Interface]:
    """All interfaces of an introspection document."""
    return [_interface(element) for element in xml.fromstring(text).iter("interface")]


def introspection(interfaces: Sequence[Interface], children: Iterable[str] = ()) -> str:
    """The introspection document of an object with `interfaces`, and with `children` (path elements) below it."""
    root = xml.Element("node")
    root.extend(interface.element for interface in interfaces)
    root.extend(xml.Element("node", name=child) for child in children)
    return _DOCTYPE + xml.tostring(root, encoding="unicode")


def parents(path: str) -> dict[str, str]:
    """The paths above `path`, each with the one child that leads to it: `/` and `org`, `/org` and so on."""
    elements = path.strip("/").split("/")
    return {"/" + "/".join(elements[:depth]): child for depth, child in enumerate(elements)}


def _interface(element: xml.Element) -> Interface:
    emits = _emits(element, "true")
    methods = [
        Method(_name(method), _signature(method, "in", default="in"), _signature(method, "out", default="in"))
        for method in element.iter("method")
    ]
    properties = [
        Property(
            name=_name(prop),
            signature=prop.attrib["type"],
            readable=prop.attrib["access"] in ("read", "readwrite"),
            writable=prop.attrib["access"] in ("write", "readwrite"),
            emits=_emits(prop, emits),
        )
        for prop in element.iter("property")
    ]
    signals = [Signal(_name(signal), _signature(signal, "out", default="out")) for signal in element.iter("signal")]
    return Interface(
        name=_name(element),
        methods={method.name: method for method in methods},
        properties={prop.name: prop for prop in properties},
        signals={signal.name: signal for signal in signals},
        element=element,
    )


def _name(element: xml.Element) -> str:
    return element.attrib["name"]


def _signature(member: xml.Element, direction: str, *, default: str) -> str:
    arguments = member.iter("arg")
    return "".join(arg.attrib["type"] for arg in arguments if arg.get("direction", default) == direction)


def _emits(element: xml.Element, default: str) -> str:
    # Of the element itself: an interface may say it for all of its properties.
    for annotation in element.findall("annotation"):
        if annotation.get("name") == _EMITS:
            return annotation.attrib["value"]
    return default
