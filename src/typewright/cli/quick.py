# SPDX-License-Identifier: MIT
"""
The quick way: command lines so plain that they need no parser.

`argparse` takes longer to import than a call takes. What is not plain (an option, help, a mistake) is left to it.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

_BARE = ("cancel", "disable", "enable", "toggle")
COMMANDS = (*_BARE, "backspace", "press", "type")
"""The commands that `typewright.cli.calls` carries out."""


class Plain:
    """The options of a plain command, as the parser would give them; what is not here has its default."""

    def __init__(self, command: str, **options: object) -> None:
        self.command = command
        self.__dict__.update(options)

    def __getattr__(self, name: str) -> Any:
        return None


def run(words: Sequence[str]) -> int | None:
    """Carry out the command that `words` are, and return its exit status; None if they are not plain."""
    plain = understood(words)
    if plain is None:
        return None
    from typewright.cli.calls import run

    return run(plain)


def understood(words: Sequence[str]) -> Plain | None:
    """Return the options of a plain command; None for anything else."""
    command, *others = words or ("",)
    if command not in COMMANDS:
        return None
    if command == "type" and others[:1] == ["--"] and len(others) > 1:
        del others[0]
    elif any(word.startswith("-") and word != "-" for word in others):
        return None
    if command in _BARE:
        return None if others else Plain(command)
    if command == "press":
        return Plain(command, chords=others) if others else None
    if len(others) > 1:
        return None
    if command == "type":
        return Plain(command, text=others[0] if others else None)
    if not others or not others[0].isascii() or not others[0].isdigit() or len(others[0]) > len("4000000000"):
        return None
    return Plain(command, count=int(others[0])) if int(others[0]) <= 0xFFFFFFFF else None
