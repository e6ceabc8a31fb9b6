# SPDX-License-Identifier: MIT
"""Grabs that take single keys, or that are the target's own."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

import pytest
from tests.e2e.conftest import Desk
from tests.helpers import desktop

TYPE = "Type", "sa{sv}"


@contextlib.contextmanager
def hotkey(environ: dict[str, str], home: Path, key: str) -> Iterator[Path]:
    """An xbindkeys that has bound `key`; the file holds a line for each time that it got it."""
    struck = home / "struck"
    struck.touch()
    bindings = home / "bindings"
    bindings.write_text(f'"echo struck >> {struck}"\n    {key}\n')
    keys = subprocess.Popen(
        ["xbindkeys", "-n", "-f", str(bindings)], env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:

        def works() -> bool:
            desktop.run(environ, "xdotool", "key", key)
            return bool(struck.read_text())

        desktop.until(works)
        yield struck
    finally:
        keys.kill()
        keys.wait()


@pytest.mark.promise("grab-confirms-nothing")
@pytest.mark.parametrize("pacing", ["chord", "event"])
def test_a_key_that_a_hotkey_takes_is_not_confirmed(environ: dict[str, str], tmp_path: Path, pacing: str) -> None:
    desktop.needs("xbindkeys")
    desktop.run(environ, "setxkbmap", "-option", "", "us")
    with desktop.terminal(environ) as terminal, desktop.service(environ, config=f'pacing = "{pacing}"\n') as service:
        desk = Desk(environ, service, terminal)
        with hotkey(environ, tmp_path, "e") as struck:
            assert set(desk.fenced()) <= {"e"}  # those that came before xbindkeys was ready
            told = desk.call(*TYPE, "hello there", "0")
            assert '"confirmed" b false "typed" u 1' in told
            assert ('"code" s "hotkey"' in told) if pacing == "chord" else ('"code" s "held"' in told)
            assert desk.fenced() == "h"
            assert '"confirmed" b false "typed" u 0' in desk.call(*TYPE, "e", "1", "on_focus_change", "s", "wait")
            assert desk.call("Insert", "s", "HALLO") == "b true"
            assert desk.fenced() == "HALLO"
            desktop.until(lambda: struck.read_text().count("struck") >= 2)
        assert desk.call("Insert", "s", "hello there") == "b true"
        assert desk.fenced() == "hello there"


def test_a_shortcut_may_be_a_hotkey(desk: Desk, tmp_path: Path) -> None:
    desktop.needs("xbindkeys")
    with hotkey(desk.environ, tmp_path, "F7") as struck:
        count = struck.read_text().count("struck")
        assert desk.call("Press", "s", "F7") == "b true"
        desktop.until(lambda: struck.read_text().count("struck") > count)


QT = """
import sys
from PyQt5.QtWidgets import QApplication, QComboBox, QCompleter, QLineEdit, QMainWindow
application = QApplication(["target"])
window = QMainWindow()
window.setWindowTitle("target")
items = ["hello world", "hello there", "help me"]
if sys.argv[1] == "completer":
    line = QLineEdit(window)
    line.setCompleter(QCompleter(items, line))
    window.setCentralWidget(line)
else:
    box = QComboBox(window)
    box.setEditable(True)
    box.addItems(items)
    box.completer().setCompletionMode(QCompleter.PopupCompletion)
    line = box.lineEdit()
    line.clear()
    window.setCentralWidget(box)
    window.menuBar().addMenu("&File").addAction("&Name", lambda: print("chosen", flush=True))
line.textChanged.connect(lambda text: print(text, flush=True))
window.show()
line.setFocus()
print("ready", flush=True)
application.exec()
"""


@contextlib.contextmanager
def qt(environ: dict[str, str], kind: str) -> Iterator[desktop.Child]:
    """A Qt 5 window with a line that completes what is typed; it prints the line whenever that changes."""
    child = desktop.Child(
        ["/usr/bin/python3", "-c", QT, kind], env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        assert child.line() == "ready"
        window = desktop.window(environ, "--name", "target")
        desktop.run(environ, "xdotool", "windowfocus", "--sync", window)
        yield child
    finally:
        child.kill()
        child.process.stdout.close()


@pytest.mark.promise("own-grab")
@pytest.mark.parametrize("kind", ["completer", "box"])
def test_a_list_of_the_programs_own_is_in_nobodys_way(desk: Desk, kind: str) -> None:
    with qt(desk.environ, kind) as program:
        assert desk.call("Insert", "s", "he") == "b true"
        desktop.until(lambda: desktop.keyboard_grabbed(desk.environ))
        assert desk.call("Insert", "s", "l") == "b true"
        assert '"confirmed" b true' in desk.call(*TYPE, "p me, please; hello", "0")
        lines = [program.line()]
        while lines[-1] != "help me, please; hello":
            lines.append(program.line())
        assert lines == list(accumulate("help me, please; hello"))


@pytest.mark.promise("own-grab")
def test_a_menu_of_the_programs_own_takes_shortcuts_and_no_text(desk: Desk) -> None:
    with qt(desk.environ, "box") as program:
        assert desk.call("Press", "s", "alt+f") == "b true"
        desktop.until(lambda: desktop.keyboard_grabbed(desk.environ))
        told = desk.call(*TYPE, "n", "0")
        assert '"confirmed" b false' in told
        assert '"code" s "menu"' in told
        assert '"code" s "menu"' in desk.call(*TYPE, "n", "1", "grabs", "s", "type")
        assert desk.call("Press", "s", "n") == "b true"
        assert program.line() == "chosen"


@pytest.mark.promise("own-grab", "grab-confirms-nothing")
def test_over_a_list_of_the_programs_own_a_locker_and_a_launcher_are_still_seen(desk: Desk) -> None:
    desktop.needs("rofi")
    with qt(desk.environ, "completer") as program:
        assert desk.call("Insert", "s", "xyz") == "b true"
        launcher = subprocess.Popen(
            ["rofi", "-dmenu"], env=desk.environ, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        try:
            desktop.until(lambda: desktop.keyboard_grabbed(desk.environ))
            assert '"code" s "held"' in desk.call(*TYPE, "he", "0")
        finally:
            launcher.kill()
            launcher.wait()
        assert [program.line() for _ in range(3)] == ["x", "xy", "xyz"]
