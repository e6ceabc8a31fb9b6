# SPDX-License-Identifier: MIT
"""
The whole service as a child process, on the printing backend and a private bus: the contract, without any display.

What was typed is what the service prints.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from jeepney import DBusErrorResponse
from printing_bench import DICTATION, LONG, Caller, Served
from tests.helpers.desktop import PATIENCE_S

from typewright.reasons import ALL_CANCELLED, CANCELLED, DISABLED, FOCUS_MOVED, NOT_IN_WINDOW, NOTHING_LEFT, UNTYPEABLE

INVALID = "org.freedesktop.DBus.Error.InvalidArgs"
CAPABILITIES = ["any-text", "observes", "user-keys", "focus", "locks", "application", "shortcuts"]


def test_it_says_what_it_is(caller: Caller) -> None:
    assert [caller.get(name) for name in ("Backend", "Capabilities", "Layout", "TypingEnabled", "Busy")] == [
        "printing", CAPABILITIES, "us", True, False,
    ]  # fmt: skip


def test_insert_types_any_text(caller: Caller, served: Served) -> None:
    text = "Hi, Grüße: да!\n\t漢字 👍"
    assert caller.call("Insert", "s", text) is True
    assert served.text() == text
    assert caller.finished() == [("insert", True, len(text), len(text), "application", "")]


def test_every_key_event_is_printed_in_order(caller: Caller, served: Served) -> None:
    assert caller.call("Insert", "s", "A1") is True
    assert served.lines() == [
        "press Shift_L", 'press a: types "A"', "release a", "release Shift_L", 'press 1: types "1"', "release 1",
    ]  # fmt: skip


def test_type_reports(caller: Caller, served: Served) -> None:
    report = caller.report("Type", "sa{sv}", "ab\nc", {"newline": ("s", "space")})
    assert report.pop("elapsed") >= 0
    assert report == {
        "confirmed": True, "typed": 4, "total": 4, "level": "application", "code": "", "reason": "", "window": 1,
    }  # fmt: skip
    assert served.text() == "ab c"


def test_a_window_that_has_not_the_focus_is_a_reason_with_a_code(caller: Caller, served: Served) -> None:
    report = caller.report("Type", "sa{sv}", "a", {"window": ("u", 99)})
    assert (report["confirmed"], report["code"], report["reason"]) == (False, NOT_IN_WINDOW.code, NOT_IN_WINDOW.sentence)
    assert NOT_IN_WINDOW.code != FOCUS_MOVED.code
    assert served.lines() == []


def test_backspace_deletes_characters(caller: Caller, served: Served) -> None:
    caller.call("Insert", "s", "abcde")
    assert caller.call("Backspace", "u", 1) is True
    report = caller.report("BackspaceWithOptions", "ua{sv}", 2, {})
    assert [report[name] for name in ("confirmed", "typed", "total", "code")] == [True, 2, 2, ""]
    assert served.text() == "ab"
    assert [(kind, typed, total) for kind, _, typed, total, _, _ in caller.finished()[1:]] == [
        ("backspace", 1, 1), ("backspace", 2, 2),
    ]  # fmt: skip


def test_press_presses_chords(caller: Caller, served: Served) -> None:
    assert caller.call("Press", "s", "ctrl+s Tab") is True
    assert served.lines() == [
        "press Control_L", "press s", "release s", "release Control_L", 'press Tab: types "\\t"', "release Tab",
    ]  # fmt: skip
    report = caller.report("PressWithOptions", "sa{sv}", "a F24", {})
    assert [report[name] for name in ("confirmed", "typed", "total", "code")] == [False, 0, 2, UNTYPEABLE.code]
    assert served.lines() == []
    assert caller.finished()[1:] == [("press", False, 0, 2, "", UNTYPEABLE.code)]


def test_a_chord_is_held_until_it_is_released(caller: Caller, served: Served) -> None:
    assert caller.call("PressAndHold", "sd", "shift", 5.0) is True
    assert served.lines() == ["press Shift_L"]
    assert caller.call("Release", "s", "shift") is True
    assert served.lines() == ["release Shift_L"]
    assert caller.call("Release", "s", "shift") is False
    assert [code for *_, code in caller.finished()] == ["", "", "notheld"]


def test_a_draft_is_revised_with_the_fewest_keystrokes_and_taken_back(caller: Caller, served: Served) -> None:
    assert caller.call("Revise", "s", "wreck a", on=DICTATION) is True
    report = caller.report("ReviseWithOptions", "sa{sv}", "wrecked", {}, on=DICTATION)
    assert (report["confirmed"], report["typed"], report["total"], report["code"]) == (True, 4, 4, "")
    caller.call("Commit", on=DICTATION)
    assert served.text() == "wrecked"
    caller.call("Revise", "s", " ship", on=DICTATION)
    assert caller.report("UndoWithOptions", "a{sv}", {}, on=DICTATION)["confirmed"] is True
    assert served.text() == ""
    assert caller.call("Undo", on=DICTATION) is True
    report = caller.report("UndoWithOptions", "a{sv}", {}, on=DICTATION)
    assert (report["confirmed"], report["code"], report["reason"]) == (False, NOTHING_LEFT.code, NOTHING_LEFT.sentence)
    assert served.lines().count('press BackSpace: deletes "w"') == 1
    assert [(kind, code) for kind, *_, code in caller.finished()[-2:]] == [("undo", ""), ("undo", NOTHING_LEFT.code)]


def test_the_context_is_the_choice_of_each_call(caller: Caller, served: Served) -> None:
    caller.call("Insert", "s", "One.")
    caller.report("ReviseWithOptions", "sa{sv}", "two", {"context_adjust": ("b", True)}, on=DICTATION)
    caller.call("Commit", on=DICTATION)
    caller.call("Revise", "s", "three", on=DICTATION)
    assert served.text() == "One. Twothree"
    assert caller.get("ContextAdjust", on=DICTATION) is False
    caller.set("ContextAdjust", True, on=DICTATION)
    caller.call("Insert", "s", "four")
    caller.report("Type", "sa{sv}", "five", {"context_adjust": ("b", False)})
    caller.set("ContextAdjust", False, on=DICTATION)
    assert served.text() == " fourfive"


def test_cancel_ends_the_caller_s_jobs_with_all_keys_up(caller: Caller, served: Served) -> None:
    running, waiting = caller.begin("Insert", "s", LONG), caller.begin("Insert", "s", "never")
    assert caller.call("Cancel") == 2
    assert [caller.answer(running), caller.answer(waiting)] == [False, False]
    waited, ran = sorted(caller.finished(), key=lambda job: job[3])
    assert waited == ("insert", False, 0, 5, "", CANCELLED.code)
    assert (ran[0], ran[1], ran[5]) == ("insert", False, CANCELLED.code)
    assert ran[2] < ran[3] == len(LONG)
    lines = served.lines()
    assert sum(line.startswith("press") for line in lines) == sum(line.startswith("release") for line in lines)
    assert not any("v" in line for line in lines)


def test_cancel_all_ends_the_jobs_of_others_and_lets_the_next_through(caller: Caller, served: Served) -> None:
    other = Caller(served.bus.address)
    running, waiting = caller.begin("Insert", "s", LONG), caller.begin("Insert", "s", "never")
    caller.get("Version")
    assert other.call("CancelAll") == 2
    assert [caller.answer(running), caller.answer(waiting)] == [False, False]
    assert [code for *_, code in caller.finished()] == [ALL_CANCELLED.code] * 2
    lines = served.lines()
    assert sum(line.startswith("press") for line in lines) == sum(line.startswith("release") for line in lines)
    assert caller.call("PressAndHold", "sd", "shift", 5.0) is True
    assert other.call("CancelAll") == 0
    assert served.lines() == ["press Shift_L", "release Shift_L"]
    assert (caller.get("TypingEnabled"), caller.call("Insert", "s", "a")) == (True, True)
    other.close()


def test_typing_disabled_stops_the_running_job_and_refuses_others(caller: Caller, served: Served) -> None:
    running = caller.begin("Insert", "s", LONG)
    caller.set("TypingEnabled", False)
    assert caller.answer(running) is False
    assert caller.get("TypingEnabled") is False
    report = caller.report("Type", "sa{sv}", "a", {})
    assert (report["confirmed"], report["code"], report["reason"]) == (False, DISABLED.code, DISABLED.sentence)
    assert [code for *_, code in caller.finished()] == [DISABLED.code] * 2
    served.lines()
    caller.set("TypingEnabled", True)
    assert caller.call("Insert", "s", "a") is True
    assert served.text() == "a"


@pytest.mark.parametrize(
    ("member", "signature", "arguments"),
    [
        ("Insert", "s", ["\x1b"]),
        ("Type", "sa{sv}", ["a", {"novel": ("b", True)}]),
        ("BackspaceWithOptions", "ua{sv}", [1, {"window": ("s", "1")}]),
        ("PressWithOptions", "sa{sv}", ["ctrl+", {}]),
    ],
)
def test_a_call_that_must_not_be_made_is_an_error(
    caller: Caller, served: Served, member: str, signature: str, arguments: list[object]
) -> None:
    with pytest.raises(DBusErrorResponse) as refused:
        caller.call(member, signature, *arguments)
    assert refused.value.name == INVALID
    assert (served.lines(), caller.finished()) == ([], [])


def test_the_text_is_printed_and_never_logged(tmp_path: Path) -> None:
    service = Served(tmp_path)
    try:
        service.wait()
        caller = Caller(service.bus.address)
        assert caller.call("Insert", "s", "hunter2") is True
        caller.close()
        service.child.process.terminate()
        _, log = service.child.process.communicate(timeout=PATIENCE_S)
        assert service.child.process.returncode == 0
        assert service.lines()[0].endswith("is ready: org.typewright.Typist1 is on the session bus")
        assert b"7 of 7" in log
        assert b"hunter" not in log
        assert b"--backend" in log
    finally:
        service.end()


def test_a_stream_whose_reader_is_gone_is_a_lost_display(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    service = Served(tmp_path, writer)
    os.close(writer)
    try:
        service.wait()
        os.close(reader)
        caller = Caller(service.bus.address)
        with pytest.raises(DBusErrorResponse) as lost:
            caller.call("Insert", "s", "a")
        assert lost.value.name == "org.typewright.Error.DisplayLost"
        assert service.child.process.wait(PATIENCE_S) == 8
        caller.close()
    finally:
        service.end()
