# SPDX-License-Identifier: MIT
"""What the README tells people to paste, pasted: each example prints what stands below it, and types what it says."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from tests.e2e.conftest import Desk
from tests.helpers import desktop

ROOT = Path(__file__).resolve().parents[2]
_EXAMPLE = re.compile(r"```(?P<language>sh|python|js)\n(?P<code>[^`]+)```\n\n```text\n(?P<printed>[^`]+)```")
_EXAMPLES = list(_EXAMPLE.finditer((ROOT / "README.md").read_text("utf-8")))
_REPORT = re.compile(r'a\{sv\} 7 "confirmed" b true .* "level" s "application" .* "elapsed" d [0-9.e-]+ "window" u [0-9]+\n')
_PROGRAMS = {"sh": ["bash", "-eu"], "python": [sys.executable], "js": ["gjs"]}
_BACKSPACE = "\x7f"  # what xterm makes of the BackSpace key


def paste(example: re.Match[str], desk: Desk, place: Path) -> str:
    pasted = place / "pasted"
    pasted.write_text(example["code"], "utf-8")
    program = _PROGRAMS[example["language"]]
    desktop.needs(program[0])
    return desktop.run(desk.environ, *program, str(pasted))


def test_every_way_to_call_is_tried() -> None:
    words = ["busctl", "gdbus", "dbus_fast", "imports.gi", "TypingEnabled"]
    assert [word in example["code"] for word, example in zip(words, _EXAMPLES, strict=True)] == [True] * 5


@pytest.mark.parametrize("example", _EXAMPLES, ids=lambda example: example["language"])
def test_the_example_does_what_the_readme_says(example: re.Match[str], desk: Desk, tmp_path: Path) -> None:
    assert paste(example, desk, tmp_path) == example["printed"]
    switched_off = "TypingEnabled" in example["code"]
    assert desk.fenced() == ("" if switched_off else "Grüße, world!" + 6 * _BACKSPACE)


def test_the_example_of_the_how_to(desk: Desk, tmp_path: Path) -> None:
    [report] = _EXAMPLE.finditer((ROOT / "docs" / "how-to.md").read_text("utf-8"))
    assert _REPORT.fullmatch(report["printed"])
    assert _REPORT.fullmatch(paste(report, desk, tmp_path))
    assert desk.fenced() == "hé"
