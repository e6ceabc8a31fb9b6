# SPDX-License-Identifier: MIT
"""packaging/install and packaging/uninstall, in a home of their own: from the cold call to nothing left."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.helpers.desktop import PATIENCE_S, Child, Ended, cli, needs, run, until, xvfb

from typewright import __version__
from typewright.config import Config
from typewright.config_file import load_config
from typewright.errors import NoDisplay

ROOT = Path(__file__).resolve().parents[2]
NAME, OBJECT = "org.typewright.Typist1", "/org/typewright/Typist1"

BUS_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <standard_session_servicedirs/>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    # With a space and a %, as homes may have them.
    path = tmp_path / "the 100% home"
    path.mkdir()
    return path


@pytest.fixture
def environ(home: Path) -> Iterator[dict[str, str]]:
    """A user with an empty home, a display and a bus that looks for services in that home, and no systemd."""
    needs("Xvfb", "dbus-daemon", "busctl", "systemd-analyze")
    (home / "runtime").mkdir(mode=0o700)
    with xvfb() as display:
        environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "XDG_DATA_HOME": str(home / "data"),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_DATA_DIRS": str(home / "none"),
            "XDG_RUNTIME_DIR": str(home / "runtime"),
            "DISPLAY": display,
            "LC_ALL": "C.UTF-8",
        }
        with bus(environ) as address:
            yield {**environ, "DBUS_SESSION_BUS_ADDRESS": address}


@contextlib.contextmanager
def bus(environ: dict[str, str]) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="typewright-bus-") as directory:
        config = Path(directory) / "bus.conf"
        config.write_text(BUS_CONFIG.format(socket=Path(directory) / "bus"))
        command = ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile", "--print-address"]
        daemon = Child(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            yield daemon.line()
        finally:
            daemon.end()
            daemon.process.stdout.close()


def install(environ: dict[str, str], *options: str) -> None:
    # The virtual environment of the tests, for a new one needs the network; by a name that takes some quoting.
    venv = Path(environ["HOME"]) / "runtime" / "a $venv of 100%"
    if not venv.is_symlink():
        venv.symlink_to(sys.prefix)
    # From there: the name of a directory is looked for where it was given.
    script = str(ROOT / "packaging" / "install")
    run(environ, "env", f"--chdir={venv.parent}", "bash", script, "--venv", venv.name, *options)


def uninstall(environ: dict[str, str], *options: str) -> str:
    return run(environ, "bash", str(ROOT / "packaging" / "uninstall"), *options)


def bus_daemon(environ: dict[str, str], member: str) -> str:
    daemon = "org.freedesktop.DBus"
    return run(environ, "busctl", "--user", "call", daemon, "/org/freedesktop/DBus", daemon, member, "s", NAME).strip()


def version_of_the_service(environ: dict[str, str]) -> str:
    return run(environ, "busctl", "--user", "get-property", NAME, OBJECT, NAME, "Version").strip()


def files(home: Path) -> set[str]:
    return {
        str(path.relative_to(home))
        for path in home.rglob("*")
        if (path.is_symlink() or path.is_file()) and home / "runtime" not in path.parents
    }


INSTALLED = {
    ".local/bin/typewright",
    "data/bash-completion/completions/typewright",
    "data/dbus-1/services/org.typewright.Typist1.service",
    "data/fish/vendor_completions.d/typewright.fish",
    "data/man/man1/typewright.1",
    "data/man/man5/org.typewright.Dictation1.5",
    "data/man/man5/org.typewright.Typist1.5",
    "data/man/man5/typewright.toml.5",
    "data/zsh/site-functions/_typewright",
    "config/systemd/user/typewright.service",
}
CONFIGURATION = "config/typewright/config.toml"


@pytest.mark.promise("activation")
def test_the_first_call_starts_the_service_and_uninstall_ends_it(environ: dict[str, str], home: Path) -> None:
    install(environ)
    assert files(home) == INSTALLED | {CONFIGURATION}
    assert bus_daemon(environ, "NameHasOwner") == "b false"

    assert version_of_the_service(environ) == f's "{__version__}"'
    process = int(bus_daemon(environ, "GetConnectionUnixProcessID").removeprefix("u "))

    uninstall(environ)
    until(lambda: not Path(f"/proc/{process}").exists())  # it has ended; its parent may take a moment to notice
    assert files(home) == set()
    with pytest.raises(Ended, match="not provided by any .service files"):
        version_of_the_service(environ)


@pytest.mark.promise("start-fails")
def test_a_service_that_can_not_start_keeps_no_caller_waiting(environ: dict[str, str]) -> None:
    install(environ)
    del environ["DISPLAY"]
    with bus(environ) as address, pytest.raises(Ended, match=re.escape(NoDisplay.sentence)):
        version_of_the_service({**environ, "DBUS_SESSION_BUS_ADDRESS": address})


@pytest.mark.promise("start-fails")
def test_all_callers_of_a_failed_start_hear_why_and_the_next_call_after_the_repair_works(
    environ: dict[str, str], home: Path
) -> None:
    install(environ)
    (home / CONFIGURATION).write_text("typing_enabled = yes\n")
    command = ["busctl", "--user", "get-property", NAME, OBJECT, NAME, "Version"]
    for _ in range(7):  # more often than systemd lets a unit start in ten seconds
        callers = [Child(command, env=environ, stderr=subprocess.PIPE) for _ in range(3)]
        for caller in callers:
            _, told = caller.process.communicate(timeout=PATIENCE_S)
            assert b"typing_enabled must be true or false." in told
    done = cli(environ, "type", "x")
    assert (done.returncode, done.stdout) == (69, "")
    assert "typewright: Typewright could not start. " in done.stderr
    (home / CONFIGURATION).write_text('backend = "printing"\n')
    assert version_of_the_service(environ) == f's "{__version__}"'


def test_the_service_is_started_stopped_and_examined_without_systemd(environ: dict[str, str], home: Path) -> None:
    assert cli(environ, "stop").stdout == "Typewright was not running.\n"
    assert "run `typewright setup` once" in cli(environ, "start").stderr
    assert "There is no log" in cli(environ, "log").stderr
    install(environ)
    done = cli(environ, "start")
    assert (done.returncode, done.stdout) == (0, f"Typewright {__version__} runs.\n")
    first = bus_daemon(environ, "GetConnectionUnixProcessID")
    (home / CONFIGURATION).write_text('backend = "printing"\nlanguage = "wrong"\n')
    done = cli(environ, "restart")
    assert (done.returncode, "language must be a language tag" in done.stderr) == (69, True)
    told = cli(environ, "doctor")
    assert told.returncode == 1
    assert "PROBLEM  configuration  language must be a language tag" in told.stdout
    assert "language must be a language tag" in cli(environ, "log").stdout
    (home / CONFIGURATION).write_text('backend = "printing"\n')
    assert cli(environ, "restart").returncode == 0
    assert bus_daemon(environ, "GetConnectionUnixProcessID") != first
    told = cli(environ, "doctor")
    assert told.returncode == 0, told.stdout
    assert "printing: the configuration names it" in told.stdout
    assert (cli(environ, "stop").returncode, bus_daemon(environ, "NameHasOwner")) == (0, "b false")


def test_installing_again_ends_what_was_installed_before(environ: dict[str, str]) -> None:
    """The next call starts what was installed now: there is no systemd that would restart it."""
    install(environ)
    version_of_the_service(environ)
    install(environ)
    assert bus_daemon(environ, "NameHasOwner") == "b false"


def test_purge_takes_a_configuration_that_sets_something(environ: dict[str, str], home: Path) -> None:
    install(environ)
    (home / CONFIGURATION).write_text('pacing = "event"\n')
    uninstall(environ)
    assert files(home) == {CONFIGURATION}
    uninstall(environ, "--purge")
    assert files(home) == set()
    assert not (home / "config" / "typewright").exists()


def test_installing_again_leaves_the_users_configuration_alone(environ: dict[str, str], home: Path) -> None:
    (home / CONFIGURATION).parent.mkdir(parents=True)
    (home / CONFIGURATION).write_text('pacing = "event"\n')
    install(environ)
    install(environ)
    assert (home / CONFIGURATION).read_text() == 'pacing = "event"\n'
    assert files(home) == INSTALLED | {CONFIGURATION}


def test_uninstall_spares_what_it_did_not_install(environ: dict[str, str], home: Path) -> None:
    program = home / ".local" / "bin" / "typewright"
    program.parent.mkdir(parents=True)
    program.write_text("the user's own")
    with pytest.raises(Ended, match="is in the way"):
        install(environ)
    uninstall(environ)
    assert files(home) == {".local/bin/typewright"}


def test_uninstall_ends_also_what_was_started_by_hand(environ: dict[str, str], home: Path) -> None:
    install(environ)
    # As where systemd looks after the session: of this one it knows nothing, and has nothing to stop.
    systemctl = home / "runtime" / "systemctl"
    systemctl.write_text("#!/bin/sh\n")
    systemctl.chmod(0o755)
    managed = {**environ, "PATH": f"{systemctl.parent}:{environ['PATH']}"}
    command = [home / ".local" / "bin" / "typewright", "serve"]
    service = Child(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        service.line()
        uninstalling = Child(["bash", ROOT / "packaging" / "uninstall"], env=managed, stdout=subprocess.DEVNULL)
        assert service.process.wait(PATIENCE_S) == 0
        assert uninstalling.process.wait(PATIENCE_S) == 0
    finally:
        service.end()
        service.process.stdout.close()


def test_the_walls_come_and_go(environ: dict[str, str], home: Path) -> None:
    walls = "config/systemd/user/typewright.service.d/sandbox.conf"
    install(environ, "--sandbox")
    assert files(home) == INSTALLED | {CONFIGURATION, walls}
    uninstall(environ)
    assert files(home) == set()
    assert not (home / walls).parent.exists()
    install(environ, "--sandbox")
    install(environ)
    assert files(home) == INSTALLED | {CONFIGURATION}


def test_systemd_can_read_the_unit(environ: dict[str, str], home: Path) -> None:
    install(environ)
    unit = home / "config" / "systemd" / "user" / "typewright.service"
    # What else it says is of units of the machine's own.
    command = ["systemd-analyze", "--user", "verify", "--man=no", str(unit)]
    told = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert [line for line in told.stderr.splitlines() if "typewright" in line] == []


def test_the_sample_configuration_holds_the_defaults(tmp_path: Path) -> None:
    sample = ROOT / "packaging" / "config.toml"
    assert load_config(sample) == Config()
    settings = [line[1:] for line in sample.read_text().splitlines() if line.startswith("#") and not line.startswith("# ")]
    every = tmp_path / "every.toml"
    every.write_text("\n".join(settings))
    assert load_config(every) == Config()


@pytest.mark.promise("pinned")
def test_what_is_not_locked_does_not_get_in(environ: dict[str, str], home: Path, tmp_path: Path) -> None:
    """A package of the right name and version, but with other content, from whoever answers in the registry's place."""
    lock = (ROOT / "packaging" / "build-requirements.txt").read_text()
    version = re.search(r"^setuptools==(\S+)", lock, re.MULTILINE)[1]
    offered = tmp_path / "offered"
    offered.mkdir()
    with zipfile.ZipFile(offered / f"setuptools-{version}-py3-none-any.whl", "w") as wheel:
        about = f"setuptools-{version}.dist-info"
        wheel.writestr("setuptools/__init__.py", "raise SystemExit('forged')\n")
        wheel.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: setuptools\nVersion: {version}\n")
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "")
    command = ["bash", str(ROOT / "packaging" / "install")]
    alone = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(offered), "PIP_CONFIG_FILE": os.devnull}
    told = subprocess.run(command, env={**environ, **alone}, capture_output=True, text=True, check=False)
    assert told.returncode != 0
    assert "DO NOT MATCH THE HASHES" in told.stderr
    assert not list(home.rglob(f"setuptools-{version}.dist-info"))
    assert not files(home) & INSTALLED
