# SPDX-License-Identifier: MIT
"""The rules of the house that a machine can check: what imports what, what a module says, and what it looks like."""

from __future__ import annotations

import ast
import re
import subprocess
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
# package or a module of `typewright`; each backend is a room of its own. A room without a row here may not exist.
ARROWS = {
    "__init__": [],
    "__main__": ["typewright.cli.parser", "typewright.cli.quick"],
    "keymap": [],
    "text": ["typewright.keymap.chords"],
    "errors": [],
    "reasons": [],
    "options": ["typewright.errors"],
    "access": ["typewright.errors"],
    "config": ["typewright.options", *_PURE],
    "config_file": [
        "typewright.access",
        "typewright.config",
        "typewright.errors",
        "typewright.text",
        "typewright.trusted_file",
    ],
    "peer": [],
    "trusted_file": ["typewright.peer"],
    "doctor": [*_CONNECTING, "typewright.bus", "typewright.errors", "typewright.peer", "typewright.screenlock", "twisted"],
    "installation": ["typewright.config", "typewright.errors", "typewright.bus.contract"],
    "interfaces": [*_PURE, _DEFER],
    "privacy": [],
    "testing": ["typewright.interfaces", "typewright.backends.printing", *_PURE, _DEFER],
    "engine": [
        *["typewright.interfaces", "typewright.options", "typewright.errors", "typewright.reasons", *_PURE],
        *[_DEFER, _TASK, _FAILURE, _LOGGER],
    ],
    "backends.__init__": [],
    "backends.choice": [
        *["typewright.backends", "typewright.config", "typewright.errors", "typewright.interfaces", "typewright.keymap"],
        *["typewright.options", _DEFER, _FAILURE, _LOGGER],
    ],
    "backends.printing": ["typewright.interfaces", "typewright.keymap", "typewright.errors", _DEFER],
    "backends.shared": ["typewright.interfaces", "typewright.keymap", "typewright.errors", _DEFER, _TASK],
    "backends.wlroots": [
        *["typewright.interfaces", "typewright.keymap", "typewright.errors", "typewright.backends.shared"],
        *["typewright.peer", "typewright.wayland", "typewright.wire", _DEFER, _TASK, _LOGGER],
    ],
    # The portal is on the bus: there the bus is what a wire is to the others.
    "backends.portal": [
        *["typewright.interfaces", "typewright.keymap", "typewright.errors", "typewright.backends.shared", "typewright.ei"],
        *["typewright.bus.connect", "typewright.bus.connection", "typewright.bus.descriptors", "typewright.bus.portal"],
        *["typewright.wayland.address", _DEFER, _TASK, _FAILURE, _LOGGER],
    ],
    "wire": ["typewright.errors", "twisted", "zope"],
    "wayland": ["typewright.wire", "typewright.errors", "typewright.peer", "twisted", "zope"],
    "ei": ["typewright.wire", "typewright.errors", "twisted", "zope"],
    "backends.x11": [
        *["typewright.interfaces", "typewright.keymap", "typewright.errors", "typewright.backends.shared"],
        *["typewright.peer", "typewright.trusted_file", "Xlib", "twisted", "zope"],
    ],
    "bus": [
        *["typewright.interfaces", "typewright.access", "typewright.errors"],
        *["txdbus", "twisted", "zope"],
    ],
    "client": [
        *["typewright.errors", "typewright.bus.address", "typewright.options", "typewright.reasons"],
        "typewright.text.typeable",
    ],
    "dropins": ["typewright.client", "typewright.errors"],
    "desktop": [
        *["typewright.access", "typewright.bus", "typewright.config", "typewright.errors", "typewright.interfaces"],
        *["typewright.reasons", _DEFER, _FAILURE, _LOGGER, "twisted.internet.protocol"],
    ],
    "screenlock": [*_CONNECTING, "typewright.bus", "typewright.errors", "twisted"],
    "a11y": ["typewright.interfaces", "typewright.errors", *_CONNECTING, "twisted"],
    "cli": [
        *["typewright.backends.choice", "typewright.bus.client", "typewright.bus.contract", "typewright.client"],
        *[
            "typewright.config",
            "typewright.config_file",
            "typewright.doctor",
            "typewright.dropins.files",
            "typewright.errors",
        ],
        *["typewright.installation", "typewright.interfaces", "typewright.options", "typewright.privacy"],
        *["typewright.service", *_CONNECTING, *_PURE, "twisted", "zope"],
    ],
    "assembly": [
        *["typewright.config", "typewright.engine", "typewright.interfaces", "typewright.options"],
        *[*_PURE, "typewright.__version__"],
    ],
    "service": [
        *["typewright.a11y", "typewright.access", "typewright.assembly", "typewright.backends.choice", "typewright.bus"],
        *[
            "typewright.config",
            "typewright.desktop",
            "typewright.errors",
            "typewright.interfaces",
            "typewright.reasons",
            "typewright.screenlock",
        ],
        "twisted",
    ],
}
BACKENDS_MAY_BE_IMPORTED_BY = {
    "portal": {"backends.choice"},
    "printing": {"backends.choice", "testing"},
    "shared": {"backends.portal", "backends.wlroots", "backends.x11"},
    "wlroots": {"backends.choice"},
    "x11": {"backends.choice"},
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


def room_of(module: str) -> str:
    """The room of `module`: `text` for `typewright.text.typeable`, `backends.x11` for `typewright.backends.x11.keyer`."""
    first, *others = module.split(".")[1:]
    return f"{first}.{others[0]}" if first == "backends" else first


def forbidden(source: str, module: str) -> list[str]:
    """The imports of `module` (`typewright.text.typeable`; `typewright.keymap.__init__`) that the rules forbid."""
    room = room_of(module)
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
            importers.get(name.split(".")[0], set()).add(room_of(dotted(path)))
    assert importers == {"Xlib": {"backends.x11"}, "txdbus": {"bus"}}


def test_only_the_choice_imports_a_backend() -> None:
    importers: dict[str, set[str]] = {name: set() for name in BACKENDS_MAY_BE_IMPORTED_BY}
    for path in MODULES:
        for name in imports(path.read_text(), dotted(path)):
            parts = name.split(".")
            if parts[:2] == ["typewright", "backends"] and room_of(dotted(path)) != room_of(name):
                importers.setdefault(parts[2], set()).add(room_of(dotted(path)))
    importers.pop("choice")
    assert importers == BACKENDS_MAY_BE_IMPORTED_BY


def test_the_walk_finds_the_house() -> None:
    assert {"keymap", "text", "engine", "backends.x11", "backends.printing", "bus", "interfaces", "errors"} <= {
        room_of(dotted(path)) for path in MODULES
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
        ("typewright.backends.x11.made_up", "from typewright.bus import skeletons", ["typewright.bus.skeletons"]),
        ("typewright.backends.x11.made_up", "from typewright.engine.job import Job", ["typewright.engine.job.Job"]),
        ("typewright.backends.x11.made_up", "from typewright.text import erasing", ["typewright.text.erasing"]),
        ("typewright.backends.x11.made_up", "from ..printing import keyer", ["typewright.backends.printing.keyer"]),
        ("typewright.backends.x11.made_up", "from typewright.backends import choice", ["typewright.backends.choice"]),
        ("typewright.backends.x11.made_up", "import txdbus", ["txdbus"]),
        ("typewright.backends.x11.made_up", "import Xlibber", ["Xlibber"]),
        ("typewright.backends.printing.made_up", "from Xlib import X", ["Xlib.X"]),
        ("typewright.backends.printing.made_up", "from ..x11.xkb import NAME", ["typewright.backends.x11.xkb.NAME"]),
        ("typewright.backends.choice", "from typewright.backends.x11.opening import open_backend", []),
        ("typewright.backends.windows.made_up", "", ["backends.windows has no row in the table"]),
        ("typewright.assembly", "from typewright.backends import choice", ["typewright.backends.choice"]),
        ("typewright.cli.made_up", "from typewright.backends.printing import keyer", ["typewright.backends.printing.keyer"]),
        ("typewright.testing.made_up", "from typewright.backends.x11 import keyer", ["typewright.backends.x11.keyer"]),
        ("typewright.bus.made_up", "from typewright.keymap import keys", ["typewright.keymap.keys"]),
        ("typewright.bus.made_up", "import typewright.backends.x11.keyer", ["typewright.backends.x11.keyer"]),
        ("typewright.bus.made_up", "from Xlib import X", ["Xlib.X"]),
        ("typewright.bus.made_up", "if True:\n    from typewright.engine import job", ["typewright.engine.job"]),
        ("typewright.a11y.made_up", "from typewright.bus.connect import connect", []),
        ("typewright.a11y.made_up", "from typewright.bus import skeletons", ["typewright.bus.skeletons"]),
        ("typewright.a11y.made_up", "from typewright.keymap import keys", ["typewright.keymap.keys"]),
        ("typewright.backends.x11.made_up", "def f():\n    from twisted.internet import reactor", [REACTOR]),
        ("typewright.bus.made_up", "import twisted.internet.reactor", [REACTOR]),
        ("typewright.bus.made_up", "from twisted.internet.reactor import callLater", [f"{REACTOR}.callLater"]),
        ("typewright.cli.parser", "def main():\n    from twisted.internet import reactor", []),
        ("typewright.service", "from typewright import __version__\nfrom typewright.backends import choice", []),
        ("typewright.service", "from typewright.backends.x11 import keyer", ["typewright.backends.x11.keyer"]),
        ("typewright.windows.made_up", "", ["windows has no row in the table"]),
    ],
)  # fmt: skip
def test_a_violation_is_caught(module: str, source: str, found: list[str]) -> None:
    assert forbidden(source, module) == found


# What is said in these words is true on X11 only: it is in the room of that backend, or where the user chooses it.
_OF_X11 = re.compile(
    r"\bRECORD\b|(?i:x11|xlib|x[ -]servers?|x[ -]displays?|x[ -]clients?|xtest|keycode 8\b|root[ -]windows?|xkb_\w+"
    r"|xkb extension|wm_[a-z_]+|_net_\w+|mappingnotify|xinput|accessx|xfixes|override-redirect)"
)
MAY_SAY = {
    "backends.choice": None,
    "backends.shared.compose_files": {"x11", "libx11"},
    "backends.shared.xkbcommon": None,  # Keymaps are in the words of XKB everywhere.
    "backends.wlroots.keymap": None,
    "backends.shared.xwayland": {"x11"},  # Where Xwayland listens.
    "config": {"x11"},
    "options": {"x11"},
    "cli.parser": {"x display"},
    "doctor.observe": {"x11"},
    "org.typewright.Typist1": {"x11"},
}
"""Module or interface -> the words that it may say; None: all of them. These are what a user writes to choose a display."""
SPEAKING = sorted(
    path
    for path in (*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.toml"), *(SRC.parent / "dbus").glob("*.xml"))
    if (PACKAGE / "backends" / "x11") not in path.parents
)


def words_of_x11(text: str, name: str) -> set[str]:
    """What `text`, that of the module or interface `name`, says of X11 and should not, in small letters."""
    may_say = MAY_SAY.get(name, set())
    said = {found[0].lower() for found in _OF_X11.finditer(text)}
    return set() if may_say is None else said - may_say


def speaker(path: Path) -> str:
    return dotted(path).removeprefix("typewright.") if SRC in path.parents else path.stem


@pytest.mark.parametrize("path", SPEAKING, ids=speaker)
def test_no_word_of_x11_is_said_outside_its_backend(path: Path) -> None:
    assert words_of_x11(path.read_text("utf-8"), speaker(path)) == set()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("engine.typist", "# The X server may be busy.", {"x server"}),
        ("engine.typist", 'raise ValueError("RECORD is silent")', {"record"}),
        ("engine.typist", "# Record what was typed; the record grows.", set()),
        ("bus.audit", "from typewright.backends.x11 import keyer", {"x11"}),
        ("keymap.layout", "Never keycode 8, which XKB_KEY_NoSymbol is on.", {"keycode 8", "xkb_key_nosymbol"}),
        ("keymap.layout", "A keycode of 80 in XKB's model.", set()),
        ("cli.parser", "the X display to use", set()),
        ("cli.parser", "the X server to use", {"x server"}),
        ("config", "x11: on an X11 display", set()),
        ("config", "as the property _NET_WM_PING tells, or WM_CLASS", {"_net_wm_ping", "wm_class"}),
        ("backends.choice", "the session has an X server", set()),
    ],
)
def test_a_word_of_x11_is_caught(name: str, text: str, said: set[str]) -> None:
    assert words_of_x11(text, name) == said


DECLARATIONS = {"typewright.interfaces.backend"}
"""Modules that only declare: the seam is one page, so that it can be read as one."""


def ugly(source: str, module: str = "") -> list[str]:
    """What is wrong with the looks of a module."""
    lines = source.splitlines()
    wrong = []
    if len(lines) > 300 and module not in DECLARATIONS:
        wrong.append(f"{len(lines)} lines: a noun is missing")
    if lines[:1] != ["# SPDX-License-Identifier: MIT"]:
        wrong.append("no SPDX line at the top")
    if not ast.get_docstring(ast.parse(source)):
        wrong.append("no docstring")
    return wrong


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_a_module_is_short_licensed_and_says_what_it_is(path: Path) -> None:
    assert ugly(path.read_text(), dotted(path)) == []


def test_an_ugly_module_is_caught() -> None:
    assert ugly("x = 1\n" * 301) == ["301 lines: a noun is missing", "no SPDX line at the top", "no docstring"]
    assert ugly("") == ["no SPDX line at the top", "no docstring"]
    assert ugly('# SPDX-License-Identifier: MIT\n"""I am."""\n' + "x = 1\n" * 298) == []


def test_the_guardian_starts_without_twisted() -> None:
    """The service waits for it, and it is a second process for as long as the service runs."""
    code = "import sys, typewright.backends.x11.recovery.guardian; print('twisted' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_each_test_module_has_a_name_of_its_own() -> None:
    """Pytest imports them by their base names."""
    names = [path.name for path in Path(__file__).parents[1].rglob("test_*.py")]
    assert {name for name in names if names.count(name) > 1} == set()
