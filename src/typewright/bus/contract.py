# SPDX-License-Identifier: MIT
"""
The contract, read from its documented XML: the single source of names, signatures, documentation and introspection.

The documentation is in XML comments, in the form that gdbus-codegen reads. Introspection answers each `<interface>` element
of a file with all of its comments.

Sources: D-Bus specification, "Introspection Data Format"; gdbus-codegen(1).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from xml.etree import ElementTree as xml

TYPIST = "org.typewright.Typist1"
"""The main interface, and the bus name."""
DICTATION = "org.typewright.Dictation1"
"""The interface for speech recognizers, on the same object."""
PATH = "/org/typewright/Typist1"
"""The path of the one object."""

_EMITS = "org.freedesktop.DBus.Property.EmitsChangedSignal"
_DOCTYPE = """\
<!DOCTYPE node PUBLIC "-//freedesktop//DTD D-BUS Object Introspection 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd">
"""
_PARAMETER = re.compile(r"@(\w+): *(.*)")


@dataclass(frozen=True)
class Method:
    """A method: the signature of its arguments, and of what it returns."""

    name: str
    takes: str
    returns: str


@dataclass(frozen=True)
class Property:
    """A property. `emits` is what a change announces: "true" the value, "invalidates" the name alone, else nothing."""

    name: str
    signature: str
    readable: bool
    writable: bool
    emits: str


@dataclass(frozen=True)
class Signal:
    """A signal, and the signature of its arguments."""

    name: str
    signature: str


@dataclass(frozen=True)
class Interface:
    """An interface: its members by name. `nodes` are its element, and before it the comment that documents it."""

    name: str
    methods: Mapping[str, Method]
    properties: Mapping[str, Property]
    signals: Mapping[str, Signal]
    nodes: Sequence[xml.Element]


@dataclass(frozen=True)
class Documentation:
    """What a comment says about an interface or a member: its paragraphs, each in one line, and its `@name:` lines."""

    paragraphs: Sequence[str] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)


def load(name: str) -> Interface:
    """Return the interface `name` from its file. Raises FileNotFoundError, or ValueError if the file does not define it."""
    text = (resources.files(__package__) / "xml" / f"{name}.xml").read_text(encoding="utf-8")
    for interface in parse(text):
        if interface.name == name:
            return interface
    raise ValueError(f"the contract file of {name} does not define it")


def parse(text: str) -> list[Interface]:
    """Return all interfaces of an introspection document."""
    return [_interface(element, comment) for element, comment in _commented(tree(text)) if element.tag == "interface"]


def tree(text: str) -> xml.Element:
    """Return the root of an XML document, with its comments as elements."""
    return xml.fromstring(text, xml.XMLParser(target=xml.TreeBuilder(insert_comments=True)))


def documentation(root: xml.Element) -> dict[xml.Element, Documentation]:
    """Return what the comments below `root` say, by the element that each of them is about."""
    found = {}
    for element, comment in _commented(root):
        if comment is not None and comment.text:
            title, _, rest = comment.text.strip().partition("\n")
            if title.removesuffix(":") == element.get("name"):
                found[element] = _documentation(rest)
        found.update(documentation(element))
    return found


def introspection(interfaces: Sequence[Interface], children: Iterable[str] = ()) -> str:
    """Return the introspection document of an object with `interfaces`, and with `children` (path elements) below it."""
    root = xml.Element("node")
    for interface in interfaces:
        root.extend(interface.nodes)
    root.extend(xml.Element("node", name=child) for child in children)
    return _DOCTYPE + xml.tostring(root, encoding="unicode")


def parents(path: str) -> dict[str, str]:
    """Return the paths above `path`, each with the one child that leads to it: `/` and `org`, `/org` and so on."""
    elements = path.strip("/").split("/")
    return {"/" + "/".join(elements[:depth]): child for depth, child in enumerate(elements)}


def _commented(parent: xml.Element) -> Iterator[tuple[xml.Element, xml.Element | None]]:
    """Yield each child element, with the comment right before it, or None."""
    comment = None
    for child in parent:
        if child.tag is xml.Comment:
            comment = child
        else:
            yield child, comment
            comment = None


def _documentation(text: str) -> Documentation:
    parameters = {}
    lines = [line.strip() for line in text.splitlines()]
    while lines and (parameter := _PARAMETER.fullmatch(lines[0])):
        parameters[parameter[1]] = parameter[2]
        del lines[0]
    paragraphs = re.split(r"\n{2,}", "\n".join(lines).strip())
    return Documentation([paragraph.replace("\n", " ") for paragraph in paragraphs if paragraph], parameters)


def _interface(element: xml.Element, comment: xml.Element | None) -> Interface:
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
        nodes=[element] if comment is None else [comment, element],
    )


def _name(element: xml.Element) -> str:
    return element.attrib["name"]


def _signature(member: xml.Element, direction: str, *, default: str) -> str:
    arguments = member.iter("arg")
    return "".join(arg.attrib["type"] for arg in arguments if arg.get("direction", default) == direction)


def _emits(element: xml.Element, default: str) -> str:
    # An interface may give the default for all of its properties, so only the element's own annotations count.
    for annotation in element.findall("annotation"):
        if annotation.get("name") == _EMITS:
            return annotation.attrib["value"]
    return default
