# SPDX-License-Identifier: MIT
"""Wine's Notepad, which tells its text by saving it, in UTF-8 with a byte order mark, as the file was that it opened."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

from tests.helpers import desktop
from tests.targets.program import Polled

_QUIET = {"WINEDLLOVERRIDES": "mscoree,mshtml=", "WINEDEBUG": "-all"}
_MARK = b"\xef\xbb\xbf"


class Notepad(Polled):
    """
    A Notepad with a file of its own. Each question is a shortcut that it is sent, which ends what Typewright knows.

    Wine keeps its files in $WINEPREFIX, if that is set, and takes some ten seconds to make them.
    """

    def __init__(self, environ: dict[str, str], home: Path) -> None:
        own = {**environ, **_QUIET, "WINEPREFIX": os.environ.get("WINEPREFIX", str(home / "wine"))}
        subprocess.run(
            ["wine", "wineboot"], env=own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120, check=True
        )
        self._file = home / "text.txt"
        self._file.write_bytes(_MARK)
        super().__init__(["wine", "notepad", f"Z:{self._file}"], own, "text.txt - Notepad")

    def ask(self, request: str, patience_s: float = desktop.PATIENCE_S) -> object:
        if request == "focused":
            return True
        if request == "clear":
            self.press("ctrl+a", "Delete")
        return self._saved()

    def close(self) -> None:
        super().close()
        subprocess.run(["wineserver", "-k", "-w"], env=self._environ, check=False)

    def _saved(self) -> str:
        self._file.write_bytes(b"")
        self.press("ctrl+s")
        deadline = time.monotonic() + desktop.PATIENCE_S
        while not (saved := self._file.read_bytes()).startswith(_MARK) and time.monotonic() < deadline:
            time.sleep(0.02)
        return saved.decode("utf-8-sig", "replace").replace("\r\n", "\n")
