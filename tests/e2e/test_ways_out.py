# SPDX-License-Identifier: MIT
"""
At every way out of a text that needs borrowed keycodes, all keys are up and the keyboard map is as before.

The others: an exception (tests/engine/test_typist_paths.py), the display lost (test_coming_back.py), SIGKILL, which is also
what the kernel does where memory runs out (test_killing.py).
"""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest
from tests.e2e.conftest import Desk
from tests.e2e.test_coming_back import kill_bus
from tests.helpers import desktop
from tests.helpers.killing import LAYOUT, TEXT

CONFIG = "linger_s = 0.3\n"
STAYING = ("reply", "disabled", "cancelled", "caller left")
GOING = {"SIGTERM": 0, "SIGINT": 0, "SIGHUP": 0, "bus lost": 9}


def go(way: str, desk: Desk, caller: subprocess.Popen[str]) -> None:
    if way == "reply":
        caller.communicate(timeout=60)
    elif way == "disabled":
        assert desktop.cli(desk.environ, "disable").returncode == 0
    elif way == "cancelled":
        caller.send_signal(signal.SIGINT)
    elif way == "caller left":
        caller.kill()
    elif way == "bus lost":
        kill_bus(desk.environ)
    else:
        desk.service.process.send_signal(getattr(signal, way))


@pytest.mark.promise("nothing-left")
@pytest.mark.parametrize("way", [*STAYING, *GOING])
def test_nothing_is_left_behind(environ: dict[str, str], way: str, tmp_path: Path) -> None:
    desktop.run(environ, "setxkbmap", "-option", "", LAYOUT)
    before = desktop.keymap(environ)
    with desktop.session_bus() as bus:
        own = {**environ, "DBUS_SESSION_BUS_ADDRESS": bus}
        with desktop.terminal(own) as terminal, desktop.service(own, config=CONFIG) as service:
            desk = Desk(own, service, terminal)
            with subprocess.Popen([*desktop.typewright(), "type", TEXT], env=own, stderr=subprocess.DEVNULL) as caller:
                assert terminal.read(100) == TEXT[:100]
                if way != "reply":
                    assert desktop.keymap(environ) != before
                go(way, desk, caller)
                if way in GOING:
                    assert service.process.wait(desktop.PATIENCE_S) == GOING[way]
                    assert desktop.keymap(environ) == before
            desktop.until(lambda: desktop.keymap(environ) == before)
            assert desktop.keys_down(environ) == []
