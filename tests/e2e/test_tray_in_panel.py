# SPDX-License-Identifier: MIT
"""The item in the tray of a real panel, clicked with a pointer, and notifications shown by a real daemon."""

from __future__ import annotations

import contextlib
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.helpers import desktop
from tests.helpers.desktop import Child, needs, until
from Xlib import X
from Xlib.display import Display

from conftest import Desk

GREEN, GREY, ORANGE = 0x2E9E5B, 0x7A7A7A, 0xD9732B
XFCONFD = f"/usr/lib/{sysconfig.get_config_var('MULTIARCH')}/xfce4/xfconf/xfconfd"
WIDTH, HEIGHT = 300, 40
_PANEL = f"""<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array"><value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="size" type="uint" value="{HEIGHT}"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty"><property name="plugin-1" type="string" value="systray"/></property>
</channel>
"""


class Panel:
    """A panel in the upper left corner of the screen, with a tray."""

    def __init__(self, environ: dict[str, str]) -> None:
        self._environ = environ
        self._display = Display(environ["DISPLAY"])

    def place(self, colour: int) -> tuple[int, int] | None:
        """Where a pixel of that colour is, if there is one."""
        image = self._display.screen().root.get_image(0, 0, WIDTH, HEIGHT, X.ZPixmap, 0xFFFFFFFF)
        wanted = colour.to_bytes(3, "little")
        for pixel in range(WIDTH * HEIGHT):
            if image.data[4 * pixel : 4 * pixel + 3] == wanted:
                return pixel % WIDTH, pixel // WIDTH
        return None

    def shows(self, colour: int) -> None:
        """Wait until it shows an icon of that colour."""
        until(lambda: self.place(colour) is not None)

    def click(self, colour: int, button: int = 1) -> None:
        """Click on the icon of that colour."""
        place = self.place(colour)
        assert place is not None
        desktop.run(self._environ, "xdotool", "mousemove", *map(str, place), "click", str(button))

    def close(self) -> None:
        self._display.close()


@pytest.fixture
def panel(environ: dict[str, str], tmp_path: Path) -> Iterator[Panel]:
    """A panel of the session."""
    needs("xfce4-panel", "setpriv")
    file = tmp_path / "xfce4" / "xfconf" / "xfce-perchannel-xml" / "xfce4-panel.xml"
    file.parent.mkdir(parents=True)
    file.write_text(_PANEL)
    own = {**environ, "XDG_CONFIG_HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    with contextlib.ExitStack() as stack, (tmp_path / "log").open("wb") as log:
        for command in ((XFCONFD,), ("xfce4-panel", "--disable-wm-check")):
            child = Child(["setpriv", "--pdeathsig", "SIGKILL", *command], env=own, stdout=log, stderr=log)
            stack.callback(child.end)
        shown = Panel(environ)
        stack.callback(shown.close)
        yield shown


@pytest.fixture
def notified(environ: dict[str, str]) -> Iterator[Child]:
    """A notification daemon, which prints what it shows."""
    needs("dunst", "setpriv")
    child = Child(
        ["setpriv", "--pdeathsig", "SIGKILL", "stdbuf", "-oL", "dunst", "-print", "-config", "/dev/null"],
        env=environ,
        stdout=subprocess.PIPE,
    )
    until(lambda: "org.freedesktop.Notifications" in desktop.run(environ, "busctl", "--user", "list"))
    yield child
    child.end()


def test_the_icon_shows_the_state_and_a_click_switches_it(desk: Desk, panel: Panel) -> None:
    panel.shows(GREEN)
    panel.click(GREEN)
    panel.shows(GREY)
    assert desk.call("Insert", "s", "a") == "b false"
    panel.click(GREY)
    panel.shows(GREEN)
    assert '"otherwindow"' in desk.call("Type", "sa{sv}", "a", "1", "window", "u", "99")
    panel.shows(ORANGE)
    desk.terminal.focus()
    assert desk.call("Insert", "s", "abc") == "b true"
    assert desk.terminal.read(3) == "abc"
    panel.shows(GREEN)


def test_the_menu_of_the_panel_switches_typing(desk: Desk, panel: Panel) -> None:
    panel.shows(GREEN)
    panel.click(GREEN, button=3)
    until(lambda: desktop.keyboard_grabbed(desk.environ))
    desktop.run(desk.environ, "xdotool", "key", "Down", "Return")
    panel.shows(GREY)
    assert desk.call("Insert", "s", "a") == "b false"


def test_a_refused_text_is_notified_once(desk: Desk, notified: Child) -> None:
    for _ in range(2):
        assert '"otherwindow"' in desk.call("Type", "sa{sv}", "secret", "1", "window", "u", "99")
    assert desktop.cli(desk.environ, "disable").returncode == 0
    shown = ""
    while "Typing is disabled" not in shown:
        shown += notified.line()
    assert shown.count("summary: 'Not typed'") == 1
    assert "secret" not in shown
