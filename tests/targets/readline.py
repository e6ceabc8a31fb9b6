# SPDX-License-Identifier: MIT
"""A terminal with bash at its prompt: readline's line, which it tells at F9 only, as nothing else reaches it."""

from __future__ import annotations

import os
import select
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.helpers import desktop
from tests.targets.program import Program

_RC = Path(__file__).parents[1] / "soak" / "erasing" / "bash.rc"
_BASH = ("bash", "--noprofile", "--rcfile", str(_RC), "-i")


def titled(title: str) -> tuple[str, ...]:
    """The options with which Konsole's window has the title `title — Konsole`."""
    return ("-p", f"LocalTabTitleFormat={title}")


XFCE_TERMINAL = ("xfce4-terminal", "--disable-server", "--dynamic-title-mode=none", "-T")


PROMPTS: Mapping[str, Callable[[str], Sequence[str]]] = {
    "readline": lambda title: ("xterm", "-u8", "-T", title, "-e", *_BASH),
    "readline-sakura": lambda title: ("sakura", "-t", title, "-x", " ".join(_BASH)),
    "readline-xfce4-terminal": lambda title: (*XFCE_TERMINAL, title, "-x", *_BASH),
    "readline-konsole": lambda title: ("konsole", *titled(title), "-e", *_BASH),
}
"""Name -> the command of a terminal with that title."""


class Readline(Program):
    """I press a key of another program's each time I am asked, which ends what Typewright knows."""

    def __init__(self, name: str, environ: dict[str, str], title: str, home: Path) -> None:
        self._home = home
        os.mkfifo(home / "reports")
        self._reports = os.open(home / "reports", os.O_RDWR | os.O_NONBLOCK)
        ready = {"ROOM": str(home), "PROMPT_COMMAND": 'echo ready >"$ROOM/reports"'}
        super().__init__(
            PROMPTS[name](title), {**environ, **ready}, f"{title} — Konsole" if name.endswith("konsole") else title
        )
        assert self._line() == "ready"

    def ask(self, request: str, patience_s: float = desktop.PATIENCE_S) -> object:
        if request == "focused":
            return True
        if request == "clear":
            (self._home / "text").write_text("")
            self._press("F8")
        self._press("F9")
        return self._line(patience_s)

    def close(self) -> None:
        super().close()
        os.close(self._reports)

    def _press(self, key: str) -> None:
        desktop.run(self._environ, "xdotool", "key", key)

    def _line(self, patience_s: float = desktop.PATIENCE_S) -> str:
        got = b""
        while not got.endswith(b"\n"):
            if not select.select([self._reports], [], [], patience_s)[0]:
                raise TimeoutError
            got += os.read(self._reports, 65536)
        return got.decode().removesuffix("\n")
