# SPDX-License-Identifier: MIT
"""Runs: several chords in one write, each confirmed, and only where keys go to the job's window."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from tests.engine.engine_bench import ENOUGH, PENDING, Bench, outcome

from typewright.engine.interference import Seen, judge_run
from typewright.engine.job import Interference
from typewright.engine.pacing import Pacing
from typewright.interfaces.backend import NOWHERE, OURS, TAKEN, USER, Stray, window_place
from typewright.keymap.chords import State
from typewright.keymap.key_coder import KeyCoder
from typewright.keymap.layout import Layout
from typewright.keymap.sample import SHIFT, sample_layout

CONTROL, CONTROL_L, X, SHIFT_R = 1 << 2, 37, 53, 62
LAYOUT = sample_layout()


def known(text: str, **options: object) -> Bench:
    """A bench whose window has each character of `text` once, typed by itself; its transcript begins after that."""
    bench = Bench(longest=4, **options)
    assert outcome(bench.insert("".join(dict.fromkeys(text)))) is True
    bench.keyer.bursts.clear()
    bench.log.clear()
    return bench


def test_a_chord_goes_out_by_itself_first_and_then_with_others() -> None:
    bench = Bench(longest=4)
    assert outcome(bench.insert("abababa")) is True
    assert bench.bursts == ["+a -a", "+b -b", "+a -a +b -b +a -a +b -b", "+a -a"]
    assert [line for line in bench.transcript if line == "run 1"] == ["run 1"] * 4
    assert (bench.job.typed, bench.history.before(1)) == (7, "abababa")


def test_the_next_job_in_the_window_goes_on_with_runs_and_one_elsewhere_does_not() -> None:
    bench = known("ab")
    bench.insert("abab")
    assert bench.bursts == ["+a -a +b -b +a -a +b -b"]
    bench.focus_on(2)
    bench.insert("ab")
    assert bench.bursts[1:] == ["+a -a", "+b -b"]


@pytest.mark.parametrize("mode", ["chord", "event"])
def test_without_the_pacing_there_are_no_runs(mode: str) -> None:
    bench = Bench(longest=4, pacing=Pacing(mode=mode))
    bench.insert("aaaa")
    assert len(bench.bursts) == (4 if mode == "chord" else 8)
    assert "run 1" not in bench.transcript


@pytest.mark.parametrize(
    ("text", "bursts"),
    [
        ("aA", ["+a -a +Shift_L +a -a -Shift_L"]),
        ("a\na", ["+a -a", "+Return -Return", "+a -a"]),
        ("a\ta", ["+a -a", "+Tab -Tab", "+a -a"]),
        ("aaaaa", ["+a -a +a -a +a -a +a -a", "+a -a"]),
    ],
)
def test_what_goes_into_one_run(text: str, bursts: list[str]) -> None:
    bench = known(text)
    assert outcome(bench.insert(text)) is True
    assert bench.bursts == bursts


def test_runs_that_do_not_ask_take_any_chord() -> None:
    bench = Bench(longest=4)
    bench.runs.asks = False
    assert outcome(bench.insert("abcd")) is True
    assert bench.bursts == ["+a -a +b -b +c -c +d -d"]


def test_characters_of_another_group_go_into_another_run() -> None:
    bench = known("aф")
    assert outcome(bench.insert("aaфф")) is True
    assert bench.bursts == ["+a -a +a -a", "+a -a +a -a"]
    assert [{event.state.group for event in burst} for burst in bench.keyer.bursts] == [{0}, {1}]


def test_deleting_asks_before_each_key() -> None:
    bench = known("ab")
    assert outcome(bench.backspace(2)) is True
    assert bench.transcript[:6] == [
        "run 1", "press BackSpace", "release BackSpace", "run 1", "press BackSpace", "release BackSpace",
    ]  # fmt: skip


def test_a_shortcut_is_no_run() -> None:
    bench = Bench(longest=4)
    assert outcome(bench.press("ctrl+a ctrl+a")) is True
    assert "run 1" not in bench.transcript


def test_where_it_is_unsure_each_chord_goes_out_by_itself() -> None:
    bench = known("a")
    bench.runs.there = False
    typing = bench.insert("aaaa")
    assert outcome(typing) is True  # It cannot be known in advance, so it is looked at, and each goes out by itself.
    assert bench.bursts == ["+a -a"] * 4
    bench.observer.silent = True
    typing = bench.insert("aaaa")
    bench.focus_on(2)
    bench.observer.answer(times=2)
    assert outcome(typing) is False
    assert (bench.job.typed, bench.reason) == (1, "the focus moved to another window")
    assert bench.bursts[4:] == ["+a -a"]
    assert bench.at_rest


@pytest.mark.parametrize("place", [window_place(2), NOWHERE])
def test_a_focus_that_moves_before_a_run_costs_no_character(place: object) -> None:
    bench = known("ab")
    bench.runs.silent = True
    asked: list[object] = []
    begin = bench.runs.begin

    def moved(where: object) -> object:
        asked.append(where)
        bench.runs.silent, bench.runs.there = False, False
        bench.focus_on(place)
        return begin(where)

    bench.runs.begin = moved
    assert outcome(bench.insert("abab")) is False
    assert (bench.bursts, bench.job.typed, asked) == ([], 0, [window_place(1)])
    assert bench.at_rest


@pytest.mark.parametrize(
    ("layout", "confirmed", "bursts"), [(None, True, ["+a -a +b -b"]), (sample_layout(spare=2), False, [])]
)
def test_a_layout_that_changes_before_a_run_is_looked_at_first(
    layout: Layout | None, confirmed: bool, bursts: list[str]
) -> None:
    bench = known("ab")
    begin = bench.runs.begin

    def changing(place: object) -> object:
        bench.runs.begin = begin
        bench.keyboard.announce(layout)
        return begin(place)

    bench.runs.begin = changing
    assert outcome(bench.insert("ab")) is confirmed
    assert bench.bursts == bursts
    assert "drop" in bench.transcript
    assert bench.at_rest


def test_a_modifier_that_comes_down_before_a_run_is_waited_for_first() -> None:
    bench = known("ab")
    begin = bench.runs.begin

    def pressing(place: object) -> object:
        bench.runs.begin = begin
        bench.observer.see(Stray(CONTROL_L, True, State(0, 0), USER))
        return begin(place)

    bench.runs.begin = pressing
    assert outcome(bench.insert("ab")) is True
    assert bench.bursts == ["+a -a +b -b"]
    assert [line for line in bench.transcript if line in ("run 1", "drop")] == ["run 1", "drop", "run 1"]


def test_a_stop_while_a_run_begins_sends_nothing() -> None:
    bench = known("ab")
    begin = bench.runs.begin
    for there in (True, False):

        def stopping(place: object, there: bool = there) -> object:
            bench.runs.there = there
            bench.job.stop(ENOUGH)
            return begin(place)

        bench.runs.begin = stopping
        assert outcome(bench.insert("ab")) is False
        assert bench.bursts == []
        assert bench.at_rest


def test_a_server_that_does_not_answer_gets_no_keys() -> None:
    bench = known("a")
    bench.runs.silent = True
    typing = bench.insert("aa")
    bench.clock.advance(2.1)
    assert outcome(typing) is False
    assert (bench.bursts, bench.reason) == ([], "a key event was not confirmed in time")
    assert bench.at_rest


def test_every_event_of_a_run_is_confirmed() -> None:
    bench = known("ab")
    bench.observer.silent = True
    typing = bench.insert("abab")
    assert bench.bursts == ["+a -a +b -b +a -a +b -b"]
    bench.observer.answer(times=7)
    assert (outcome(typing), bench.job.typed) == (PENDING, 0)
    bench.observer.answer()
    assert (outcome(typing), bench.job.typed) == (True, 4)


def test_of_a_run_that_is_not_confirmed_nothing_counts_and_no_key_stays_down() -> None:
    bench = known("ab")
    bench.observer.silent = True
    typing = bench.insert("abab")
    bench.observer.answer(times=5)
    for _ in range(5):
        bench.clock.advance(2.1)
    assert outcome(typing) is False
    assert bench.job.typed == 0
    assert bench.bursts[1:] == ["-b -a"]
    assert bench.at_rest


def test_a_stop_lets_the_run_under_way_end_and_count() -> None:
    bench = known("ab")
    bench.observer.silent = True
    typing = bench.insert("ab" * 20)
    bench.job.stop(ENOUGH)
    bench.observer.answer(times=8)
    assert (outcome(typing), bench.job.typed, len(bench.bursts)) == (False, 4, 1)
    assert bench.at_rest


def test_a_hotkey_in_a_run_stops_the_job_and_the_next_goes_key_by_key() -> None:
    bench = known("ab")
    bench.observer.silent = True
    typing = bench.insert("abab")
    bench.keyer.place = TAKEN
    bench.observer.answer(times=8)
    bench.keyer.place = window_place(1)
    assert outcome(typing) is True  # The keyer had told the place already.
    bench.keyer.by_hand = True
    typing = bench.insert("abab")
    bench.keyer.place = TAKEN
    bench.keyer.processed()
    bench.observer.answer(times=8)
    assert (outcome(typing), bench.job.typed, bench.job.insertion) == (False, 0, 0)
    bench.keyer.by_hand, bench.keyer.place, bench.observer.silent = False, window_place(1), False
    bench.keyer.bursts.clear()
    assert outcome(bench.insert("aba")) is True
    assert bench.bursts == ["+a -a", "+b -b", "+a -a"]


def answer_run(bench: Bench, events: int, strays: dict[int, Sequence[Stray]], false_at: Sequence[int] = ()) -> None:
    """Answer the events of a run one after the other; before the n-th (from 0) these strays are seen."""
    for number in range(events):
        bench.observer.see(*strays.get(number, ()))
        bench.observer.answer(number not in false_at)


def test_a_key_of_the_user_in_mid_run_is_left_alone() -> None:
    bench = known("ab", manner="go-on")
    bench.observer.silent = True
    typing = bench.insert("abab")
    answer_run(bench, 8, {4: [Stray(X, True, State(0, 0), USER), Stray(X, False, State(0, 0), USER)]})
    assert (outcome(typing), bench.job.typed) == (True, 4)
    assert len(bench.bursts) == 1


def test_what_came_out_wrong_in_a_run_is_deleted_with_all_behind_it() -> None:
    bench = known("ab")
    bench.observer.silent = True
    typing = bench.insert("abab")
    shift = Stray(SHIFT_R, True, State(0, 0), USER)
    wrong = {2: [shift, Stray(56, True, State(0, SHIFT), OURS)], 3: [Stray(56, False, State(0, SHIFT), OURS)]}
    wrong[4] = [Stray(38, True, State(0, SHIFT), OURS)]
    wrong[5] = [Stray(38, False, State(0, SHIFT), OURS)]
    bench.observer.see()
    answer_run(bench, 6, wrong, false_at=(2, 3, 4, 5))
    bench.observer.silent = False
    bench.observer.see(Stray(SHIFT_R, False, State(0, SHIFT), USER))
    bench.observer.answer(times=2)
    assert outcome(typing) is True
    assert bench.bursts[1:4] == ["+BackSpace -BackSpace"] * 3
    assert bench.bursts[4:] == ["+b -b +a -a +b -b"]
    assert bench.job.typed == 4


def test_a_shortcut_in_mid_run_may_have_done_anything() -> None:
    bench = known("ab")
    bench.observer.silent = True
    typing = bench.insert("abab")
    control = {4: [Stray(CONTROL_L, True, State(0, 0), USER), Stray(38, True, State(0, CONTROL), OURS)]}
    answer_run(bench, 8, control, false_at=(4,))
    assert (outcome(typing), bench.job.insertion) == (False, 0)
    assert len(bench.bursts) == 1


def test_soon_after_the_user_has_touched_something_runs_are_shorter() -> None:
    bench = Bench(longest=16, manner="go-on")
    bench.insert("a")
    bench.keyer.bursts.clear()
    bench.insert("a" * 8)
    assert [len(burst) for burst in bench.keyer.bursts] == [16]
    bench.keyer.bursts.clear()
    bench.user.touched(Stray(X, True, State(0, 0), USER))
    bench.insert("a" * 8)
    assert [len(burst) for burst in bench.keyer.bursts] == [8, 8]
    bench.keyer.bursts.clear()
    bench.clock.advance(1.1)
    bench.insert("a" * 8)
    assert [len(burst) for burst in bench.keyer.bursts] == [16]


# --- What a run comes to ---------------------------------------------------------------------------------------------

A, B, ACCENT = (KeyCoder(LAYOUT, group=0, locked=0).text_to_keys(each)[0] for each in "abc")
WRONG_B = Stray(56, True, State(0, SHIFT), OURS)
SHIFTED = Stray(SHIFT_R, True, State(0, 0), USER)
ANOTHER = Stray(X, True, State(0, 0), USER)


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ([Seen(A, True, []), Seen(B, True, [])], (2, None)),
        ([Seen(A, True, [ANOTHER]), Seen(B, True, [])], (2, None)),
        ([Seen(A, True, []), Seen(B, True, [SHIFTED])], (2, Interference(True, 0))),
        ([Seen(A, True, [SHIFTED]), Seen(B, False, [WRONG_B])], (1, Interference(False, 1))),
        ([Seen(A, True, []), Seen(B, False, [WRONG_B]), Seen(A, True, [])], (1, Interference(False, 2))),
        ([Seen(B, False, [WRONG_B]), Seen(B, False, [WRONG_B]), Seen(A, True, [])], (0, Interference(False, 3))),
        ([Seen(B, False, [WRONG_B]), Seen(A, True, [ANOTHER])], (0, Interference(False, None))),
        ([Seen(B, False, [WRONG_B]), Seen(A._replace(text="\u0301"), True, [])], (0, Interference(False, None))),
        ([Seen(A, True, []), Seen(B, False, []), Seen(A, True, [])], (1, None)),
    ],
)
def test_a_run_is_judged_chord_by_chord(run: list[Seen], expected: tuple[int, Interference | None]) -> None:
    assert judge_run(run, LAYOUT) == expected
