# SPDX-License-Identifier: MIT
"""Revising, taking back, and what is never touched."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from engine_bench import PENDING, Bench, Services, outcome
from twisted.internet.defer import Deferred

from typewright.errors import InvalidArgs, LimitsExceeded
from typewright.interfaces.accessibility import TEXT_INSERTED, FocusedObject
from typewright.interfaces.backend import HELD, NOWHERE, OURS, USER, Stray
from typewright.interfaces.services import Report
from typewright.keymap.chords import ERASE, KeyEvent, State
from typewright.keymap.sample import CONTROL
from typewright.options import TYPE, Options
from typewright.reasons import SUPERSEDED


class Speech:
    """A dictation service on a bench, and the text that its window would show."""

    def __init__(self, **house: Any) -> None:
        self.bench = Bench()
        services = Services(self.bench, **house)
        self.typing, self.dictation, self.gate = services.typing, services.dictation, services.gate

    def revise(self, text: str, caller: str = "A") -> Report:
        return outcome(self.dictation.revise(caller, text))

    def undo(self, caller: str = "A") -> Report:
        return outcome(self.dictation.undo(caller))

    def go_to(self, window: int) -> None:
        self.bench.focus_on(window)

    @property
    def strokes(self) -> str:
        """What was typed since I was asked last; `<` for a BackSpace."""
        pressed = [line.removeprefix("press ") for line in self.bench.transcript if line.startswith("press")]
        names = {"BackSpace": "<", "space": " ", "Shift_L": "^", "period": "."}
        return "".join(names.get(name, name) for name in pressed)

    @property
    def text(self) -> str:
        return self.bench.history.before(self.bench.focus.place.window)


@pytest.fixture
def speech() -> Speech:
    return Speech()


def test_a_growing_hypothesis_types_what_is_new(speech: Speech) -> None:
    for text, strokes in [("he", "he"), ("hello", "llo"), ("hello wor", " wor"), ("hello world", "ld")]:
        assert speech.revise(text).confirmed
        assert (speech.strokes, speech.text) == (strokes, text)


def test_a_changed_hypothesis_goes_back_no_further_than_it_must(speech: Speech) -> None:
    speech.revise("hello word")
    speech.strokes  # noqa: B018 - drained
    report = speech.revise("hello world")
    assert (speech.strokes, speech.text) == ("<ld", "hello world")
    assert (report.typed, report.total) == (3, 3)
    assert speech.revise("").confirmed
    assert (speech.strokes, speech.text) == ("<" * 11, "")
    assert speech.revise("").typed == 0


def test_a_commit_begins_anew_behind_the_text(speech: Speech) -> None:
    speech.revise("one ")
    speech.dictation.commit("A")
    assert speech.revise("two").confirmed
    assert speech.revise("three").confirmed
    assert speech.text == "one three"


def test_callers_have_drafts_of_their_own(speech: Speech) -> None:
    speech.revise("one ", "A")
    speech.revise("two", "B")
    report = speech.revise("on", "A")
    assert (report.confirmed, report.reason) == (False, "another caller has typed after the text")
    assert speech.revise("twice", "B").confirmed
    assert speech.text == "one twice"


def test_the_text_is_revised_in_its_own_window_only(speech: Speech) -> None:
    speech.revise("one")
    speech.go_to(2)
    report = speech.revise("two")
    assert (report.confirmed, report.reason) == (False, "the focus is in another window than the text")
    assert speech.text == ""
    speech.go_to(1)
    assert speech.revise("two").confirmed
    assert speech.text == "two"


def test_what_was_spoiled_is_refused_until_the_next_commit(speech: Speech) -> None:
    speech.revise("one")
    speech.bench.history.forget()
    for _ in range(2):
        report = speech.revise("one two")
        assert not report.confirmed
        assert report.reason.startswith("what is before the caret is no longer known")
    speech.dictation.commit("A")
    assert speech.revise("two").confirmed
    assert speech.text == "two"


def test_what_was_not_typed_is_not_spoiled(speech: Speech) -> None:
    speech.go_to(NOWHERE)
    assert not speech.revise("one").confirmed
    speech.bench.history.forget()
    speech.go_to(1)
    for text in ("one", "one two"):
        assert speech.revise(text).confirmed
    assert speech.text == "one two"


def test_a_draft_that_is_typed_behind_an_insertion_is_undone_before_it(speech: Speech) -> None:
    assert speech.revise("").confirmed
    assert outcome(speech.typing.insert("A", "one ")).confirmed
    assert speech.revise("two").confirmed
    assert speech.undo().confirmed
    assert speech.text == "one "


def test_what_was_spoiled_in_mid_revision_is_not_revised(speech: Speech) -> None:
    speech.bench.keyer.on_send = lambda number, event: speech.bench.history.forget() if number == 3 else None
    assert speech.revise("one").confirmed
    assert speech.text == ""
    assert not speech.revise("once").confirmed


def test_what_was_half_typed_is_gone_on_with(speech: Speech) -> None:
    speech.bench.observer.false_at = {5}
    assert not speech.revise("one").confirmed
    assert speech.text == "on"
    speech.strokes  # noqa: B018 - drained
    assert speech.revise("once").confirmed
    assert speech.strokes == "ce"


@pytest.mark.promise("draft-once")
def test_what_is_remembered_in_part_is_neither_revised_nor_taken_back(speech: Speech) -> None:
    speech.bench.history._characters = 5
    assert speech.revise("one two").confirmed
    speech.strokes  # noqa: B018 - drained
    report = speech.revise("one two three")
    assert (report.confirmed, speech.strokes, speech.text) == (False, "", "e two")
    report = speech.undo()
    assert (report.confirmed, speech.strokes, speech.text) == (False, "", "e two")
    assert "no longer known" in report.reason
    assert outcome(speech.typing.insert("A", "!")).confirmed
    assert speech.undo().confirmed
    assert not speech.undo().confirmed


@pytest.mark.promise("draft-once")
def test_what_is_forgotten_by_age_is_not_typed_again(speech: Speech) -> None:
    speech.bench.history._seconds, speech.bench.history._age_s = itertools.count().__next__, 0.0
    assert speech.revise("one").confirmed
    for _ in range(2):
        assert not speech.revise("one two").confirmed
    assert speech.strokes == "one"
    speech.dictation.commit("A")
    assert speech.revise("two").confirmed
    assert speech.strokes == "two"


def _forgotten_by_age_behind_a_disturbance(speech: Speech, at: int) -> None:
    def shift(number: int, event: KeyEvent) -> None:
        if number == at:
            speech.bench.observer.see(Stray(62, True, State(0, 0), USER))
            speech.bench.history._seconds, speech.bench.history._age_s = itertools.count().__next__, 0.0

    speech.bench.keyer.on_send = shift


def test_what_is_forgotten_by_age_in_mid_revision_is_not_typed_again(speech: Speech) -> None:
    _forgotten_by_age_behind_a_disturbance(speech, 3)
    assert not speech.revise("one").confirmed
    assert speech.strokes == "on"


def test_what_is_forgotten_by_age_in_the_middle_of_an_undo_is_not_confirmed(speech: Speech) -> None:
    speech.revise("abc")
    _forgotten_by_age_behind_a_disturbance(speech, 9)
    assert not speech.undo().confirmed
    assert speech.strokes == "abc<<"


def test_a_revision_that_ends_where_nothing_is_left_is_gone_on_with(speech: Speech) -> None:
    assert speech.revise("one").confirmed
    speech.bench.keyer.on_send = lambda number, event: speech.typing.cancel("A") if number == 11 else None
    assert not speech.revise("two").confirmed
    assert (speech.strokes, speech.text) == ("one<<<", "")
    assert speech.revise("two").confirmed
    assert speech.strokes == "two"


def _a_key_that_became_a_shortcut(speech: Speech) -> None:
    def control(number: int, event: KeyEvent) -> None:
        if number == 5:
            speech.bench.observer.see(
                Stray(event.keycode, True, State(event.state.group, event.state.modifiers | CONTROL), OURS)
            )

    speech.bench.keyer.on_send = control
    speech.bench.observer.false_at = {5}


def _a_program_that_changes_its_text(speech: Speech) -> None:
    field = speech.bench.accessibility
    field.facts, field.generation, field.text = FocusedObject(password=False, editable=True, process=1000), 1, "onx"

    def told(number: int, event: KeyEvent) -> None:
        if number in (1, 3, 5):
            field.tell(TEXT_INSERTED, "onx"[number // 2])

    speech.bench.keyer.on_send = told


def _another_program_that_holds_the_keyboard(speech: Speech) -> None:
    speech.go_to(HELD)


@pytest.mark.promise("draft-once")
@pytest.mark.parametrize(
    "spoil",
    [_a_key_that_became_a_shortcut, _a_program_that_changes_its_text, _another_program_that_holds_the_keyboard],
)
def test_a_draft_that_nobody_knows_any_more_is_not_typed_again(spoil: Callable[[Speech], None]) -> None:
    speech = Speech(options=Options(grabs=TYPE))
    spoil(speech)
    revising = speech.dictation.revise("A", "one")
    speech.bench.clock.pump([0.01] * 20)
    outcome(revising)
    assert speech.strokes == "one"
    for _ in range(2):
        report = speech.revise("one two")
        assert (report.confirmed, report.typed, speech.strokes) == (False, 0, "")
        assert "no longer known" in report.reason
    speech.dictation.commit("A")
    speech.bench.accessibility.facts = None
    assert speech.revise("two").confirmed
    assert speech.strokes == "two"


def test_a_newer_revision_takes_the_place_of_one_that_waits_or_runs(speech: Speech) -> None:
    speech.bench.keyer.by_hand = True
    replies: list[Deferred[Report]] = [speech.dictation.revise("A", text) for text in ("abc", "abcde", "abx")]
    assert [outcome(reply) for reply in replies] == [
        PENDING,
        Report(False, 0, 5, "", SUPERSEDED.sentence, 0.0, 0, SUPERSEDED.code),
        PENDING,
    ]
    while outcome(replies[2]) is PENDING:
        speech.bench.keyer.processed()
    assert (outcome(replies[0]).confirmed, outcome(replies[0]).reason) == (False, SUPERSEDED.sentence)
    assert outcome(replies[2]).confirmed
    assert (speech.text, speech.strokes) == ("abx", "abx")


@pytest.mark.promise("commit")
@pytest.mark.parametrize("waits", [False, True])
def test_a_commit_lets_what_it_ends_be_carried_out(speech: Speech, waits: bool) -> None:
    speech.bench.keyer.by_hand = True
    before = [speech.typing.insert("B", "x")] if waits else []
    first = speech.dictation.revise("A", "one ")
    speech.dictation.commit("A")
    replies = [*before, first, speech.dictation.revise("A", "two")]
    while outcome(replies[-1]) is PENDING:
        speech.bench.keyer.processed()
    assert [outcome(reply).confirmed for reply in replies] == [True] * len(replies)
    assert speech.text == "x" * waits + "one two"


def test_a_newer_revision_takes_nothing_of_other_callers_or_jobs(speech: Speech) -> None:
    speech.bench.keyer.by_hand = True
    others = [speech.typing.insert("A", "x"), speech.dictation.revise("B", "y")]
    mine = [speech.dictation.revise("A", text) for text in ("a", "b")]
    while outcome(mine[1]) is PENDING:
        speech.bench.keyer.processed()
    assert [outcome(reply).confirmed for reply in [*others, *mine]] == [True, True, False, True]
    assert speech.text == "xyb"


# --- Undo ------------------------------------------------------------------------------------------------------------


def test_undo_takes_back_one_insertion_after_the_other(speech: Speech) -> None:
    outcome(speech.typing.insert("A", "one "))
    for text in ("two ", "three"):
        speech.revise(text)
        speech.dictation.commit("A")
    for left in ("one two ", "one ", ""):
        assert speech.undo().confirmed
        assert speech.text == left
    report = speech.undo()
    assert (report.confirmed, report.typed, report.reason) == (
        False,
        0,
        "nothing that this caller had typed is known any more",
    )


def test_undo_takes_back_a_draft_too(speech: Speech) -> None:
    speech.revise("one")
    assert speech.undo().confirmed
    assert speech.text == ""
    assert speech.revise("two").confirmed
    assert speech.text == "two"


@pytest.mark.promise("only-own-text")
def test_undo_refuses_behind_anothers_text_and_elsewhere(speech: Speech) -> None:
    speech.revise("one")
    outcome(speech.typing.insert("B", "!"))
    assert speech.undo().reason == "another caller has typed after the text"
    speech.go_to(2)
    assert speech.undo().reason == "the focus is in another window than the text"
    assert speech.bench.history.before(1) == "one!"
    assert speech.undo("C").reason == "nothing that this caller had typed is known any more"


def test_undo_goes_on_behind_a_disturbance(speech: Speech) -> None:
    outcome(speech.typing.insert("A", "one "))
    outcome(speech.typing.insert("A", "two"))
    speech.bench.observer.false_at = {17}
    assert not speech.undo().confirmed
    assert speech.text == "one tw"
    assert speech.undo().confirmed
    assert speech.text == "one "


def test_forgetting_is_for_everybody(speech: Speech) -> None:
    speech.revise("one")
    speech.revise("two", "B")
    speech.dictation.forget("A")
    assert speech.revise("three").confirmed
    assert not speech.revise("four", "B").confirmed
    assert speech.text == "three"


def test_a_caller_that_left_has_no_draft(speech: Speech) -> None:
    speech.revise("one")
    speech.dictation.caller_left("A")
    assert speech.revise("two").confirmed
    assert speech.text == "onetwo"


# --- Fitted to what stands before ------------------------------------------------------------------------------------


def test_a_draft_is_fitted_to_what_stood_before_it(speech: Speech) -> None:
    heard: list[tuple[str, object]] = []
    speech.dictation.listen_dictation(lambda name, value: heard.append((name, value)))
    outcome(speech.typing.insert("A", "One."))
    for adjust in (True, True):
        speech.dictation.set_context_adjust("A", adjust)
    assert (heard, speech.dictation.get_property("ContextAdjust")) == ([("ContextAdjust", True)], True)
    for text, stands in [("two", "One. Two"), ("to", "One. To"), ("to be", "One. To be"), ("", "One."), ("or", "One. Or")]:
        assert speech.revise(text).confirmed
        assert speech.text == stands
    speech.dictation.commit("A")
    speech.revise("not")
    assert speech.text == "One. Or not"
    assert speech.undo().confirmed
    assert speech.undo().confirmed
    assert speech.text == "One."


# --- Refused ---------------------------------------------------------------------------------------------------------


def test_a_text_that_must_not_be_typed_is_an_error_and_changes_nothing() -> None:
    speech = Speech(max_characters=3)
    speech.revise("one")
    with pytest.raises(InvalidArgs, match="control character"):
        speech.dictation.revise("A", "\x1b")
    with pytest.raises(LimitsExceeded):
        speech.dictation.revise("A", "four")
    assert speech.text == "one"


def test_nothing_is_kept_for_a_caller_that_was_refused() -> None:
    speech = Speech(max_jobs=1)
    speech.bench.keyer.by_hand = True
    typing = speech.typing.insert("A", "x")
    for number in range(3):
        with pytest.raises(LimitsExceeded):
            speech.dictation.revise(f":1.{number}", "one")
    assert not speech.dictation._drafts
    while outcome(typing) is PENDING:
        speech.bench.keyer.processed()


@pytest.mark.parametrize(
    ("house", "others"), [({"max_jobs_per_caller": 1}, []), ({"max_jobs": 2}, ["B", "B", "B"])], ids=["its-own", "in-all"]
)
def test_a_hypothesis_has_room_in_the_place_of_the_one_before(house: dict[str, int], others: list[str]) -> None:
    speech = Speech(**house)
    speech.bench.keyer.by_hand = True
    first = speech.dictation.revise("A", "hello")
    waiting = [speech.typing.insert(caller, "") for caller in others]
    second = speech.dictation.revise("A", "help")
    while PENDING in map(outcome, (first, second, *waiting)):
        speech.bench.keyer.processed()
    assert outcome(first).reason == "a newer revision took its place"
    assert outcome(second).confirmed
    assert speech.text == "help"


def test_disabled_is_false() -> None:
    speech = Speech(enabled=False)
    assert not speech.revise("one").confirmed
    assert not speech.undo().confirmed
    assert speech.strokes == ""


# --- Backspace, by what the history knows ----------------------------------------------------------------------------


def test_backspace_counts_characters_as_the_user_sees_them(speech: Speech) -> None:
    speech.bench.history.typed(1, "A", "abe\u0301", speech.bench.history.begin(), "plain")
    report = outcome(speech.typing.backspace("A", 2))
    assert (report.confirmed, report.typed, report.total) == (True, 2, 2)
    assert (speech.strokes, speech.text) == ("<" * 3, "a")
    assert outcome(speech.typing.backspace("A", 3)).typed == 3
    assert (speech.strokes, speech.text) == ("<" * 3, "")


def test_a_backspace_in_the_midst_of_a_character_counts_when_it_is_gone(speech: Speech) -> None:
    speech.bench.history.typed(1, "A", "ae\u0301", speech.bench.history.begin(), "plain")
    speech.bench.observer.false_at = {3}
    report = outcome(speech.typing.backspace("A", 1))
    assert (report.confirmed, report.typed, speech.text) == (False, 0, "ae")
    assert ERASE not in speech.text


def test_nothing_is_undone_any_more_once_the_user_has_typed(speech: Speech) -> None:
    speech.revise("abc")
    bench, x = speech.bench, Stray(53, True, State(0, 0), USER)

    def press(number: int, event: object) -> None:
        if number == 9:
            bench.user.touched(x)
            bench.history.forget()

    bench.keyer.on_send = press
    undoing = speech.dictation.undo("A")
    bench.clock.advance(1)
    assert not outcome(undoing).confirmed
    assert speech.strokes == "abc<<"
    assert "may be elsewhere" in outcome(undoing).reason


def test_what_is_forgotten_in_the_middle_of_an_undo_is_not_confirmed(speech: Speech) -> None:
    speech.revise("abc")
    bench = speech.bench

    def shift(number: int, event: object) -> None:
        if number == 9:
            bench.observer.see(Stray(62, True, State(0, 0), USER))
            bench.history.forget()

    bench.keyer.on_send = shift
    report = speech.undo()
    assert (report.confirmed, speech.strokes) == (False, "abc<<")
    assert "no longer known" in report.reason
