# SPDX-License-Identifier: MIT
"""
A real recognizer types into real windows: espeak-ng speaks, PocketSphinx listens and changes its mind, the window follows.

What a window holds must be the final hypothesis, with few more keystrokes than the way there needs. And the examples of
docs/dictation.md do what they say.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.e2e.conftest import Desk
from tests.helpers import desktop, speech
from tests.helpers.reviser import reviser
from tests.helpers.streams import Hypothesis, fewest, final_text, shown
from tests.x11.stage import Other

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "docs" / "examples" / "dictation"
SURPLUS = 1.2
DIGIT_7 = 16

# It prints the text that it holds and the number of keys that it got, at F12, which is none of them.
GTK = r"""
imports.gi.versions.Gdk = imports.gi.versions.Gtk = '3.0';
const { Gdk, Gtk } = imports.gi;
Gtk.init(null);
const window = new Gtk.Window({ title: 'target' });
const view = new Gtk.TextView();
window.add(view);
let pressed = 0;
view.connect('key-press-event', (widget, event) => {
    if (event.get_keyval()[1] === Gdk.KEY_F12)
        print(JSON.stringify([view.buffer.text, pressed]));
    else
        pressed += 1;
    return false;
});
window.connect('map-event', () => { print(JSON.stringify(['', 0])); });
window.show_all();
Gtk.main();
"""


class Window:
    """Something to dictate into."""

    def contents(self) -> tuple[str, int]:
        """The text that it holds, and how many keys it took; since the beginning."""
        raise NotImplementedError


class Xterm(Window):
    def __init__(self, environ: dict[str, str], terminal: desktop.Terminal) -> None:
        self._environ = environ
        self._terminal = terminal
        self._received = ""

    def contents(self) -> tuple[str, int]:
        desktop.run(self._environ, "xdotool", "key", "asciitilde")
        self._received += self._terminal.rest()
        return shown(self._received), len(self._received)


class Gtk3(Window):
    def __init__(self, environ: dict[str, str], child: desktop.Child) -> None:
        self._environ = environ
        self._child = child

    def contents(self) -> tuple[str, int]:
        desktop.run(self._environ, "xdotool", "key", "F12")
        text, pressed = json.loads(self._child.line())
        return text, pressed


@contextmanager
def xterm(environ: dict[str, str]) -> Iterator[Window]:
    with desktop.terminal(environ) as terminal:
        yield Xterm(environ, terminal)


@contextmanager
def gtk3(environ: dict[str, str]) -> Iterator[Window]:
    child = desktop.Child(["gjs", "-c", GTK], env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert json.loads(child.line()) == ["", 0]
        desktop.run(environ, "xdotool", "windowfocus", "--sync", desktop.window(environ, "--name", "^target$"))
        yield Gtk3(environ, child)
    finally:
        child.end()
        child.process.stdout.close()


@pytest.fixture(params=[xterm, gtk3], ids=lambda window: window.__name__)
def window(request: pytest.FixtureRequest, environ: dict[str, str]) -> Iterator[Window]:
    desktop.needs("espeak-ng", "gjs", "xterm")
    desktop.run(environ, "setxkbmap", "-option", "", "us")
    with request.param(environ) as opened, desktop.service(environ):
        yield opened


class Recognizer:
    """The example with PocketSphinx in it, listening to what espeak-ng says."""

    def __init__(self, sentences: Sequence[str]) -> None:
        pytest.importorskip("pocketsphinx", reason="the extra `speech` is not installed")
        self._process = subprocess.Popen(
            [sys.executable, str(EXAMPLES / "pocketsphinx_live.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=False,
        )
        self._speaker = threading.Thread(target=self._speak, args=(sentences,))

    def _speak(self, sentences: Sequence[str]) -> None:
        with self._process.stdin as ear:
            for sentence in sentences:
                ear.write(speech.spoken(sentence, "en-gb+f3"))

    def hypotheses(self) -> Iterator[Hypothesis]:
        """Each when it is said."""
        self._speaker.start()
        with self._process:
            for line in self._process.stdout:
                kind, _, text = line.decode().rstrip("\n").partition(" ")
                yield kind, text
            self._speaker.join()
        assert self._process.returncode == 0


def check(heard: Sequence[Hypothesis], contents: tuple[str, int]) -> None:
    text, pressed = contents
    assert text == final_text(heard)
    assert len(text) <= pressed <= SURPLUS * fewest(heard)


def test_the_recognizer_speaks_to_the_command_line(environ: dict[str, str], window: Window) -> None:
    heard = []
    command = [*desktop.typewright(), "dictate", "--exact"]
    with subprocess.Popen(command, env=environ, stdin=subprocess.PIPE) as dictating:
        for kind, text in Recognizer(list(speech.sentences(2))).hypotheses():
            heard.append((kind, text))
            dictating.stdin.write(f"{kind} {text}\n".encode())
            dictating.stdin.flush()
        dictating.stdin.close()
        assert dictating.wait(desktop.PATIENCE_S) == 0
    assert len(heard) > 10, "it never changed its mind"
    check(heard, window.contents())


def test_the_recognizer_speaks_to_a_client_that_waits_for_each_answer(environ: dict[str, str], window: Window) -> None:
    """No hypothesis is skipped, and the window is looked at behind each final one."""
    heard: list[Hypothesis] = []
    with reviser(environ) as client:
        for kind, text in Recognizer(list(speech.sentences(2, seed=6))).hypotheses():
            heard.append((kind, text))
            assert client.revise(text, kind), kind
            if kind == "final":
                check(heard, window.contents())
    assert sum(kind == "final" for kind, _ in heard) >= 2


# --- What is not ours is not touched ---------------------------------------------------------------------------------


def finger(environ: dict[str, str]) -> None:
    hand = Other(environ["DISPLAY"])
    for down in (True, False):
        hand.finger(DIGIT_7, down=down)
    hand.close()


def other_program(environ: dict[str, str]) -> None:
    desktop.run(environ, "xdotool", "key", "7")


@pytest.mark.promise("only-own-text")
@pytest.mark.parametrize("strike", [finger, other_program])
def test_a_key_that_somebody_strikes_between_two_hypotheses_stays(
    desk: Desk, strike: Callable[[dict[str, str]], None]
) -> None:
    with reviser(desk.environ) as client:
        assert client.revise("one two")
        strike(desk.environ)
        assert not client.revise("one three")
        assert not client.revise("one", "final")
        assert client.revise(" four")
        assert client.revise(" five", "final")
    assert shown(desk.fenced()) == "one two7 five"


def test_a_draft_stays_in_its_window(desk: Desk) -> None:
    with reviser(desk.environ) as client:
        assert client.revise("one two")
        with desktop.terminal(desk.environ) as elsewhere:
            assert not client.revise("one three")
            desktop.run(desk.environ, "xdotool", "key", "asciitilde")
            assert elsewhere.rest() == ""
        desk.terminal.focus()
    assert shown(desk.fenced()) == "one two"


def test_a_draft_that_the_screen_was_locked_over_is_not_known_any_more(desk: Desk) -> None:
    scene = [sys.executable, str(ROOT / "tests/bus/dbus_fast_scenes.py"), "screen_saver", "org.gnome.ScreenSaver"]
    with reviser(desk.environ) as client:
        assert client.revise("one")
        assert client.revise("one two")
        assert desktop.run(desk.environ, *scene, "locked") == "null\n"
        assert not client.revise("one three")
        assert not client.revise("one", "final")
        assert client.revise(" four", "final")
    assert shown(desk.fenced()) == "one two four"


# --- The examples ----------------------------------------------------------------------------------------------------

_SHELL = re.findall(r"```sh\n([^`]+)```", (ROOT / "docs" / "dictation.md").read_text("utf-8"))
_SHOWN = ["recognize speech", "ice cream is good", "keep this"]


def example(desk: Desk, *command: str) -> str:
    """What an example prints; `python` and `typewright` are the ones that the tests run with."""
    path = f"{Path(sys.executable).parent}:{desk.environ['PATH']}"
    return desktop.run({**desk.environ, "PATH": path}, "env", "-C", str(ROOT), *command)


@pytest.mark.parametrize(("line", "left"), list(zip(_SHELL, _SHOWN, strict=True)))
def test_a_line_for_the_shell(desk: Desk, line: str, left: str) -> None:
    assert example(desk, "bash", "-euo", "pipefail", "-c", line) == ""
    assert shown(desk.fenced()) == left


def test_the_example_for_a_desktop_extension(desk: Desk) -> None:
    assert example(desk, "gjs", str(EXAMPLES / "dictation.js")) == "final: true\nscratched: true\n"
    assert shown(desk.fenced()) == "two verses"


def test_the_example_with_asyncio(desk: Desk) -> None:
    said = example(desk, "python", str(EXAMPLES / "with_asyncio.py")).splitlines()
    assert [line.split(":")[0] for line in said] == ["final", "final", "undo", "final", "undo", "undo", "undo", "final"]
    assert [line.endswith(": confirmed") for line in said] == [True] * 6 + [False, True]
    assert shown(desk.fenced()) == "bananas"


def test_every_example_is_run() -> None:
    tried = {"pocketsphinx_live.py", "vosk_style.py", "dictation.js", "with_asyncio.py"}
    assert {path.name for path in EXAMPLES.iterdir() if path.is_file()} == tried
