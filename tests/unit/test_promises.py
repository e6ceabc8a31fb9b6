# SPDX-License-Identifier: MIT
"""The promises: each has a test or a reason, none of the libraries' defects is left out, and the page is as generated."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
DEFECTS = [*(f"T{number}" for number in range(1, 23)), *(f"X{number}" for number in range(1, 16))]

_spec = importlib.util.spec_from_file_location("make_promises", ROOT / "docs" / "make_promises.py")
make_promises = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(make_promises)

SECTIONS = make_promises.sections()
MARKS = make_promises.marks()

_A_SENTENCE = 6  # Words, at least, in a reason.
_KEYS = {"name", "says", "cannot", "tries", "long", "measured"}


def problems(sections: Sequence[Mapping[str, Any]], marks: Mapping[str, Sequence[str]]) -> list[str]:
    """Return what is wrong with the promises; a line for each problem."""
    promises = [(section["kind"], promise) for section in sections for promise in section["promise"]]
    names = [promise["name"] for _, promise in promises]
    wrong = [f"marked, but not promised: {name} at {marks[name][0]}" for name in sorted(marks) if name not in names]
    wrong += [f"promised twice: {name}" for name in sorted(set(names)) if names.count(name) > 1]
    wrong += [f"left out: {defect}" for defect in DEFECTS if ("defect", defect) not in [(k, p["name"]) for k, p in promises]]
    for kind, promise in promises:
        name = promise["name"]
        wrong += [f"unknown key {key}: {name}" for key in sorted(promise.keys() - _KEYS)]
        if name not in marks and (kind == "promise" or len(promise.get("cannot", "").split()) < _A_SENTENCE):
            wrong.append(f"neither test nor reason: {name}")
        if "long" in promise and not (ROOT / "tests" / "soak" / f"{promise['long']}.py").is_file():
            wrong.append(f"no such program: {promise['long']}")
        if "tries" in promise and not re.search(r"\d.*\d", promise["tries"]):
            wrong.append(f"no figures: {name}")
        if re.search(r"[|\n]", promise["says"] + promise.get("cannot", "")):
            wrong.append(f"no cell of a table: {name}")
    return wrong


def test_each_promise_has_its_tests_and_no_defect_is_left_out() -> None:
    assert problems(SECTIONS, MARKS) == []


def test_the_page_is_as_it_would_be_made() -> None:
    made = make_promises.page(SECTIONS, MARKS)
    assert make_promises.PAGE.read_text("utf-8") == made, "run .venv/bin/python docs/make_promises.py"


def test_a_mark_is_found_at_functions_and_methods(tmp_path: Path) -> None:
    module = tmp_path / "tests" / "unit" / "test_it.py"
    module.parent.mkdir(parents=True)
    module.write_text(
        "import pytest\n"
        "@pytest.mark.promise('T1', 'T2')\n"
        "def test_one(): pass\n"
        "@pytest.mark.skip\n"
        "def test_two(): pass\n"
        "class ItTest:\n"
        "    @pytest.mark.parametrize('x', [1])\n"
        "    @pytest.mark.promise('T1')\n"
        "    async def test_three(self, x): pass\n"
    )
    one, three = "tests/unit/test_it.py::test_one", "tests/unit/test_it.py::ItTest::test_three"
    assert make_promises.marks(tmp_path / "tests") == {"T1": [one, three], "T2": [one]}


@pytest.mark.parametrize(
    ("name", "change", "problem"),
    [
        ("T7", {"name": "T77"}, "left out: T7"),
        ("X4", {"name": "X5"}, "promised twice: X5"),
        ("X4", {"name": "X5"}, "left out: X4"),
        ("X4", {"name": "X5"}, "marked, but not promised: X4 at tests/"),
        ("activation-enables", {"cannot": "Never."}, "neither test nor reason: activation-enables"),
        ("escape", {"name": "other", "cannot": "It does so by itself, of course."}, "neither test nor reason: other"),
        ("focus-leaves", {"long": "nothing"}, "no such program: nothing"),
        ("unit", {"tries": "well"}, "no figures: unit"),
        ("unit", {"figure": "20"}, "unknown key figure: unit"),
        ("unit", {"says": "This | that"}, "no cell of a table: unit"),
    ],
)
def test_a_problem_is_reported(name: str, change: Mapping[str, str], problem: str) -> None:
    sections = deepcopy(SECTIONS)
    [promise] = [promise for section in sections for promise in section["promise"] if promise["name"] == name]
    promise.update(change)
    assert any(told.startswith(problem) for told in problems(sections, MARKS))


@pytest.mark.promise("X15")
def test_the_program_has_no_threads() -> None:
    """A caller of `deferToThread` or of `threading` would need python-xlib's locks, and more."""
    calls = re.compile(r"\bimport threading|\bfrom threading|deferToThread|callInThread|ThreadPool|run_in_executor")
    assert [path.name for path in SOURCES if calls.search(path.read_text())] == []
    assert calls.search("reactor.callInThread(f)")
