# SPDX-License-Identifier: MIT
"""The command line as data, for man pages and completions; argparse itself offers no public view of a parser."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Argument:
    """An option, with its `flags`, or a positional argument, without; `value` is the name of its value, empty if none."""

    flags: Sequence[str]
    value: str
    choices: Sequence[str]
    help: str
    required: bool
    repeated: bool


@dataclass(frozen=True)
class Command:
    """A command; that of the program itself has no name, and its commands are in `commands`."""

    name: str
    help: str
    description: str
    arguments: Sequence[Argument]
    commands: Sequence[Command] = ()

    @property
    def options(self) -> list[Argument]:
        """The arguments that have flags."""
        return [argument for argument in self.arguments if argument.flags]

    @property
    def positionals(self) -> list[Argument]:
        """The arguments that have none."""
        return [argument for argument in self.arguments if not argument.flags]


def read(parser: argparse.ArgumentParser) -> Command:
    """Return the command line of `parser`; commands without a help text are internal, and left out."""
    return _command("", parser.description or "", parser)


def _command(name: str, text: str, parser: argparse.ArgumentParser) -> Command:
    return Command(name, text, parser.description or text, list(_arguments(parser)), list(_commands(parser)))


def _commands(parser: argparse.ArgumentParser) -> Iterator[Command]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for listed in action._choices_actions:
                yield _command(listed.dest, listed.help or "", action.choices[listed.dest])


def _arguments(parser: argparse.ArgumentParser) -> Iterator[Argument]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction) or action.help == argparse.SUPPRESS:
            continue
        takes_value = action.nargs != 0
        value = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
        yield Argument(
            flags=tuple(action.option_strings),
            value=value if takes_value else "",
            choices=tuple(map(str, action.choices or ())) if takes_value else (),
            help=(action.help or "").replace("%%", "%"),
            required=action.nargs not in ("?", "*") and (action.required or not action.option_strings),
            repeated=action.nargs in ("*", "+"),
        )
