# SPDX-License-Identifier: MIT
"""The systemd unit under a real user manager: it types, behind its walls too, and the walls stand (issue 4, point 13)."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.helpers import desktop
from tests.helpers.outside import NAME, OBJECT, gdbus
from tests.helpers.usermanager import ROOT, UserManager, user_manager

UNIT = "typewright.service"
# What `systemd-analyze --user security` of systemd 252 says; 0 is best, 10 worst.
EXPOSURE, EXPOSURE_BEHIND_WALLS = 5.9, 1.0
SHOWN = (ROOT, Path(sys.prefix))
"""What is to be seen behind the walls: they hide /tmp, and this checkout may stand there."""
_SHOW = 'printf "%s" "$1" >"$XDG_CONFIG_HOME/systemd/user/typewright.service.d/shown.conf"'

RULES = """
[[callers]]
executable = "/usr/bin/busctl"
type = "allow"
[[callers]]
app = "org.example.Speaker"
type = "allow"
[[callers]]
type = "deny"
"""


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[UserManager]:
    """The user's session, with Typewright installed."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with user_manager(scratch) as running:
        yield running


def install(manager: UserManager, display: str, *options: str, config: str = "") -> None:
    manager.run("systemctl", "--user", "set-environment", f"DISPLAY={display}", "XAUTHORITY=/dev/null")
    manager.run("bash", str(ROOT / "packaging" / "install"), "--venv", sys.prefix, *options)
    if "--sandbox" in options:
        manager.run("sh", "-c", _SHOW, "sh", f"[Service]\nBindReadOnlyPaths={' '.join(map(str, SHOWN))}\n")
        manager.run("systemctl", "--user", "daemon-reload")
    manager.run("sh", "-c", 'printf "%s" "$1" >"$XDG_CONFIG_HOME/typewright/config.toml"', "sh", config)


def insert(manager: UserManager, program: str, text: str, *, app: str = "") -> str:
    """What a program of the user's is told when it has a text inserted; as a part of `app`, if there is one."""
    commands = {
        "busctl": ["busctl", "--user", "call", NAME, OBJECT, NAME, "Insert", "s", text],
        "gdbus": gdbus("Insert", text),
    }
    started = ["systemd-run", "--user", "--quiet", "--wait", "--pipe", f"--unit=app-{app}@1.service"] if app else []
    done = manager.run(*started, *commands[program], check=False)
    return (done.stdout + done.stderr).strip()


def exposure(manager: UserManager) -> float:
    told = manager.run("systemd-analyze", "--user", "security", "--no-pager", UNIT).stdout
    return float(re.search(r"exposure level for \S+: ([\d.]+)", told)[1])


def of_the_process(manager: UserManager, name: str) -> str:
    """A line of the service's /proc/PID/status."""
    status = Path("/proc", manager.show(UNIT, "MainPID"), "status").read_text()
    return re.search(rf"^{name}:\s*(\S+)", status, re.MULTILINE)[1]


@pytest.mark.promise("unit")
def test_the_unit_types_and_knows_who_calls(manager: UserManager) -> None:
    with desktop.xvfb() as display, desktop.terminal(desktop.environment(display, "")) as terminal:
        install(manager, display, config=RULES)
        assert insert(manager, "busctl", "Grüße") == "b true"
        assert terminal.read(5) == "Grüße"
        assert "AccessDenied" in insert(manager, "gdbus", "x")
        assert insert(manager, "gdbus", "y", app="org.example.Speaker") == "(true,)"
        assert terminal.read(1) == "y"
        assert [of_the_process(manager, name) for name in ("NoNewPrivs", "Seccomp")] == ["1", "2"]
        assert exposure(manager) <= EXPOSURE


@pytest.mark.promise("start-fails")
def test_a_start_that_fails_tells_why_and_may_be_tried_at_once(manager: UserManager) -> None:
    with desktop.xvfb() as display, desktop.terminal(desktop.environment(display, "")) as terminal:
        install(manager, display, config="typing_enabled = yes\n")
        for _ in range(7):  # more often than systemd lets a unit start in ten seconds by itself
            assert "typing_enabled must be true or false." in insert(manager, "busctl", "x")
        command = [sys.executable, "-m", "typewright"]
        done = manager.run(*command, "start", check=False)
        assert (done.returncode, "typing_enabled must be true or false." in done.stderr) == (69, True)
        manager.run("sh", "-c", ': >"$XDG_CONFIG_HOME/typewright/config.toml"')
        assert insert(manager, "busctl", "x") == "b true"
        assert terminal.read(1) == "x"
        process = manager.show(UNIT, "MainPID")
        done = manager.run(*command, "doctor", check=False)
        assert re.search(r"^ok +unit +active \(running\)$", done.stdout, re.MULTILINE), done.stdout
        # The version is the same; what counts is that the installation restarts what runs.
        install(manager, display)
        assert manager.show(UNIT, "MainPID") not in ("0", process)
        assert manager.run(*command, "stop").stdout == ""
        assert manager.show(UNIT, "ActiveState") == "inactive"


@pytest.mark.promise("sandbox", "silent-sandbox", "sandbox-hides")
def test_the_unit_types_behind_its_walls(manager: UserManager) -> None:
    with desktop.xvfb(under=manager.under) as display, desktop.terminal(desktop.environment(display, "")) as terminal:
        install(manager, display, "--sandbox")
        assert insert(manager, "busctl", "Grüße") == "b true"
        assert terminal.read(5) == "Grüße"
        assert exposure(manager) <= EXPOSURE_BEHIND_WALLS
        assert [of_the_process(manager, name) for name in ("NoNewPrivs", "Seccomp", "CapBnd")] == ["1", "2", "0" * 16]
        process = Path("/proc", manager.show(UNIT, "MainPID"))
        assert (process / "uid_map").read_text().split() == [str(manager.user.pw_uid)] * 2 + ["1"]
        shown = {path.parts[2] for path in SHOWN if path.is_relative_to("/tmp")}
        assert {path.name for path in (process / "root" / "tmp").iterdir()} == {".X11-unix"} | shown
        mounts = [line.split() for line in (process / "mountinfo").read_text().splitlines()]
        assert {mount[5].split(",")[0] for mount in mounts if mount[4] in ("/", "/home", "/run/user")} == {"ro"}
        assert (process / "ns" / "net").readlink() != Path("/proc/self/ns/net").readlink()
        # And it comes back after a crash, behind the same walls.
        manager.run("systemctl", "--user", "kill", "--signal=KILL", UNIT)
        desktop.until(lambda: manager.show(UNIT, "NRestarts") == "1" and manager.show(UNIT, "ActiveState") == "active")
        assert insert(manager, "busctl", "noch einmal") == "b true"
        assert terminal.read(11) == "noch einmal"


@pytest.mark.promise("sandbox-callers")
def test_behind_its_walls_it_knows_applications_and_no_executables(manager: UserManager) -> None:
    with desktop.xvfb(under=manager.under) as display, desktop.terminal(desktop.environment(display, "")) as terminal:
        install(manager, display, "--sandbox", config=RULES)
        assert insert(manager, "busctl", "x") == "Call failed: Access denied"
        assert "executable unknown" in insert(manager, "gdbus", "x")
        assert insert(manager, "gdbus", "y", app="org.example.Speaker") == "(true,)"
        assert terminal.read(1) == "y"


@pytest.mark.promise("sandbox-x-server")
def test_behind_its_walls_it_trusts_no_x_server_but_the_users(manager: UserManager) -> None:
    """Root's is a stranger's from there, and so is a stranger's."""
    with desktop.xvfb() as display:
        install(manager, display, "--sandbox")
        assert "Typewright could not start. The X server's socket belongs to user" in insert(manager, "busctl", "x")
        desktop.until(lambda: manager.show(UNIT, "ActiveState") == "failed")
        assert manager.show(UNIT, "ExecMainStatus") == "3"
