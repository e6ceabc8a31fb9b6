# SPDX-License-Identifier: MIT
"""The demonstration of packaging/run: it ends well, and after an interruption too it leaves nothing running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.helpers.desktop import Child, needs

DEMO = [sys.executable, "-u", str(Path(__file__).resolve().parents[2] / "packaging" / "demo.py")]


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # A short path: there will be sockets in it.
    return tmp_path_factory.mktemp("d")


def processes_in(directory: Path) -> list[bytes]:
    """The command lines of the processes that have `directory` as their place for temporary files."""
    mark = b"TMPDIR=" + os.fsencode(directory)
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes().split(b"\0"):
                found.append((process / "cmdline").read_bytes())
        except OSError:  # another's, or gone by now
            continue
    return found


def test_the_line_arrives(place: Path) -> None:
    needs("Xvfb", "xterm", "dbus-daemon", "busctl")
    environ = {**os.environ, "TMPDIR": str(place)}
    ran = subprocess.run(DEMO, env=environ, capture_output=True, text=True, timeout=100, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "\nb true\n" in ran.stdout
    assert "\nEqual: " in ran.stdout
    assert ran.stdout.endswith("\nLeft running: nothing\n")
    assert list(place.iterdir()) == []
    assert processes_in(place) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_an_interruption_leaves_nothing(number: signal.Signals, place: Path) -> None:
    demo = Child(DEMO, env={**os.environ, "TMPDIR": str(place)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert "is ready" in demo.line()
    assert len(processes_in(place)) >= 5
    demo.process.send_signal(number)
    told, complaint = demo.process.communicate(timeout=60)
    assert (demo.process.returncode, complaint) == (1, b"Interrupted.\n")
    assert told.endswith(b"Left running: nothing\n")
    assert list(place.iterdir()) == []
    assert processes_in(place) == []
