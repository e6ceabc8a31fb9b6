# SPDX-License-Identifier: MIT
"""Held keys: whatever becomes of the job that pressed them, they are held for a caller, or up."""

from __future__ import annotations

import pytest
from engine_bench import PENDING, Bench, outcome
from twisted.internet.defer import Deferred

from typewright.engine.held_keys import HeldKeys
from typewright.engine.job import Job
from typewright.interfaces.backend import OURS, SWALLOWED, USER, Stray
from typewright.keymap.chords import KeyEvent, State
from typewright.keymap.notation import keysyms_of
from typewright.keymap.sample import SHIFT, sample_layout

LEASE_S = 3.0
SHIFT_R = 62


class Held:
    """Holds on a bench, and a job that holds."""

    def __init__(self) -> None:
        self.bench = Bench()
        self.holds = HeldKeys(self.bench.typist.hands, self.bench.typist.perform, self.bench.clock)
        self.job = Job(":1.1", "hold", total=1)

    def hold(self, notation: str) -> Deferred[bool]:
        return self.holds.hold(notation, LEASE_S, self.job)


def test_a_chord_is_down_until_its_lease_ends() -> None:
    held = Held()
    assert outcome(held.hold("ctrl+shift")) is True
    assert held.bench.keys == "+Control_L +Shift_L"
    held.bench.clock.advance(LEASE_S)
    assert held.bench.keys == "-Shift_L -Control_L"
    assert held.bench.at_rest


def test_a_chord_is_released_for_who_holds_it_alone() -> None:
    held = Held()
    assert outcome(held.hold("shift")) is True
    assert outcome(held.holds.release_for(Job(":1.2", "release"), keysyms_of("shift"))) is False
    assert outcome(held.holds.release_for(Job(":1.1", "release"), keysyms_of("ctrl"))) is False
    assert held.bench.keys == "+Shift_L"
    assert outcome(held.holds.release_for(Job(":1.1", "release"), keysyms_of("shift"))) is True
    assert held.bench.keys == "-Shift_L"
    assert held.bench.at_rest


def test_a_program_that_does_not_answer_is_left_no_key_down() -> None:
    held = Held()
    held.bench.barrier.silent = True
    holding = held.hold("shift")
    assert outcome(holding) is PENDING
    held.bench.clock.advance(5.0)
    assert outcome(holding) is False
    assert held.bench.keys == "+Shift_L -Shift_L"
    assert held.bench.at_rest


def test_a_layout_that_changes_under_the_press_leaves_nothing_down() -> None:
    held = Held()

    def announce(number: int, event: object) -> None:
        if number == 1:
            held.bench.keyboard.announce(sample_layout(spare=1))

    held.bench.keyer.on_send = announce
    assert outcome(held.hold("shift")) is False
    assert held.bench.keys == "+Shift_L -Shift_L"
    assert held.bench.at_rest


def test_a_disturbance_presses_nothing_twice() -> None:
    held = Held()

    def touch(number: int, event: object) -> None:
        if number == 1:
            held.bench.observer.see(Stray(SHIFT_R, True, State(0, 0), USER), Stray(SHIFT_R, False, State(0, 0), USER))

    held.bench.keyer.on_send = touch
    assert outcome(held.hold("Left")) is True, held.job.reason
    assert held.bench.keys == "+Left"
    held.bench.clock.advance(LEASE_S)
    assert held.bench.keys == "-Left"
    assert held.bench.at_rest


def test_what_is_coming_up_is_waited_for() -> None:
    held = Held()
    assert outcome(held.hold("shift")) is True
    held.bench.observer.silent = True
    held.bench.clock.advance(LEASE_S)
    assert held.bench.keys == "+Shift_L -Shift_L"
    released = held.holds.release()
    assert outcome(released) is PENDING
    held.bench.observer.answer()
    assert outcome(released) is False
    assert held.bench.at_rest


def test_a_click_while_a_key_is_held_leaves_it_no_longer_down() -> None:
    held = Held()
    assert outcome(held.hold("ctrl")) is True
    held.bench.user.clicked()
    assert outcome(held.holds.release_for(Job(":1.1", "release"), keysyms_of("ctrl"))) is True
    assert held.bench.keys == "+Control_L -Control_L"
    assert held.bench.at_rest


def test_a_caller_that_leaves_behind_its_release_leaves_no_key_down() -> None:
    held = Held()
    assert outcome(held.hold("ctrl")) is True
    job = Job(":1.1", "release")
    job.stop("its caller left the bus")
    assert outcome(held.holds.release_for(job, keysyms_of("ctrl"))) is False
    assert held.bench.keys == "+Control_L -Control_L"
    assert held.bench.at_rest


@pytest.mark.promise("hold-ends")
def test_a_layout_that_changes_under_the_lease_keeps_no_key_down() -> None:
    held = Held()
    assert outcome(held.hold("ctrl")) is True
    held.bench.keyboard.announce(sample_layout(spare=1))
    held.bench.clock.advance(LEASE_S)
    assert held.bench.keys == "+Control_L -Control_L"
    assert held.bench.at_rest


@pytest.mark.promise("hold-ends")
def test_a_focus_that_nobody_tells_of_keeps_no_key_down() -> None:
    held = Held()
    assert outcome(held.hold("ctrl")) is True
    held.bench.focus.silent = True
    held.bench.clock.advance(LEASE_S)
    held.bench.clock.advance(LEASE_S)
    assert held.bench.keys == "+Control_L -Control_L"
    assert held.bench.at_rest


def test_what_is_held_is_down_though_another_modifier_came_first() -> None:
    held = Held()

    def touch(number: int, event: KeyEvent) -> None:
        if number == 1:
            held.bench.observer.see(
                Stray(SHIFT_R, True, State(0, 0), USER),
                Stray(event.keycode, True, State(0, SHIFT), OURS),
                Stray(SHIFT_R, False, State(0, SHIFT), USER),
            )

    held.bench.keyer.on_send = touch
    held.bench.observer.false_at = {1}
    assert outcome(held.hold("ctrl")) is True
    assert held.bench.keys == "+Control_L -Control_L +Control_L"
    held.bench.clock.advance(LEASE_S)
    assert held.bench.keys == "-Control_L"
    assert held.bench.at_rest


def test_what_was_swallowed_is_not_held() -> None:
    held = Held()

    def swallow(number: int, event: KeyEvent) -> None:
        if event.pressed:
            held.bench.observer.see(Stray(event.keycode, True, None, SWALLOWED))

    held.bench.keyer.on_send = swallow
    held.bench.observer.false_at = set(range(1, 100))
    assert outcome(held.hold("ctrl")) is False
    assert held.bench.at_rest
