# SPDX-License-Identifier: MIT
"""A LibreOffice Writer or Calc with an empty document, asked over its UNO interface by a process beside it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.helpers import desktop
from tests.targets.program import PROGRAMS, Polled
from tests.targets.window import until

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
    "Office.Calc/Input": ("AutoInput",),
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


class Writer(Polled):
    """A LibreOffice that corrects nothing by itself; `plugin` is its way to the display: `gtk3`, `qt5` or `gen`."""

    application = "Writer"

    def __init__(self, environ: dict[str, str], title: str, home: Path, plugin: str) -> None:
        profile = home / "profile"
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS.format("\n".join(_settings())))
        super().__init__(
            ["soffice", "--norestore", "--nologo", f"-env:UserInstallation=file://{profile}",
             f"--accept=pipe,name={title};urp;", f"private:factory/s{self.application.lower()}"],
            {**environ, "SAL_USE_VCLPLUGIN": plugin},
            f"Untitled 1 - LibreOffice {self.application}",
        )  # fmt: skip
        self._asked = desktop.Child(
            ["/usr/bin/python3", str(PROGRAMS / "office.py"), title],
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def ask(self, request: str, patience_s: float = desktop.PATIENCE_S) -> object:
        asked = self._asked.process
        asked.stdin.write(f"{request}\n".encode())
        asked.stdin.flush()
        return json.loads(self._asked.line())

    def close(self) -> None:
        self._asked.kill()
        super().close()


class Calc(Writer):
    """
    A sheet, typed into from its first cell on: Return goes to the next row.

    It tells a cell once that is entered, so each question enters it and edits it again, which ends what Typewright knows.
    """

    application = "Calc"

    def text(self) -> str:
        row = self.ask("at")
        self.press("Return")
        until(lambda: self.ask("at") != row, "the cell is entered")
        text = super().text()
        last = self.ask("again")
        until(lambda: self.ask("at") == last, "the cell is the current one")
        self.press("F2")
        return text

    def clear(self) -> None:
        self.press("Escape")
        super().clear()
        until(lambda: self.ask("at") == 0, "the first cell is the current one")


def _settings() -> list[str]:
    return [_SETTING.format(path, name) for path, names in _OFF.items() for name in names]
