# SPDX-License-Identifier: MIT
"""Text editors as users have them, which tell their text by saving it."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path

from tests.targets.program import Polled
from tests.targets.window import focused, until

EDITORS: Mapping[str, tuple[str, ...]] = {
    "mousepad": ("mousepad", "--disable-server"),
    "gedit": ("gedit", "--standalone"),
    "gnome-text-editor": ("gnome-text-editor", "--standalone"),
    "kwrite": ("kwrite",),
    "featherpad": ("featherpad", "--standalone"),
    "scite": ("scite",),
}
"""Name -> its command, to which a file is added."""

_SETTINGS: Mapping[str, tuple[str, str]] = {
    "kwrite": (
        ".config/kwriterc",
        "[KTextEditor Document]\nIndentation Mode=none\nRemove Spaces=0\n\n[KTextEditor View]\nAuto Brackets=false\n",
    ),
}
"""What keeps an editor from indenting lines, cutting their ends and closing brackets: a file in its home and its content."""


class Editor(Polled):
    """
    An editor with a file of its own. Each question is a shortcut that it is sent, which ends what Typewright knows.

    The focus is where it puts it at its start, so it is to be the only program of its display.
    """

    def __init__(self, name: str, environ: dict[str, str], home: Path) -> None:
        self._file = home / "text.txt"
        self._file.write_text("")
        if name in _SETTINGS:
            settings, content = _SETTINGS[name]
            (home / settings).parent.mkdir()
            (home / settings).write_text(content)
        super().__init__([*EDITORS[name], str(self._file)], {**environ, "GSETTINGS_BACKEND": "memory"}, "text.txt")

    def focus(self) -> None:
        until(lambda: "text.txt" in focused(self._environ), "the editor has the focus")
        self.press("x")
        until(lambda: self._save() == "x", "the editor saves what is typed")

    def text(self) -> str:
        return self._save()

    def clear(self) -> None:
        self.press("ctrl+a", "BackSpace")

    def _save(self) -> str:
        """Its text; nothing is written if that has not changed since it was saved last."""
        before = self._stamp()
        self.press("ctrl+s")
        deadline = time.monotonic() + 1.5
        while self._stamp() == before and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.05)  # The file is there; it may not be whole yet.
        data = self._file.read_bytes()
        try:
            return data.decode().removesuffix("\n")
        except UnicodeDecodeError:  # SciTE saves in its code page.
            return data.decode("latin-1").removesuffix("\n")

    def _stamp(self) -> tuple[int, ...]:
        try:
            found = os.stat(self._file)
        except FileNotFoundError:
            return ()
        return found.st_ino, found.st_mtime_ns, found.st_size
