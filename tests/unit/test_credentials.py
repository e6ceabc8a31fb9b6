# SPDX-License-Identifier: MIT
"""What is read of a process: applications by their control groups, and what is left of one that has ended."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from typewright.bus.credentials import Process, app_of, process_of

_USER = "/user.slice/user-1000.slice/user@1000.service"


@pytest.mark.promise("application")
@pytest.mark.parametrize(
    ("path", "app"),
    [
        # GNOME, KDE, Flatpak, and the autostart of systemd; the id is between the launcher and what makes it unique.
        (f"{_USER}/app.slice/app-gnome-org.gnome.Terminal-4711.scope", "org.gnome.Terminal"),
        (f"{_USER}/app.slice/app-org.kde.konsole-0123abcd.scope", "org.kde.konsole"),
        (f"{_USER}/app.slice/app-org.kde.konsole@0123abcd.service", "org.kde.konsole"),
        (f"{_USER}/app.slice/app-flatpak-org.example.Notes-99.scope", "org.example.Notes"),
        (f"{_USER}/app.slice/app-org.example.Notes@autostart.service", "org.example.Notes"),
        (f"{_USER}/app.slice/app-org.example.Notes.service", "org.example.Notes"),
        (rf"{_USER}/app.slice/app-gnome-google\x2dchrome-12.scope", "google-chrome"),
        # A group that the application has made within its own.
        (f"{_USER}/app.slice/app-gnome-org.gnome.Terminal-4711.scope/inner/most", "org.gnome.Terminal"),
        (f"{_USER}/app.slice/app-org.gnome.Terminal.slice/vte-spawn-1.scope", "vte-spawn-1"),
        (f"{_USER}/app.slice/recognizer.service", "recognizer"),
        # Started by hand, or by a desktop that does not use systemd.
        ("/user.slice/user-1000.slice/session-2.scope", ""),
        (f"{_USER}/init.scope", ""),
        (_USER, ""),
        ("/", ""),
    ],
)  # fmt: skip
def test_the_application_of_a_control_group(path: str, app: str) -> None:
    assert app_of(f"0::{path}\n") == app
    assert app_of(f"9:name=systemd:{path}\n8:pids:/app-wrong-1.scope\n0::/\n") == app


@pytest.mark.parametrize("text", ["", "8:pids:/app-a-1.scope\n"])
def test_what_does_not_say_is_unknown(text: str) -> None:
    assert app_of(text) is None


def test_a_process_of_ours() -> None:
    assert process_of(os.getpid()).executable == os.path.realpath(f"/proc/{os.getpid()}/exe")
    assert process_of(os.getpid()).app is not None


def test_of_a_process_that_has_ended_nothing_is_known() -> None:
    with subprocess.Popen(["true"]) as ended:
        ended.wait()
    assert process_of(ended.pid) == Process()


def test_a_program_that_was_replaced_is_unknown(tmp_path: Path) -> None:
    program = tmp_path / "cat"
    shutil.copy(shutil.which("cat"), program)
    with subprocess.Popen([program], stdin=subprocess.PIPE) as running:
        assert process_of(running.pid).executable == str(program)
        program.unlink()
        shutil.copy(shutil.which("true"), program)
        assert process_of(running.pid).executable is None
