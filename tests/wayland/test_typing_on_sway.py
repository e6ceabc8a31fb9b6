# SPDX-License-Identifier: MIT
"""The whole service on a real sway: what it types into programs, and what it does when something comes between."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.helpers import desktop
from tests.helpers.compositor import foot
from tests.targets.caller import Told, type_text
from tests.targets.program import Program
from tests.targets.texts import FENCE, SHORT, TEXTS
from tests.targets.wayland import NAMES, WaylandDesk, swaymsg, wayland_desk
from tests.targets.window import until
from typewright.errors import DisplayLost
from typewright.reasons import FOCUS_MOVED, NO_FOCUS, PROGRAM_BEHIND

LONG = ("the quick brown fox jumps over the lazy dog; " * 60)[:2499] + FENCE
ON_THE_LINE = "abcdefghijklmnopqrstuvwxyz"
CONFIG = 'accessibility = "off"\n'


@pytest.fixture(scope="module")
def desk() -> Iterator[WaylandDesk]:
    desktop.needs("sway", "foot", "xterm", "Xwayland", "swaylock", "chromium", "/usr/bin/python3", "busctl")
    with wayland_desk(config=CONFIG) as opened:
        yield opened


@contextlib.contextmanager
def typing(desk: WaylandDesk, text: str) -> Iterator[Future[Told]]:
    """A call that types `text` while the test goes on."""
    with ThreadPoolExecutor() as pool:
        yield pool.submit(type_text, desk.environ, text)


def foot_is_there(desk: WaylandDesk) -> None:
    """Wait for the window of a foot: its program may run before that."""
    until(lambda: '"app_id": "foot"' in swaymsg(desk.environ, "-t", "get_tree", "-r"), "the window is there")


def some_arrived(program: Program) -> None:
    until(lambda: len(program.text()) > 50, "some of the text is there")


# --- every text, every program -----------------------------------------------------------------------------------------


@pytest.mark.promise("any-text")
@pytest.mark.parametrize("name", NAMES)
def test_every_text_arrives_in_every_program(desk: WaylandDesk, name: str) -> None:
    with desk.program(name) as program:
        outcome = desk.attempt(program, SHORT)
    assert outcome.exact, outcome
    assert outcome.told.level == "server"


@pytest.mark.promise("level-text")
def test_a_program_that_tells_its_text_confirms_it() -> None:
    """The compositor does not tell which process a window belongs to, and so the accessibility bus is believed without."""
    with wayland_desk(accessible=True) as desk:
        for name in ("gtk3", "gtk4", "qt5"):
            with desk.program(name) as program:
                until(lambda: type_text(desk.environ, "a").level == "text", "the service knows the field")
                outcome = desk.attempt(program, TEXTS["mixed"])
                assert (outcome.exact, outcome.told.level) == (True, "text"), (name, outcome)
                assert desktop.cli(desk.environ, "backspace", "2").returncode == 0
                assert program.read(334) == TEXTS["mixed"][:-2]


def test_the_service_says_what_it_types_with(desk: WaylandDesk) -> None:
    status = desktop.cli(desk.environ, "status").stdout
    assert "Backend: wlroots\n" in status
    assert "Capabilities: any-text, focus, locks, shortcuts\n" in status


def test_the_first_key_is_not_lost_in_a_window_that_has_just_come(desk: WaylandDesk) -> None:
    for _ in range(3):
        with foot(desk.environ) as terminal:
            # Its program may run before its window is there; until then nothing is typed.
            while (told := type_text(desk.environ, ON_THE_LINE)).reason == NO_FOCUS.sentence:
                assert terminal.take() == ""
            assert told.confirmed
            until(lambda terminal=terminal: terminal.take() == ON_THE_LINE, "all of it is there")


def test_a_shortcut_is_what_its_keysyms_say(desk: WaylandDesk) -> None:
    with foot(desk.environ) as terminal:
        foot_is_there(desk)
        assert desktop.cli(desk.environ, "press", "ctrl+c", "ctrl+z", "alt+x", "Up", "F5", "shift+Tab").returncode == 0
        until(lambda: terminal.take() == "\x03\x1a\x1bx\x1b[A\x1b[15~\x1b[Z", "all of it is there")


@pytest.mark.promise("any-layout")
def test_the_layout_of_the_session_changes_nothing() -> None:
    with wayland_desk(config=CONFIG, sway_config="input * xkb_layout de,ru") as desk:
        with desk.program("gtk3") as program:
            assert desk.attempt(program, TEXTS["cyrillic"].removesuffix(FENCE) + TEXTS["ascii"]).exact
        with foot(desk.environ) as terminal:
            foot_is_there(desk)
            assert desktop.cli(desk.environ, "press", "ctrl+z", "y", "minus").returncode == 0
            until(lambda: terminal.take() == "\x1ay-", "all of it is there")


def test_a_chord_that_sway_has_bound_is_swayed(desk: WaylandDesk) -> None:
    swaymsg(desk.environ, "bindsym", "Mod4+Shift+y", "mark", "pressed")
    with foot(desk.environ):
        foot_is_there(desk)
        assert desktop.cli(desk.environ, "press", "super+shift+y").returncode == 0
        until(lambda: "pressed" in swaymsg(desk.environ, "-t", "get_marks"), "sway has done it")


@pytest.mark.promise("whole-or-refused")
def test_a_text_that_keys_alone_cannot_bring_is_refused_before_its_first_key() -> None:
    with wayland_desk(config=CONFIG + 'way = "keys"\n') as desk, desk.program("chromium") as program:
        outcome = type_text(desk.environ, "plain text, and then 👍")
        assert (outcome.confirmed, outcome.typed) == (False, 0)
        assert "Character 22 " in outcome.reason
        assert desk.attempt(program, "plain text, and then 漢" + FENCE).exact


# --- what comes between ------------------------------------------------------------------------------------------------


@pytest.mark.promise("slow-program")
@pytest.mark.parametrize("name", ["foot", "gtk4", "chromium"])
def test_a_program_that_stands_still_is_waited_for_and_survives(desk: WaylandDesk, name: str) -> None:
    with desk.program(name) as program:
        program.clear()
        with typing(desk, LONG) as told:
            some_arrived(program)
            os.kill(program.pid, signal.SIGSTOP)
            time.sleep(3)
            os.kill(program.pid, signal.SIGCONT)
            assert told.result().confirmed
        assert program.read(len(LONG)) == LONG


@pytest.mark.promise("slow-program")
def test_an_xwayland_that_stands_still_is_waited_for_and_survives(desk: WaylandDesk) -> None:
    with desk.program("xterm") as program:
        program.clear()
        (xwayland,) = desktop.run(desk.environ, "pgrep", "--full", f"^Xwayland {desk.environ['DISPLAY']} ").split()
        with typing(desk, LONG) as told:
            some_arrived(program)
            os.kill(int(xwayland), signal.SIGSTOP)
            time.sleep(2)
            os.kill(int(xwayland), signal.SIGCONT)
            assert told.result().confirmed
        assert program.read(len(LONG)) == LONG


def test_a_program_that_stands_still_for_good_ends_the_job(desk: WaylandDesk) -> None:
    with desk.program("foot") as program:
        program.clear()
        with typing(desk, LONG) as told:
            some_arrived(program)
            os.kill(program.pid, signal.SIGSTOP)
            outcome = told.result()
        os.kill(program.pid, signal.SIGCONT)
        assert (outcome.confirmed, outcome.reason) == (False, PROGRAM_BEHIND.sentence)
        until(lambda: len(program.text()) == outcome.typed, "it has taken what was typed")


@pytest.mark.promise("focus-leaves")
def test_a_window_that_takes_the_focus_gets_a_character_at_most(desk: WaylandDesk) -> None:
    with desk.program("foot") as program:
        for _ in range(5):
            program.clear()
            with typing(desk, LONG) as told:
                some_arrived(program)
                with desk.program("foot") as thief:
                    outcome = told.result()
                    assert len(thief.text()) <= 1
            assert (outcome.confirmed, outcome.reason) == (False, FOCUS_MOVED.sentence)
            typed = outcome.typed
            until(lambda typed=typed: len(program.text()) >= typed - 1, "it has taken what was typed")
            assert LONG.startswith(program.text())
            program.focus()


@pytest.mark.promise("locked-screen")
def test_nothing_is_typed_into_a_locked_screen(desk: WaylandDesk) -> None:
    with desk.program("foot") as program:
        program.clear()
        locker = desktop.Child(["swaylock", "--config", "/dev/null", "--daemonize"], env=desk.environ)
        assert locker.process.wait() == 0  # It is locked now, and in the background.
        pid = int(desktop.run(desk.environ, "pgrep", "--newest", "--exact", "swaylock"))
        try:
            outcome = type_text(desk.environ, "secret")
        finally:
            os.kill(pid, signal.SIGKILL)
        assert (outcome.confirmed, outcome.typed, outcome.reason) == (False, 0, NO_FOCUS.sentence)
        assert program.text() == ""


@pytest.mark.promise("no-focus")
def test_nothing_is_typed_where_no_window_is(desk: WaylandDesk) -> None:
    assert type_text(desk.environ, "secret").reason == NO_FOCUS.sentence


@pytest.mark.promise("second-keyboard")
def test_another_keyboard_in_between_spoils_nothing(desk: WaylandDesk) -> None:
    """wtype has a keyboard and a keymap of its own, as the user has."""
    desktop.needs("wtype")
    with desk.program("chromium") as program:
        for _ in range(3):
            program.clear()
            desktop.run(desk.environ, "wtype", "-k", "Shift_L")
            assert type_text(desk.environ, ON_THE_LINE + FENCE).confirmed
            assert program.read(27) == ON_THE_LINE + FENCE


@pytest.mark.promise("user-types")
@pytest.mark.parametrize("name", ["foot", "chromium"])
def test_another_keyboard_in_mid_text_makes_the_job_pause_and_loses_nothing(desk: WaylandDesk, name: str) -> None:
    text = LONG.removesuffix(FENCE) * 3 + FENCE  # A quick machine types the shorter one before wtype has started.
    with desk.program(name) as program:
        program.clear()
        with typing(desk, text) as told:
            some_arrived(program)
            for _ in range(2):
                desktop.run(desk.environ, "wtype", "-k", "Shift_L")
            outcome = told.result()
        assert outcome.confirmed
        assert outcome.elapsed > 0.3
        assert program.read(len(text)) == text


# --- ends --------------------------------------------------------------------------------------------------------------


@pytest.mark.promise("killed")
def test_a_service_that_is_killed_leaves_no_key_down() -> None:
    with wayland_desk(serve=False) as desk, desk.program("foot") as program:
        for _ in range(3):
            program.clear()
            with desktop.service(desk.environ, config=CONFIG) as service, typing(desk, LONG) as told:
                some_arrived(program)
                service.kill()
                assert told.exception() is not None  # The bus tells the caller.
            time.sleep(0.5)  # A key that is down would repeat from 0.4 s on.
            arrived = program.text()
            time.sleep(0.3)
            assert (program.text(), LONG.startswith(arrived)) == (arrived, True)


@pytest.mark.promise("display-lost")
def test_a_compositor_that_is_killed_ends_the_job_at_once() -> None:
    with wayland_desk(config=CONFIG) as desk, desk.program("foot") as program:
        with typing(desk, LONG) as told:
            some_arrived(program)
            began = time.monotonic()
            desk.compositor.kill()
            with contextlib.suppress(desktop.Ended):
                assert not told.result().confirmed
        assert time.monotonic() - began < 2
        assert desk.service.process.wait(desktop.PATIENCE_S) == DisplayLost.exit_status
