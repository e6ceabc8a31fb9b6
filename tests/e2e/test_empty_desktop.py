# SPDX-License-Identifier: MIT
"""An empty desktop takes no text: the window manager has the focus on a window of its own."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.conftest import Desk
from tests.helpers import desktop
from tests.targets.window import window_manager

TYPE = "Type", "sa{sv}"


@pytest.fixture
def private() -> Iterator[dict[str, str]]:
    """A display and bus that no other test has touched: window managers leave their marks."""
    with desktop.xvfb() as display, desktop.session_bus() as bus:
        yield desktop.environment(display, bus)


def in_front(environ: dict[str, str]) -> str:
    """The name of the window with the focus; empty if it has none."""
    return desktop.run(environ, "xdotool", "getwindowfocus", "getwindowname", check=False).strip()


@pytest.mark.promise("no-focus")
def test_under_openbox(private: dict[str, str]) -> None:
    desktop.needs("openbox", "xdotool")
    with window_manager(private), desktop.terminal(private) as terminal, desktop.service(private) as service:
        desk = Desk(private, service, terminal)
        window = desktop.window(private, "--pid", str(terminal.process.pid))
        name = desktop.run(private, "xdotool", "getwindowname", window).strip()
        assert desk.call("Insert", "s", "here") == "b true"
        for away, back in (
            (("windowminimize", "--sync", window), ("windowactivate", "--sync", window)),
            (("set_desktop", "1"), ("set_desktop", "0")),
        ):
            desktop.run(private, "xdotool", *away)
            desktop.until(lambda: in_front(private) != name)
            told = desk.call(*TYPE, "nowhere", "0")
            assert '"confirmed" b false' in told
            assert '"code" s "background"' in told
            assert desk.call("Press", "s", "F9") == "b true"
            desktop.run(private, "xdotool", *back)
            desktop.until(lambda: in_front(private) == name)
            assert desk.call("Insert", "s", "again") == "b true"
        assert desk.fenced() == "hereagainagain"


@pytest.mark.promise("no-focus")
def test_under_i3(private: dict[str, str], tmp_path: Path) -> None:
    desktop.needs("i3", "i3-msg")
    config = tmp_path / "config"
    socket = tmp_path / "ipc"
    config.write_text(f"ipc-socket {socket}\n")
    with desktop.terminal(private) as terminal, desktop.service(private) as service:
        desk = Desk(private, service, terminal)
        manager = subprocess.Popen(
            ["i3", "-c", str(config)], env=private, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            say = ("i3-msg", "-s", str(socket))
            desktop.until(socket.exists)
            desktop.until(lambda: "xterm" in desktop.run(private, *say, "-t", "get_tree", check=False))
            terminal.focus()
            assert desk.call("Insert", "s", "here") == "b true"
            desktop.run(private, *say, "workspace 2")
            told = desk.call(*TYPE, "nowhere", "0")
            assert '"confirmed" b false' in told
            assert '"code" s "background"' in told
            desktop.run(private, *say, "workspace 1")
            terminal.focus()
            assert desk.call("Insert", "s", "again") == "b true"
            assert desk.fenced() == "hereagain"
        finally:
            manager.kill()
            manager.wait()
