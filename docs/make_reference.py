# SPDX-License-Identifier: MIT
"""
Makes what the documentation repeats, from where it stands first.

`docs/reference.md` is made from the contract in `dbus/*.xml`; the list of keys in `docs/configuration.md` and the sample
`packaging/config.toml` from `typewright.config.Config`. A test compares what stands there with what this makes.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from xml.etree import ElementTree as xml

from typewright.config import Config

ROOT = Path(__file__).resolve().parent.parent
DOC = "org.gtk.GDBus.DocString"
EMITS = "org.freedesktop.DBus.Property.EmitsChangedSignal"
KEYS_BEGIN, KEYS_END = "<!-- keys: made by docs/make_reference.py -->", "<!-- end of keys -->"


def pages() -> dict[Path, str]:
    """Every file that is made, and what it must hold."""
    configuration = ROOT / "docs" / "configuration.md"
    before, _, rest = configuration.read_text("utf-8").partition(KEYS_BEGIN)
    _, _, behind = rest.partition(KEYS_END)
    keys = "\n".join(_key_lines())
    return {
        ROOT / "docs" / "reference.md": "\n".join(_reference_lines()) + "\n",
        configuration: f"{before}{KEYS_BEGIN}\n\n{keys}\n\n{KEYS_END}{behind}",
        ROOT / "packaging" / "config.toml": "\n".join(_sample_lines()) + "\n",
    }


# --- the contract ----------------------------------------------------------------------------------------------------


def _reference_lines() -> Iterator[str]:
    yield "<!-- Made by docs/make_reference.py from dbus/*.xml: change it there. -->"
    yield "# Reference: the contract on the bus"
    for path in sorted((ROOT / "dbus").glob("*.xml"), reverse=True):  # the main interface first
        for interface in _parsed(path).iter("interface"):
            yield from _interface(interface)


def _parsed(path: Path) -> xml.Element:
    # To XML a line's end in an attribute is but a space; here it tells where a paragraph ends.
    text = re.sub(r'value="[^"]*"', lambda found: found[0].replace("\n", "&#10;"), path.read_text("utf-8"))
    return xml.fromstring(text)


def _interface(interface: xml.Element) -> Iterator[str]:
    yield from ("", f"## Interface `{interface.attrib['name']}`", "", *_paragraphs(interface))
    for kind, title in (("method", "Methods"), ("property", "Properties"), ("signal", "Signals")):
        members = interface.findall(kind)
        if members:
            yield from ("", f"### {title}")
        for member in members:
            yield from ("", f"#### `{_heading(member)}`", "", *_paragraphs(member))
            arguments = list(_arguments(member))
            if arguments:
                yield from ("", *arguments)


def _heading(member: xml.Element) -> str:
    name = member.attrib["name"]
    if member.tag == "property":
        return f"{name}: {member.attrib['type']}, {member.attrib['access']}"
    takes, returns = ", ".join(_typed(member, "in")), ", ".join(_typed(member, "out"))
    if member.tag == "signal":
        return f"{name}({returns})"
    return f"{name}({takes}) -> {returns}" if returns else f"{name}({takes})"


def _typed(member: xml.Element, direction: str) -> Iterator[str]:
    default = "out" if member.tag == "signal" else "in"
    for argument in member.findall("arg"):
        if argument.get("direction", default) == direction:
            yield f"{argument.attrib['type']} {argument.attrib['name']}"


def _arguments(member: xml.Element) -> Iterator[str]:
    for argument in member.findall("arg"):
        yield f"- `{argument.attrib['name']}` (`{argument.attrib['type']}`): {' '.join(filter(None, _paragraphs(argument)))}"
    if member.tag == "property":
        emits = {"true": "with the new value", "invalidates": "without the value", "const": "never, it is constant"}
        yield f"Announced by PropertiesChanged: {emits.get(_annotation(member, EMITS) or 'true', 'no')}."


def _paragraphs(element: xml.Element) -> list[str]:
    """The documentation, a line for each paragraph and an empty one between them."""
    paragraphs = re.split(r"\n\s*\n", _annotation(element, DOC) or "")
    lines = [line for paragraph in paragraphs for line in ("", " ".join(paragraph.split()))]
    return lines[1:]


def _annotation(element: xml.Element, name: str) -> str | None:
    for annotation in element.findall("annotation"):
        if annotation.get("name") == name:
            return annotation.get("value")
    return None


# --- the configuration -----------------------------------------------------------------------------------------------


def _key_lines() -> Iterator[str]:
    yield "| key | default | accepts | meaning |"
    yield "|---|---|---|---|"
    for key in fields(Config):
        yield f"| `{key.name}` | `{_toml(getattr(Config(), key.name))}` | {key.metadata['form']} | {key.metadata['doc']} |"


def _sample_lines() -> Iterator[str]:
    yield "# SPDX-License-Identifier: MIT"
    yield "# The configuration of Typewright: every key, with its default. Take the # away from those that you change."
    yield "# The service reads this file when it starts."
    for key in fields(Config):
        yield ""
        yield from textwrap.wrap(key.metadata["doc"], 118, initial_indent="# ", subsequent_indent="# ")
        yield f"# Accepts {key.metadata['form']}."
        yield f"#{key.name} = {_toml(getattr(Config(), key.name))}"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


if __name__ == "__main__":
    for page, text in pages().items():
        page.write_text(text, "utf-8")
