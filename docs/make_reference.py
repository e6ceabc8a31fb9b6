# SPDX-License-Identifier: MIT
"""
Generate the parts of the documentation that are taken from elsewhere.

`docs/reference.md` is generated from the contract in `dbus/*.xml` and from `typewright.reasons`; the table of keys in
`docs/configuration.md` and the sample `packaging/config.toml` from `typewright.config.Config`. A test compares the files
with what this module generates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from xml.etree import ElementTree as xml

from typewright.bus.contract import Documentation, documentation, tree
from typewright.config import Config
from typewright.installation.sample import sample, toml
from typewright.reasons import REASONS

ROOT = Path(__file__).resolve().parent.parent
BRIEF = "short_description"
EMITS = "org.freedesktop.DBus.Property.EmitsChangedSignal"
Documented = Mapping[xml.Element, Documentation]
KEYS_BEGIN, KEYS_END = "<!-- keys: made by docs/make_reference.py -->", "<!-- end of keys -->"


def pages() -> dict[Path, str]:
    """Return every file that is generated, with its contents."""
    configuration = ROOT / "docs" / "configuration.md"
    before, _, rest = configuration.read_text("utf-8").partition(KEYS_BEGIN)
    _, _, after = rest.partition(KEYS_END)
    keys = "\n".join(_key_lines())
    return {
        ROOT / "docs" / "reference.md": "\n".join(_reference_lines()) + "\n",
        configuration: f"{before}{KEYS_BEGIN}\n\n{keys}\n\n{KEYS_END}{after}",
        ROOT / "packaging" / "config.toml": sample(),
    }


# --- the contract ----------------------------------------------------------------------------------------------------


def _reference_lines() -> Iterator[str]:
    yield "<!-- Made by docs/make_reference.py from dbus/*.xml and typewright.reasons: change it there. -->"
    yield "# Reference: the contract on the bus"
    for path in sorted((ROOT / "dbus").glob("*.xml"), reverse=True):  # the main interface first
        root = tree(path.read_text("utf-8"))
        documented = documentation(root)
        for interface in root.iter("interface"):
            yield from _interface(interface, documented)
    yield from _reasons()


def _interface(interface: xml.Element, documented: Documented) -> Iterator[str]:
    yield from ("", f"## Interface `{interface.attrib['name']}`", "", f"{documented[interface].parameters[BRIEF]}.")
    yield from _text(documented[interface])
    for kind, title in (("method", "Methods"), ("property", "Properties"), ("signal", "Signals")):
        members = interface.findall(kind)
        if members:
            yield from ("", f"### {title}")
        for member in members:
            yield from ("", f"#### `{_heading(member)}`")
            yield from _text(documented[member])
            yield from _arguments(member, documented[member])


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


def _arguments(member: xml.Element, documented: Documentation) -> Iterator[str]:
    arguments = member.findall("arg")
    if arguments:
        yield ""
    for argument in arguments:
        name = argument.attrib["name"]
        yield f"- `{name}` (`{argument.attrib['type']}`): {_marked(documented.parameters[name])}"
    if member.tag == "property":
        emits = {"true": "with the new value", "invalidates": "without the value", "const": "never, it is constant"}
        yield from ("", f"Announced by PropertiesChanged: {emits.get(_emits(member), 'no')}.")


def _text(documented: Documentation) -> Iterator[str]:
    """The paragraphs, those that begin with a quoted name as a list."""
    listed = False
    for paragraph in documented.paragraphs:
        item = re.fullmatch(r"'([^']+)'((?: \(\S+\))?: .*)", paragraph)
        if not (item and listed):
            yield ""
        listed = item is not None
        yield f"- `{item[1]}`{_marked(item[2])}" if item else _marked(paragraph)


def _marked(text: str) -> str:
    """`text` with names of arguments as code."""
    return re.sub(r"@(\w+)", r"`\1`", text)


def _emits(member: xml.Element) -> str:
    values = [note.attrib["value"] for note in member.findall("annotation") if note.get("name") == EMITS]
    return values[0] if values else "true"


# --- the reasons -----------------------------------------------------------------------------------------------------


def _reasons() -> Iterator[str]:
    yield from ("", "## Reasons", "")
    yield (
        "Why a job was not confirmed: `code` and `reason` of a report and of the signal Finished. A code never changes its "
        "meaning; new ones may be added. The sentence is for people, may tell more than this table, and may change."
    )
    yield from ("", "| code | sentence | what to do |", "|---|---|---|")
    for reason in REASONS:
        yield f"| `{reason.code}` | {_cell(reason.sentence)} | {_cell(reason.cure)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


# --- the configuration -----------------------------------------------------------------------------------------------


def _key_lines() -> Iterator[str]:
    yield "| key | default | accepts | meaning |"
    yield "|---|---|---|---|"
    for key in fields(Config):
        yield f"| `{key.name}` | `{toml(getattr(Config(), key.name))}` | {key.metadata['form']} | {key.metadata['doc']} |"


if __name__ == "__main__":
    for page, text in pages().items():
        page.write_text(text, "utf-8")
