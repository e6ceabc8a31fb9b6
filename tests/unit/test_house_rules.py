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
_CONNECTING = ["typewright.bus.connection", "typewright.bus.connect", "typewright.bus.message"]
_PURE = ["typewright.keymap", "typewright.text"]

# What each room may import besides the standard library and itself; a name stands for all that is below it. A room is a
# package or a module of `typewright`; one that has no row here may not exist.
ARROWS = {
    "__init__": [],
    "__main__": ["typewright.cli"],
    "keymap": [],
    "text": ["typewright.keymap.chords"],
    "errors": [],
    "options": ["typewright.errors"],
    "access": ["typewright.errors"],
    "config": ["typewright.access", "typewright.errors", "typewright.options", *_PURE],
    "interfaces": [*_PURE, _DEFER],
    "privacy": [],
    "testing": ["typewright.interfaces", *_PURE, _DEFER],
    "engine": [
        *["typewright.interfaces", "typewright.options", "typewright.errors", *_PURE],
        *[_DEFER, _TASK, _FAILURE, _LOGGER],
    ],
    "backends": ["typewright.interfaces", *_PURE, "typewright.errors", "Xlib", "twisted", "zope"],
    "bus": [
        *["typewright.interfaces", "typewright.access", "typewright.errors"],
        *["txdbus", "twisted", "zope"],
    ],
    "screenlock": [*_CONNECTING, "typewright.bus", "typewright.errors", "twisted"],
    "a11y": ["typewright.interfaces", "typewright.errors", *_CONNECTING, "twisted"],
    "cli": ["typewright", "twisted", "zope"],
    "assembly": [
        *["typewright.config", "typewright.engine", "typewright.interfaces", "typewright.options"],
        *[*_PURE, "typewright.backends.x11.backend", "typewright.__version__"],
    ],
    "service": ["typewright", "twisted"],
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
    """The imports of `module` (`typewright.text.typeable`; `typewright.keymap.__init__`) that the rules forbid."""
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
    assert importers == {"Xlib": {"backends"}, "txdbus": {"bus"}}


def test_the_walk_finds_the_house() -> None:
    assert {"keymap", "text", "engine", "backends", "bus", "interfaces", "errors"} <= {
        dotted(path).split(".")[1] for path in MODULES
    }


@pytest.mark.parametrize(
    ("module", "source", "found"),
    [
        ("typewright.keymap.made_up", "from typewright.errors import Stopping", ["typewright.errors.Stopping"]),
        ("typewright.keymap.made_up", "import json\nfrom typewright.keymap.keys import Key", []),
        ("typewright.keymap.made_up", "from twisted.internet import defer", ["twisted.internet.defer"]),
        ("typewright.keymap.made_up", "def f():\n    import Xlib.X", ["Xlib.X"]),
        ("typewright.keymap.made_up", "from . import text\nfrom .text import typeable", []),
        ("typewright.keymap.made_up", "from ..engine import job", ["typewright.engine.job"]),
        ("typewright.keymap.__init__", "from .. import engine", ["typewright.engine"]),
        ("typewright.keymap.made_up", "from typewright import planner", ["typewright.planner"]),
        ("typewright.errors", "from typewright.keymap import keys", ["typewright.keymap.keys"]),
        ("typewright.interfaces.backend", "from typewright.errors import DisplayLost", ["typewright.errors.DisplayLost"]),
        ("typewright.engine.made_up", "from twisted.internet.task import Clock", ["twisted.internet.task.Clock"]),
        ("typewright.engine.made_up", "from twisted.internet.task import deferLater", []),
        ("typewright.engine.made_up", "from twisted.internet import task", ["twisted.internet.task"]),
        ("typewright.engine.made_up", "from typewright.backends.x11 import keyer", ["typewright.backends.x11.keyer"]),
        ("typewright.engine.made_up", "from typewright.testing import backend", ["typewright.testing.backend"]),
        ("typewright.backends.made_up", "from typewright.bus import skeletons", ["typewright.bus.skeletons"]),
        ("typewright.backends.made_up", "from typewright.engine.job import Job", ["typewright.engine.job.Job"]),
        ("typewright.backends.made_up", "import txdbus", ["txdbus"]),
        ("typewright.backends.made_up", "import Xlibber", ["Xlibber"]),
        ("typewright.bus.made_up", "from typewright.keymap import keys", ["typewright.keymap.keys"]),
        ("typewright.bus.made_up", "import typewright.backends.x11.keyer", ["typewright.backends.x11.keyer"]),
        ("typewright.bus.made_up", "from Xlib import X", ["Xlib.X"]),
        ("typewright.bus.made_up", "if True:\n    from typewright.engine import job", ["typewright.engine.job"]),
        ("typewright.a11y.made_up", "from typewright.bus.connect import connect", []),
        ("typewright.a11y.made_up", "from typewright.bus import skeletons", ["typewright.bus.skeletons"]),
        ("typewright.a11y.made_up", "from typewright.keymap import keys", ["typewright.keymap.keys"]),
        ("typewright.backends.made_up", "def f():\n    from twisted.internet import reactor", [REACTOR]),
        ("typewright.bus.made_up", "import twisted.internet.reactor", [REACTOR]),
        ("typewright.bus.made_up", "from twisted.internet.reactor import callLater", [f"{REACTOR}.callLater"]),
        ("typewright.cli.parser", "def main():\n    from twisted.internet import reactor", []),
        ("typewright.service", "from typewright import __version__\nfrom typewright.backends.x11 import keyer", []),
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
