# SPDX-License-Identifier: MIT
"""The commands and programs of the documentation are pasted: each prints what the page shows, and types what it says."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.e2e.conftest import Desk
from tests.helpers import desktop

ROOT = Path(__file__).resolve().parents[2]
PAGES = ["README.md", *(f"docs/{page.name}" for page in sorted((ROOT / "docs").glob("*.md")))]

_EXAMPLE = re.compile(r"```(?P<language>sh|python|js)\n(?P<code>[^`]+)```\n\n```text\n(?P<printed>[^`]+)```")
_PROGRAMS = {"sh": ["bash", "-eu"], "python": [sys.executable], "js": ["gjs"]}
_VARIES = re.compile(r'(?<="elapsed" d )[0-9.e-]+|(?<="window" u )[0-9]+')
_GREETING = "Grüße, world!"
_SHORTENED = _GREETING + 6 * "\x7f"  # what xterm makes of the BackSpace key


class Example(NamedTuple):
    """Code of a page, and the output that the page shows below it."""

    page: str
    language: str
    code: str
    printed: str


def examples() -> Iterator[Example]:
    for page in PAGES:
        for found in _EXAMPLE.finditer((ROOT / page).read_text("utf-8")):
            if page != "docs/engine.md":  # Its examples are tried in tests/unit.
                yield Example(page, found["language"], found["code"], found["printed"])


EXAMPLES = list(examples())

TYPED = [
    ("README.md", "busctl", _GREETING),
    ("docs/calling.md", "busctl", _SHORTENED),
    ("docs/calling.md", "gdbus", _SHORTENED),
    ("docs/calling.md", "dbus_fast", _SHORTENED),
    ("docs/calling.md", "imports.gi", _SHORTENED),
    ("docs/calling.md", "Type 'sa{sv}'", "hé"),
    ("docs/calling.md", "TypingEnabled", ""),
    ("docs/first-steps.md", "explain", ""),
]
"""For each example in order: its page, a word in it, and what the window gets."""


def paste(example: Example, desk: Desk, place: Path) -> str:
    pasted = place / "pasted"
    pasted.write_text(example.code, "utf-8")
    program = _PROGRAMS[example.language]
    desktop.needs(program[0])
    path = f"{Path(sys.executable).parent}:{desk.environ['PATH']}"  # for `typewright`
    return desktop.run({**desk.environ, "PATH": path}, *program, str(pasted))


@pytest.mark.promise("examples")
def test_every_way_to_call_is_tried() -> None:
    assert [example.page for example in EXAMPLES] == [page for page, _, _ in TYPED]
    assert [word in example.code for example, (_, word, _) in zip(EXAMPLES, TYPED, strict=True)] == [True] * len(TYPED)


@pytest.mark.promise("examples")
@pytest.mark.parametrize(
    ("example", "typed"),
    [(example, typed) for example, (_, _, typed) in zip(EXAMPLES, TYPED, strict=True)],
    ids=lambda value: f"{value.page}-{value.language}" if isinstance(value, Example) else "",
)
def test_the_example_does_what_its_page_says(example: Example, typed: str, desk: Desk, tmp_path: Path) -> None:
    printed = paste(example, desk, tmp_path)
    assert _VARIES.sub("N", printed) == _VARIES.sub("N", example.printed)
    assert desk.fenced() == typed
