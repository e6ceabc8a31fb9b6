# SPDX-License-Identifier: MIT
"""
Makes docs/promises.md from the sentences in docs/promises.toml and from the marks at the tests.

A test is marked with `@pytest.mark.promise("NAME", ...)`, once for all promises that it tries to break. The tests are read,
not imported, so that this needs none of what they need.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "promises.md"

Sections = Sequence[Mapping[str, Any]]
Marks = Mapping[str, Sequence[str]]
"""The name of a promise -> the tests that try to break it, each as pytest takes it."""

_HEAD = """\
<!-- Made by docs/make_promises.py from docs/promises.toml and the marks at the tests: change it there. -->
# Promises, and the tests that try to break them

Other tools report success when nothing arrived, split a sentence over two windows, and leave Shift down when they die. Here
each of these is a promise, next to the tests that try to break it. A test is named as `bash tests/run` takes it. Programs in
`tests/soak` try for longer; they are run by hand, as in `.venv/bin/python -m tests.soak.load`, and their figures are in
[measurements](measurements.md).
"""
_COLUMNS = {
    "promise": ("promise", "tests", "longer"),
    "defect": ("", "defect", "tests, or why it cannot happen"),
    "event": ("what goes wrong", "tests, or why it cannot happen"),
}


def sections() -> Sections:
    """Return the sections of docs/promises.toml."""
    found: Sections = tomllib.loads((ROOT / "docs" / "promises.toml").read_text("utf-8"))["section"]
    return found


def marks(tests: Path = ROOT / "tests") -> Marks:
    """Return which tests are marked with which promises."""
    found: dict[str, list[str]] = {}
    for path in sorted(tests.rglob("*.py")):
        module = path.relative_to(tests.parent).as_posix()
        for name, function in _functions(ast.parse(path.read_text("utf-8"))):
            for promise in _promises(function):
                found.setdefault(promise, []).append(f"{module}::{name}")
    return found


def page(sections: Sections, marks: Marks) -> str:
    """Return what docs/promises.md must hold."""
    lines = [_HEAD.rstrip()]
    for section in sections:
        lines += ["", f"## {section['title']}", ""]
        if "intro" in section:
            lines += [section["intro"], ""]
        columns = _COLUMNS[section["kind"]]
        lines += [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
        lines += [f"| {' | '.join(_cells(section['kind'], promise, marks))} |" for promise in section["promise"]]
    return "\n".join(lines) + "\n"


def _cells(kind: str, promise: Mapping[str, str], marks: Marks) -> Iterator[str]:
    tests = ", ".join(f"`{test}`" for test in marks.get(promise["name"], ()))
    if kind == "defect":
        yield promise["name"]
    yield promise["says"]
    yield " ".join(filter(None, [promise.get("cannot"), tests]))
    if kind == "promise":
        yield ", ".join(_longer(promise))


def _longer(promise: Mapping[str, str]) -> Iterator[str]:
    if "tries" in promise:
        yield promise["tries"]
    if "long" in promise:
        yield f"`tests/soak/{promise['long']}.py`"
    if "measured" in promise:
        yield f"[figures](measurements.md#{promise['measured']})"


def _functions(module: ast.Module) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Give the functions of a module and of its classes, named as pytest names them."""
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield f"{node.name}::{inner.name}", inner


def _promises(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.promise":
            yield from (ast.literal_eval(argument) for argument in decorator.args)


if __name__ == "__main__":
    PAGE.write_text(page(sections(), marks()), "utf-8")
