# SPDX-License-Identifier: MIT
"""
The man pages: typewright(1) from the command line, typewright.toml(5) from the configuration, and one of section 5 for each
interface of the contract.

Source: man(7), the macros of a man page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from xml.etree import ElementTree as xml

from typewright import __version__
from typewright.bus.contract import DICTATION, TYPIST, Documentation, documentation, load
from typewright.config import Config
from typewright.errors import TypewrightError
from typewright.installation.command_line import Argument, Command
from typewright.installation.sample import toml

_BRIEF = "short_description"


def man_pages(program: Command) -> Mapping[str, str]:
    """Return the pages by their paths below a directory of man pages, such as `man1/typewright.1`."""
    pages = {"man1/typewright.1": _commands(program), "man5/typewright.toml.5": _configuration()}
    for name in (TYPIST, DICTATION):
        pages[f"man5/{name}.5"] = _interface(name)
    return {path: "\n".join(lines) + "\n" for path, lines in pages.items()}


# --- typewright(1) ---------------------------------------------------------------------------------------------------


def _commands(program: Command) -> Iterator[str]:
    yield from _title("typewright", "1", "type into the focused window, and confirm every key")
    yield from (".SH SYNOPSIS", ".B typewright", r"[\fIOPTION\fR ...] \fICOMMAND\fR [\fIARGUMENT\fR ...]")
    yield from (".SH DESCRIPTION", _text(program.description), ".SH OPTIONS")
    yield from _arguments(program)
    yield ".SH COMMANDS"
    for command in program.commands:
        usage = " ".join(filter(None, [command.name, *map(_usage, command.positionals)]))
        yield from (f".SS {_text(usage)}", _text(_sentence(command.description)))
        yield from _arguments(command, but="-h")
    yield from (".SH EXIT STATUS", ".TP", ".B 0", "Done and confirmed.", ".TP", ".B 1", "Not confirmed.")
    for status, sentences in sorted(_statuses(TypewrightError).items()):
        yield from (".TP", f".B {status}", _text(sentences))
    yield from (".TP", ".B 130", "Interrupted.", ".SH FILES", ".TP", ".I ~/.config/typewright/config.toml")
    yield from ("The configuration; see", ".BR typewright.toml (5).")
    yield from _see_also("typewright.toml(5)", f"{TYPIST}(5)", f"{DICTATION}(5)")


def _usage(argument: Argument) -> str:
    value = "|".join(argument.choices) or argument.value
    return ("{}" if argument.required else "[{}]").format(value) + (" ..." if argument.repeated else "")


def _arguments(command: Command, *, but: str = "") -> Iterator[str]:
    for argument in command.arguments:
        if but in argument.flags:
            continue
        if argument.flags:
            value = "|".join(argument.choices) or argument.value
            flags = ", ".join(f"\\fB{_text(flag)}\\fR" for flag in argument.flags)
            yield from (".TP", f"{flags} \\fI{_text(value)}\\fR" if value else flags)
        else:
            yield from (".TP", f"\\fI{_text(argument.value)}\\fR")
        yield _text(_sentence(argument.help))


def _statuses(kind: type[TypewrightError]) -> dict[int, str]:
    """Return what each exit status means: the docstrings of the errors that have it."""
    found: dict[int, list[str]] = {}
    for each in _with_subclasses(kind):
        meaning = _sentence("Something went wrong inside Typewright" if each is TypewrightError else each.__doc__ or "")
        found.setdefault(each.exit_status, []).append(meaning)
    return {status: " ".join(dict.fromkeys(meanings)) for status, meanings in found.items()}


def _with_subclasses(kind: type[TypewrightError]) -> Iterator[type[TypewrightError]]:
    yield kind
    for child in kind.__subclasses__():
        if child.__module__ == kind.__module__:
            yield from _with_subclasses(child)


# --- typewright.toml(5) ----------------------------------------------------------------------------------------------


def _configuration() -> Iterator[str]:
    yield from _title("typewright.toml", "5", "the configuration of Typewright")
    yield from (".SH SYNOPSIS", ".I $XDG_CONFIG_HOME/typewright/config.toml", ".br")
    yield from (".I ~/.config/typewright/config.toml", ".SH DESCRIPTION")
    yield "A TOML file; it needs only the keys that differ from their defaults. The service reads it when it starts."
    yield ".SH KEYS"
    for key in fields(Config):
        default = toml(getattr(Config(), key.name))
        yield from (".TP", f"\\fB{_text(key.name)}\\fR = {_text(default)}", _text(key.metadata["doc"]), ".br")
        yield _text(f"Accepts {key.metadata['form']}.")
    yield from _see_also("typewright(1)")


# --- the contract ----------------------------------------------------------------------------------------------------


def _interface(name: str) -> Iterator[str]:
    root = xml.Element("node")
    root.extend(load(name).nodes)
    documented = documentation(root)
    (interface,) = root.iter("interface")
    about = documented.get(interface, Documentation())
    brief = about.parameters.get(_BRIEF, name)
    yield from _title(name, "5", brief[:1].lower() + brief[1:].rstrip("."))
    yield ".SH DESCRIPTION"
    yield from _paragraphs(about)
    for kind, title in (("method", "METHODS"), ("property", "PROPERTIES"), ("signal", "SIGNALS")):
        members = interface.findall(kind)
        if members:
            yield f".SH {title}"
        for member in members:
            told = documented.get(member, Documentation())
            yield f".SS {_text(_heading(member))}"
            yield from _paragraphs(told)
            for argument in member.findall("arg"):
                called = argument.get("name", "")
                yield from (".TP", f"\\fI{_text(called)}\\fR ({_text(argument.get('type', ''))})")
                yield _text(told.parameters.get(called, ""))
    yield from _see_also("typewright(1)", *(f"{each}(5)" for each in (TYPIST, DICTATION) if each != name))


def _heading(member: xml.Element) -> str:
    name = member.get("name", "")
    if member.tag == "property":
        return f"{name} ({member.get('type')}, {member.get('access')})"
    default = "out" if member.tag == "signal" else "in"
    listed: dict[str, list[str]] = {"in": [], "out": []}
    for argument in member.findall("arg"):
        listed[argument.get("direction", default)].append(f"{argument.get('type')} {argument.get('name')}")
    if member.tag == "signal":
        return f"{name} ({', '.join(listed['out'])})"
    returns = f" -> {', '.join(listed['out'])}" if listed["out"] else ""
    return f"{name} ({', '.join(listed['in'])}){returns}"


def _paragraphs(told: Documentation) -> Iterator[str]:
    for paragraph in told.paragraphs:
        yield from (".PP", _text(re.sub(r"@(\w+)", r"\1", paragraph)))


# --- roff ------------------------------------------------------------------------------------------------------------


def _title(name: str, section: str, brief: str) -> Iterator[str]:
    yield r".\" SPDX-License-Identifier: MIT"
    # No date: the page of a version is always the same.
    yield f'.TH "{name}" "{section}" "" "Typewright {__version__}"'
    yield from (".SH NAME", f"{_text(name)} \\- {_text(brief)}")


def _see_also(*names: str) -> Iterator[str]:
    yield ".SH SEE ALSO"
    for number, name in enumerate(names, 1):
        page, _, section = name.rstrip(")").partition("(")
        yield f".BR {page} ({section}){',' if number < len(names) else ''}"


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?")) or not text else ".")


def _text(text: str) -> str:
    """Return `text` so that roff takes none of it for its own."""
    escaped = " ".join(text.split()).replace("\\", "\\(rs").replace("-", "\\-").replace("'", "\\(aq")
    return f"\\&{escaped}" if escaped.startswith((".", "\\(aq")) else escaped
