# SPDX-License-Identifier: MIT
"""The third level of truth: what a program says of its text makes a job more than confirmed, or not confirmed at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from engine_bench import PENDING, Bench, outcome
from twisted.internet.defer import Deferred, succeed

from typewright.interfaces.accessibility import CARET_MOVED, TEXT_DELETED, TEXT_INSERTED, FocusedObject
from typewright.interfaces.backend import PROGRAM, USER, Stray
from typewright.keymap.chords import KeyEvent, State
from typewright.reasons import TEXT_DIFFERS
from typewright.testing.accessibility import FakeAccessibility
from typewright.testing.backend import FakeBarrier

FIELD = FocusedObject(password=False, editable=True, process=1000)
PASSWORD = FocusedObject(password=True, editable=True, process=1000)
X = Stray(53, True, State(0, 0), USER)


class Program:
    """
    Takes the keys of `bench` into the text of a field, as `change` has it, and tells of them; while `slow`, only when asked
    to by `catch_up`.
    """

    def __init__(self, bench: Bench, change: Callable[[str], str] = str, *, field: FocusedObject = FIELD) -> None:
        self.bench = bench
        self.change = change
        self.slow = False
        self.field: FakeAccessibility = bench.accessibility
        self.field.facts, self.field.text, self.field.generation = field, "", 1
        self._late: list[tuple[str, str]] = []
        self._shift = False
        bench.keyer.on_send = self._take

    def _take(self, number: int, event: KeyEvent) -> None:
        name = self.bench._key(event.keycode)
        if name == "Shift_L":
            self._shift = event.pressed
        elif event.pressed and name == "BackSpace":
            self._tell(TEXT_DELETED, self.field.text[-1:])
        elif event.pressed:
            text = {"Return": "\n", "space": " ", "Tab": "\t"}.get(name, name)
            self._tell(TEXT_INSERTED, self.change(text.upper() if self._shift else text))

    def _tell(self, kind: str, text: str) -> None:
        self._late.append((kind, text))
        if not self.slow:
            self.catch_up()

    def catch_up(self) -> None:
        while self._late:
            kind, text = self._late.pop(0)
            if text:
                self.write(self.field.text + text if kind == TEXT_INSERTED else self.field.text[: -len(text)])
                self.field.tell(kind, text)

    def write(self, text: str) -> None:
        self.field.text = text


def ended(bench: Bench, typing: Deferred[bool]) -> bool:
    """The outcome of a job, some time later."""
    while outcome(typing) is PENDING:
        assert bench.clock.getDelayedCalls()
        bench.clock.advance(0.01)
    return outcome(typing)


def levels(bench: Bench, *texts: str) -> list[str]:
    return [bench.job.level for text in texts if ended(bench, bench.insert(text))]


# --- The same --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["hello", "Hi\nho", "a", "Привет", "漢字 x"])
def test_what_the_program_tells_as_it_was_typed_is_the_third_level(text: str) -> None:
    bench = Bench()
    program = Program(bench)
    typed = iter(text)
    program.change = lambda _: next(typed)
    assert outcome(bench.insert(text)) is True
    assert (bench.job.level, bench.reason) == ("text", "")
    assert bench.at_rest
    assert bench.accessibility.listeners == bench.accessibility.watchers == []


def test_a_selection_that_the_first_key_replaces_is_no_difference() -> None:
    bench = Bench()
    program = Program(bench)
    bench.keyer.on_send = lambda number, event: (
        program.field.tell(TEXT_DELETED, "selected") if number == 1 else None,
        program._take(number, event),
    )
    assert levels(bench, "hello") == ["text"]


def test_where_the_text_begins_is_no_move_of_the_caret() -> None:
    bench = Bench()
    program = Program(bench)
    take = bench.keyer.on_send
    bench.keyer.on_send = lambda number, event: (number == 1 and program.field.tell(CARET_MOVED), take(number, event))
    assert levels(bench, "hello") == ["text"]


def test_several_characters_in_one_event() -> None:
    bench = Bench()
    program = Program(bench)
    program.slow = True
    bench.keyer.on_send = lambda number, event: program.field.tell(TEXT_INSERTED, "abc") if number == 6 else None
    assert levels(bench, "abc") == ["text"]


def test_backspaces_are_counted() -> None:
    bench = Bench()
    program = Program(bench)
    assert levels(bench, "hello") == ["text"]
    assert outcome(bench.backspace(2)) is True
    assert bench.job.level == "text"
    program.write("h")
    assert ended(bench, bench.backspace(2)) is True
    assert bench.job.level == "application"


def test_an_event_that_comes_late_is_waited_for_a_moment() -> None:
    bench = Bench()
    program = Program(bench)
    program.slow = True
    typing = bench.insert("ab")
    assert outcome(typing) is PENDING
    program.catch_up()
    assert outcome(typing) is True
    assert bench.job.level == "text"


def test_events_that_stay_away_leave_the_level_and_are_not_waited_for_twice() -> None:
    bench = Bench()
    Program(bench).slow = True
    typing = bench.insert("ab")
    assert outcome(typing) is PENDING
    bench.clock.advance(0.1)
    assert outcome(typing) is True
    assert bench.job.level == "application"
    assert levels(bench, "ab") == ["application"]
    assert bench.at_rest


# --- Different -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change", [str.upper, lambda text: text.replace("l", ""), lambda text: text.replace("h", ""), lambda text: text + "."]
)
def test_a_program_that_changes_what_is_typed_makes_it_false(change: Callable[[str], str]) -> None:
    bench = Bench()
    Program(bench, change)
    assert ended(bench, bench.insert("hello")) is False
    assert (bench.job.level, bench.reason, bench.job.typed) == ("", TEXT_DIFFERS.sentence, 5)
    assert "hello" not in TEXT_DIFFERS.sentence
    assert bench.keys.count("+") == 5  # typed to the end all the same
    assert bench.history.before(1) == ""


def test_a_line_end_that_a_field_of_one_line_does_not_take() -> None:
    bench = Bench()
    Program(bench, lambda text: text.replace("\n", ""))
    assert levels(bench, "ab\n") == ["application"]  # as it may come yet
    assert ended(bench, bench.insert("ab\ncd")) is False


# --- In doubt --------------------------------------------------------------------------------------------------------


def changed(bench: Bench, meanwhile: Callable[[Program], object]) -> str:
    """The level of a text that the program changes, where something happens meanwhile."""
    program = Program(bench, str.upper)
    take = bench.keyer.on_send
    bench.keyer.on_send = lambda number, event: (take(number, event), meanwhile(program) if number == 5 else None)
    assert ended(bench, bench.insert("hello")) is True
    return bench.job.level


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda program: program.field.tell(CARET_MOVED),
        lambda program: program.field.tell(TEXT_DELETED, "L"),
        lambda program: program.field.focus(FIELD),
        lambda program: program.bench.user.touched(X),
        lambda program: program.bench.user.touched(X._replace(source=PROGRAM)),
        lambda program: program.bench.user.clicked(),
        lambda program: program.field.tell(TEXT_INSERTED, "x" * 200_000),
    ],
    ids=[
        "the caret moved",
        "deleted",
        "another object",
        "a key of the user's",
        "one of another program's",
        "a button",
        "a flood",
    ],
)
def test_what_does_not_prove_a_difference_leaves_the_level(meanwhile: Callable[[Program], object]) -> None:
    assert changed(Bench(manner="go-on"), meanwhile) == "application"


def test_events_that_its_own_text_belies_prove_nothing() -> None:
    bench = Bench()
    program = Program(bench, str.upper)
    program.write = lambda text: setattr(program.field, "text", text.lower())
    assert levels(bench, "hello") == ["application"]
    bench.accessibility.before = lambda characters: succeed(None)
    assert levels(bench, "hello") == ["application"]


def test_what_was_put_right_is_not_compared() -> None:
    bench = Bench()
    program = Program(bench)
    take = bench.keyer.on_send

    def swallow(number: int, event: KeyEvent) -> None:
        if number == 3:
            bench.observer.see(Stray(50, True, State(0, 0), USER))
        take(number, event)

    bench.keyer.on_send = swallow
    program.slow = False
    assert levels(bench, "abc") == ["application"]
    bench.keyer.on_send = take
    assert levels(bench, "abc") == ["text"]


def test_keys_from_before_are_not_taken_for_ours() -> None:
    bench = Bench()
    program = Program(bench)
    reached: list[bool] = []
    reach = bench.barrier.reach

    def late(window: int, *, settle: bool) -> object:
        if not reached:
            program.field.tell(TEXT_INSERTED, "x")  # the user's, typed before the job
        reached.append(settle)
        return reach(window, settle=settle)

    bench.barrier.reach = late
    assert levels(bench, "abc", "def") == ["text", "text"]
    assert len(reached) == 3  # once before the first, and behind each
    bench.user.touched(X)
    assert levels(bench, "ghi") == ["text"]
    assert len(reached) == 5


def test_a_program_too_busy_to_say_what_came_before_holds_the_first_key_up_for_a_moment_only() -> None:
    bench = Bench()
    Program(bench, str.upper)
    bench.barrier = mute = FakeBarrier(bench.log, silent=True)
    bench.typist._text_check._barrier = mute
    typing = bench.insert("ab")
    assert bench.keys == ""
    bench.clock.advance(0.3)
    assert outcome(typing) is True
    assert bench.job.level == "application"


# --- Who is not listened to ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "field",
    [FocusedObject(False, True, 1001), FocusedObject(False, False, 1000), FocusedObject(True, True, 1000)],
    ids=["of another process", "not editable", "a password"],
)
def test_who_is_not_listened_to(field: FocusedObject) -> None:
    bench = Bench(passwords=True)
    Program(bench, str.upper, field=field)
    assert levels(bench, "hello") == ["application"]


def test_where_the_display_server_does_not_tell_the_process_the_focused_object_is_believed() -> None:
    bench = Bench()
    Program(bench)
    bench.programs.pid = 0
    assert levels(bench, "hello") == ["text"]


def test_shortcuts_are_not_compared() -> None:
    bench = Bench()
    Program(bench)
    assert outcome(bench.press("a b")) is True
    assert bench.job.level == "application"


# --- Password fields -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("process", [1000, 1001])
def test_a_password_field_that_gets_the_focus_in_mid_job_stops_it(process: int) -> None:
    bench = Bench()
    program = Program(bench)
    take = bench.keyer.on_send
    password = FocusedObject(password=True, editable=True, process=process)
    bench.keyer.on_send = lambda number, event: (take(number, event), number == 5 and program.field.focus(password))
    assert outcome(bench.insert("hello")) is False
    assert bench.keys == "+h -h +e -e +l -l"
    assert "password" in bench.reason
    assert bench.history.before(1) == ""
    assert bench.at_rest


def test_one_that_may_be_typed_into_is_not_remembered() -> None:
    bench = Bench(passwords=True)
    program = Program(bench)
    take = bench.keyer.on_send
    bench.keyer.on_send = lambda number, event: (take(number, event), number == 5 and program.field.focus(PASSWORD))
    assert levels(bench, "hello") == ["application"]
    assert bench.history.before(1) == ""


def test_behind_a_tab_it_is_asked_for_before_anything_is_typed() -> None:
    bench = Bench()
    program = Program(bench)
    caught_up = bench.accessibility.caught_up

    def told() -> object:
        if bench.log.count("press Tab"):
            program.field.focus(PASSWORD)
        return caught_up()

    bench.accessibility.caught_up = told
    assert outcome(bench.insert("a\tsecret")) is False
    assert bench.keys == "+a -a +Tab -Tab"
    assert bench.at_rest


def test_a_tab_costs_nothing_where_nobody_tells() -> None:
    bench = Bench()
    assert outcome(bench.insert("a\tb\t")) is True
    assert bench.transcript.count("barrier 1") == 1
    Program(bench)
    levels(bench, "a\tb\t")
    assert bench.transcript.count("barrier 1") == 3  # ahead, behind the first, and at the end
