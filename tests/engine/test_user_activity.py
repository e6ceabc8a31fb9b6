# SPDX-License-Identifier: MIT
"""The user wins: what their keys and buttons do to a job."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine_bench import ENOUGH, PENDING, Bench, outcome

from typewright.engine.user_activity import UserActivity
from typewright.interfaces.backend import PROGRAM, REPEAT, USER, Stray
from typewright.keymap.chords import KeyEvent, State
from typewright.keymap.sample import CONTROL, MOD2, SHIFT, sample_layout
from typewright.testing.backend import FakeKeyboard

X, ESCAPE, SHIFT_R = 53, 9, 62


def key(keycode: int, *, state: int = 0, pressed: bool = True, source: str = USER) -> Stray:
    return Stray(keycode, pressed, State(0, state), source)


def bench_with(manner: str, source: str = USER) -> Bench:
    """One on which X is pressed, by the user or another, when the third key event is sent."""
    bench = Bench(manner=manner)

    def press(number: int, event: object) -> None:
        if number == 3:
            bench.observer.see(key(X, source=source))
            bench.user.touched(key(X, source=source))

    bench.keyer.on_send = press
    return bench


def test_a_job_pauses_until_the_user_is_quiet() -> None:
    bench = bench_with("pause")
    typing = bench.insert("abc")
    assert bench.keys == "+a -a +b -b"
    bench.clock.advance(0.2)
    bench.user.touched(key(X))
    bench.clock.advance(0.2)
    assert outcome(typing) is PENDING
    bench.clock.advance(0.15)
    assert outcome(typing) is True
    assert bench.keys == "+c -c"
    assert bench.at_rest


def test_a_key_that_is_held_keeps_it_waiting() -> None:
    bench = bench_with("pause")
    typing = bench.insert("abc")
    for _ in range(10):
        bench.clock.advance(0.25)
        bench.user.touched(key(X, source=REPEAT))
    assert outcome(typing) is PENDING
    bench.clock.advance(0.3)
    assert outcome(typing) is True


@pytest.mark.promise("user-types")
def test_a_job_may_go_on() -> None:
    bench = bench_with("go-on")
    assert outcome(bench.insert("abc")) is True
    assert bench.keys == "+a -a +b -b +c -c"


@pytest.mark.promise("user-types")
def test_a_job_may_stop() -> None:
    bench = bench_with("stop")
    assert outcome(bench.insert("abc")) is False
    assert bench.keys == "+a -a +b -b"
    assert (bench.job.typed, bench.reason) == (2, "the user pressed a key or a button")


@pytest.mark.parametrize("manner", ["stop", "pause", "go-on"])
def test_what_brings_the_focus_to_a_jobs_window_does_not_stop_it(manner: str) -> None:
    bench = Bench(manner=manner)
    typing = bench.insert("ab", window=7, on_focus_change="wait")
    bench.clock.advance(0.05)
    bench.user.clicked()
    bench.focus_on(7)
    bench.clock.advance(0.05)
    assert bench.keys == ("" if manner == "pause" else "+a -a +b -b")
    bench.clock.advance(0.3)
    assert outcome(typing) is True
    assert bench.at_rest


@pytest.mark.parametrize(("manner", "source"), [("go-on", USER), ("pause", PROGRAM)])
def test_a_correction_takes_nothing_that_somebody_else_has_typed(manner: str, source: str) -> None:
    bench = Bench(manner=manner)

    def happen(number: int, event: KeyEvent) -> None:
        if number == 2:
            bench.observer.see(*[key(event.keycode, source=REPEAT)] * 2)
        elif number == 4:
            bench.observer.see(key(X, source=source))
            bench.user.touched(key(X, source=source))

    bench.keyer.on_send = happen
    assert outcome(bench.insert("ab")) is False
    assert bench.keys == "+a -a +BackSpace -BackSpace"
    assert bench.at_rest


def test_a_button_is_a_touch() -> None:
    bench = Bench(manner="stop")
    bench.keyer.on_send = lambda number, event: bench.user.clicked() if number == 3 else None
    assert outcome(bench.insert("abc")) is False
    assert bench.job.typed == 2


@pytest.mark.parametrize("stray", [key(X, pressed=False), key(X, source=PROGRAM), key(X, source=REPEAT), key(SHIFT_R)])
def test_what_is_no_touch(stray: Stray) -> None:
    bench = Bench(manner="stop")
    bench.keyer.on_send = lambda number, event: bench.user.touched(stray) if number == 3 else None
    assert outcome(bench.insert("abc")) is True


def test_the_key_that_called_for_a_job_does_not_stop_it() -> None:
    bench = Bench(manner="stop")
    bench.user.touched(key(X))
    assert outcome(bench.insert("abc")) is True


def test_a_paused_job_can_be_stopped() -> None:
    bench = bench_with("pause")
    typing = bench.insert("abc")
    bench.job.stop(ENOUGH)
    bench.clock.advance(0.3)
    assert outcome(typing) is False
    assert (bench.keys, bench.reason) == ("+a -a +b -b", "enough")


def test_behind_a_pause_the_job_looks_whether_the_focus_is_where_it_was() -> None:
    bench = bench_with("pause")
    typing = bench.insert("abc")
    bench.focus_on(7)
    bench.clock.advance(0.3)
    assert outcome(typing) is False
    assert (bench.keys, bench.reason) == ("+a -a +b -b", "the focus moved to another window")


@pytest.mark.parametrize("source", [USER, PROGRAM])
def test_nothing_is_taken_back_once_somebody_has_typed_behind_it(source: str) -> None:
    bench = Bench(manner="pause")

    def press(number: int, event: object) -> None:
        if number == 3:
            bench.observer.see(key(SHIFT_R), Stray(56, True, State(0, SHIFT), "ours"))
            bench.observer.false_at = {3}
            bench.keyboard.state = replace(bench.keyboard.state, held=SHIFT)

    bench.keyer.on_send = press
    typing = bench.insert("abc")
    bench.user.touched(key(X, source=source))
    bench.keyboard.let_go()
    bench.clock.advance(1)
    assert outcome(typing) is False
    assert "BackSpace" not in bench.keys
    assert bench.history.before(1) == ""


@pytest.mark.promise("only-own-text")
@pytest.mark.parametrize("source", [USER, PROGRAM])
@pytest.mark.parametrize("manner", ["pause", "go-on", "stop"])
def test_nothing_is_deleted_any_more_once_somebody_has_typed(manner: str, source: str) -> None:
    bench = bench_with(manner, source)
    typing = bench.backspace(3)
    bench.clock.advance(1)
    assert outcome(typing) is False
    assert bench.keys == "+BackSpace -BackSpace +BackSpace -BackSpace"
    assert bench.job.typed == 2


# --- Escape and the panic chord --------------------------------------------------------------------------------------


class Alert:
    """What is called, in order."""

    def __init__(self, panic: str) -> None:
        bench = Bench()
        self.called: list[str] = []
        self.user = UserActivity(bench.clock, FakeKeyboard(sample_layout()), panic=panic)
        self.user.on_escape = lambda: self.called.append("escape")
        self.user.on_panic = lambda: self.called.append("panic")


@pytest.mark.parametrize(
    ("panic", "stray", "called"),
    [
        ("", key(ESCAPE), ["escape"]),
        ("", key(ESCAPE, state=SHIFT | MOD2), ["escape"]),
        ("", key(ESCAPE, source=PROGRAM), []),
        ("", key(ESCAPE, pressed=False), []),
        ("", key(X), []),
        ("Escape", key(ESCAPE), ["panic"]),
        ("ctrl+Escape", key(ESCAPE), ["escape"]),
        ("ctrl+Escape", key(ESCAPE, state=CONTROL), ["panic"]),
        ("ctrl+Escape", key(ESCAPE, state=CONTROL | SHIFT | MOD2), ["panic"]),
        ("ctrl+Escape", key(X, state=CONTROL), []),
        ("ctrl+shift+x", key(X, state=CONTROL), []),
        ("ctrl+shift+x", key(X, state=CONTROL | SHIFT), ["panic"]),
        ("ctrl+shift+x", key(X, state=CONTROL | SHIFT, source=PROGRAM), []),
        ("F24", key(X), []),
    ],
)
def test_which_key_is_which(panic: str, stray: Stray, called: list[str]) -> None:
    alert = Alert(panic)
    alert.user.touched(stray)
    assert alert.called == called
