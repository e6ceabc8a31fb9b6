# SPDX-License-Identifier: MIT
"""
A character is what the user sees: deleted, revised and taken back as a whole, in real programs, whatever they make of it.

Typed last, a fence shows that a program has taken in all that came before. How many presses a character takes in which
program is in docs/erasing.md.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from tests.helpers import desktop
from tests.helpers.reviser import Reviser, reviser
from tests.targets import target
from tests.targets.program import Program
from tests.targets.texts import FENCE
from tests.targets.window import window_manager
from tests.x11.stage import Other

FAMILY, OTHER_FAMILY = "👨‍👩‍👧", "👨‍👩‍👦"
FLAG, OTHER_FLAG, TONE, HEART = "🇩🇪", "🇫🇷", "👍🏽", "❤\ufe0f"
ACUTE, KI, KSHA = "e\u0301", "कि", "क्ष"
SYLLABLE, JAMO = "각", "\u1100\u1161\u11a8"
CHARACTERS = ["x", FAMILY, FLAG, OTHER_FLAG, ACUTE, "y", TONE, HEART, KI, KSHA, SYLLABLE, JAMO]

DECLARED = '[programs]\n"Gtk3.py" = "gtk"\n"gtk4.py" = "gtk"\n"qt.py" = "qt"\n'
"""These programs hold a plain text field of their toolkit, which was measured."""

WHOLE = ("gtk3", "gtk4", "chromium")
"""Where one press takes a family."""
DIGIT_7 = 16


class Hands:
    """Typewright's callers, and the others at the desk."""

    def __init__(self, environ: dict[str, str], program: Program, name: str) -> None:
        self.environ = environ
        self.program = program
        self.name = name

    def insert(self, text: str) -> None:
        assert desktop.busctl_call(self.environ, "Insert", "s", text) == "b true"

    def backspace(self, count: int) -> None:
        assert desktop.busctl_call(self.environ, "Backspace", "u", str(count)) == "b true"

    def user(self, *keys: str) -> None:
        desktop.run(self.environ, "xdotool", "key", *keys)

    def finger(self) -> None:
        """The user strikes 7."""
        hand = Other(self.environ["DISPLAY"])
        for down in (True, False):
            hand.finger(DIGIT_7, down=down)
        hand.close()

    def left(self, expected: str) -> None:
        """The program holds this, and nothing more will come of what was done before."""
        self.insert(FENCE)
        deadline = time.monotonic() + desktop.PATIENCE_S / 4
        while (held := self.program.text()) != expected + FENCE:
            assert time.monotonic() < deadline, (held, expected)


@pytest.fixture(scope="module")
def served() -> Iterator[dict[str, str]]:
    desktop.needs("openbox", "xterm", "chromium", "/usr/bin/python3")
    with desktop.xvfb() as display, desktop.session_bus() as bus:
        environ = desktop.environment(display, bus)
        with desktop.service(environ, config=DECLARED), window_manager(environ):
            yield environ


@pytest.fixture(scope="module", params=["gtk3", "gtk4", "qt5", "tk", "chromium"])
def running(request: pytest.FixtureRequest, served: dict[str, str]) -> Iterator[Hands]:
    with target(request.param, served) as program:
        yield Hands(served, program, request.param)


@pytest.fixture
def hands(running: Hands) -> Hands:
    """A program that holds nothing, and whose text nobody knows."""
    running.user("F9")
    running.program.clear()
    return running


@pytest.fixture(scope="module")
def prompt(served: dict[str, str]) -> Iterator[Hands]:
    with target("readline", served) as program:
        yield Hands(served, program, "readline")


@pytest.fixture
def client(served: dict[str, str]) -> Iterator[Reviser]:
    with reviser(served) as started:
        yield started


@pytest.mark.promise("backspace")
def test_backspace_takes_as_many_characters_as_it_is_told(hands: Hands) -> None:
    hands.insert("".join(CHARACTERS))
    hands.backspace(1)
    hands.left("".join(CHARACTERS[:-1]))
    left = len(CHARACTERS) - 1
    for count in (1, 2, 3, 4):
        hands.backspace(1 + count)  # the fence, and these
        left -= count
        hands.left("".join(CHARACTERS[:left]))


def test_behind_the_beginning_of_what_is_known_a_character_is_a_press(hands: Hands) -> None:
    hands.user("a", "b", "c")
    hands.insert(FLAG + FAMILY)
    hands.backspace(4)
    hands.left("a")


def test_what_the_user_has_typed_behind_ends_what_is_known(hands: Hands) -> None:
    hands.insert("a" + FAMILY)
    hands.finger()
    hands.backspace(2)
    hands.left("a" if hands.name in WHOLE else "a" + FAMILY[:-1])


def test_revisions_over_such_characters_and_their_undoing(hands: Hands, client: Reviser) -> None:
    hands.insert("pre")
    for text in (FAMILY, OTHER_FAMILY + ACUTE, OTHER_FAMILY + "e", FLAG + JAMO, OTHER_FLAG + SYLLABLE + KI, HEART):
        assert client.revise(text)
    assert client.revise(TONE + KSHA, "final")
    for text in (JAMO, HEART + ACUTE):
        assert client.revise(text)
    assert client.revise(FAMILY, "final")
    assert client.undo()
    assert client.revise(FLAG, "final")
    hands.left("pre" + TONE + KSHA + FLAG)
    assert not client.undo(), "another caller has typed behind"
    hands.backspace(1)
    assert client.undo()
    assert client.undo()
    assert not client.undo()
    hands.left("pre")


def test_a_click_ends_what_is_known(hands: Hands, client: Reviser) -> None:
    assert client.revise("a" + FAMILY, "final")
    desktop.run(hands.environ, "xdotool", "click", "1")
    assert not client.undo()
    assert not client.undo()
    deadline = time.monotonic() + desktop.PATIENCE_S / 4
    while (held := hands.program.text()) != "a" + FAMILY:
        assert time.monotonic() < deadline, held


# --- At a prompt -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "count", "left"),
    [
        ("ab" + FLAG + TONE + KI + SYLLABLE, 3, "ab" + FLAG),
        ("ab" + FLAG + OTHER_FLAG, 2, "ab"),
        # The kernel's own editing, which looks the same from outside, takes more presses for these: nothing is pressed.
        ("ab" + ACUTE, 1, None),
        ("ab" + JAMO, 1, None),
        ("ab" + HEART, 1, None),
        ("ab" + FAMILY, 1, None),
    ],
)
def test_at_a_prompt_nothing_is_taken_that_was_not_meant(prompt: Hands, typed: str, count: int, left: str | None) -> None:
    prompt.program.clear()
    prompt.insert(typed)
    if left is None:
        assert desktop.busctl_call(prompt.environ, "Backspace", "u", str(count)) == "b false"
        prompt.left(typed)
    else:
        prompt.backspace(count)
        prompt.left(left)


def test_at_a_prompt_what_cant_be_known_is_not_revised(prompt: Hands, client: Reviser) -> None:
    prompt.program.clear()
    prompt.insert("pre")
    for text in (FLAG + KI, FLAG + TONE, SYLLABLE + "a"):
        assert client.revise(text)
    assert client.revise(OTHER_FLAG, "final")
    assert client.revise(FAMILY, "final")
    assert not client.undo(), "readline and the kernel differ here"
    prompt.left("pre" + OTHER_FLAG + FAMILY)
