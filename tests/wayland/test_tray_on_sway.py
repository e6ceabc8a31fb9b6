# SPDX-License-Identifier: MIT
"""The item in the tray of a real bar on a real sway, as it is on the screen."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.helpers import desktop
from tests.helpers.compositor import foot
from tests.helpers.desktop import Child, needs, until
from tests.targets.caller import type_text
from tests.targets.wayland import WaylandDesk, wayland_desk
from typewright.reasons import NO_FOCUS

GREEN, GREY, ORANGE = 0x2E9E5B, 0x7A7A7A, 0xD9732B
_BAR = '{"layer": "top", "position": "top", "height": 40, "modules-right": ["tray"], "tray": {"icon-size": 24}}'


def shows(desk: WaylandDesk, colour: int) -> None:
    """Wait until the colour is on the screen."""

    def seen() -> bool:
        shot = subprocess.run(["grim", "-t", "ppm", "-"], env=desk.environ, capture_output=True, check=True).stdout
        pixels = shot.split(b"\n", 3)[3]
        wanted = colour.to_bytes(3, "big")
        return any(pixels[at : at + 3] == wanted for at in range(0, len(pixels), 3))

    until(seen)


@pytest.fixture
def bar(tmp_path: Path) -> list[str]:
    needs("waybar", "grim", "setpriv")
    (tmp_path / "config").write_text(_BAR)
    (tmp_path / "style.css").write_text("")
    return ["setpriv", "--pdeathsig", "SIGKILL", "waybar", "-c", str(tmp_path / "config"), "-s", str(tmp_path / "style.css")]


def test_the_icon_shows_the_state_and_comes_back_with_the_bar(bar: list[str], tmp_path: Path) -> None:
    with wayland_desk(config='accessibility = "off"\n') as desk, (tmp_path / "log").open("wb") as log:
        environ = {**desk.environ, "GDK_BACKEND": "wayland", "NO_AT_BRIDGE": "1", "HOME": str(tmp_path)}
        for _ in range(2):
            shown = Child(bar, env=environ, stdout=log, stderr=log)
            try:
                shows(desk, GREEN)
                assert desktop.cli(desk.environ, "disable").returncode == 0
                shows(desk, GREY)
                assert desktop.cli(desk.environ, "enable").returncode == 0
                shows(desk, GREEN)
                assert type_text(desk.environ, "a").reason == NO_FOCUS.sentence
                shows(desk, ORANGE)
                with foot(desk.environ) as terminal:
                    until(lambda: type_text(desk.environ, "a").confirmed)
                    until(lambda terminal=terminal: terminal.take() == "a")
                    shows(desk, GREEN)
            finally:
                shown.kill()
