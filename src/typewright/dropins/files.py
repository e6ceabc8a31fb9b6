# SPDX-License-Identifier: MIT
"""The programs themselves: written into a directory, and removed from it."""

from __future__ import annotations

import sys
from pathlib import Path

from typewright.dropins.runner import is_ours
from typewright.errors import InvalidArgs

TOOLS = ("xdotool", "wtype", "ydotool", "dotool", "dotoolc", "eitype", "kwtype")
"""The tools that there are drop-ins for."""

# -I: nothing of the caller's environment gets in. -S: the packages beside this one are not looked for, which takes time.
_PROGRAM = """\
{interpreter}
# Has Typewright do what {tool} is told to do. Made by `typewright drop-ins`, which also removes it.
import sys

sys.path.append({source!r})
try:
    from typewright.dropins.runner import main
except ImportError:
    sys.exit("{tool}: Typewright is not in {source} any more: run `typewright drop-ins` again")
main({tool!r}, lenient={lenient})
"""
_LONGEST_INTERPRETER = 120
"""Characters in the first line of a script that every kernel accepts."""


def install(directory: Path, *, lenient: bool = False) -> list[Path]:
    """
    Write the programs into `directory`, which is made if it is not there; return their paths.

    `lenient` is that of `runner.main`. Raises InvalidArgs if the directory cannot be written to, or has another program with
    one of these names; then nothing is written.
    """
    paths = [directory / tool for tool in TOOLS]
    _refuse_others(paths)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for path in paths:
            path.unlink(missing_ok=True)  # not through a link, and not into a program that runs
            path.write_text(_program(path.name, lenient=lenient), "utf-8")
            path.chmod(0o755)
    except OSError as problem:
        raise InvalidArgs(f"The programs cannot be written into {directory}: {problem.strerror}.") from None
    return paths


def remove(directory: Path) -> list[Path]:
    """Remove the programs from `directory`, and nothing else; return the paths of those that were there."""
    ours = [path for path in (directory / tool for tool in TOOLS) if path.is_file() and is_ours(str(path))]
    try:
        for path in ours:
            path.unlink()
    except OSError as problem:
        raise InvalidArgs(f"The programs cannot be removed from {directory}: {problem.strerror}.") from None
    return ours


def _refuse_others(paths: list[Path]) -> None:
    others = [path.name for path in paths if (path.exists() or path.is_symlink()) and not is_ours(str(path))]
    if others:
        raise InvalidArgs(
            f"{paths[0].parent} has other programs of these names: {', '.join(others)}. Choose a directory of its own."
        )


def _program(tool: str, *, lenient: bool) -> str:
    interpreter = f"#!{sys.executable} -IS"
    if " " in sys.executable or len(interpreter) > _LONGEST_INTERPRETER:
        # A shell reads this as a command, and Python as a string.
        interpreter = f"#!/bin/sh\n''':'\nexec '{sys.executable}' -IS \"$0\" \"$@\"\n'''"
    source = str(Path(__file__).parents[2])
    return _PROGRAM.format(interpreter=interpreter, tool=tool, source=source, lenient=lenient)
