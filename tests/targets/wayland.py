# SPDX-License-Identifier: MIT
"""
A desk on a private sway: a bus, the service as a child process, and programs with a window; what X is to `desk`.

They use Wayland by themselves, but for those of `ON_XWAYLAND`.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.a11y.stage import launcher
from tests.helpers import desktop
from tests.helpers.compositor import Sway, sway
from tests.targets.browser import Browser
from tests.targets.desk import Desk
from tests.targets.program import PROGRAMS, Asked, Program
from tests.targets.window import until

_PYTHON = "/usr/bin/python3"
_READER = (_PYTHON, f"{PROGRAMS}/raw_reader.py")
_COMMANDS: dict[str, Callable[[str], tuple[str, ...]]] = {
    "foot": lambda title: ("foot", "--config=/dev/null", "--title", title, *_READER),
    "gtk3": lambda title: (_PYTHON, f"{PROGRAMS}/gtk3.py"),
    "gtk4": lambda title: (_PYTHON, f"{PROGRAMS}/gtk4.py"),
    "qt5": lambda title: (_PYTHON, f"{PROGRAMS}/qt.py", "PyQt5"),
    "xterm": lambda title: ("xterm", "-u8", "-T", title, "-e", *_READER),
}
ON_XWAYLAND = ("xterm",)
NAMES = (*_COMMANDS, "chromium")

_TOOLKITS = {"GDK_BACKEND": "wayland", "QT_QPA_PLATFORM": "wayland", "GSK_RENDERER": "cairo"}
_NOT_ACCESSIBLE = {"NO_AT_BRIDGE": "1", "GTK_A11Y": "none"}
_SETTINGS = {"GSETTINGS_BACKEND": "memory", "GIO_USE_VFS": "local"}
_CHROMIUM_OPTIONS = ("--ozone-platform=wayland",)
_numbers = itertools.count(1)


class OnSway:
    """How a program gets the focus; mixed into a Program."""

    _environ: dict[str, str]
    _title: str

    def focus(self) -> None:
        """Give it the focus, and wait until it knows."""
        until(lambda: _tree_has(self._environ, self._title), "the window is there")
        swaymsg(self._environ, f'[title="^{self._title}$"]', "focus")
        until(lambda: self.ask("focused"), "the program knows that it has the focus")


class AskedOnSway(OnSway, Asked):
    """A program that is asked over a socket."""


class BrowserOnSway(OnSway, Browser):
    """A Chromium, as a program of Wayland's."""

    def focus(self) -> None:
        """Wait also until the page was drawn: Chromium drops keys for one that was not."""
        super().focus()
        drawn = "new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(() => drawn(true))))"
        self._call("Runtime.evaluate", expression=drawn, awaitPromise=True)


class WaylandDesk(Desk):
    """A desk on sway; `service` is None where none was started."""

    def __init__(
        self, compositor: Sway, environ: dict[str, str], service: desktop.Service | None, *, accessible: bool = False
    ) -> None:
        super().__init__(environ)
        self._toolkits = _TOOLKITS if accessible else _TOOLKITS | _NOT_ACCESSIBLE
        self.compositor = compositor
        self.service = service

    @contextlib.contextmanager
    def program(self, name: str, *, slow_s: float = 0.0) -> Iterator[Program]:
        """The program `name` with the focus."""
        with tempfile.TemporaryDirectory(prefix="typewright-target-", ignore_cleanup_errors=True) as directory:
            home = Path(directory)
            title = f"target-{name}-{next(_numbers)}"
            own = {**self.environ, **self._toolkits, "HOME": directory, "TARGET_TITLE": title, "TARGET_SLOW_S": str(slow_s)}
            if name not in ON_XWAYLAND:
                own.pop("DISPLAY", None)
            if name == "chromium":
                program: Program = BrowserOnSway(own, title, home, slow_s, _CHROMIUM_OPTIONS)
            else:
                program = AskedOnSway(_COMMANDS[name](title), own, title, home)
            try:
                program.focus()
                yield program
            finally:
                program.close()


@contextlib.contextmanager
def wayland_desk(
    *options: str, config: str = "", serve: bool = True, sway_config: str = "", accessible: bool = False
) -> Iterator[WaylandDesk]:
    """A desk of its own; `options` and `config` are the service's. `accessible` switches accessibility on."""
    with sway(sway_config, xwayland=True) as compositor, desktop.session_bus() as bus, contextlib.ExitStack() as stack:
        environ = {**compositor.environ, "DBUS_SESSION_BUS_ADDRESS": bus, "XDG_SESSION_TYPE": "wayland"}
        environ["DBUS_SYSTEM_BUS_ADDRESS"] = "unix:path=/nonexistent"
        if accessible:
            environ |= _SETTINGS
            stack.enter_context(launcher(environ, on=True))
        service = stack.enter_context(desktop.service(environ, *options, config=config)) if serve else None
        yield WaylandDesk(compositor, environ, service, accessible=accessible)


def swaymsg(environ: dict[str, str], *words: str) -> str:
    """What sway answers to a command."""
    return desktop.run(environ, "swaymsg", *words)


def _tree_has(environ: dict[str, str], title: str) -> bool:
    nodes = [json.loads(swaymsg(environ, "-t", "get_tree", "-r"))]
    while nodes:
        node = nodes.pop()
        if node.get("name") == title and node.get("pid"):
            return True
        nodes += [*node.get("nodes", ()), *node.get("floating_nodes", ())]
    return False
