# SPDX-License-Identifier: MIT
"""What the engine does on a backend that knows or can do less, and with text that is handed over without keys."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from engine_bench import PENDING, Bench, Services, outcome
from twisted.internet.defer import Deferred, succeed

from typewright.interfaces.accessibility import TEXT_INSERTED, FocusedObject
from typewright.interfaces.backend import (
    CAPABILITIES,
    FOCUS,
    LEVEL_APPLICATION,
    LEVEL_SENT,
    LEVEL_SERVER,
    SHORTCUTS,
    UNKNOWN,
    USER_KEYS,
    Place,
)
from typewright.keymap.chords import KeyEvent
from typewright.keymap.sample import sample_layout

FIELD = FocusedObject(password=False, editable=True, process=1000)


def without(*lacking: str) -> frozenset[str]:
    return frozenset(CAPABILITIES) - set(lacking)


class Committer:
    """Takes any text but `refuses`, on `level`, and writes it into the bench's log."""

    def __init__(self, level: str = LEVEL_SERVER, refuses: Collection[str] = ()) -> None:
        self.level = level
        self.refuses = refuses
        self.bench: Bench | None = None

    def takes(self, text: str) -> bool:
        return not any(refused in text for refused in self.refuses)

    def commit(self, text: str, place: Place) -> Deferred[str]:
        assert self.bench is not None
        self.bench.log.append((f"commit {text} to {place.window}",))
        return succeed(self.level)


def committing(committer: Committer, *, spare: int = 0) -> Bench:
    committer.bench = Bench(layout=sample_layout(spare=spare), committer=committer)
    return committer.bench


# --- Commits ---------------------------------------------------------------------------------------------------------


def test_what_has_no_key_is_committed_in_its_place_after_a_barrier() -> None:
    bench = committing(Committer())
    assert outcome(bench.insert("a漢字b")) is True
    assert bench.transcript == [
        "press a", "release a", "barrier 1 and settle", "commit 漢字 to 1", "press b", "release b", "settle", "barrier 1",
    ]  # fmt: skip
    assert (bench.job.typed, bench.job.level, bench.history.before(1)) == (4, "server", "a漢字b")


def test_the_lower_of_two_levels_is_the_jobs() -> None:
    bench = committing(Committer(LEVEL_APPLICATION))
    bench.barrier.level = LEVEL_SERVER
    assert outcome(bench.insert("漢")) is True
    assert bench.job.level == "server"


def test_where_slots_can_be_lent_nothing_is_committed() -> None:
    bench = committing(Committer(), spare=3)
    assert outcome(bench.insert("漢")) is True
    assert not [line for line in bench.transcript if line.startswith("commit")]


def test_a_text_of_which_a_part_is_not_taken_is_refused_before_its_first_key() -> None:
    bench = committing(Committer(refuses=["字"]))
    assert outcome(bench.insert("a漢b字")) is False
    assert bench.transcript == ["settle"]
    assert (bench.job.reason.code, bench.reason.partition(" is not")[0]) == ("untypeable", "Character 2")


def test_a_field_that_refuses_the_text_stops_the_job() -> None:
    bench = committing(Committer(level=""))
    assert outcome(bench.insert("a漢b")) is False
    assert (bench.job.typed, bench.job.reason.code, bench.history.before(1)) == (1, "refused", "a")


def test_without_a_committer_the_character_is_named_by_its_place() -> None:
    bench = Bench(layout=sample_layout(spare=0))
    assert outcome(bench.insert("ab漢")) is False
    assert bench.reason.startswith("Character 3 is not on the keyboard layout")


# --- Levels ----------------------------------------------------------------------------------------------------------


def test_keys_that_were_only_sent_are_not_confirmed() -> None:
    bench = Bench()
    bench.barrier.level = LEVEL_SENT
    assert outcome(bench.insert("a")) is False
    assert (bench.job.reason.code, bench.job.level) == ("onlysent", "sent")


def test_keys_that_were_only_sent_are_confirmed_by_the_programs_text() -> None:
    bench = Bench()
    bench.barrier.level = LEVEL_SENT
    bench.accessibility.facts, bench.accessibility.generation = FIELD, 1

    def tell(number: int, event: KeyEvent) -> None:
        if event.pressed:
            bench.accessibility.tell(TEXT_INSERTED, "a")

    bench.keyer.on_send = tell
    assert outcome(bench.insert("a")) is True
    assert bench.job.level == "text"


# --- Places ----------------------------------------------------------------------------------------------------------


def test_an_unknown_place_is_typed_to_where_no_place_is_ever_known_and_nothing_is_remembered() -> None:
    bench = Bench(capabilities=without(FOCUS))
    bench.focus_on(UNKNOWN)
    assert outcome(bench.insert("ab")) is True
    assert (bench.job.typed, bench.history.before(0)) == (2, "")


def test_an_unknown_place_is_refused_where_places_are_known() -> None:
    bench = Bench()
    bench.focus_on(UNKNOWN)
    assert outcome(bench.insert("ab")) is False
    assert (bench.keys, bench.job.reason.code) == ("", "unknownplace")


# --- The user's keys -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "confirmed"), [("so one", True), ("one", True), ("one!", False), ("", False), (None, False)]
)
def test_where_the_users_keys_are_not_seen_the_programs_text_decides_what_is_deleted(
    told: str | None, confirmed: bool
) -> None:
    bench = Bench(capabilities=without(USER_KEYS))
    dictation = Services(bench).dictation
    assert outcome(dictation.revise("A", "one")).confirmed
    bench.accessibility.facts, bench.accessibility.text = None if told is None else FIELD, told
    bench.log.clear()
    revising = dictation.revise("A", "once")
    bench.clock.pump([0.05] * 30)
    assert ("press BackSpace" in bench.transcript) is confirmed
    # The text stays as it was told: it does not become what was typed.
    assert outcome(revising).code == ("differs" if confirmed else "unknown" if told is None else "notthere")


def test_shortcuts_are_refused_where_none_can_be_pressed() -> None:
    services = Services(Bench(capabilities=without(SHORTCUTS)))
    for report in (services.typing.press("A", "ctrl+s"), services.typing.press_and_hold("A", "ctrl", 1.0)):
        assert (outcome(report).confirmed, outcome(report).code) == (False, "untypeable")
    assert outcome(services.typing.insert("A", "a")).confirmed


# --- A stop is a stop ------------------------------------------------------------------------------------------------


def silent_program(bench: Bench) -> None:
    bench.barrier.silent = True


def held_modifier(bench: Bench) -> None:
    bench.keyboard.set_state(bench.keyboard.state.__class__(0, 0, 1))


def focus_elsewhere(bench: Bench) -> None:
    bench.focus_on(7)


@pytest.mark.parametrize("wait", [silent_program, held_modifier, focus_elsewhere])
@pytest.mark.parametrize("stop", ["cancel", "disable", "escape"])
def test_a_stop_takes_effect_at_once_whatever_is_waited_for(wait, stop: str) -> None:
    bench = Bench()
    services = Services(bench)
    wait(bench)
    reply = services.typing.insert("A", "a" * 100, {"window": 1, "on_focus_change": "wait"})
    assert outcome(reply) is PENDING
    {
        "cancel": lambda: services.typing.cancel("A"),
        "disable": lambda: services.typing.set_typing_enabled("B", False),
        "escape": services.gate.escape,
    }[stop]()
    assert outcome(reply).code == {"cancel": "cancelled", "disable": "disabled", "escape": "escaped"}[stop]
    assert bench.at_rest


# --- Dictation's own callers -----------------------------------------------------------------------------------------


def test_text_of_the_same_caller_after_its_draft_is_the_reason_that_is_given() -> None:
    services = Services(Bench())
    outcome(services.dictation.revise("A", "one"))
    outcome(services.typing.insert("A", "!"))
    own = outcome(services.dictation.revise("A", "two"))
    assert (own.confirmed, own.typed, own.code) == (False, 0, "overtaken")
    assert "same caller" in own.reason
    services.dictation.commit("A")
    assert outcome(services.dictation.revise("A", "two")).confirmed
    outcome(services.typing.insert("B", "?"))
    assert "another caller" in outcome(services.dictation.revise("A", "three")).reason


def test_context_is_a_choice_of_each_call() -> None:
    bench = Bench()
    services = Services(bench)
    outcome(services.typing.insert("A", "one."))
    outcome(services.typing.insert("A", "two", {"context_adjust": True}))
    outcome(services.typing.insert("B", "three"))
    assert bench.history.before(1) == "one. Twothree"
    services.dictation.set_context_adjust("A", True)
    outcome(services.typing.insert("B", "four"))
    outcome(services.typing.insert("B", "five", {"context_adjust": False}))
    assert bench.history.before(1) == "one. Twothree fourfive"
    outcome(services.dictation.revise("C", "six", {"context_adjust": True}))
    assert bench.history.before(1) == "one. Twothree fourfive six"


# --- Password fields -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chords", ["Tab", "shift+Tab", "Escape", "Return", "alt+F1", "super", "ctrl+a", "BackSpace"])
def test_a_password_field_can_be_left_by_keys_that_type_no_text(chords: str) -> None:
    bench = Bench()
    bench.accessibility.facts = FocusedObject(password=True, editable=True, process=1)
    services = Services(bench)
    assert outcome(services.typing.press("A", chords)).confirmed
    assert outcome(services.typing.backspace("A", 1)).confirmed


@pytest.mark.parametrize("chords", ["a", "shift+a", "Tab x", "space", "Escape 1"])
def test_chords_that_type_text_are_refused_in_a_password_field_like_text(chords: str) -> None:
    bench = Bench()
    bench.accessibility.facts = FocusedObject(password=True, editable=True, process=1)
    services = Services(bench)
    for reply in (services.typing.press("A", chords), services.typing.insert("A", "a"), services.dictation.revise("A", "a")):
        assert outcome(reply).code == "password"
    assert bench.keys == ""
