# SPDX-License-Identifier: MIT
"""The page of promises: each row names tests that exist, and none of the libraries' defects is left out."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "promises.md").read_text()
SOURCES = sorted((ROOT / "src").rglob("*.py"))
DEFECTS = [*(f"T{number}" for number in range(1, 23)), *(f"X{number}" for number in range(1, 16))]

_NAME = re.compile(r"`(tests/[\w/]+\.py(?:::\w+)*)`")
_TRIES = re.compile(r"\d")
_A_SENTENCE = 6  # Words, at least, in a reason.


def rows(page: str) -> list[list[str]]:
    """The cells of every row of the page's tables, without the tables' heads."""
    lines = [line for line in page.splitlines() if line.startswith("|")]
    heads = {at for at, line in enumerate(lines[1:]) if line.startswith("|--")}
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for at, line in enumerate(lines)
        if at not in heads and not line.startswith("|--")
    ]


@cache
def named_in(path: Path) -> frozenset[str]:
    """`name` and `Class::name` of each test of a file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        for inner in getattr(node, "body", []) if isinstance(node, (ast.Module, ast.ClassDef)) else []:
            if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef)) and inner.name.startswith("test_"):
                found.add(f"{node.name}::{inner.name}" if isinstance(node, ast.ClassDef) else inner.name)
    return frozenset(found)


def exists(name: str) -> bool:
    """Whether there is a test of that name, or, for a long run, a program."""
    file, _, test = name.partition("::")
    path = ROOT / file
    if not path.is_file():
        return False
    return test in named_in(path) if test else file.startswith("tests/soak/")


def problems(page: str) -> list[str]:
    """What is wrong with the page; a line for each."""
    wrong = [f"no such test: {name}" for name in _NAME.findall(page) if not exists(name)]
    told = [cells[0] for cells in rows(page)]
    wrong += [f"left out: {defect}" for defect in DEFECTS if told.count(defect) != 1]
    for cells in rows(page):
        of_a_defect = cells[0] in DEFECTS
        answer = cells[2] if of_a_defect else cells[1]
        is_promise = len(cells) == 3 and not of_a_defect
        if not _NAME.search(answer) and (is_promise or len(answer.split()) < _A_SENTENCE):
            wrong.append(f"neither test nor reason: {cells[0]}")
        if is_promise and not _TRIES.search(cells[2]):
            wrong.append(f"no figures: {cells[0]}")
    return wrong


def test_each_promise_has_its_tests_and_no_defect_is_left_out() -> None:
    assert len(rows(PAGE)) > len(DEFECTS)
    assert problems(PAGE) == []


@pytest.mark.parametrize(
    ("right", "wrong", "problem"),
    [
        ("test_framing.py::test_127", "test_framing.py::test_128", "no such test: tests/bus/test_framing.py::test_128"),
        (
            "LimitsTest::test_a_long",
            "OtherTest::test_a_long",
            "no such test: tests/bus/test_limits.py::OtherTest::test_a_long",
        ),
        ("`tests/soak/focus.py`", "`tests/soak/nothing.py`", "no such test: tests/soak/nothing.py"),
        ("`tests/soak/focus.py`", "`tests/helpers/desktop.py`", "no such test: tests/helpers/desktop.py"),
        ("\n| T7 |", "\n| T77 |", "left out: T7"),
        ("| X4 |", "| X5 |", "left out: X4"),
        ("| Can't happen: after the handshake", "| Never. | ", "neither test nor reason: X5"),
        (
            "| `tests/e2e/test_hand.py::test_escape_",
            "| of course | `tests/e2e/test_hand.py::test_escape_",
            "neither test nor",
        ),
        ("| The bus is killed, and started again | ", "| The bus dies | no | ", "neither test nor reason: The bus dies"),
        ("\n### Nothing is left behind", "| It works | `tests/soak/focus.py` | well |\n", "no figures: It works"),
    ],
)
def test_what_is_wrong_with_a_page_is_told(right: str, wrong: str, problem: str) -> None:
    assert right in PAGE
    assert any(told.startswith(problem) for told in problems(PAGE.replace(right, wrong, 1)))


def test_the_program_has_no_threads() -> None:
    """X15; a caller of `deferToThread` or of `threading` would need python-xlib's locks, and more than these."""
    calls = re.compile(r"\bimport threading|\bfrom threading|deferToThread|callInThread|ThreadPool|run_in_executor")
    assert [path.name for path in SOURCES if calls.search(path.read_text())] == []
    assert calls.search("reactor.callInThread(f)")
