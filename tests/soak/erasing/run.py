# SPDX-License-Identifier: MIT
"""
How many presses of BackSpace one character takes, measured in real programs; prints the table of docs/erasing.md.

    .venv/bin/python -m tests.soak.erasing.run [PROGRAM...]

Each program has its text set by its own means (F8), gets plain XTEST presses of BackSpace, and tells its text behind
each of them (F9), so that what is measured is the program and not Typewright.

Debian's packages for it: xterm rxvt-unicode vim gir1.2-gtk-3.0 gir1.2-gtk-4.0 python3-gi python3-pyqt5 python3-tk
chromium emacs-lucid.
"""

from __future__ import annotations

import contextlib
import json
import os
import pty
import select
import subprocess
import sys
import tempfile
import termios
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from Xlib import XK, X
from Xlib.display import Display
from Xlib.error import BadDrawable, BadWindow
from Xlib.ext import xtest
from Xlib.xobject.drawable import Window

from tests.helpers.desktop import Child, xvfb
from tests.soak.erasing.characters import CHARACTERS, before
from typewright.backends.x11.programs import toolkit
from typewright.text.erasing import kind_of

HERE = Path(__file__).parent
PATIENCE_S = 30.0
IUTF8 = 0o40000
"""What a terminal sets so that the kernel erases code points and not bytes; Python has no name for it."""


class Server(BaseHTTPRequestHandler):
    """Serves the page, and hands its field to and from the room."""

    room: Path

    def do_GET(self) -> None:
        body = (self.room / "text" if self.path == "/text" else HERE / "page.html").read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with (self.room / "reports").open("wb") as reports:
            reports.write(body + b"\n")
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def web(room: Path) -> int:
    """A web server for the page; the value is its port."""
    handler = type("Handler", (Server,), {"room": room})
    server = HTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


def chromium(kind: str, room: Path) -> list[str]:
    profile = room / "profile"
    return [
        "chromium", "--no-sandbox", "--no-first-run", "--disable-gpu", "--disable-dev-shm-usage", "--password-store=basic",
        f"--user-data-dir={profile}", f"--app=http://127.0.0.1:{web(room)}/#{kind}",
    ]  # fmt: skip


def system_python(script: str, *arguments: str) -> list[str]:
    """The toolkits' modules are Debian's, so is the Python that has them."""
    return ["/usr/bin/python3", str(HERE / script), *arguments]


def terminal(emulator: str, room: Path) -> list[str]:
    return [emulator, "-e", "bash", "--noprofile", "--rcfile", str(HERE / "bash.rc"), "-i"]


PROGRAMS = {
    "xterm + readline": lambda room: terminal("xterm", room),
    "urxvt + readline": lambda room: terminal("urxvt", room),
    "xterm + vim": lambda room: ["xterm", "-e", "vim", "-u", str(HERE / "vim.rc")],
    "GTK 3 entry": lambda room: system_python("gtk.py", "3", "entry", str(room)),
    "GTK 3 area": lambda room: system_python("gtk.py", "3", "area", str(room)),
    "GTK 4 entry": lambda room: system_python("gtk.py", "4", "entry", str(room)),
    "GTK 4 area": lambda room: system_python("gtk.py", "4", "area", str(room)),
    "Qt 5 entry": lambda room: system_python("qt.py", "entry", str(room)),
    "Qt 5 area": lambda room: system_python("qt.py", "area", str(room)),
    # Tk 8.6's entry crashes by itself on emoji, so only its text area is here.
    "Tk area": lambda room: system_python("tk.py", str(room)),
    "Chromium entry": lambda room: chromium("entry", room),
    "Chromium area": lambda room: chromium("area", room),
    "Chromium editable": lambda room: chromium("editable", room),
    "Emacs": lambda room: ["emacs-lucid", "-Q", "-l", str(HERE / "emacs.el")],
}
ENVIRON = {"LC_ALL": "C.UTF-8", "GTK_IM_MODULE": "none", "NO_AT_BRIDGE": "1", "GDK_BACKEND": "x11", "QT_QPA_PLATFORM": "xcb"}
ONE_LINE = ("entry", "readline", "editable", "vim")
"""Targets that have no second line, or that tell of it in another way than they took it."""


class Program:
    """A running program with a text field."""

    def __init__(self, name: str, display: str, room: Path) -> None:
        self.one_line = name.endswith(ONE_LINE)
        self._plain = name.endswith("readline")
        self._room = room
        self._waiting = b""
        self._display = Display(display)
        self._codes = {
            name: self._display.keysym_to_keycode(XK.string_to_keysym(name)) for name in ("F8", "F9", "BackSpace")
        }
        os.mkfifo(room / "reports")
        self._reports = os.open(room / "reports", os.O_RDWR | os.O_NONBLOCK)

    def focus(self) -> None:
        """Give the focus to the largest window until the program behind it answers."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            windows = list(self._visible())
            if windows:
                max(windows, key=lambda each: each[0])[1].set_input_focus(X.RevertToParent, X.CurrentTime)
                self._press("F9")
                if self._line(0.5) is not None:
                    while self._line(0.5) is not None:
                        pass
                    return
            else:
                time.sleep(0.1)
        raise AssertionError("no window of the program answers")

    def _visible(self) -> Iterator[tuple[int, Window]]:
        for window in self._display.screen().root.query_tree().children:
            with contextlib.suppress(BadDrawable, BadWindow):  # gone in the meantime
                if window.get_attributes().map_state == X.IsViewable:
                    shape = window.get_geometry()
                    yield shape.width * shape.height, window

    def left(self, text: str, presses: int) -> list[str]:
        """What is left of `text` after none, one, two ... `presses` of BackSpace at its end."""
        (self._room / "text").write_text(text, "utf-8")
        self._press("F8", "F9", *["BackSpace", "F9"] * presses)
        lines = [self._line(PATIENCE_S) for _ in range(presses + 1)]
        return [line if self._plain else json.loads(line) for line in lines if line is not None]

    def _press(self, *names: str) -> None:
        for name in names:
            xtest.fake_input(self._display, X.KeyPress, self._codes[name])
            xtest.fake_input(self._display, X.KeyRelease, self._codes[name])
        self._display.sync()

    def _line(self, timeout_s: float) -> str | None:
        deadline = time.monotonic() + timeout_s
        while b"\n" not in self._waiting:
            if not select.select([self._reports], [], [], max(0.0, deadline - time.monotonic()))[0]:
                return None
            self._waiting += os.read(self._reports, 65536)
        line, _, self._waiting = self._waiting.partition(b"\n")
        return line.decode("utf-8", "backslashreplace")

    def kind(self) -> str:
        """What `kind_of` makes of its window."""
        window = self._display.get_input_focus().focus
        names = [self._display.get_atom_name(atom) for atom in window.list_properties()]
        protocols = [self._display.get_atom_name(atom) for atom in window.get_wm_protocols()]
        return kind_of((window.get_wm_class() or ("", ""))[1], toolkit(names, protocols))

    def close(self) -> None:
        self._display.close()
        os.close(self._reports)


@contextlib.contextmanager
def running(name: str) -> Iterator[Program]:
    """The program of that name on a desktop of its own, with the focus."""
    with tempfile.TemporaryDirectory(prefix="typewright-erasing-") as home, xvfb() as display:
        room = Path(home)
        environ = {**os.environ, **ENVIRON, "DISPLAY": display, "ROOM": home, "HOME": home}
        (room / "text").write_text("", "utf-8")
        program = Program(name, display, room)
        child = Child(
            PROGRAMS[name](room),
            env=environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            program.focus()
            yield program
        finally:
            child.end()
            program.close()


def left_by_the_kernel(text: str, presses: int) -> list[str]:
    """What is left of `text` in a terminal's line that no program edits, after none, one, two ... presses."""
    states = []
    for number in range(presses + 1):
        outer, inner = pty.openpty()
        settings = termios.tcgetattr(inner)
        settings[0] |= IUTF8
        termios.tcsetattr(inner, termios.TCSANOW, settings)
        os.write(outer, text.encode() + b"\x7f" * number + b"\n")
        states.append(os.read(inner, 4096).decode().removesuffix("\n"))
        os.close(outer)
        os.close(inner)
    return states


def cell(states: list[str], before: str, character: str) -> str:
    """How many presses delete `character` and nothing else."""
    if states[0] != before + character:
        return "altered"
    return next((str(number) for number, state in enumerate(states) if state == before), "never")


def column(left: Callable[[str, int], list[str]], *, one_line: bool) -> list[str]:
    return [
        ""
        if one_line and "\n" in character
        else cell(left(before(label) + character, len(character) + 2), before(label), character)
        for label, character in CHARACTERS.items()
    ]


def main(names: list[str]) -> None:
    """Prints the table; programs of one kind share a column, which shows each of their figures where they differ."""
    columns: dict[str, list[list[str]]] = {"tty": [column(left_by_the_kernel, one_line=True)]}
    for name in names or PROGRAMS:
        with running(name) as program:
            kind = name if name.startswith("GTK") else name.rpartition("+ ")[2]
            columns.setdefault(kind.removesuffix(" entry").removesuffix(" area").removesuffix(" editable"), []).append(
                column(program.left, one_line=program.one_line)
            )
    print("| character | code points | " + " | ".join(columns) + " |")
    print("|---" * (len(columns) + 2) + "|")
    for place, (label, character) in enumerate(CHARACTERS.items()):
        cells = [" or ".join(sorted({each[place] for each in kind} - {""})) for kind in columns.values()]
        print(f"| {label} | {len(character)} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main(sys.argv[1:])
