# SPDX-License-Identifier: MIT
"""The rules of the house that a machine can check: who imports whom, and what a module looks like."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).parents[2] / "src"
PACKAGE = SRC / "typewright"
MODULES = sorted(PACKAGE.rglob("*.py"))

_DEFER, _TASK = "twisted.internet.defer", "twisted.internet.task.deferLater"
_FAILURE, _LOGGER = "twisted.python.failure", "twisted.logger"
_CONNECTING = ["typewright.bus.connection", "typewright.bus.dial", "typewright.bus.incoming"]

# What each room may import besides the standard library and itself; a name stands for all that is below it. A room is a
# package or a module of `typewright`; one that has no row here may not exist.
ARROWS = {
    "__init__": [],
    "__main__": ["typewright.cli"],
    "plan": [],
    "errors": [],
    "options": ["typewright.errors"],
    "access": ["typewright.errors"],
    "config": ["typewright.access", "typewright.errors", "typewright.options", "typewright.plan"],
    "interfaces": ["typewright.plan", _DEFER],
    "privacy": [],
    "services": [_DEFER],
    "sample": ["typewright.plan"],
    "focused": [_DEFER],
    "testing": ["typewright.interfaces", "typewright.sample", "typewright.plan", _DEFER],
    "testing_focused": ["typewright.focused", _DEFER],
    "engine": [
        *["typewright.interfaces", "typewright.services", "typewright.focused", "typewright.options", "typewright.plan"],
        *["typewright.errors", _DEFER, _TASK, _FAILURE, _LOGGER],
    ],
    "x11": ["typewright.interfaces", "typewright.plan", "typewright.errors", "Xlib", "twisted", "zope"],
    "bus": [
        *["typewright.interfaces", "typewright.services", "typewright.access", "typewright.errors"],
        *["txdbus", "twisted", "zope"],
    ],
    "a11y": ["typewright.interfaces", "typewright.focused", "typewright.errors", *_CONNECTING, "twisted"],
    "explain": ["typewright.interfaces", "typewright.plan", "typewright.errors", "typewright.x11", _DEFER],
    "hypotheses": ["typewright.errors", _DEFER, "twisted.internet.interfaces", _FAILURE, "zope"],
    "dictate": ["typewright.hypotheses", "typewright.errors", _DEFER],
    "commands": [
        *["typewright.bus.client", "typewright.dictate", "typewright.hypotheses", "typewright.options", "typewright.plan"],
        *["typewright.errors", "typewright.explain", "typewright.x11.backend", _DEFER],
    ],
    "assembly": [
        *["typewright.config", "typewright.engine", "typewright.focused", "typewright.interfaces", "typewright.options"],
        *["typewright.plan", "typewright.x11.backend", "typewright.__version__"],
    ],
    "service": ["typewright", "twisted"],
    "cli": ["typewright", "twisted"],
}
MAY_TOUCH_THE_GLOBAL_REACTOR = {"service", "cli"}
REACTOR = "twisted.internet.reactor"


def imports(source: str, module: str) -> Iterator[str]:
    """Every dotted name that the module imports, in functions and under TYPE_CHECKING as well."""
    package = module.split(".")[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *filter(None, [node.module])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def forbidden(source: str, module: str) -> list[str]:
    """The imports of `module` (`typewright.plan.text`; `typewright.plan.__init__`) that the rules forbid."""
    room = module.split(".")[1]
    if room not in ARROWS:
        return [f"{room} has no row in the table"]
    allowed = [*ARROWS[room], f"typewright.{room}"]
    return [name for name in imports(source, module) if not _permitted(name, room, allowed)]


def _permitted(name: str, room: str, allowed: list[str]) -> bool:
    if name == REACTOR or name.startswith(f"{REACTOR}."):
        return room in MAY_TOUCH_THE_GLOBAL_REACTOR
    if name == "typewright.__version__":
        return True
    return name.split(".")[0] in sys.stdlib_module_names or any(
        name == prefix or name.startswith(f"{prefix}.") for prefix in allowed
    )


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(SRC).with_suffix("").parts)


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_no_arrow_is_forbidden(path: Path) -> None:
    assert forbidden(path.read_text(), dotted(path)) == []


def test_only_x11_imports_xlib_and_only_bus_imports_txdbus() -> None:
    importers: dict[str, set[str]] = {"Xlib": set(), "txdbus": set()}
    for path in MODULES:
        for name in imports(path.read_text(), dotted(path)):
            importers.get(name.split(".")[0], set()).add(dotted(path).split(".")[1])
    assert importers == {"Xlib": {"x11"}, "txdbus": {"bus"}}


def test_the_walk_finds_the_house() -> None:
    assert {"plan", "engine", "x11", "bus", "interfaces", "errors"} <= {dotted(path).split(".")[1] for path in MODULES}


@pytest.mark.parametrize(
    ("module", "source", "found"),
    [
        ("typewright.plan.made_up", "from typewright.errors import TypewrightError", ["typewright.errors.TypewrightError"]),
        ("typewright.plan.made_up", "import json\nfrom typewright.plan.text import typeable", []),
        ("typewright.plan.made_up", "from twisted.internet import defer", ["twisted.internet.defer"]),
        ("typewright.plan.made_up", "def f():\n    import Xlib.X", ["Xlib.X"]),
        ("typewright.plan.made_up", "from . import text\nfrom .text import typeable", []),
        ("typewright.plan.made_up", "from ..engine import job", ["typewright.engine.job"]),
        ("typewright.plan.__init__", "from .. import engine", ["typewright.engine"]),
        ("typewright.plan.made_up", "from typewright import planner", ["typewright.planner"]),
        ("typewright.errors", "from typewright.plan import text", ["typewright.plan.text"]),
        ("typewright.interfaces", "from typewright.errors import DisplayLost", ["typewright.errors.DisplayLost"]),
        ("typewright.engine.made_up", "from twisted.internet.task import Clock", ["twisted.internet.task.Clock"]),
        ("typewright.engine.made_up", "from twisted.internet.task import deferLater", []),
        ("typewright.engine.made_up", "from twisted.internet import task", ["twisted.internet.task"]),
        ("typewright.engine.made_up", "from typewright.x11 import keyer", ["typewright.x11.keyer"]),
        ("typewright.engine.made_up", "from typewright.testing import FakeFocus", ["typewright.testing.FakeFocus"]),
        ("typewright.x11.made_up", "from typewright.bus.face import TypistFace", ["typewright.bus.face.TypistFace"]),
        ("typewright.x11.made_up", "from typewright.engine.job import Job", ["typewright.engine.job.Job"]),
        ("typewright.x11.made_up", "import txdbus", ["txdbus"]),
        ("typewright.x11.made_up", "import Xlibber", ["Xlibber"]),
        ("typewright.bus.made_up", "from typewright.plan import text", ["typewright.plan.text"]),
        ("typewright.bus.made_up", "import typewright.x11.keyer", ["typewright.x11.keyer"]),
        ("typewright.bus.made_up", "from Xlib import X", ["Xlib.X"]),
        ("typewright.bus.made_up", "if True:\n    from typewright.engine import jobs", ["typewright.engine.jobs"]),
        ("typewright.a11y.made_up", "from typewright.bus.dial import connect", []),
        ("typewright.a11y.made_up", "from typewright.bus.face import TypistFace", ["typewright.bus.face.TypistFace"]),
        ("typewright.a11y.made_up", "from typewright.plan import text", ["typewright.plan.text"]),
        ("typewright.x11.made_up", "def f():\n    from twisted.internet import reactor", [REACTOR]),
        ("typewright.bus.made_up", "import twisted.internet.reactor", [REACTOR]),
        ("typewright.bus.made_up", "from twisted.internet.reactor import callLater", [f"{REACTOR}.callLater"]),
        ("typewright.cli", "def main():\n    from twisted.internet import reactor", []),
        ("typewright.service", "from typewright import __version__\nfrom typewright.x11 import keyer", []),
        ("typewright.windows.made_up", "", ["windows has no row in the table"]),
    ],
)  # fmt: skip
def test_a_violation_is_caught(module: str, source: str, found: list[str]) -> None:
    assert forbidden(source, module) == found


def ugly(source: str) -> list[str]:
    """What is wrong with the looks of a module."""
    lines = source.splitlines()
    wrong = []
    if len(lines) > 300:
        wrong.append(f"{len(lines)} lines: a noun is missing")
    if lines[:1] != ["# SPDX-License-Identifier: MIT"]:
        wrong.append("no SPDX line at the top")
    if not ast.get_docstring(ast.parse(source)):
        wrong.append("no docstring")
    return wrong


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_a_module_is_short_licensed_and_says_what_it_is(path: Path) -> None:
    assert ugly(path.read_text()) == []


def test_an_ugly_module_is_caught() -> None:
    assert ugly("x = 1\n" * 301) == ["301 lines: a noun is missing", "no SPDX line at the top", "no docstring"]
    assert ugly("") == ["no SPDX line at the top", "no docstring"]
    assert ugly('# SPDX-License-Identifier: MIT\n"""I am."""\n' + "x = 1\n" * 298) == []
