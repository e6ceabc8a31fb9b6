# SPDX-License-Identifier: MIT
"""The log in a window: `typewright log --follow` in the user's terminal."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from typing import Any

from twisted.internet.protocol import ProcessProtocol

TERMINALS: Mapping[str, Sequence[str]] = {
    "xdg-terminal-exec": (),
    "x-terminal-emulator": ("-e",),
    "foot": (),
    "kitty": (),
    "ptyxis": ("--",),
    "kgx": ("--",),
    "gnome-terminal": ("--",),
    "konsole": ("-e",),
    "xfce4-terminal": ("-x",),
    "alacritty": ("-e",),
    "xterm": ("-e",),
}
"""Terminals, those that follow the user's choice first, and their words before a command."""

# A unit's walls and limits are the service's, and a terminal needs others.
_OUTSIDE = ("systemd-run", "--user", "--collect", "--quiet", "--")


def command(program: Sequence[str], environ: Mapping[str, str]) -> list[str] | None:
    """Return the command that shows the log of `program` in a window; None if no terminal is known here."""
    path = environ.get("PATH")
    for terminal, words in TERMINALS.items():
        found = shutil.which(terminal, path=path)
        if found is not None:
            outside = _OUTSIDE if "INVOCATION_ID" in environ and shutil.which(_OUTSIDE[0], path=path) else ()
            return [*outside, found, *words, *program, "log", "--follow"]
    return None


def open_window(reactor: Any, program: Sequence[str], environ: Mapping[str, str] = os.environ) -> bool:
    """Show the log in a window of its own; return whether there is a terminal for that."""
    found = command(program, environ)
    if found is None:
        return False
    nothing = os.open(os.devnull, os.O_RDWR)
    try:
        fds = {0: nothing, 1: nothing, 2: nothing}
        # The reactor reaps it.
        reactor.spawnProcess(ProcessProtocol(), shutil.which(found[0]), found, env=dict(environ), childFDs=fds)
    finally:
        os.close(nothing)
    return True
