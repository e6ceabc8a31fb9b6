# SPDX-License-Identifier: MIT
"""The drop-ins with a real program in front of them, beside the real xdotool."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tests.e2e.conftest import Desk
from tests.helpers import desktop

from typewright.dropins.files import install


@pytest.fixture
def drop_ins(desk: Desk, tmp_path: Path) -> dict[str, str]:
    """The environment of a program that finds the drop-ins first."""
    install(tmp_path)
    return {**desk.environ, "PATH": f"{tmp_path}:{desk.environ['PATH']}"}


def test_what_a_program_has_typed_by_them_arrives(desk: Desk, drop_ins: dict[str, str]) -> None:
    desktop.run(drop_ins, "xdotool", "type", "--clearmodifiers", "--", "Grüße, wurld")
    desktop.run(drop_ins, "xdotool", "key", "--", *["BackSpace"] * 4)
    desktop.run(drop_ins, "wtype", "orld", "-k", "Tab")
    desktop.run(drop_ins, "ydotool", "key", "29:1", "47:1", "47:0", "29:0")
    desktop.run(drop_ins, "dotool", stdin="type 漢字\nkey ctrl+b\n")
    assert desktop.edited(desk.fenced()) == "Grüße, world\t\x16漢字\x02"


def test_what_is_not_typing_is_answered_by_the_real_one(desk: Desk, drop_ins: dict[str, str]) -> None:
    window = desktop.run(desk.environ, "xdotool", "getwindowfocus")
    assert desktop.run(drop_ins, "xdotool", "getwindowfocus") == window
    moved = desktop.run(drop_ins, "xdotool", "key", "a", "mousemove", "7", "9", "getmouselocation")
    assert moved.startswith("x:7 y:9 ")
    assert desk.fenced() == "a"


def test_what_has_no_window_to_go_to_is_a_failure(desk: Desk, drop_ins: dict[str, str]) -> None:
    window = desktop.run(desk.environ, "xdotool", "getwindowfocus").strip()
    desktop.run(desk.environ, "xdotool", "windowunmap", "--sync", window)
    done = subprocess.run(["xdotool", "type", "hunter"], env=drop_ins, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr.startswith("xdotool: not confirmed (code ")
    assert "hunter" not in done.stderr


def test_a_key_of_the_keypad_says_what_it_needs(desk: Desk) -> None:
    done = desktop.cli(desk.environ, "press", "KP_1")
    assert done.returncode == 1
    assert "No key of the keyboard layout reaches key 1 of chord 1. It is reached while a lock is on" in done.stderr
    assert desktop.cli(desk.environ, "press", "Num_Lock").returncode == 0
    done = desktop.cli(desk.environ, "press", "KP_1", "kp2", "numlock")
    assert (done.returncode, done.stderr) == (0, "")
    assert desk.fenced() == "12"
