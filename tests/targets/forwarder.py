# SPDX-License-Identifier: MIT
"""Programs that show another X server and forward their keys to it: a nested server, and the viewer of one."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from pathlib import Path

from tests.helpers import desktop
from tests.targets.program import PROGRAMS, Asked, Program
from tests.targets.window import Window, until

_SIZE = "800x600"


class Forwarder(Program):
    """A window in which another X server is seen, with nothing on it but a GTK 3 program that tells the text."""

    def __init__(self, environ: dict[str, str], title: str, home: Path, server: list[str], viewer: list[str]) -> None:
        shown = subprocess.DEVNULL
        self._server = subprocess.Popen(
            [*server, "-displayfd", "1"],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=shown,
            text=True,
            start_new_session=True,
        )
        self._inner = {**environ, "DISPLAY": f":{self._server.stdout.readline().strip()}"}
        inner = {**self._inner, "TARGET_TITLE": "inner"}
        self._program = Asked(["/usr/bin/python3", f"{PROGRAMS}/gtk3.py"], inner, "inner", home)
        # A nested server is its own viewer.
        super().__init__(viewer or ["sleep", "infinity"], environ, title)

    def focus(self) -> None:
        window = desktop.window(self._inner, "--name", "^inner$")
        desktop.run(self._inner, "xdotool", "windowfocus", "--sync", window)
        Window(self._environ, self._title).activate()
        until(self._takes, "keys reach the program")
        self.clear()

    def ask(self, request: str, patience_s: float = desktop.PATIENCE_S) -> object:
        return self._program.ask(request, patience_s)

    def close(self) -> None:
        super().close()
        self._program.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._server.pid, signal.SIGKILL)
        self._server.wait()
        self._server.stdout.close()

    def _takes(self) -> bool:
        desktop.run(self._environ, "xdotool", "key", "x")
        return "x" in self.text()


class Xephyr(Forwarder):
    """A Xephyr."""

    def __init__(self, environ: dict[str, str], title: str, home: Path) -> None:
        super().__init__(environ, title, home, ["Xephyr", "-screen", _SIZE, "-title", title], [])


class VncViewer(Forwarder):
    """A TigerVNC viewer, and a server of the same."""

    def __init__(self, environ: dict[str, str], title: str, home: Path) -> None:
        socket = str(home / "vnc")
        server = ["Xtigervnc", "-geometry", _SIZE, "-SecurityTypes", "None", "-desktop", title, "-rfbport", "-1"]
        viewer = ["xtigervncviewer", "-RemoteResize=0", "-SendClipboard=0", "-AcceptClipboard=0", socket]
        super().__init__(environ, f"{title} - TigerVNC", home, [*server, "-rfbunixpath", socket], viewer)
