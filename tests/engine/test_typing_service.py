# SPDX-License-Identifier: MIT
"""The desk: which calls are refused, which become jobs, and who hears of what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from engine_bench import PENDING, Bench, Services, outcome
from twisted.logger import LogEvent, formatEvent, globalLogPublisher

from typewright.errors import InvalidArgs, LimitsExceeded, Stopping
from typewright.interfaces.backend import KeyboardState, wire
from typewright.interfaces.services import ITypingService, Report
from typewright.keymap.sample import SHIFT
from typewright.options import Options
from typewright.reasons import DISABLED, ESCAPED, SCREEN_LOCKED, STOPPING

FACTS = {"Backend": "x11", "Version": "1"}


class Office:
    """A typing service on a bench, and a listener."""

    def __init__(self, held: int = 0, **limits: Any) -> None:
        self.bench = Bench(state=KeyboardState(0, 0, held))
        services = Services(self.bench, facts=FACTS, **limits)
        self.desk, self.gate = services.typing, services.gate
        self.heard: list[tuple[object, ...]] = []
        self.desk.listen(
            lambda name, value: self.heard.append((name, value)),
            lambda caller, kind, report: self.heard.append((caller, kind, report.confirmed, report.typed, report.total)),
        )


def waiting_office(**limits: Any) -> Office:
    """One whose first job waits for the user to let go of Shift."""
    return Office(held=SHIFT, **limits)


@pytest.fixture
def log_events() -> Iterator[list[LogEvent]]:
    events: list[LogEvent] = []
    globalLogPublisher.addObserver(events.append)
    yield events
    globalLogPublisher.removeObserver(events.append)


def test_the_desk_is_the_typing_service() -> None:
    desk = Office().desk
    assert wire(desk, ITypingService) is desk


def test_a_call_is_typed_and_reported() -> None:
    office = Office()
    assert outcome(office.desk.insert("A", "Hi\r\n")) == Report(True, 3, 3, "application", "", 0.0, 1, "")
    assert outcome(office.desk.backspace("A", 2)).typed == 2
    assert office.bench.history.before(1) == "H"
    assert outcome(office.desk.press("B", "ctrl+s")).total == 1
    assert office.bench.history.before(1) == "", "nobody knows what a shortcut does"
    assert office.heard == [
        ("Busy", True), ("A", "insert", True, 3, 3), ("Busy", False),
        ("Busy", True), ("A", "backspace", True, 2, 2), ("Busy", False),
        ("Busy", True), ("B", "press", True, 1, 1), ("Busy", False),
    ]  # fmt: skip


def test_properties() -> None:
    office = waiting_office()
    names = ("TypingEnabled", "Busy", "Backend", "Version", "Layout")
    assert [office.desk.get_property(name) for name in names] == [True, False, "x11", "1", "us"]
    office.desk.insert("A", "a")
    office.desk.layout_changed("ru")
    office.desk.layout_changed("ru")
    assert [office.desk.get_property(name) for name in names] == [True, True, "x11", "1", "ru"]
    assert office.heard == [("Busy", True), ("Layout", "ru")]
    office.bench.keyboard.let_go()


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda desk: desk.insert("A", "hunter2\x1b"), InvalidArgs, "Character 8 is a control character"),
        (lambda desk: desk.insert("A", "123456"), LimitsExceeded, "The call has 6 characters, and at most 5 are allowed"),
        (lambda desk: desk.backspace("A", 6), LimitsExceeded, "The call has 6 backspaces, and at most 5 are allowed"),
        (lambda desk: desk.press("A", "Return"), LimitsExceeded, "The call has 6 characters, and at most 5 are allowed"),
        (lambda desk: desk.press("A", ""), InvalidArgs, "There is no chord to press"),
        (lambda desk: desk.press("A", "qqq+a"), InvalidArgs, "Key 1 of chord 1 is unknown"),
        (lambda desk: desk.insert("A", "a", {"speed": 1.0}), InvalidArgs, "One of the options is unknown"),
        (lambda desk: desk.insert("A", "a", {"timeout": 0.0}), InvalidArgs, "The option 'timeout' must be"),
        (lambda desk: desk.insert("A", "a", {"timeout": 20.5}), InvalidArgs, "The option 'timeout' must be"),
        (lambda desk: desk.insert("A", "a", {"timeout": True}), InvalidArgs, "The option 'timeout' must be"),
        (lambda desk: desk.insert("A", "a", {"timeout": float("nan")}), InvalidArgs, "The option 'timeout' must be"),
    ],
)  # fmt: skip
def test_a_call_that_must_not_be_made_is_an_error_and_no_job(call, error, sentence) -> None:
    office = Office(max_characters=5 if error is LimitsExceeded else 100)
    with pytest.raises(error) as refused:
        call(office.desk)
    assert str(refused.value).startswith(sentence)
    assert "hunter2" not in str(refused.value)
    assert (office.heard, office.bench.transcript) == ([], [])


def test_the_time_out_is_the_callers() -> None:
    office = Office()
    office.bench.barrier.silent = True
    typing = office.desk.insert("A", "a", {"timeout": 0.5})
    office.bench.clock.advance(0.5)
    assert outcome(typing).reason == "the program with the focus has not answered yet"


def test_too_many_jobs_are_refused() -> None:
    office = waiting_office(max_jobs=2, max_jobs_per_caller=1)
    office.desk.insert("A", "a")
    with pytest.raises(LimitsExceeded, match=r"^You have 1 "):
        office.desk.backspace("A", 1)
    office.desk.insert("B", "b")
    with pytest.raises(LimitsExceeded, match=r"^2 callers"):
        office.desk.press("C", "c")
    office.bench.keyboard.let_go()
    assert office.bench.keys == "+a -a +b -b"


def test_disabled_typing_answers_false_at_once() -> None:
    office = Office(enabled=False)
    assert outcome(office.desk.insert("A", "abc")) == Report(False, 0, 3, "", DISABLED.sentence, 0.0, 0, DISABLED.code)
    assert outcome(office.desk.backspace("A", 2)).confirmed is False
    assert office.bench.transcript == []
    assert office.heard == [("A", "insert", False, 0, 3), ("A", "backspace", False, 0, 2)]
    office.desk.set_typing_enabled("A", True)
    assert outcome(office.desk.insert("A", "a")).confirmed


def test_disabling_stops_all_jobs() -> None:
    office = Office()
    office.bench.observer.silent = True
    running, waiting = office.desk.insert("A", "ab"), office.desk.insert("B", "c")
    office.desk.set_typing_enabled("C", False)
    assert outcome(waiting).code == DISABLED.code
    assert outcome(running) is PENDING
    office.bench.observer.answer(times=2)
    assert outcome(running) == Report(False, 1, 2, "", DISABLED.sentence, 0.0, 1, DISABLED.code)
    assert office.bench.keys == "+a -a"
    assert ("TypingEnabled", False) in office.heard


def test_the_switch_is_announced_when_it_moves() -> None:
    office = Office()
    for enabled in (True, False, False, True):
        office.desk.set_typing_enabled("A", enabled)
    assert office.heard == [("TypingEnabled", False), ("TypingEnabled", True)]


def test_cancel_ends_the_callers_own_jobs() -> None:
    office = waiting_office()
    mine, others = office.desk.insert("A", "a"), office.desk.insert("B", "b")
    cancelling = office.desk.cancel("A")
    office.bench.keyboard.let_go()
    assert outcome(cancelling) == 1
    assert outcome(mine).reason == "its caller cancelled it"
    assert outcome(others).confirmed
    assert office.bench.keys == "+b -b"


def test_a_caller_that_leaves_takes_its_jobs_along() -> None:
    office = waiting_office()
    mine = office.desk.insert("A", "a")
    office.desk.caller_left("A")
    office.bench.keyboard.let_go()
    assert outcome(mine).reason == "its caller left the bus"
    assert office.bench.keys == ""


def test_a_closed_desk_ends_all_jobs_and_takes_no_more() -> None:
    office = waiting_office()
    running, waiting = office.desk.insert("A", "a"), office.desk.insert("B", "b")
    closing = office.desk.close(STOPPING)
    with pytest.raises(Stopping):
        office.desk.insert("C", "c")
    assert outcome(closing) == 2, "a stop does not wait for the user's hand"
    office.bench.keyboard.let_go()
    assert [outcome(job).reason for job in (running, waiting)] == ["the service is stopping"] * 2
    assert office.bench.transcript == []


@pytest.mark.promise("no-trace-in-defects")
def test_no_log_line_holds_the_text(log_events: list[LogEvent]) -> None:
    office = Office()
    office.desk.insert("A", "hunter2")
    office.bench.observer.false_at = {20}
    office.desk.insert("A", "hunter2hunter2")
    office.bench.keyboard.spare = 0
    office.desk.insert("A", "hunter2\N{SNOWMAN}")
    assert [entry[:2] for entry in office.heard if entry[0] == "A"] == [("A", "insert")] * 3
    told = [formatEvent(event) for event in log_events] + [repr(log_events), repr(office.heard)]
    assert not [line for line in told if "hunter" in line or "\N{SNOWMAN}" in line]


# --- The user, and the screen ----------------------------------------------------------------------------------------


def test_escape_ends_all_that_is_typed_or_waits() -> None:
    office = waiting_office()
    jobs = [office.desk.insert(caller, "a") for caller in "ABB"]
    office.gate.escape()
    office.bench.keyboard.let_go()
    assert [outcome(job).code for job in jobs] == [ESCAPED.code] * 3
    assert office.bench.keys == ""
    assert outcome(office.desk.insert("A", "a")).confirmed


def test_the_panic_chord_disables_and_pressed_again_takes_that_back() -> None:
    office = Office()
    office.gate.panic()
    assert outcome(office.desk.insert("A", "a")).code == DISABLED.code
    office.gate.panic()
    assert outcome(office.desk.insert("A", "a")).confirmed
    assert office.heard[0] == ("TypingEnabled", False)


def test_the_panic_chord_enables_nothing_that_it_has_not_disabled() -> None:
    office = Office(enabled=False)
    office.gate.panic()
    assert office.desk.get_property("TypingEnabled") is False
    office.desk.set_typing_enabled("A", True)
    office.gate.panic()
    office.desk.set_typing_enabled("A", False)
    office.gate.panic()
    assert office.desk.get_property("TypingEnabled") is False


def test_nothing_is_typed_while_anybody_has_locked_the_screen() -> None:
    office = waiting_office()
    running = office.desk.insert("A", "a")
    office.gate.screen_locked("saver", True)
    office.gate.screen_locked("login", True)
    office.bench.keyboard.let_go()
    assert outcome(running).code == SCREEN_LOCKED.code
    office.gate.screen_locked("saver", False)
    assert outcome(office.desk.insert("A", "a")).code == SCREEN_LOCKED.code
    office.gate.screen_locked("login", False)
    assert office.bench.keys == ""
    assert outcome(office.desk.insert("A", "a")).confirmed
    assert office.desk.get_property("TypingEnabled") is True, "the switch is the user's"


def test_the_history_is_wiped_by_a_lock_and_by_its_end_and_not_by_hearing_that_there_is_none() -> None:
    office = Office()
    for changes, known in (([False], "a"), ([True], ""), ([True, False], "")):
        outcome(office.desk.insert("A", "a"))
        for locked in changes:
            office.gate.screen_locked("login", locked)
        assert office.bench.history.before(1) == known
        office.gate.screen_locked("login", False)
        office.bench.history.forget()


# --- Options ---------------------------------------------------------------------------------------------------------


def test_the_options_of_a_call_go_before_those_of_the_house() -> None:
    office = Office(options=Options(newline="space"))
    assert outcome(office.desk.insert("A", "a\nb")).total == 3
    assert office.bench.keys == "+a -a +space -space +b -b"
    assert outcome(office.desk.insert("A", "a\r\n", {"newline": "shift-return"})).confirmed
    assert office.bench.keys == "+a -a +Shift_L +Return -Return -Shift_L"
    with pytest.raises(InvalidArgs, match="Character 2 is a line end"):
        office.desk.insert("A", "a\n", {"newline": "refuse"})
    assert outcome(office.desk.insert("A", "a", {"newline": "refuse"})).confirmed


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"speed": 1.0}, "One of the options is unknown; there are: 'timeout' (d: seconds"),
        ({"timeout": 1}, "'timeout' must be d: seconds, above 0, at most 20"),
        ({"timeout": 0.0}, "'timeout' must be"),
        ({"timeout": 20.5}, "'timeout' must be"),
        ({"newline": "crlf"}, "'newline' must be s: return, shift-return, space, refuse"),
        ({"newline": True}, "'newline' must be"),
        ({"on_focus_change": "pause"}, "'on_focus_change' must be s: stop, wait"),
        ({"grabs": "stop"}, "'grabs' must be s: refuse, type"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused_before_the_first_key(options: dict[str, object], told: str) -> None:
    office = Office()
    with pytest.raises(InvalidArgs) as refused:
        office.desk.insert("A", "a", options)
    assert told in str(refused.value)
    assert office.bench.keys == ""
