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
from tests.targets.forwarder import VncViewer, Xephyr
from tests.targets.notepad import Notepad
from tests.targets.office import Calc, Writer
from tests.targets.program import PROGRAMS, Asked, Program
from tests.targets.readline import PROMPTS, XFCE_TERMINAL, Readline, titled

_SYSTEM_PYTHON = "/usr/bin/python3"
_READER = (_SYSTEM_PYTHON, f"{PROGRAMS}/raw_reader.py")

_COMMANDS: dict[str, Callable[[str], tuple[str, ...]]] = {
    "xterm": lambda title: ("xterm", "-u8", "-T", title, "-e", *_READER),
    "urxvt": lambda title: ("urxvt", "-title", title, "-e", *_READER),
    "tk": lambda title: (_SYSTEM_PYTHON, f"{PROGRAMS}/tk.py"),
    "gtk3": lambda title: (_SYSTEM_PYTHON, f"{PROGRAMS}/gtk3.py"),
    "gtk4": lambda title: (_SYSTEM_PYTHON, f"{PROGRAMS}/gtk4.py"),
    "qt5": lambda title: (_SYSTEM_PYTHON, f"{PROGRAMS}/qt.py", "PyQt5"),
    "emacs": lambda title: ("emacs-lucid", "-Q", "-l", f"{PROGRAMS}/emacs.el"),
}
_MORE_COMMANDS: dict[str, Callable[[str], tuple[str, ...]]] = {
    "sakura": lambda title: ("sakura", "-t", title, "-x", " ".join(_READER)),
    "konsole": lambda title: ("konsole", *titled(title), "-e", *_READER),
    "xfce4-terminal": lambda title: (*XFCE_TERMINAL, title, "-x", *_READER),
    "qt6": lambda title: (_SYSTEM_PYTHON, f"{PROGRAMS}/qt.py", "PyQt6"),
    "swing": lambda title: ("java", "-XX:TieredStopAtLevel=1", f"{PROGRAMS}/Swing.java"),
}
NAMES = (*_COMMANDS, "chromium")
"""Those that can hold every text, and are measured in each run of the tests."""
MORE = (
    *_MORE_COMMANDS, *EDITORS, "firefox", "writer-gtk3", "writer-qt5", "writer-gen", "calc-gtk3", "calc-qt5", "calc-gen",
    "notepad", "vncviewer", "xephyr",
)  # fmt: skip
"""More of them, besides `PROMPTS`, the prompts of bash, and `THROUGH`; `fitting` tells what of a text they can hold."""

_OPENED: dict[str, Callable[[dict[str, str], str, Path], Program]] = {
    "firefox": lambda environ, title, home: Firefox(environ, home),
    "notepad": lambda environ, title, home: Notepad(environ, home),
    "vncviewer": VncViewer,
    "xephyr": Xephyr,
}
_OFFICE = {"writer": Writer, "calc": Calc}
_numbers = itertools.count(1)


@contextlib.contextmanager
def target(name: str, environ: dict[str, str], *, slow_s: float = 0.0) -> Iterator[Program]:
    """The program `name` with the focus; it sleeps for `slow_s` before it takes a key."""
    with tempfile.TemporaryDirectory(prefix="typewright-target-", ignore_cleanup_errors=True) as directory:
        title = f"target-{name}-{next(_numbers)}"
        own = {**environ, "HOME": directory, "TARGET_TITLE": title, "TARGET_SLOW_S": str(slow_s), "GSK_RENDERER": "cairo"}
        # A framework that is installed is taken though it does not run.
        own.setdefault("GTK_IM_MODULE", "gtk-im-context-simple")
        program = _open(name, own, title, Path(directory), slow_s)
        try:
            program.focus()
            yield program
        finally:
            program.close()


def _open(name: str, environ: dict[str, str], title: str, home: Path, slow_s: float) -> Program:
    if name == "chromium":
        return Browser(environ, title, home, slow_s)
    if name in PROMPTS:
        return Readline(name, environ, title, home)
    if name in EDITORS:
        return Editor(name, environ, home)
    if name in _OPENED:
        return _OPENED[name](environ, title, home)
    application, _, plugin = name.partition("-")
    if application in _OFFICE:
        return _OFFICE[application](environ, title, home, plugin)
    return Asked(
        (_COMMANDS | _MORE_COMMANDS)[name](title), environ, f"{title} — Konsole" if name == "konsole" else title, home
    )
