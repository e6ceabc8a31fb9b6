# SPDX-License-Identifier: MIT
"""How far typing runs ahead of the program."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine_bench import PENDING, Bench, outcome
from twisted.internet.defer import Deferred

from typewright.engine.flow_control import AT_MOST, FlowControl
from typewright.interfaces.accessibility import FocusedObject
from typewright.interfaces.backend import LEVEL_APPLICATION, USER, Stray
from typewright.keymap.chords import KeyEvent, State
from typewright.keymap.sample import CONTROL, sample_layout
from typewright.testing.backend import FakeBarrier

CONTROL_L = 37


class SlowBarrier(FakeBarrier):
    """A program that answers when the test says so."""

    def __init__(self, log: list) -> None:
        super().__init__(log)
        self.asked: list[Deferred[str]] = []

    def reach(self, window: int, *, settle: bool) -> Deferred[str]:
        self.asked.append(Deferred())
        return self.asked[-1]

    def answer(self, index: int) -> None:
        self.asked[index].callback(LEVEL_APPLICATION)


def slow(bench: Bench) -> SlowBarrier:
    barrier = SlowBarrier([])
    typist = bench.typist
    typist._barrier = typist.hands._barrier = barrier
    return barrier


def typed(bench: Bench) -> int:
    return sum(event.pressed for burst in bench.keyer.bursts for event in burst)


@pytest.mark.promise("at-most-64-ahead")
def test_no_more_than_64_characters_are_under_way() -> None:
    bench = Bench()
    barrier = slow(bench)
    typing = bench.insert("a" * 200)
    taken = 0
    while (ahead := typed(bench) - taken) and typed(bench) < 200:
        assert ahead == AT_MOST
        barrier.answer(taken // 32)
        taken += 32
    assert outcome(typing) is PENDING
    for asked in barrier.asked:
        if not asked.called:
            asked.callback(LEVEL_APPLICATION)
    assert outcome(typing) is True
    assert bench.at_rest


def test_a_program_that_takes_no_more_keys_ends_in_false() -> None:
    bench = Bench()
    slow(bench)
    typing = bench.insert("a" * 200)
    bench.clock.advance(4.9)
    assert outcome(typing) is PENDING
    bench.clock.advance(0.1)
    assert outcome(typing) is False
    assert (bench.job.typed, bench.reason) == (64, "the program with the focus takes no more keys")
    assert bench.at_rest


def test_a_slow_program_has_the_full_time_for_each_half() -> None:
    bench = Bench()
    barrier = slow(bench)
    typing = bench.insert("a" * 128)
    for index in range(3):
        bench.clock.advance(4.9)
        barrier.answer(index)
    bench.clock.advance(4.9)
    assert outcome(typing) is PENDING
    barrier.answer(3)
    barrier.answer(4)
    assert outcome(typing) is True


@pytest.mark.parametrize("manner", ["pause", "stop"])
def test_nothing_more_is_deleted_when_the_user_has_typed_while_a_program_was_waited_for(manner: str) -> None:
    bench = Bench(manner=manner)
    barrier = slow(bench)
    deleting = bench.backspace(200)
    bench.user.clicked()
    bench.clock.advance(1.0)
    barrier.answer(0)
    assert (outcome(deleting), typed(bench)) == (False, AT_MOST)
    assert bench.at_rest


def test_a_job_that_is_to_stop_for_the_user_does_so_when_a_program_was_waited_for() -> None:
    bench = Bench(manner="stop")
    barrier = slow(bench)
    typing = bench.insert("a" * 200)
    bench.user.clicked()
    bench.clock.advance(1.0)
    barrier.answer(0)
    assert (outcome(typing), typed(bench)) == (False, AT_MOST)
    assert bench.reason == "the user pressed a key or a button"


@pytest.mark.promise("user-modifier")
def test_a_modifier_that_came_down_while_a_program_was_waited_for_is_let_go_first() -> None:
    bench = Bench()
    barrier = slow(bench)
    typing = bench.insert("a" * 80)
    bench.observer.see(Stray(CONTROL_L, True, State(0, 0), USER))
    bench.keyboard.state = replace(bench.keyboard.state, held=CONTROL)
    barrier.answer(0)
    assert (outcome(typing), typed(bench)) == (PENDING, AT_MOST)
    bench.observer.see(Stray(CONTROL_L, False, State(0, CONTROL), USER))
    bench.keyboard.let_go()
    for asked in barrier.asked:
        if not asked.called:
            asked.callback(LEVEL_APPLICATION)
    assert (outcome(typing), typed(bench)) == (True, 80)
    assert bench.at_rest


@pytest.mark.parametrize(("text", "ahead"), [("語", 0), ("a語", 0), ("a\tb", 2)])
def test_a_modifier_that_came_down_while_a_part_of_a_text_waited_is_let_go_first(text: str, ahead: int) -> None:
    bench = Bench()
    barrier = slow(bench)
    bench.accessibility.facts = FocusedObject(password=False, editable=False, process=1000)
    typing = bench.insert(text)
    assert typed(bench) == ahead
    bench.keyboard.state = replace(bench.keyboard.state, held=CONTROL)
    barrier.answer(-1)
    assert (outcome(typing), typed(bench)) == (PENDING, ahead)
    bench.keyboard.let_go()
    barrier.answer(-1)
    assert (outcome(typing), typed(bench)) == (True, len(text))
    assert bench.at_rest


def test_a_short_text_asks_once_at_its_end() -> None:
    bench = Bench()
    assert outcome(bench.insert("a" * 31)) is True
    assert [line for line in bench.transcript if line.startswith("barrier")] == ["barrier 1"]


def test_who_stops_waits_for_nobody() -> None:
    asked: list[Deferred[str]] = []

    def reach() -> Deferred[str]:
        asked.append(Deferred())
        return asked[-1]

    ahead = FlowControl(reach, at_most=2)
    assert [ahead.typed() is asked[0] for _ in range(2)] == [False, True]
    ahead.stop()
    assert asked[1].called


def test_what_a_new_layout_overtakes_before_the_program_has_it_is_not_confirmed() -> None:
    bench = Bench()
    barrier = slow(bench)
    typing = bench.insert("ab")
    bench.keyboard.announce(sample_layout(spare=1))
    barrier.answer(0)
    assert outcome(typing) is False
    assert (bench.job.level, bench.reason) == ("", "the keyboard layout changed")
    assert bench.history.before(1) == ""


def test_no_keycode_is_lent_anew_once_a_new_layout_has_overtaken_what_is_under_way() -> None:
    bench = Bench(layout=sample_layout(spare=1))
    barrier = slow(bench)
    typing = bench.insert("çxyñö")
    barrier.answer(0)
    assert typed(bench) == 5  # a Shift is among them
    bench.keyboard.announce(replace(sample_layout(spare=1), groups=1))
    barrier.answer(1)
    barrier.answer(2)
    assert (outcome(typing), bench.reason) == (False, "the keyboard layout changed")
    assert typed(bench) == 5
    assert bench.history.before(1) == ""


def test_behind_a_disturbance_nothing_goes_on_in_another_layout() -> None:
    bench = Bench()
    barrier = slow(bench)

    def touch(number: int, event: KeyEvent) -> None:
        if number == 3:
            bench.user.touched(Stray(16, True, State(0, 0), USER))

    bench.keyer.on_send = touch
    typing = bench.insert("abc")
    assert typed(bench) == 2
    bench.keyboard.announce(sample_layout(spare=1))
    bench.clock.advance(0.3)
    for asked in barrier.asked:
        asked.callback(LEVEL_APPLICATION)
    assert (outcome(typing), bench.reason) == (False, "the keyboard layout changed")
    assert typed(bench) == 2
    assert bench.history.before(1) == ""
