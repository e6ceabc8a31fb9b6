# SPDX-License-Identifier: MIT
"""A LibreOffice Writer with an empty document, asked over its UNO interface by a process beside it."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path

from tests.helpers import desktop
from tests.targets.program import PROGRAMS, Program

_NEW = "private:factory/swriter"
_OFF = {
    "Office.Common/AutoCorrect": (
        "UseReplacementTable", "TwoCapitalsAtStart", "CapitalAtStartSentence", "ChangeUnderlineWeight", "SetInetAttribute",
        "ChangeOrdinalNumber", "ChangeDash", "AddNonBreakingSpace", "TransliterateRTL", "ChangeAngleQuotes",
        "RemoveDoubleSpaces", "CorrectAccidentalCapsLock", "ReplaceSingleQuote", "ReplaceDoubleQuote",
    ),
    "Office.Common/Misc": ("ShowTipOfTheDay",),
    "Office.Writer/AutoFunction/Completion": ("Enable",),
    "Office.Writer/AutoFunction/Format/ByInput": ("Enable",),
    "Office.Writer/AutoFunction/Format/ByInput/ApplyNumbering": ("Enable",),
    "Office.Linguistic/SpellChecking": ("IsSpellAuto",),
}  # fmt: skip
"""What it would do with a text by itself, or show beside it."""
_SETTING = '<item oor:path="/org.openoffice.{}"><prop oor:name="{}" oor:op="fuse"><value>false</value></prop></item>'
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
{}
</oor:items>
"""


class Writer(Program):
    """A Writer that corrects nothing by itself; `plugin` is its way to the display, `gtk3` or `gen`."""

    def __init__(self, environ: dict[str, str], title: str, home: Path, plugin: str) -> None:
        profile = home / "profile"
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS.format("\n".join(_settings())))
        super().__init__(
            ["soffice", "--norestore", "--nologo", f"-env:UserInstallation=file://{profile}",
             f"--accept=pipe,name={title};urp;", _NEW],
            {**environ, "SAL_USE_VCLPLUGIN": plugin},
            "Untitled 1 - LibreOffice Writer",
        )  # fmt: skip
        self._asked = desktop.Child(
            ["/usr/bin/python3", str(PROGRAMS / "writer.py"), title],
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def ask(self, request: str, patience_s: float = desktop.PATIENCE_S) -> object:
        asked = self._asked.process
        asked.stdin.write(f"{request}\n".encode())
        asked.stdin.flush()
        line = self._asked.line()
        return json.loads(line)

    def read(self, count: int, patience_s: float = desktop.PATIENCE_S) -> str:
        deadline = time.monotonic() + patience_s
        text = self.text()
        while len(text) < count and not text.endswith("|") and time.monotonic() < deadline:
            time.sleep(0.05)
            text = self.text()
        return text

    def close(self) -> None:
        self._asked.kill()
        super().close()


def _settings() -> list[str]:
    return [_SETTING.format(path, name) for path, names in _OFF.items() for name in names]
