# SPDX-License-Identifier: MIT
"""The typist, path by path: each test is the transcript of what its collaborators were asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from engine_bench import ENOUGH, EVENT, PENDING, Bench, error, outcome
from twisted.internet.defer import CancelledError, Deferred, succeed

from typewright.engine.job import Job
from typewright.engine.pacing import Pacing
from typewright.errors import DisplayLost
from typewright.interfaces.accessibility import FocusedObject
from typewright.interfaces.backend import (
    BACKGROUND,
    GONE,
    HELD,
    LEVEL_SERVER,
    LOCKED,
    NOWHERE,
    OURS,
    KeyboardState,
    Place,
    Stray,
    window_place,
)
from typewright.keymap.chords import KeyEvent, State
from typewright.keymap.key_coder import KeyCoder
from typewright.keymap.sample import LOCK, MOD1, SHIFT, sample_layout

# --- All is well -----------------------------------------------------------------------------------------------------


def test_a_text_is_typed_chord_by_chord() -> None:
    bench = Bench()
    assert outcome(bench.insert("Hi")) is True
    assert bench.transcript == [
        "press Shift_L", "press h", "release h", "release Shift_L",
        "press i", "release i",
        "settle",
        "barrier 1",
    ]  # fmt: skip
    assert bench.job.report(True, 0.0).typed == 2
    assert (bench.job.level, bench.reason) == ("application", "")
    assert bench.at_rest


def test_backspaces() -> None:
    bench = Bench()
    assert outcome(bench.backspace(2)) is True
    assert bench.transcript == ["press BackSpace", "release BackSpace"] * 2 + ["settle", "barrier 1"]
    assert bench.job.typed == 2


def test_chords_of_the_notation() -> None:
    bench = Bench()
    assert outcome(bench.press("ctrl+shift+t Escape")) is True
    assert bench.keys == "+Control_L +Shift_L +t -t -Shift_L -Control_L +Escape -Escape"
    assert (bench.job.typed, bench.job.take_text()) == (2, "")
    assert bench.history.before(1) == ""


def test_an_empty_text_is_typed_by_no_key() -> None:
    bench = Bench()
    assert outcome(bench.insert("")) is True
    assert bench.transcript == ["settle", "barrier 1"]


def test_the_plan_is_made_for_the_state_that_the_keyboard_is_in() -> None:
    bench = Bench(state=KeyboardState(group=1, locked=LOCK, held=0))
    assert outcome(bench.insert("Да")) is True
    assert bench.keys == "+l -l +Shift_L +f -f -Shift_L"
    assert {event.state.group for burst in bench.keyer.bursts for event in burst} == {1}
    assert {event.state.modifiers & LOCK for burst in bench.keyer.bursts for event in burst} == {LOCK}


def test_the_job_holds_the_level_that_the_barrier_reached() -> None:
    bench = Bench()
    bench.barrier.level = LEVEL_SERVER
    assert outcome(bench.insert("a")) is True
    assert bench.job.level == "server"


def test_a_typist_types_one_job_after_another() -> None:
    bench = Bench()
    assert [outcome(bench.insert("a")), outcome(bench.backspace(1)), outcome(bench.insert("b"))] == [True] * 3
    assert bench.keys == "+a -a +BackSpace -BackSpace +b -b"
    assert bench.history.before(1) == "b"


# --- Pacing ----------------------------------------------------------------------------------------------------------


def test_by_chord_all_events_of_a_chord_go_out_in_one_write() -> None:
    bench = Bench()
    bench.insert("Hi")
    assert bench.bursts == ["+Shift_L +h -h -Shift_L", "+i -i"]


def test_by_event_each_goes_out_alone() -> None:
    bench = Bench(pacing=EVENT)
    assert outcome(bench.insert("Hi")) is True
    assert bench.bursts == ["+Shift_L", "+h", "-h", "-Shift_L", "+i", "-i"]


def test_by_chord_the_next_chord_waits_for_each_confirmation() -> None:
    bench = Bench()
    bench.observer.silent = True
    typing = bench.insert("ab")
    for waiting in (2, 1):
        assert bench.bursts == ["+a -a"]
        assert len(bench.observer.waiting) == waiting
        bench.observer.answer()
    assert bench.bursts == ["+a -a", "+b -b"]
    bench.observer.answer(times=2)
    assert outcome(typing) is True


def test_by_event_the_next_event_waits_for_the_confirmation() -> None:
    bench = Bench(pacing=EVENT)
    bench.observer.silent = True
    typing = bench.insert("A")
    seen = []
    while bench.observer.waiting:
        seen.append(bench.bursts[-1])
        assert len(bench.observer.waiting) == 1
        bench.observer.answer()
    assert seen == ["+Shift_L", "+a", "-a", "-Shift_L"]
    assert outcome(typing) is True


def test_the_next_chord_waits_for_the_server_to_have_processed_the_last() -> None:
    bench = Bench()
    bench.keyer.by_hand = True
    typing = bench.insert("ab")
    assert bench.bursts == ["+a -a"]
    bench.keyer.processed()
    assert bench.bursts == ["+a -a", "+b -b"]
    bench.keyer.processed()
    assert outcome(typing) is True


@pytest.mark.parametrize(
    ("mode", "times"),
    [("event", ["0.0 +a", "0.1 -a", "0.2 +b", "0.3 -b"]), ("chord", ["0.0 +a -a", "0.1 +b -b"])],
)
def test_a_hold_is_kept_behind_each_burst(mode: str, times: list[str]) -> None:
    bench = Bench(pacing=Pacing(mode=mode, hold_s=0.1))
    typing = bench.insert("ab")
    sent = [f"{bench.clock.seconds():.1f} {burst}" for burst in bench.bursts]
    while bench.clock.seconds() < 1:
        bench.clock.advance(0.05)
        sent += [f"{bench.clock.seconds():.1f} {burst}" for burst in bench.bursts[len(sent) :]]
    assert sent == times
    assert outcome(typing) is True
    assert bench.at_rest


def test_a_hold_longer_than_the_time_out_is_no_silence() -> None:
    bench = Bench(pacing=Pacing(mode="event", hold_s=3.0, timeout_s=1.0))
    typing = bench.insert("a")
    bench.clock.pump([0.5] * 20)
    assert outcome(typing) is True
    assert bench.keys == "+a -a"


def test_silence_behind_a_hold_is_still_noticed() -> None:
    bench = Bench(pacing=Pacing(mode="event", hold_s=3.0, timeout_s=1.0))
    bench.observer.silent_at = {2}
    typing = bench.insert("a")
    bench.clock.advance(3.0)
    assert bench.keys == "+a -a"
    bench.clock.pump([0.5, 0.5])
    assert outcome(typing) is False
    assert bench.keys == "-a"


# --- The key list ----------------------------------------------------------------------------------------------------


def test_the_callers_key_list_is_not_consumed() -> None:
    bench = Bench()
    layout = bench.keyboard.layout
    key_list = KeyCoder(layout, group=0, locked=0).text_to_keys("abc")
    before = list(key_list)
    job = Job(":1.1", "insert", total=3)
    job.place, job.layout = window_place(1), layout
    assert outcome(bench.typist.hands.press_and_release_keys(key_list, job)) is True
    assert key_list == before
    assert bench.keys == "+a -a +b -b +c -c"
    assert outcome(bench.typist.hands.press_and_release_keys(tuple(before), job)) is True
    assert job.take_text() == "abcabc"


# --- Not confirmed ---------------------------------------------------------------------------------------------------


def test_by_chord_an_unconfirmed_press_is_lifted_and_stops_the_job() -> None:
    bench = Bench()
    bench.observer.false_at = {3}
    assert outcome(bench.insert("aBc")) is False
    # The chord went out whole, and the releases that were confirmed need no second one.
    assert bench.keys == "+a -a +Shift_L +b -b -Shift_L"
    assert bench.job.typed == 1
    assert bench.reason.startswith("a key event was not processed as it was sent")
    assert bench.at_rest


def test_by_chord_a_release_that_was_processed_otherwise_is_a_release() -> None:
    bench = Bench()
    bench.observer.false_at = {3, 4}
    assert outcome(bench.insert("Ab")) is False
    assert bench.bursts == ["+Shift_L +a -a -Shift_L"]
    assert bench.at_rest


def test_by_event_an_unconfirmed_press_has_all_keys_released_in_reverse_order() -> None:
    bench = Bench(pacing=EVENT)
    bench.observer.false_at = {3}
    assert outcome(bench.press("ctrl+shift+t")) is False
    assert bench.bursts == ["+Control_L", "+Shift_L", "+t", "-t -Shift_L -Control_L"]
    assert bench.transcript[-2:] == ["release Control_L", "settle"]
    assert (bench.job.typed, bench.job.level) == (0, "")
    assert bench.at_rest


def test_by_event_what_is_up_already_is_not_released_again() -> None:
    bench = Bench(pacing=EVENT)
    bench.observer.false_at = {5}
    assert outcome(bench.press("ctrl+shift+t")) is False
    assert bench.bursts == ["+Control_L", "+Shift_L", "+t", "-t", "-Shift_L", "-Control_L"]
    assert bench.at_rest


def test_the_keyboard_is_settled_and_no_barrier_asked_for_after_a_failure() -> None:
    bench = Bench()
    bench.observer.false_at = {2}
    assert outcome(bench.insert("ab")) is False
    assert bench.transcript == ["press a", "release a", "settle"]


# --- Silence ---------------------------------------------------------------------------------------------------------


@pytest.mark.promise("T18")
def test_a_silent_observer_ends_in_false_after_the_time_out() -> None:
    bench = Bench(pacing=Pacing(timeout_s=2.0))
    bench.observer.silent_at = {3, 4, 5, 6}
    typing = bench.insert("aB")
    bench.clock.advance(1.75)
    assert outcome(typing) is PENDING
    bench.clock.advance(0.25)
    assert outcome(typing) is False
    assert bench.bursts == ["+a -a", "+Shift_L +b -b -Shift_L", "-b -Shift_L"]
    assert bench.reason == "a key event was not confirmed in time"
    assert bench.job.typed == 1
    assert bench.at_rest


def test_releases_that_are_not_confirmed_either_are_waited_for_and_then_given_up() -> None:
    bench = Bench(pacing=Pacing(timeout_s=2.0))
    bench.observer.silent = True
    typing = bench.insert("a")
    bench.clock.pump([2.0, 1.75])
    assert outcome(typing) is PENDING
    bench.clock.advance(0.25)
    assert outcome(typing) is False
    assert bench.bursts == ["+a -a", "-a"]
    # A confirmation that is still awaited would be taken for the next job's.
    assert bench.at_rest


def test_the_job_after_a_silent_one_is_confirmed() -> None:
    bench = Bench()
    bench.observer.silent = True
    bench.insert("a")
    bench.clock.pump([2.0, 2.0])
    bench.log.clear()
    typing = bench.insert("b")
    assert len(bench.observer.waiting) == 2
    bench.observer.answer(times=2)
    assert outcome(typing) is True
    assert bench.keys == "+b -b"


def test_every_confirmation_has_the_full_time() -> None:
    bench = Bench(pacing=Pacing(timeout_s=2.0))
    bench.observer.silent = True
    typing = bench.insert("abc")
    for _ in range(6):
        bench.clock.advance(1.5)
        bench.observer.answer()
    assert outcome(typing) is True
    assert bench.clock.seconds() == 9.0
    assert bench.at_rest


def test_a_job_may_bring_its_own_time_out() -> None:
    bench = Bench(pacing=Pacing(timeout_s=2.0))
    bench.observer.silent_at = {1, 2}
    typing = bench.insert("a", timeout_s=0.5)
    bench.clock.advance(0.25)
    assert outcome(typing) is PENDING
    bench.clock.advance(0.25)
    assert outcome(typing) is False
    assert bench.at_rest


def test_a_server_that_does_not_process_the_keys_ends_in_false() -> None:
    bench = Bench()
    bench.keyer.by_hand = True
    typing = bench.insert("a")
    bench.clock.advance(2.0)
    assert bench.bursts == ["+a -a", "-a"]
    bench.clock.advance(2.0)
    assert outcome(typing) is False
    assert bench.at_rest


def test_a_server_that_does_not_tell_the_focus_ends_in_false() -> None:
    bench = Bench()
    bench.focus.silent = True
    typing = bench.insert("a")
    bench.clock.advance(2.0)
    assert outcome(typing) is False
    assert (bench.reason, bench.transcript) == ("the display server does not answer", [])


def test_a_server_that_does_not_tell_the_layout_ends_in_false() -> None:
    bench = Bench()
    bench.keyboard.silent = True
    typing = bench.insert("a")
    bench.clock.advance(2.0)
    assert outcome(typing) is False
    assert (bench.reason, bench.keys) == ("the display server does not answer", "")


def test_a_server_that_does_not_lend_ends_in_false() -> None:
    bench = Bench()
    lend = bench.slots.lend

    def in_vain(pairs):
        bench.keyboard.silent = True
        return lend(pairs)

    bench.slots.lend = in_vain
    typing = bench.insert("aç")
    bench.clock.advance(2.0)
    assert outcome(typing) is False
    assert bench.transcript == ["lend ç", "settle"]
    assert bench.reason == "the display server does not answer"


def test_a_layout_that_is_announced_and_never_told_ends_in_false() -> None:
    bench = Bench()

    def announce(number, event) -> None:
        if number == 2:
            bench.keyboard.announce()
            bench.keyboard.silent = True

    bench.keyer.on_send = announce
    typing = bench.insert("ab")
    bench.clock.advance(2.0)
    assert outcome(typing) is False
    assert bench.keys == "+a -a"
    assert bench.at_rest


def test_a_silent_program_ends_in_false_though_all_is_typed() -> None:
    bench = Bench()
    bench.barrier.silent = True
    typing = bench.insert("ab")
    bench.clock.advance(4.75)
    assert outcome(typing) is PENDING
    bench.clock.advance(0.25)
    assert outcome(typing) is False
    assert bench.reason == "the program with the focus has not answered yet"
    assert (bench.job.typed, bench.job.level) == (2, "")
    assert bench.history.before(1) == "ab"


# --- Errors and cancelling -------------------------------------------------------------------------------------------


def test_an_error_of_the_keyer_lifts_the_keys_and_goes_on_to_the_caller() -> None:
    bench = Bench(pacing=EVENT)

    def fail_next(number, event) -> None:
        if number == 2:
            bench.keyer.fail_with = DisplayLost()

    bench.keyer.on_send = fail_next
    assert error(bench.insert("A")) is DisplayLost
    assert bench.bursts == ["+Shift_L", "+a", "-a -Shift_L"]
    assert bench.transcript[-1:] == ["settle"]
    assert bench.at_rest


def test_a_lost_display_is_an_error_even_when_nothing_can_be_lifted() -> None:
    bench = Bench()
    bench.observer.silent = True
    bench.keyer.send = lambda events: (_ for _ in ()).throw(DisplayLost())
    assert error(bench.insert("a")) is DisplayLost
    assert bench.at_rest


def test_a_cancel_in_mid_chord_releases_and_waits_for_it() -> None:
    bench = Bench(pacing=EVENT)
    bench.observer.silent = True
    typing = bench.press("ctrl+shift+t")
    bench.observer.answer(times=1)
    bench.observer.answer(times=1)
    ended: list[object] = []
    typing.addBoth(ended.append)
    typing.cancel()
    assert bench.transcript == [
        "press Control_L",
        "press Shift_L",
        "press t",
        "release t",
        "release Shift_L",
        "release Control_L",
    ]
    bench.observer.answer(times=2)
    assert ended == []
    bench.observer.answer()
    assert bench.transcript == ["settle"]
    assert [result.type for result in ended] == [CancelledError]
    assert bench.at_rest


def test_a_cancel_between_chords_sends_no_more() -> None:
    bench = Bench(pacing=Pacing(hold_s=1.0))
    typing = bench.insert("ab")
    typing.cancel()
    assert error(typing) is CancelledError
    assert bench.transcript == ["press a", "release a", "settle"]
    assert bench.at_rest


def test_a_cancel_before_the_first_key_leaves_nothing_behind() -> None:
    bench = Bench(state=KeyboardState(0, 0, held=SHIFT))
    typing = bench.insert("ab")
    typing.cancel()
    assert error(typing) is CancelledError
    assert bench.transcript == []
    assert bench.at_rest


# --- Told to stop ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["chord", "event"])
@pytest.mark.parametrize("number", [3, 4, 5, 6])
def test_a_job_that_is_told_to_stop_finishes_the_chord_under_way_and_remembers_it(mode: str, number: int) -> None:
    bench = Bench(pacing=Pacing(mode=mode))
    bench.keyer.on_send = lambda count, event: bench.job.stop(ENOUGH) if count == number else None
    assert outcome(bench.insert("aBc")) is False
    assert bench.keys == "+a -a +Shift_L +b -b -Shift_L"
    assert bench.history.before(1) == "aB"
    assert (bench.job.typed, bench.reason, bench.job.level) == (2, "enough", "")
    assert bench.at_rest


def test_the_first_reason_counts() -> None:
    bench = Bench()
    bench.observer.false_at = {2}
    bench.keyer.on_send = lambda count, event: bench.job.stop(ENOUGH.saying(f"enough {count}"))
    assert outcome(bench.insert("a")) is False
    assert bench.reason == "enough 1"


def test_a_job_that_is_stopped_while_it_waits_for_the_user_sends_no_key() -> None:
    bench = Bench(state=KeyboardState(0, 0, held=SHIFT))
    typing = bench.insert("a")
    bench.job.stop(ENOUGH)
    bench.keyboard.let_go()
    assert outcome(typing) is False
    assert (bench.keys, bench.reason) == ("", "enough")


# --- The focus -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        (window_place(7), "the focus moved to another window"),
        (NOWHERE, "nothing has the focus"),
        (HELD, "another program holds the keyboard"),
    ],
)
def test_when_the_keys_went_elsewhere_the_job_stops(place: Place, reason: str) -> None:
    bench = Bench()

    def move(number, event) -> None:
        if number == 3:
            bench.keyer.place = place

    bench.keyer.on_send = move
    assert outcome(bench.insert("abc")) is False
    assert bench.keys == "+a -a +b -b"
    assert (bench.job.typed, bench.reason) == (1, reason)
    assert (bench.history.before(1), bench.history.before(place.window)) == ("a", "")
    assert bench.at_rest


def test_by_event_the_rest_of_a_chord_is_not_sent_to_another_window() -> None:
    bench = Bench(pacing=EVENT)

    def move(number, event) -> None:
        if number == 2:
            bench.keyer.place = window_place(7)

    bench.keyer.on_send = move
    assert outcome(bench.insert("A")) is False
    assert bench.bursts == ["+Shift_L", "+a", "-a -Shift_L"]
    assert bench.job.typed == 0


def test_by_event_what_was_pressed_before_the_focus_moved_is_typed() -> None:
    bench = Bench(pacing=EVENT)

    def move(number, event) -> None:
        if number == 2:
            bench.keyer.place = window_place(7)

    bench.keyer.on_send = move
    assert outcome(bench.insert("ab")) is False
    assert bench.bursts == ["+a", "-a"]
    assert (bench.job.typed, bench.history.before(1)) == (1, "a")


@pytest.mark.parametrize("text", ["abc", "Abc"])
def test_by_event_a_key_that_comes_up_in_another_layout_has_typed(text: str) -> None:
    release = 3 if text[0].isupper() else 2
    bench = Bench(pacing=EVENT)
    bench.observer.false_at = {release}

    def switch(number: int, event: KeyEvent) -> None:
        if number == release:
            bench.observer.see(Stray(event.keycode, False, State(1, event.state.modifiers), OURS))

    bench.keyer.on_send = switch
    assert outcome(bench.insert(text)) is True
    assert (bench.job.typed, bench.history.before(1)) == (3, text)
    assert bench.at_rest


@pytest.mark.parametrize(
    ("place", "reason"), [(NOWHERE, "nothing has the focus"), (HELD, "another program holds the keyboard")]
)
def test_where_no_program_of_ours_would_get_it_no_key_is_sent(place: Place, reason: str) -> None:
    bench = Bench()
    bench.focus.place = place
    assert outcome(bench.insert("a")) is False
    assert bench.transcript == []
    assert bench.reason == reason


@pytest.mark.promise("later-layout")
@pytest.mark.parametrize(
    ("text", "confirmed"), [("yes\nmore", False), ("more", False), ("yes\n", True), ("q", True), ("", True)]
)
def test_a_window_that_was_closed_may_have_been_by_the_last_key_alone(text: str, confirmed: bool) -> None:
    bench = Bench()
    bench.barrier.level = GONE
    assert outcome(bench.insert(text)) is confirmed
    assert (bench.job.typed, bench.job.level) == (len(text), LEVEL_SERVER if confirmed else "")
    assert ("closed" in bench.reason) is not confirmed


def test_a_job_that_may_types_to_whoever_holds_the_keyboard_and_remembers_nothing() -> None:
    bench = Bench()
    bench.focus_on(HELD)
    assert outcome(bench.insert("ab", grabs="type")) is True
    assert bench.keys == "+a -a +b -b"
    assert bench.history.before(0) == ""


def test_a_job_that_may_does_not_type_to_a_locker() -> None:
    bench = Bench()
    bench.focus_on(LOCKED)
    assert outcome(bench.insert("ab", grabs="type")) is False
    assert bench.transcript == []
    assert "locker" in bench.reason


def test_a_locker_that_takes_the_keyboard_over_from_a_launcher_is_not_typed_into() -> None:
    bench = Bench()
    bench.focus_on(HELD)

    def lock(number, event) -> None:
        bench.focus.place = LOCKED if number >= 4 else HELD

    bench.keyer.on_send = lock
    assert outcome(bench.insert("ab\ncd", grabs="type")) is False
    assert bench.keys == "+a -a +b -b"
    assert (bench.job.typed, "locker" in bench.reason) == (2, True)
    assert bench.at_rest


def test_a_job_that_may_waits_for_the_focus_and_goes_on() -> None:
    bench = Bench()

    def move(number, event) -> None:
        if number == 3:
            bench.focus_on(7)

    bench.keyer.on_send = move
    typing = bench.insert("abc", on_focus_change="wait")
    bench.clock.advance(9)
    assert outcome(typing) is PENDING
    assert bench.keys == "+a -a +b -b"
    bench.focus_on(1)
    bench.clock.advance(0.05)
    assert outcome(typing) is True
    # The one that went elsewhere is typed again, where it belongs.
    assert bench.keys == "+b -b +c -c"
    assert (bench.job.typed, bench.history.before(1)) == (3, "abc")
    assert bench.at_rest


def test_a_job_for_one_window_is_not_typed_into_another() -> None:
    bench = Bench()
    assert outcome(bench.insert("a", window=7)) is False
    assert (bench.transcript, bench.job.reason.code) == ([], "otherwindow")
    assert outcome(bench.insert("a", window=1)) is True


def test_a_text_is_not_typed_where_no_window_has_the_focus_but_shortcuts_are() -> None:
    bench = Bench()
    bench.focus_on(Place(BACKGROUND, 0x100))
    for typing in (bench.insert("a"), bench.backspace(1)):
        assert outcome(typing) is False
        assert bench.keys == ""
        assert bench.job.reason.code == "background"
    assert outcome(bench.press("ctrl+s")) is True
    assert bench.keys == "+Control_L +s -s -Control_L"


def test_a_job_for_one_window_may_wait_for_it() -> None:
    bench = Bench()
    typing = bench.insert("a", window=7, on_focus_change="wait")
    bench.clock.advance(0.5)
    assert bench.keys == ""
    bench.focus_on(7)
    bench.clock.advance(0.05)
    assert outcome(typing) is True
    assert bench.history.before(7) == "a"


def test_a_job_for_one_window_types_to_no_other_program_that_holds_the_keyboard() -> None:
    bench = Bench()
    bench.focus_on(HELD)
    assert outcome(bench.insert("a", window=7, grabs="type")) is False
    assert (bench.transcript, bench.reason) == ([], "another program holds the keyboard")


@pytest.mark.parametrize("window", [NOWHERE, HELD])
def test_a_job_for_one_window_waits_for_it_whatever_has_the_focus(window: int) -> None:
    bench = Bench()
    bench.focus_on(window)
    typing = bench.insert("a", window=7, on_focus_change="wait", grabs="type")
    bench.clock.advance(0.5)
    assert (outcome(typing), bench.keys) == (PENDING, "")
    bench.focus_on(7)
    bench.clock.advance(0.05)
    assert outcome(typing) is True
    assert bench.history.before(7) == "a"


def test_a_job_that_waits_for_the_focus_does_not_wait_for_ever() -> None:
    bench = Bench(pacing=Pacing(focus_wait_s=2.0))

    def move(number, event) -> None:
        if number == 3:
            bench.focus_on(7)

    bench.keyer.on_send = move
    typing = bench.insert("abc", on_focus_change="wait")
    bench.clock.pump([0.05] * 50)
    assert outcome(typing) is False
    assert (bench.job.typed, bench.reason) == (1, "the focus moved to another window")
    assert bench.at_rest


# --- Line ends -------------------------------------------------------------------------------------------------------


def test_a_line_end_may_be_shift_and_return() -> None:
    bench = Bench()
    assert outcome(bench.insert("a\nb", newline="shift-return")) is True
    assert bench.keys == "+a -a +Shift_L +Return -Return -Shift_L +b -b"
    assert bench.history.before(1) == "a\nb"


def test_shift_and_return_under_a_locked_shift() -> None:
    bench = Bench(state=KeyboardState(0, SHIFT, 0))
    assert outcome(bench.insert("\n", newline="shift-return")) is True
    assert bench.keys == "+Shift_L +Return -Return -Shift_L"
    assert bench.keyer.bursts[0][0].state == State(0, 0), "the lock is off for the while"


# --- The user's hands ------------------------------------------------------------------------------------------------


def test_a_held_modifier_is_waited_for() -> None:
    bench = Bench(state=KeyboardState(0, 0, held=SHIFT))
    typing = bench.insert("a")
    bench.clock.advance(0.75)
    assert bench.transcript == []
    bench.keyboard.let_go()
    assert outcome(typing) is True
    assert bench.keys == "+a -a"
    assert bench.at_rest


def test_a_modifier_that_stays_held_ends_in_false_with_no_key_sent() -> None:
    bench = Bench(state=KeyboardState(0, 0, held=SHIFT), pacing=Pacing(modifier_wait_s=1.0))
    typing = bench.insert("a")
    bench.clock.advance(1.0)
    assert outcome(typing) is False
    assert bench.transcript == []
    assert (bench.job.typed, bench.reason) == (0, "a modifier key is held down")
    bench.keyboard.let_go()
    assert bench.keys == ""
    assert bench.at_rest


# --- The layout ------------------------------------------------------------------------------------------------------


def announcing(bench: Bench, layout: object) -> None:
    bench.keyer.on_send = lambda number, event: bench.keyboard.announce(layout) if number == 2 else None


def test_another_layout_in_mid_text_stops_the_job() -> None:
    bench = Bench()
    announcing(bench, replace(sample_layout(), groups=1))
    assert outcome(bench.insert("ab")) is False
    assert bench.keys == "+a -a"
    assert (bench.job.typed, bench.reason) == (0, "the keyboard layout changed")
    assert bench.at_rest


def test_an_announcement_of_the_same_layout_stops_nothing() -> None:
    bench = Bench()
    announcing(bench, sample_layout())
    assert outcome(bench.insert("ab")) is True
    assert bench.keys == "+a -a +b -b"
    assert not bench.keyboard.stale


def test_a_layout_that_was_changed_and_read_by_others_is_noticed_as_well() -> None:
    bench = Bench()

    def change(number, event) -> None:
        if number == 2:
            bench.keyboard.layout = sample_layout(spare=1)

    bench.keyer.on_send = change
    assert outcome(bench.insert("ab")) is False
    assert bench.reason == "the keyboard layout changed"


# --- Borrowing -------------------------------------------------------------------------------------------------------


def test_what_the_layout_lacks_is_borrowed_before_the_first_key() -> None:
    bench = Bench()
    assert outcome(bench.insert("açÇ漢")) is True
    assert bench.transcript == [
        "lend çÇ 漢",
        "barrier 1 and settle",
        "press a", "release a",
        "press ccedilla", "release ccedilla",
        "press Shift_L", "press ccedilla", "release ccedilla", "release Shift_L",
        "press U6F22", "release U6F22",
        "settle",
        "barrier 1",
        "done",
    ]  # fmt: skip
    assert bench.history.before(1) == "açÇ漢"


def test_before_a_keycode_is_lent_anew_the_program_has_taken_its_keys() -> None:
    bench = Bench(layout=sample_layout(spare=1))
    assert outcome(bench.insert("çxéñ")) is True
    assert bench.transcript == [
        "lend çé",
        "barrier 1 and settle",
        "press ccedilla", "release ccedilla", "press x", "release x",
        "press Shift_L", "press ccedilla", "release ccedilla", "release Shift_L",
        "barrier 1 and settle",
        "lend ñ",
        "barrier 1 and settle",
        "press ntilde", "release ntilde",
        "settle",
        "barrier 1",
        "done",
    ]  # fmt: skip


def test_the_next_job_waits_only_for_keycodes_that_it_takes_from_others() -> None:
    bench = Bench(layout=sample_layout(spare=2))
    told = []
    for text in ("ç", "ñ", "çñ", "ö", "plain"):
        assert outcome(bench.insert(text)) is True
        told.append([line for line in bench.transcript if "lend " in line or ("settle" in line and line != "settle")])
        bench.log.clear()
    assert told == [
        ["lend ç", "barrier 1 and settle"],
        ["lend ñ", "barrier 1 and settle"],
        ["lend ç ñ"],
        ["barrier 1 and settle", "lend ö", "barrier 1 and settle"],
        [],
    ]


def test_a_text_with_something_untypeable_is_not_begun() -> None:
    bench = Bench(layout=sample_layout(spare=0))
    assert outcome(bench.insert("abc\N{SNOWMAN}")) is False
    assert bench.transcript == ["settle"]
    assert bench.job.typed == 0
    assert bench.reason.startswith("Character 4 is not on the keyboard layout")


def test_a_program_that_does_not_answer_keeps_its_borrowed_keycodes() -> None:
    bench = Bench(layout=sample_layout(spare=1))

    def hang(number: int, event: object) -> None:
        bench.barrier.silent = True

    bench.keyer.on_send = hang
    typing = bench.insert("çéñ")
    bench.clock.advance(5.0)
    bench.clock.advance(5.0)
    assert outcome(typing) is False
    assert [line for line in bench.transcript if "lend " in line] == ["lend çé"]
    assert (bench.job.typed, bench.job.total) == (2, 3)
    assert bench.reason == "the program with the focus has not answered yet"


def test_a_job_that_fails_over_borrowed_keycodes_waits_for_the_program_to_settle() -> None:
    bench = Bench()
    bench.observer.false_at = {2}
    assert outcome(bench.insert("çb")) is False
    assert bench.transcript[-3:] == ["settle", "barrier 1 and settle", "done"]


def test_a_lost_borrowing_is_a_changed_layout() -> None:
    bench = Bench()
    announcing(bench, sample_layout())
    assert outcome(bench.insert("aç")) is False
    assert bench.keys == "+a -a"
    assert bench.reason == "the keyboard layout changed"


# --- Bad plans -------------------------------------------------------------------------------------------------------


def test_a_notation_that_the_layout_has_no_key_for_is_a_reason() -> None:
    bench = Bench()
    assert outcome(bench.press("ctrl+s F24")) is False
    assert bench.transcript == ["settle"]
    assert bench.reason == "No key of the keyboard layout reaches key 1 of chord 2."


# --- History and context ---------------------------------------------------------------------------------------------


def test_history_holds_what_was_confirmed_by_window_and_caller() -> None:
    bench = Bench()
    outcome(bench.insert("ab", caller=":1.1"))
    bench.focus_on(2)
    outcome(bench.insert("c", caller=":1.2"))
    bench.focus_on(1)
    outcome(bench.insert("d", caller=":1.2"))
    assert bench.history.of(1) == ((":1.1", "ab"), (":1.2", "d"))
    assert bench.history.of(2) == ((":1.2", "c"),)


@pytest.mark.parametrize("mode", ["chord", "event"])
def test_history_holds_the_confirmed_part_of_a_job_that_failed(mode: str) -> None:
    bench = Bench(pacing=Pacing(mode=mode))
    bench.observer.false_at = {6}
    assert outcome(bench.insert("abcd")) is False
    assert bench.history.before(1) == "ab"


def test_history_holds_the_confirmed_part_of_a_job_that_was_cancelled_or_broken() -> None:
    bench = Bench()
    bench.observer.silent_at = {3, 4}
    typing = bench.insert("ab")
    typing.cancel()
    assert error(typing) is CancelledError
    assert bench.history.before(1) == "a"
    bench.keyer.fail_with = DisplayLost()
    assert error(bench.insert("c")) is DisplayLost
    assert bench.history.before(1) == "a"


def test_a_modifier_that_comes_down_again_is_waited_for_again() -> None:
    bench = Bench(state=KeyboardState(group=0, locked=0, held=SHIFT))
    typing = bench.insert("a")
    read = bench.keyboard.read

    def down_again() -> Deferred[Any]:
        bench.keyboard.read = read
        bench.keyboard.state = KeyboardState(group=0, locked=0, held=MOD1)
        return read()

    bench.keyboard.read = down_again
    bench.keyboard.let_go()
    assert (outcome(typing), bench.keys) == (PENDING, "")
    bench.keyboard.let_go()
    assert (outcome(typing), bench.keys) == (True, "+a -a")


def test_a_job_ends_where_nothing_can_be_lent_any_more() -> None:
    bench = Bench(layout=sample_layout(spare=1))

    def none_to_spare(number: int, event: KeyEvent) -> None:
        bench.slots.lend = lambda wanted: succeed(None)

    bench.keyer.on_send = none_to_spare
    assert outcome(bench.insert("漢字仮名")) is False
    assert (bench.job.typed, bench.reason) == (2, "the keyboard layout changed")


def test_history_holds_nothing_where_a_chord_may_stand_that_was_not_confirmed() -> None:
    bench = Bench()
    bench.observer.silent_at = {5}
    typing = bench.insert("abc")
    bench.clock.advance(2.0)
    assert outcome(typing) is False
    bench.clock.advance(2.0)
    assert (bench.job.typed, bench.history.before(1)) == (2, "")


def test_history_holds_nothing_where_a_new_layout_may_have_typed_another_character() -> None:
    bench = Bench()
    bench.keyer.on_send = lambda number, event: bench.keyboard.announce(sample_layout(spare=1)) if number == 5 else None
    assert outcome(bench.insert("abc")) is False
    assert (bench.job.typed, bench.history.before(1)) == (2, "")


def test_history_holds_nothing_where_a_wrong_character_was_not_taken_back() -> None:
    bench = Bench()

    def shift(number: int, event: KeyEvent) -> None:
        if number == 5:
            bench.observer.see(Stray(event.keycode, True, State(0, SHIFT), OURS))
            bench.keyboard.state = KeyboardState(group=0, locked=0, held=SHIFT)

    bench.keyer.on_send = shift
    bench.observer.false_at = {5}
    typing = bench.insert("abc")
    bench.clock.advance(1.0)
    assert outcome(typing) is False
    assert bench.keys == "+a -a +b -b +c -c"
    assert (bench.job.typed, bench.history.before(1)) == (2, "")


@pytest.mark.promise("shortcut-keys-up")
def test_a_window_that_gets_the_focus_by_a_shortcut_is_typed_into_when_its_keys_are_up() -> None:
    bench = Bench()
    typing = bench.insert("a", window=7, on_focus_change="wait")
    bench.clock.advance(1.0)
    bench.keyboard.state = KeyboardState(group=0, locked=0, held=MOD1)
    bench.focus_on(7)
    bench.clock.advance(0.5)
    assert (outcome(typing), bench.keys) == (PENDING, "")
    bench.keyboard.let_go()
    assert (outcome(typing), bench.keys) == (True, "+a -a")
    assert bench.at_rest


@pytest.mark.promise("shortcut-keys-up")
def test_a_window_that_the_user_only_comes_past_is_not_typed_into() -> None:
    bench = Bench()
    typing = bench.insert("a", window=7, on_focus_change="wait")
    bench.keyboard.state = KeyboardState(group=0, locked=0, held=MOD1)
    bench.focus_on(7)
    bench.clock.advance(0.1)
    bench.focus_on(8)
    bench.keyboard.let_go()
    bench.clock.advance(0.1)
    assert (outcome(typing), bench.keys) == (PENDING, "")
    bench.focus_on(7)
    bench.clock.advance(0.1)
    assert (outcome(typing), bench.keys) == (True, "+a -a")
    assert bench.at_rest


def test_a_window_that_the_user_only_comes_past_is_not_gone_on_in() -> None:
    bench = Bench()

    def away(number: int, event: KeyEvent) -> None:
        if number == 3:
            bench.focus_on(8)

    bench.keyer.on_send = away
    typing = bench.insert("ab", on_focus_change="wait")
    assert bench.keys == "+a -a +b -b"
    bench.keyboard.state = KeyboardState(group=0, locked=0, held=MOD1)
    bench.focus_on(1)
    bench.clock.advance(0.1)
    bench.focus_on(8)
    bench.keyboard.let_go()
    bench.clock.advance(0.1)
    assert (outcome(typing), bench.keys) == (PENDING, "")
    bench.focus_on(1)
    bench.clock.advance(0.1)
    assert (outcome(typing), bench.keys) == (True, "+b -b")


def test_backspaces_take_away_what_history_holds() -> None:
    bench = Bench()
    outcome(bench.insert("abcd", caller=":1.1"))
    assert outcome(bench.backspace(2, caller=":1.2")) is True
    assert bench.history.before(1) == "ab"


def test_backspaces_that_were_not_confirmed_take_nothing_away() -> None:
    bench = Bench()
    outcome(bench.insert("abcd"))
    bench.observer.false_at = {8 + 4}
    assert outcome(bench.backspace(3)) is False
    assert bench.history.before(1) == "abc"


def test_a_text_is_typed_as_given_unless_it_is_to_be_fitted() -> None:
    bench = Bench()
    outcome(bench.insert("one"))
    outcome(bench.insert("two"))
    assert bench.history.before(1) == "onetwo"
    bench.context_adjust = True
    assert outcome(bench.insert("three.")) is True
    assert (bench.job.typed, bench.job.total) == (7, 7)
    outcome(bench.insert("four"))
    assert bench.history.before(1) == "onetwo three. Four"


def test_what_stands_before_comes_from_the_program_where_the_history_knows_nothing() -> None:
    bench = Bench()
    bench.context_adjust = True
    outcome(bench.insert("one"))
    assert bench.history.before(1) == "one"
    bench.history.forget()
    bench.accessibility.text = "Well,"
    outcome(bench.insert("two"))
    assert bench.history.before(1) == " two"
    bench.accessibility.text = "nothing of this"
    outcome(bench.insert("three"))
    assert bench.history.before(1) == " two three"


@pytest.mark.parametrize(("window", "process"), [(1, 1001), (HELD, 1000)])
def test_what_another_program_tells_does_not_stand_before(window: int, process: int) -> None:
    bench = Bench()
    bench.context_adjust = True
    bench.accessibility.facts = FocusedObject(password=False, editable=False, process=process)
    bench.accessibility.text = "Well"
    bench.focus_on(window)
    assert outcome(bench.insert("two", grabs="type")) is True
    assert bench.keys == "+t -t +w -w +o -o"


@pytest.mark.parametrize(
    ("told", "expected"), [(None, "(note"), ("He wrote (", "(note"), ("(", "(Note"), ("He wrote", "(note")]
)
def test_an_opening_mark_does_not_tell_whether_a_sentence_begins(told: str | None, expected: str) -> None:
    bench = Bench()
    bench.context_adjust = True
    outcome(bench.insert("("))
    bench.accessibility.text = told
    outcome(bench.insert("note"))
    assert bench.history.before(1) == expected


def test_a_password_field_is_refused_and_ends_what_is_known() -> None:
    bench = Bench()
    outcome(bench.insert("one"))
    bench.accessibility.facts = FocusedObject(password=True, editable=True, process=1)
    assert outcome(bench.insert("two")) is False
    assert bench.reason == "the focus is in a password field, and the configuration refuses these"
    assert bench.history.before(1) == ""


def test_what_is_typed_into_a_password_field_is_not_remembered() -> None:
    bench = Bench(passwords=True)
    bench.accessibility.facts = FocusedObject(password=True, editable=True, process=1)
    assert outcome(bench.insert("secret")) is True
    assert bench.history.before(1) == ""


def test_nothing_is_given_back_while_a_job_is_typed_or_its_program_has_not_taken_it() -> None:
    bench = Bench()
    kept: list[bool] = []
    bench.keyer.on_send = lambda number, event: kept.append(bench.slots.kept)
    reach = bench.barrier.reach
    bench.barrier.reach = lambda window, *, settle: (kept.append(bench.slots.kept), reach(window, settle=settle))[1]
    assert outcome(bench.insert("plain")) is True
    assert kept == [True] * 11
    assert not bench.slots.kept


# --- The keyboard is settled, whatever happens -----------------------------------------------------------------------


def failing(bench: Bench) -> None:
    bench.keyer.fail_with = DisplayLost()


def unconfirmed(bench: Bench) -> None:
    bench.observer.false_at = {1}


def silent(bench: Bench) -> None:
    bench.observer.silent = True


def untypeable(bench: Bench) -> None:
    bench.slots.lend = lambda wanted: succeed(None)


def elsewhere(bench: Bench) -> None:
    bench.keyer.place = window_place(9)


@pytest.mark.parametrize("trouble", [lambda bench: None, failing, unconfirmed, silent, untypeable, elsewhere])
def test_the_keyboard_is_settled_whatever_happens(trouble) -> None:
    bench = Bench()
    trouble(bench)
    typing = bench.insert("aç")
    bench.clock.pump([2.0, 2.0])
    assert outcome(typing) is not PENDING
    told = bench.transcript
    assert [told.count("settle"), told.count("done")] == [1, told.count("lend ç")]
    keys_after = told[told.index("settle") :]
    assert not [line for line in keys_after if line.startswith(("press", "release"))]
    assert bench.at_rest
