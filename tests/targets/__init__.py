# SPDX-License-Identifier: MIT
"""
Real programs to type into, each with a window of its own, under a window manager, telling the text that it holds.

They run as in a plain session without an input method framework, in an empty home: GTK with its simple input context, Qt
with its compose one, xterm, rxvt, Emacs and Tk with what libX11 brings along.
"""

from __future__ import annotations

import contextlib
import itertools
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.targets.browser import Browser
from tests.targets.editor import EDITORS, Editor
from tests.targets.firefox import Firefox
from tests.targets.notepad import Notepad
from tests.targets.office import Writer
from tests.targets.program import PROGRAMS, Asked, Program
from tests.targets.readline import Readline

_SYSTEM_PYTHON = "/usr/bin/python3"
_READER = (_SYSTEM_PYTHON, f"{PROGRAMS}/raw_reader.py")

_COMMANDS: dict[str, Callable[[str], tuple[str, ...]]] = {
    "xterm": lambda title: ("xterm", "-u8", "-T", title, "-e", *_READER),
    "urxvt": lambda title: ("urxvt", "-title", title, "-e", *_READER),
    "tk": lambda title: (_SYSTEM_PYTHON, f"{PROGRAMS}/tk.py"),
    "gtk3": lambda title: (_SYSTEM_PYTHON, f"{PROGRAMS}/gtk3.py"),
    "gtk4": lambda title: (_SYSTEM_PYTHON, f"{PROGRAMS}/gtk4.py"),
    "qt5": lambda title: (_SYSTEM_PYTHON, f"{PROGRAMS}/qt5.py"),
    "emacs": lambda title: ("emacs-lucid", "-Q", "-l", f"{PROGRAMS}/emacs.el"),
}
NAMES = (*_COMMANDS, "chromium")
"""Those that can hold every text; `readline` is there as well."""

_numbers = itertools.count(1)


@contextlib.contextmanager
def target(name: str, environ: dict[str, str], *, slow_s: float = 0.0) -> Iterator[Program]:
    """The program `name` with the focus; it sleeps for `slow_s` before it takes a key."""
    with tempfile.TemporaryDirectory(prefix="typewright-target-", ignore_cleanup_errors=True) as directory:
        home = Path(directory)
        title = f"target-{name}-{next(_numbers)}"
        own = {**environ, "HOME": directory, "TARGET_TITLE": title, "TARGET_SLOW_S": str(slow_s), "GSK_RENDERER": "cairo"}
        # A framework that is installed is taken though it does not run.
        own.setdefault("GTK_IM_MODULE", "gtk-im-context-simple")
        if name == "chromium":
            program: Program = Browser(own, title, home, slow_s)
        elif name == "readline":
            program = Readline(own, title, home)
        elif name in EDITORS:
            program = Editor(name, own, home)
        elif name == "firefox":
            program = Firefox(own, home)
        elif name == "notepad":
            program = Notepad(own, home)
        elif name.startswith("writer-"):
            program = Writer(own, title, home, name.removeprefix("writer-"))
        else:
            program = Asked(_COMMANDS[name](title), own, title, home)
        try:
            program.focus()
            yield program
        finally:
            program.close()
