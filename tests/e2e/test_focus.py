# SPDX-License-Identifier: MIT
"""A job belongs to one window: what happens when that loses the focus, and what when another program has the keyboard."""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Iterator

import pytest
from tests.e2e.conftest import Desk
from tests.helpers import desktop
from tests.helpers.focus_moves import WAYS, Mover, mover
from tests.helpers.outside import gdbus

TYPE = "Type", "sa{sv}"
RUN = 16


@pytest.fixture
def moving(desk: Desk) -> Iterator[Mover]:
    with mover(desk.environ, desk.terminal) as moving:
        yield moving


@pytest.mark.promise("focus-leaves", "focus-lost")
@pytest.mark.parametrize("way", WAYS)
def test_when_the_focus_leaves_no_character_goes_elsewhere(moving: Mover, way: str) -> None:
    chance = random.Random(way)
    for _ in range(4):
        moved = moving.move(way, chance)
        assert moved.kept, moved


@pytest.mark.promise("window-destroyed")
@pytest.mark.parametrize(("pointer", "at_most"), [(("1000", "700"), 0), (("7", "9"), RUN)], ids=["nothing", "a window"])
def test_when_the_window_is_gone_the_answer_is_false(desk: Desk, pointer: tuple[str, str], at_most: int) -> None:
    """
    The focus is the background's then, and keys go to what is under the pointer there: nothing, or the terminal.

    No grab keeps a server from noticing that a program has ended, in between the phases of a run.
    """
    desktop.run(desk.environ, "xdotool", "mousemove", *pointer)
    with desktop.terminal(desk.environ) as doomed:
        name, path = "org.typewright.Typist1", "/org/typewright/Typist1"
        call = ["gdbus", "call", "--session", "--dest", name, "--object-path", path, "--method", f"{name}.Type"]
        with subprocess.Popen([*call, "x" * 19_000, "{}"], env=desk.environ, stdout=subprocess.PIPE, text=True) as caller:
            assert doomed.read(100) == "x" * 100
            doomed.process.kill()
            answer, _ = caller.communicate(timeout=60)
    assert "'confirmed': <false>" in answer
    desk.terminal.focus()
    assert len(desk.fenced()) <= at_most


@pytest.mark.promise("waits-for-focus")
def test_a_job_that_may_wait_goes_on_when_the_focus_is_back(desk: Desk) -> None:
    text = "The quick brown fox. " * 200
    with desktop.terminal(desk.environ) as elsewhere:
        desk.terminal.focus()
        with desk.typing(text, "{'on_focus_change': <'wait'>}") as caller:
            elsewhere.focus()
            desktop.run(desk.environ, "xdotool", "key", "asciitilde")
            assert elsewhere.rest() == ""
            desk.terminal.focus()
            answer, _ = caller.communicate(timeout=60)
        assert "'confirmed': <true>" in answer
        assert desk.fenced() == text[100:]
        elsewhere.focus()
        desktop.run(desk.environ, "xdotool", "key", "asciitilde")
        assert elsewhere.rest() == ""
        desk.terminal.focus()


@pytest.mark.promise("one-window")
def test_a_text_in_pieces_stands_in_one_window(desk: Desk) -> None:
    text = "The quick brown fox. " * 900
    with desktop.terminal(desk.environ) as elsewhere:
        desk.terminal.focus()
        with subprocess.Popen([*desktop.typewright(), "type", text], env=desk.environ, stderr=subprocess.PIPE) as typing:
            got = desk.terminal.read(100)
            elsewhere.focus()
            assert typing.wait(20) == 1
            assert b"the focus moved" in typing.stderr.read()
        desktop.run(desk.environ, "xdotool", "key", "asciitilde")
        assert elsewhere.rest() == ""
    desk.terminal.focus()
    assert text.startswith(got + desk.fenced())


@pytest.mark.promise("line-ends")
def test_line_ends_of_a_call(desk: Desk) -> None:
    for newline, arrives in (("return", "\r"), ("shift-return", "\r"), ("space", " ")):
        assert desktop.cli(desk.environ, "type", "--newline", newline, "a\nb").returncode == 0
        assert desk.terminal.read(3) == f"a{arrives}b"
    refused = desktop.cli(desk.environ, "type", "--newline", "refuse", "a\nb")
    assert refused.returncode == 2
    assert "line end" in refused.stderr
    assert desk.fenced() == ""


def wait_for_grab(environ: dict[str, str]) -> None:
    """Until another program holds the keyboard."""
    desktop.until(lambda: desktop.keyboard_grabbed(environ))


@pytest.mark.promise("launcher")
def test_a_launcher_is_typed_into_only_where_that_is_allowed(desk: Desk) -> None:
    desktop.needs("rofi")
    launcher = subprocess.Popen(
        ["rofi", "-dmenu", "-p", "run"], env=desk.environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        launcher.stdin.close()
        wait_for_grab(desk.environ)
        assert '"another program holds the keyboard"' in desk.call(*TYPE, "no", "0")
        assert '"confirmed" b true' in desk.call(*TYPE, "yes\n", "1", "grabs", "s", "type")
        assert launcher.stdout.read() == "yes\n"
        assert launcher.wait(20) == 0
    finally:
        launcher.kill()
        launcher.wait()
        launcher.stdout.close()
    assert desk.fenced() == ""


def test_what_was_typed_into_a_launcher_can_be_deleted_there(environ: dict[str, str]) -> None:
    desktop.needs("rofi")
    desktop.run(environ, "setxkbmap", "-option", "", "us")
    with desktop.terminal(environ) as terminal, desktop.service(environ, config='grabs = "type"\n') as service:
        desk = Desk(environ, service, terminal)
        launcher = subprocess.Popen(
            ["rofi", "-dmenu", "-p", "run"], env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        try:
            launcher.stdin.close()
            wait_for_grab(environ)
            assert desk.call("Insert", "s", "yess") == "b true"
            assert desk.call("Backspace", "u", "1") == "b true"
            assert desk.call("Press", "s", "Return") == "b true"
            assert launcher.stdout.read() == "yes\n"
        finally:
            launcher.kill()
            launcher.wait()
            launcher.stdout.close()


@pytest.mark.promise("locked-screen", "screen-locks")
def test_a_locker_that_tells_nobody_is_never_typed_into(desk: Desk) -> None:
    desktop.needs("i3lock")
    locker = subprocess.Popen(["i3lock", "--nofork"], env=desk.environ)
    try:
        wait_for_grab(desk.environ)
        assert '"code" s "locker"' in desk.call(*TYPE, "no", "0")
        told = desk.call(*TYPE, "no", "1", "grabs", "s", "type")
        assert '"confirmed" b false' in told
        assert "locker" in told
    finally:
        locker.kill()
        locker.wait()
    desk.terminal.focus()
    assert desk.fenced() == ""


@pytest.mark.promise("waits-for-focus")
def test_jobs_that_wait_for_their_window_are_in_nobodys_way(desk: Desk) -> None:
    with desktop.terminal(desk.environ) as elsewhere:
        desk.terminal.focus()
        options = f"{{'window': <uint32 {elsewhere.window}>, 'on_focus_change': <'wait'>}}"
        waiting = [
            subprocess.Popen(gdbus("Type", text, options), env=desk.environ, stdout=subprocess.PIPE, text=True)
            for text in ("one", "two", "three")
        ]
        for _ in range(20):
            assert desk.call("Insert", "s", "in front") == "b true"
            assert desk.terminal.read(8) == "in front"
        elsewhere.focus()
        answers = [caller.communicate(timeout=60)[0] for caller in waiting]
        assert ["'confirmed': <true>" in answer for answer in answers] == [True] * 3
        assert sorted(elsewhere.read(11)) == sorted("onetwothree")
    desk.terminal.focus()


@pytest.mark.promise("waits-for-focus")
def test_waiting_for_the_focus_ends(environ: dict[str, str]) -> None:
    desktop.run(environ, "setxkbmap", "-option", "", "us")
    config = 'on_focus_change = "wait"\nfocus_wait_s = 0.3\n'
    with desktop.terminal(environ) as terminal, desktop.service(environ, config=config) as service:
        desk = Desk(environ, service, terminal)
        with desktop.terminal(environ) as elsewhere:
            terminal.focus()
            with desk.typing("x" * 15_000) as caller:
                began = time.monotonic()
                elsewhere.focus()
                answer, _ = caller.communicate(timeout=60)
            assert "the focus moved" in answer
            assert time.monotonic() - began > 0.3
            terminal.focus()
