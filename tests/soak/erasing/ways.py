# SPDX-License-Identifier: MIT
"""
Whether anything of the user's own is deleted where a program does not keep what is typed, or goes elsewhere meanwhile.

    .venv/bin/python -m tests.soak.erasing.ways [PROGRAM...]

In each way of `WAYS`, a field holds a text of the user's; plain letters come by Revise and Commit; the program does what the
way is about; and Undo is to take the letters back. Prints, for each program, without and with accessibility, what became of
the user's text. Its exit status is 1 if anything was eaten, or a true answer was wrong.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import NamedTuple

from tests.a11y.stage import accessible_desktop
from tests.helpers import desktop
from tests.helpers.reviser import Reviser, reviser
from tests.soak.matrix import table
from tests.targets.browser import OPTIONS as CHROMIUM_OPTIONS
from tests.targets.firefox import command as firefox_command
from tests.targets.program import Channel, Program
from tests.targets.window import focused, until

_FIELDS = Path(__file__).parent / "fields"
_SYSTEM_PYTHON = "/usr/bin/python3"
_FIRST, _SECOND = 0, 1
_SOON_S, _LOOK_S = 2.0, 0.05
_OWN = "the user's own text, "


class Way(NamedTuple):
    """
    `before` prepares it, `typed` is the text, `after` what the program does then: commands of fields/answers.py.

    `own` is the user's text at the end, and the number of the field that is to have it.
    """

    before: tuple[tuple[object, ...], ...]
    typed: str
    after: tuple[tuple[object, ...], ...]
    own: str
    field: int


def _in_second(*commands: tuple[object, ...], own: str = _OWN) -> tuple[tuple[object, ...], ...]:
    return (("put", "second", own), *commands, ("focus", "second"))


WAYS: Mapping[str, Way] = {
    "at most 8 characters": Way(
        (("put", "first", "user"), ("limit", 8), ("focus", "first")), "dictated", (), "user", _FIRST
    ),
    "digits only": Way((("put", "first", "12345"), ("digits",), ("focus", "first")), "6a7bc", (), "12345", _FIRST),
    "read-only at first": Way(_in_second(("editable", False)), "words", (("editable", True),), _OWN, _SECOND),
    "(c) becomes ©": Way(_in_second(("correct",)), "(c) x", (), _OWN, _SECOND),
    "a Tab leads on": Way((("put", "second", _OWN), ("focus", "first")), "Title\tmore", (), _OWN, _SECOND),
    "the focus moves": Way((("put", "second", _OWN), ("focus", "first")), "words", (("focus", "second"),), _OWN, _SECOND),
    "the caret moves": Way(_in_second(), "words", (("caret", 10),), _OWN, _SECOND),
    "all is selected": Way(_in_second(), "words", (("select",),), _OWN, _SECOND),
    "another text is shown": Way(_in_second(), "words", (("put", "second", "another text"),), "another text", _SECOND),
    "nothing": Way(_in_second(), "words", (), _OWN, _SECOND),
}
_IN_WRITER = ("(c) becomes ©", "the caret moves", "all is selected", "another text is shown", "nothing")


class Fields(Program):
    """A program with two fields, which carries out the commands of fields/answers.py."""

    def __init__(self, command: Sequence[str], environ: dict[str, str], title: str, home: Path) -> None:
        path = home / "answers"
        self._channel = Channel(path)
        super().__init__(command, {**environ, "TARGET_SOCKET": str(path), "TARGET_TITLE": title}, title)
        self._channel.accept()

    def do(self, command: str, *arguments: object) -> object:
        """Carry out a command, and return its answer."""
        return self._channel.ask(json.dumps([command, *arguments]))

    def ask(self, request: str, patience_s: float = desktop.PATIENCE_S) -> object:
        return self.do(request)

    def close(self) -> None:
        super().close()
        self._channel.close()


class _Page(BaseHTTPRequestHandler):
    """Serves the page, and hands it the commands: each POST has the answer to the last, and gets the next."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._answer((_FIELDS / "page.html").read_text("utf-8").replace("TITLE", self.server.title), "text/html")

    def do_POST(self) -> None:
        self.server.answers.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self._answer(json.dumps(self.server.commands.get()), "application/json")

    def log_message(self, *_: object) -> None:
        """Be silent."""

    def _answer(self, content: str, kind: str) -> None:
        data = content.encode()
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, title: str) -> None:
        super().__init__(("127.0.0.1", 0), _Page)
        self.title = title
        self.commands: Queue[list[object]] = Queue()
        self.answers: Queue[object] = Queue()
        Thread(target=self.serve_forever, daemon=True).start()


class Page(Program):
    """A browser with the two fields on a page."""

    def __init__(self, command: Sequence[str], environ: dict[str, str], title: str) -> None:
        self._server = _Server(title)
        page = f"http://127.0.0.1:{self._server.server_port}/"
        super().__init__([part.replace("PAGE", page) for part in command], environ, title)
        self._server.answers.get(timeout=desktop.PATIENCE_S)

    def do(self, command: str, *arguments: object) -> object:
        """Carry out a command, and return its answer."""
        self._server.commands.put([command, *arguments])
        return self._server.answers.get(timeout=desktop.PATIENCE_S)

    def focus(self) -> None:
        until(lambda: self._title in focused(self._environ), "the browser has the focus")
        until(lambda: self.do("focused"), "the page has the focus")

    def close(self) -> None:
        super().close()
        self._server.shutdown()
        self._server.server_close()


class Office(Fields):
    """A LibreOffice Writer, whose document is the second field."""

    def __init__(self, environ: dict[str, str], title: str, home: Path, plugin: str) -> None:
        own = {**environ, "SAL_USE_VCLPLUGIN": plugin}
        office = ["soffice", "--norestore", "--nologo", f"-env:UserInstallation=file://{home}/profile"]
        self._office = desktop.Child(
            [*office, f"--accept=pipe,name={title};urp;", "private:factory/swriter"],
            env=own,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        super().__init__(
            [_SYSTEM_PYTHON, str(_FIELDS / "office.py"), title], environ, "Untitled 1 - LibreOffice Writer", home
        )

    def close(self) -> None:
        super().close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._office.process.pid, signal.SIGKILL)
        self._office.process.wait()


def _script(name: str, *arguments: str) -> Callable[[dict[str, str], str, Path], Fields]:
    command = [_SYSTEM_PYTHON, str(_FIELDS / name), *arguments]
    return lambda environ, title, home: Fields(command, environ, title, home)


def _chromium(environ: dict[str, str], title: str, home: Path) -> Page:
    told = ["--force-renderer-accessibility"] if environ["GNOME_ACCESSIBILITY"] == "1" else []
    return Page(["chromium", *CHROMIUM_OPTIONS, *told, f"--user-data-dir={home}/profile", "--app=PAGE"], environ, title)


def _firefox(environ: dict[str, str], title: str, home: Path) -> Page:
    return Page(firefox_command(home / "profile", "PAGE"), environ, title)


PROGRAMS: Mapping[str, Callable[[dict[str, str], str, Path], Fields | Page]] = {
    "gtk3": _script("gtk.py", "3"),
    "gtk4": _script("gtk.py", "4"),
    "qt5": _script("qt.py", "PyQt5"),
    "qt6": _script("qt.py", "PyQt6"),
    "tk": _script("tk.py"),
    "chromium": _chromium,
    "firefox": _firefox,
    "writer-gtk3": lambda environ, title, home: Office(environ, title, home, "gtk3"),
    "writer-qt5": lambda environ, title, home: Office(environ, title, home, "qt5"),
}


@contextlib.contextmanager
def set_up(name: str, *, accessibility: bool) -> Iterator[tuple[Fields | Page, Reviser]]:
    """The program with the focus, and a caller of the service."""
    with (
        accessible_desktop(on=accessibility) as environ,
        tempfile.TemporaryDirectory(prefix="typewright-ways-", ignore_cleanup_errors=True) as home,
        desktop.service(environ),
    ):
        own = {**environ, "HOME": home, "GNOME_ACCESSIBILITY": str(int(accessibility)), "GSK_RENDERER": "cairo"}
        program = PROGRAMS[name](own, f"ways-{name}", Path(home))
        try:
            program.do("reset")
            program.do("focus", "second")
            program.focus()
            with reviser(environ) as caller:
                yield program, caller
        finally:
            program.close()


def fate(program: Fields | Page, caller: Reviser, way: Way) -> str:
    """What became of the user's text."""
    program.do("reset")
    for command in way.before:
        program.do(*command)
    until(lambda: program.do("focused"), "a field has the focus")
    _settled(program)
    before = _settled(program)
    typed = caller.revise(way.typed) and caller.revise(way.typed, "final")
    _settled(program)
    for command in way.after:
        program.do(*command)
    _settled(program)
    undone = caller.undo()
    texts = _settled(program)
    if way.own not in texts[way.field]:
        return "eaten"
    if not undone:
        return "refused" if typed else "not typed"
    return "revised" if texts == before else "wrong"


def _settled(program: Fields | Page) -> list[str]:
    """The texts of both fields, when they have not changed for a moment."""
    texts, end = None, time.monotonic() + _SOON_S
    while time.monotonic() < end and texts != (texts := program.do("texts")):
        time.sleep(_LOOK_S)
    return texts


def main() -> int:
    """Try all of it; 1 if anything was eaten, or a true answer was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[[], *PROGRAMS], metavar="PROGRAM")
    rows, failed = [], False
    for name in parser.parse_args().names or PROGRAMS:
        ways = {label: way for label, way in WAYS.items() if not name.startswith("writer") or label in _IN_WRITER}
        for accessibility in (False, True):
            with set_up(name, accessibility=accessibility) as (program, caller):
                fates = {label: fate(program, caller, way) for label, way in ways.items()}
            counts = Counter(fates.values())
            counted = [counts[what] for what in ("eaten", "wrong", "revised", "refused", "not typed")]
            rows.append((name, "on" if accessibility else "off", *counted))
            print(*rows[-1], *(f"{label}: {what};" for label, what in fates.items()), flush=True)
            failed |= bool(counts["eaten"] or counts["wrong"])
    print(*table(("program", "accessibility", "eaten", "wrong", "revised", "refused", "not typed"), rows), sep="\n")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
