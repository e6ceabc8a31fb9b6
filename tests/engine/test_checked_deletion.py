# SPDX-License-Identifier: MIT
"""
Deleting is proven, or not done: fields that delete, keep or change text in ways of their own, behind text of the user's.

A played field takes the keys of a bench. With `tells` it gives its account, as over the accessibility bus.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from engine_bench import PENDING, Bench, Services, outcome
from twisted.internet.defer import Deferred

from typewright.interfaces.accessibility import TEXT_DELETED, TEXT_INSERTED, FocusedObject
from typewright.interfaces.services import Report
from typewright.keymap.chords import KeyEvent
from typewright.text.erasing import EDITORS, Editor, Model, blink, cluster, code_point, kind_of, pango, readline

USERS = "abcd"
HARD = ["❤\ufe0f", "1\ufe0f\u20e3", "👍🏽", "🇫🇷", "👨‍👩‍👧", "e\u0301", "≠", "\U00020000", "กิ้"]
MODELS = [pango, code_point, blink, cluster, readline]


class Field:
    """A text field with `text` in it, in a program of an unknown name, behind a bench and its services."""

    def __init__(
        self,
        erase: Model = code_point,
        *,
        tells: bool,
        text: str = USERS,
        change: Callable[[str, str], str] = lambda text, typed: text + typed,
        toolkit: str = "gtk",
    ) -> None:
        self.bench = bench = Bench()
        self.services = Services(bench)
        self.text = text
        self.erase = erase
        self.change = change
        self.late = False
        bench.programs.name, bench.programs.toolkit = "some-editor", toolkit
        bench.keyer.on_send = self._take
        self._tells = tells
        self.show("one")

    def show(self, identity: str) -> None:
        """Give the focus to the field of this identity."""
        accessibility = self.bench.accessibility
        if self._tells:
            accessibility.facts = FocusedObject(False, True, 1000, identity)
            accessibility.text, accessibility.generation = self.text, accessibility.generation + 1

    def _take(self, number: int, event: KeyEvent) -> None:
        name = self.bench._key(event.keycode)
        if name == "Shift_L":
            self._shift = event.pressed
        if not event.pressed or name.startswith("Shift"):
            return
        before = self.text
        if name == "BackSpace":
            self.text = self.erase(before) if before else ""
        else:
            self.text = self.change(before, self._typed(event))
        if self._tells:
            self.tell(before)

    def tell(self, before: str) -> None:
        accessibility = self.bench.accessibility
        accessibility.text = self.text
        if not self.text.startswith(before):
            accessibility.tell(TEXT_DELETED, before)
            accessibility.tell(TEXT_INSERTED, self.text)
        elif self.text != before:
            accessibility.tell(TEXT_INSERTED, self.text[len(before) :])

    def _typed(self, event: KeyEvent) -> str:
        assert event.state is not None
        typed = self.bench.keyboard.layout.typed_by(event.keycode, event.state)
        return {"Return": "\n", "Tab": "\t"}.get(self.bench._key(event.keycode), typed or "")

    def do(self, reply: Deferred[Report]) -> Report:
        while outcome(reply) is PENDING:
            self.bench.clock.advance(0.01)
        return outcome(reply)

    def revise(self, text: str) -> Report:
        return self.do(self.services.dictation.revise("A", text))

    def undo(self) -> Report:
        return self.do(self.services.dictation.undo("A"))

    def insert(self, text: str) -> Report:
        return self.do(self.services.typing.insert("A", text))


# --- Hard characters (no model is certain) ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("toolkit", "editor"),
    [(toolkit, editor) for toolkit in ("gtk", "qt", "chromium", "") for editor in EDITORS[kind_of("some-editor", toolkit)]],
)
@pytest.mark.parametrize("character", HARD)
def test_without_an_account_the_users_text_stays_whatever_the_program_does(
    character: str, toolkit: str, editor: Editor
) -> None:
    def keep(text: str, typed: str) -> str:
        return text + editor.keeps(typed)

    field = Field(editor.erase, tells=False, toolkit=toolkit, change=keep)
    assert field.revise(character).confirmed
    field.services.dictation.commit("A")
    report = field.undo()
    assert field.text.startswith(USERS)
    if report.confirmed:
        assert field.text == USERS
    else:
        assert (report.code, field.text) == ("unerasable", USERS + editor.keeps(character))


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("character", HARD)
def test_with_an_account_each_press_is_checked_and_all_of_it_goes(character: str, model: Model) -> None:
    field = Field(model, tells=True)
    assert field.revise(f"x{character}").confirmed
    report = field.revise("xy")
    assert (report.confirmed, report.reason, field.text) == (True, "", USERS + "xy")
    field.services.dictation.commit("A")
    assert field.undo().confirmed
    assert field.text == USERS
    assert field.bench.at_rest


def test_a_mark_that_is_typed_behind_the_users_letter_is_left_alone() -> None:
    field = Field(pango, tells=True)
    assert field.revise("\u0301").confirmed
    report = field.undo()
    assert (report.confirmed, report.code, field.text) == (False, "unerasable", USERS + "\u0301")


def test_a_field_that_drops_a_character_loses_no_other() -> None:
    field = Field(tells=False, change=lambda text, typed: text + typed * (typed < "\uffff"), toolkit="qt")
    field.revise("👍🏽")
    assert field.undo().code == "unerasable"
    assert field.text == USERS


def test_a_press_that_takes_more_than_ours_ends_the_deletion() -> None:
    field = Field(lambda text: text[:-4], tells=True)
    assert field.revise("❤\ufe0f").confirmed
    report = field.undo()
    assert (report.confirmed, report.code, report.typed) == (False, "deletedotherwise", 1)
    assert field.undo().code == "nothing"


def test_backspace_keeps_to_the_same_rule() -> None:
    for tells, confirmed in ((False, False), (True, True)):
        field = Field(cluster, tells=tells)
        field.insert("👍🏽👍🏽")
        report = field.do(field.services.typing.backspace("A", 2))
        assert report.confirmed is confirmed
        assert field.text == (USERS if confirmed else USERS + "👍🏽👍🏽")


def test_backspace_over_text_that_is_not_known_is_a_press_a_character() -> None:
    field = Field(tells=False)
    assert field.do(field.services.typing.backspace("A", 2)).confirmed
    assert field.text == "ab"


# --- A confirmed key is not a character that is there ----------------------------------------------------------------


def limited(text: str, typed: str) -> str:
    return (text + typed)[:8]


def digits_only(text: str, typed: str) -> str:
    return text + typed * typed.isdigit()


def read_only(text: str, typed: str) -> str:
    return text


def corrected(text: str, typed: str) -> str:
    return (text + typed).replace("(c)", "©")


def completed(text: str, typed: str) -> str:
    return text + typed + ("ning" if (text + typed).endswith("mor") else "")


@pytest.mark.parametrize(
    ("change", "text", "typed"),
    [
        (limited, "user", "dictated"),
        (digits_only, "12345", "6a7bc"),
        (read_only, "what the user wrote", "words"),
        (corrected, "my ", "(c)"),
        (completed, "good ", "mor"),
    ],
)
def test_with_an_account_nothing_is_deleted_that_is_not_what_was_typed(
    change: Callable[[str, str], str], text: str, typed: str
) -> None:
    field = Field(tells=True, text=text, change=change)
    field.insert(typed)
    there = field.text
    report = field.undo()
    assert not report.confirmed
    assert field.text == there
    assert field.undo().code == "nothing"


def test_another_field_of_the_same_window_is_left_alone_even_if_it_holds_the_same_text() -> None:
    field = Field(tells=True, text="")
    field.insert("same")
    field.text = "same"
    field.show("two")
    report = field.undo()
    assert (report.code, field.text) == ("notthere", "same")


def test_another_document_in_the_same_field_is_left_alone() -> None:
    field = Field(tells=True, text="")
    field.insert("words")
    field.text = "another document"
    field.show("one")
    assert field.undo().code == "notthere"
    assert field.text == "another document"


@pytest.mark.parametrize("wall", ["\n", "\t"])
def test_a_return_or_a_tab_is_a_wall_without_an_account(wall: str) -> None:
    field = Field(tells=False)
    field.revise(f"title{wall}more")
    assert field.revise(f"title{wall}most").confirmed
    assert field.revise("title").code == "unerasable"
    assert field.text == f"{USERS}title{wall}most"


@pytest.mark.parametrize("wall", ["\n", "\t"])
def test_a_return_or_a_tab_that_the_field_shows_is_none(wall: str) -> None:
    field = Field(tells=True)
    field.revise(f"title{wall}more")
    assert field.revise("title").confirmed
    assert field.text == f"{USERS}title"


def test_a_tab_that_led_on_is_found_out() -> None:
    def lead_on(text: str, typed: str) -> str:
        if typed == "\t":
            field.text = "body of the user"
            field.show("body")
            return "body of the user"
        return text + typed

    field = Field(tells=True, text="")
    field.change = lead_on
    field.insert("Title\tmore")
    assert field.text == "body of the usermore"
    assert not field.undo().confirmed
    assert field.text == "body of the usermore"


def test_what_is_there_afterwards_is_compared_as_well() -> None:
    field = Field(tells=True)
    field.revise("one two")
    field.change = lambda text, typed: text + typed.upper()
    report = field.revise("one too")
    assert (report.confirmed, report.code) == (False, "differs")
    assert field.text == f"{USERS}one tOO"


@pytest.mark.parametrize(
    ("process", "identity", "terminal", "code"),
    [(1000, "button", False, "notthere"), (1000, "one", False, ""), (1000, "one", True, ""), (1001, "button", False, "")],
    ids=["another object", "the one that was typed in", "a terminal", "of another program"],
)
def test_an_object_that_is_no_text_field_holds_nothing_that_was_typed_elsewhere(
    process: int, identity: str, terminal: bool, code: str
) -> None:
    field = Field(tells=True)
    assert field.insert("one").confirmed
    field.bench.accessibility.facts = FocusedObject(False, False, process, identity, terminal)
    assert field.undo().code == code
    assert field.text == (f"{USERS}one" if code else USERS)


def test_a_field_that_is_late_is_waited_for() -> None:
    field = Field(tells=True)
    field.revise("one")
    field.bench.accessibility.text = f"{USERS}on"
    field.bench.clock.callLater(0.4, setattr, field.bench.accessibility, "text", f"{USERS}one")
    assert field.revise("ore").confirmed
