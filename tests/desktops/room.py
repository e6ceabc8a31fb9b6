# SPDX-License-Identifier: MIT
"""
Real desktops without a screen: mutter and KWin of a newer Debian in a chroot, with their portals; what types runs outside.

The chroot is made once by `tests/desktops/chroot`, and kept in a cache.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.helpers.desktop import PATIENCE_S, Child, Ended

HERE = Path(__file__).parent
GNOME, KDE = "GNOME", "KDE"
TOKEN = "11111111-2222-3333-4444-555555555555"
"""A restore token that the permission store of a desktop with `consent` knows."""

_RAW_READER = """
import os, sys, tty
tty.setraw(0)
report = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
while data := os.read(0, 65536):
    os.write(report, data)
"""
_GTK4 = """
import sys, gi
gi.require_version("Gtk", "4.0")
from gi.repository import GLib, Gtk
def activate(app):
    window = Gtk.ApplicationWindow(application=app, default_width=600, default_height=400)
    view = Gtk.TextView()
    def changed(buffer):
        with open(sys.argv[1] + "~", "w") as file:
            file.write(buffer.get_text(*buffer.get_bounds(), True))
        import os; os.rename(sys.argv[1] + "~", sys.argv[1])
    view.get_buffer().connect("changed", changed)
    # It becomes active with the first keyboard of the seat, which is ours.
    window.connect("map", lambda *_: GLib.timeout_add(300, lambda: open(sys.argv[1] + ".there", "w").close()))
    window.set_child(view)
    window.present()
    view.grab_focus()
app = Gtk.Application(application_id="org.typewright.test")
app.connect("activate", activate)
app.run([])
"""
_MUTTER = "mutter --wayland --headless --no-x11 --virtual-monitor 1024x768 --wayland-display=wayland-0"
_KWIN = (
    "kwin_wayland --virtual --width 1024 --height 768 --no-lockscreen --no-global-shortcuts --no-kactivities "
    "--socket wayland-0"
)


def chroot(suite: str = "trixie") -> Path:
    """The chroot of that suite; made when it is not there. The test is skipped where it cannot be."""
    if os.geteuid() != 0:
        pytest.skip("a chroot needs root")
    made = subprocess.run([HERE / "chroot", suite], stdout=subprocess.PIPE, text=True, check=False)
    if made.returncode:
        pytest.skip(f"the chroot of {suite} could not be made")
    return Path(made.stdout.strip())


class Sink:
    """A program with the focus; `text` is what it has got so far."""

    def __init__(self, child: Child, path: Path) -> None:
        self.child = child
        self._path = path

    @property
    def text(self) -> str:
        try:
            return self._path.read_text("utf-8", errors="replace").replace("\r", "\n")
        except FileNotFoundError:
            return ""


class Desk:
    """A running desktop; `environ` is that of a program on it, and of what types, outside."""

    def __init__(self, kind: str, root: Path, shared: Path) -> None:
        self.kind = kind
        self.root = root
        self.shared = shared
        self.children: dict[str, Child] = {}
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(shared / "home"),
            "XDG_RUNTIME_DIR": str(shared),
            "XDG_STATE_HOME": str(shared / "state"),
            "XDG_CURRENT_DESKTOP": kind,
            "XDG_SESSION_TYPE": "wayland",
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={shared}/bus",
            "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={shared}/system-bus",
            "WAYLAND_DISPLAY": "wayland-0",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "KWIN_WAYLAND_NO_PERMISSION_CHECKS": "1",
            "LC_ALL": "C.UTF-8",
        }

    def start(self, name: str, *command: str, environ: dict[str, str] | None = None) -> Child:
        """Run a program inside; `name` is that of its log."""
        with (self.shared / f"{name}.log").open("wb") as log:
            child = Child(
                [HERE / "enter", str(self.root), str(self.shared), *command],
                env={**self.environ, "PATH": "/usr/bin:/usr/sbin", **(environ or {})},
                stdout=log,
                stderr=log,
            )
        self.children[name] = child
        return child

    def run(self, *command: str) -> str:
        """Run a program inside to its end; return what it said."""
        done = subprocess.run(
            [HERE / "enter", str(self.root), str(self.shared), *command],
            env={**self.environ, "PATH": "/usr/bin:/usr/sbin"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        if done.returncode:
            raise Ended(f"{command[:2]}: {done.stdout}")
        return done.stdout

    def log(self, name: str) -> str:
        return (self.shared / f"{name}.log").read_text(errors="replace")

    def until(self, holds: Callable[[], object], what: str) -> None:
        """Wait until it holds; for what tells nobody."""
        end = time.monotonic() + PATIENCE_S
        while not holds():
            if time.monotonic() > end:
                logs = "\n".join(f"--- {name}\n{self.log(name)[-2000:]}" for name in self.children)
                raise Ended(f"{what}\n{logs}")
            time.sleep(0.02)

    def owned(self, name: str) -> bool:
        """Whether that name is on the bus."""
        told = self.run("dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus",
                        "org.freedesktop.DBus.NameHasOwner", f"string:{name}")  # fmt: skip
        return "boolean true" in told

    def consent(self) -> None:
        """Have the user's consent be in the permission store, under TOKEN."""
        if self.kind == GNOME:
            table, key = "remote-desktop", TOKEN
            data = "<('GNOME', uint32 1, <(int64 0, int64 0, uint32 1, false, @a(uuv) [])>)>"
        else:
            table, key, data = "kde-authorized", "remote-desktop", "<byte 0>"
        self.run("gdbus", "call", "--session", "--dest", "org.freedesktop.impl.portal.PermissionStore", "--object-path",
                 "/org/freedesktop/impl/portal/PermissionStore", "--method",
                 "org.freedesktop.impl.portal.PermissionStore.Set",
                 table, "true", key, "{'': ['yes']}", data)  # fmt: skip

    def foot(self) -> Sink:
        """A terminal whose program reads the raw tty."""
        path = self.shared / "foot.typed"
        script = self.shared / "reader.py"
        script.write_text(_RAW_READER)
        child = self.start("foot", "foot", "--config=/dev/null", "python3", str(script), str(path))
        self.until(path.exists, "foot did not start")
        return Sink(child, path)

    def gtk4(self) -> Sink:
        """A window with a text view."""
        path = self.shared / "gtk4.typed"
        script = self.shared / "gtk4.py"
        script.write_text(_GTK4)
        child = self.start(
            "gtk4", "python3", str(script), str(path), environ={"GTK_USE_PORTAL": "0", "GDK_DEBUG": "no-portals"}
        )
        self.until(Path(f"{path}.there").exists, "the GTK 4 program did not start")
        return Sink(child, path)

    def end(self) -> None:
        for child in reversed(self.children.values()):
            if child.process.poll() is None:
                child.kill()


@contextlib.contextmanager
def desk(kind: str, *, suite: str = "trixie", keyboard: str = "us") -> Iterator[Desk]:
    """A desktop that programs can be started on, and whose portal answers."""
    root = chroot(suite)
    with tempfile.TemporaryDirectory(prefix="typewright-desk-") as home:
        running = Desk(kind, root, Path(home))
        (running.shared / "home").mkdir()
        try:
            _start(running, keyboard)
            yield running
        finally:
            running.end()


def _start(running: Desk, keyboard: str) -> None:
    shared = running.shared
    for bus in ("bus", "system-bus"):
        address = f"unix:path={shared}/{bus}"
        running.start(bus, "dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address={address}")
        running.until((shared / bus).exists, "the bus did not start")
    compositor = _MUTTER if running.kind == GNOME else _KWIN
    running.start("compositor", *compositor.split(), environ={"XKB_DEFAULT_LAYOUT": keyboard, "WAYLAND_DISPLAY": ""})
    running.until((shared / "wayland-0").exists, "the compositor did not start")
    running.run(
        "dbus-update-activation-environment", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "XDG_CURRENT_DESKTOP", "HOME",
        "XDG_SESSION_TYPE", "LIBGL_ALWAYS_SOFTWARE", "KWIN_WAYLAND_NO_PERMISSION_CHECKS",
    )  # fmt: skip
    backend, name = {
        GNOME: ("/usr/libexec/xdg-desktop-portal-gnome", "org.freedesktop.impl.portal.desktop.gnome"),
        KDE: ("/usr/lib/x86_64-linux-gnu/libexec/xdg-desktop-portal-kde", "org.freedesktop.impl.portal.desktop.kde"),
    }[running.kind]
    running.start("portal-backend", backend)
    running.until(lambda: running.owned(name), "the portal's backend did not start")
    running.start("portal", "/usr/libexec/xdg-desktop-portal")
    running.until(lambda: running.owned("org.freedesktop.portal.Desktop"), "the portal did not start")
