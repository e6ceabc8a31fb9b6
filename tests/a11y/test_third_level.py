# SPDX-License-Identifier: MIT
"""The level `text` with real programs of three toolkits: what they say about their text is what was typed, or not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.a11y.stage import Program, Stage, Steps
from tests.helpers import desktop
from twisted.internet.defer import inlineCallbacks

MIXED = 'Grüße, "wörld" & co: 100% naïve? Δοκιμή — 漢字 x\N{GRINNING FACE}y\n\nСегодня it\'s done.'
LONG = ("The quick brown fox jumps over the lazy dog, 0123456789 times.\n" * 18)[:1120]
NAME, PATH = "org.typewright.Typist1", "/org/typewright/Typist1"
DICTATION = "org.typewright.Dictation1"


class OneToolkit(Stage):
    __test__ = False
    toolkit: str
    running: Program

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.running = Program(cls.toolkit, cls.environ)
        cls._service = desktop.service(cls.environ, config='panic = ""\n')
        cls._service.__enter__()

    @classmethod
    def tearDownClass(cls) -> None:
        cls._service.__exit__(None, None, None)
        cls.running.end()
        super().tearDownClass()

    @inlineCallbacks
    def in_field(self, name: str, text: str = "") -> Steps:
        yield self.focused(self.running, name, password=name == "password", editable=True)
        self.running.ask("set", json.dumps(text))

    @inlineCallbacks
    def typed(self, text: str, **options: tuple[str, Any]) -> Steps:
        report = yield self.session.call(NAME, PATH, NAME, "Type", "sa{sv}", [text, options])
        return report[0]

    @inlineCallbacks
    def level(self, text: str) -> Steps:
        """Type `text`, which must be confirmed; return its level."""
        report = yield self.typed(text)
        assert report["confirmed"], report["reason"]
        assert self.running.ask("say").endswith(text.rstrip("\n")), report
        return report["level"]

    @pytest.mark.promise("level-text")
    @inlineCallbacks
    def test_what_a_program_tells_of_its_text_is_the_third_level(self) -> Steps:
        for name, text in [("text", MIXED.replace("\n", " ")), ("area", MIXED), ("area", LONG), ("text", "x")]:
            yield self.in_field(name)
            assert (yield self.level(text)) == "text"
            assert (yield self.level(text)) == "text"

    @inlineCallbacks
    def test_what_was_selected_is_replaced(self) -> Steps:
        yield self.in_field("area", "one two three")
        self.running.ask("select", 4, 7)
        assert (yield self.level("four")) == "text"
        assert self.running.ask("say") == "one four"

    @pytest.mark.promise("different-text")
    @inlineCallbacks
    def test_a_program_that_leaves_a_letter_out_makes_the_answer_false(self) -> Steps:
        self.running.ask("drop", "l")
        for name in ("text", "area"):
            yield self.in_field(name)
            report = yield self.typed("hello, world")
            assert self.running.ask("say") == "heo, word"
            assert not report["confirmed"]
            assert "not what was typed" in report["reason"]
            assert (report["typed"], report["level"]) == (12, "")
        self.running.ask("drop", "")
        assert (yield self.level("l")) == "text"

    @inlineCallbacks
    def dictate(self, member: str, *text: str) -> Steps:
        """Call a method of Dictation1 that types; return its answer, and level and reason of the signal that came before."""
        (confirmed,) = yield self.session.call(NAME, PATH, DICTATION, member, "s" * len(text), list(text))
        _, _, told, _, _, level, reason, *_ = self.finished[-1]
        self.assertEqual(told, confirmed)
        return confirmed, level or reason

    @pytest.mark.promise("level-text")
    @inlineCallbacks
    def test_drafts_and_what_takes_them_back_get_there_too(self) -> Steps:
        self.finished: list[list[Any]] = []
        yield self.session.call_daemon("AddMatch", "s", f"type='signal',interface='{NAME}',member='Finished'")
        self.session.listen(NAME, "Finished", lambda signal: self.finished.append(signal.arguments()))
        for name in ("text", "area"):
            yield self.in_field(name)
            levels = []
            for heard in ("write", "right", "Right you are, 漢字", "Right you are, Žofie"):
                confirmed, level = yield self.dictate("Revise", heard)
                self.assertTrue(confirmed, level)
                self.assertEqual(self.running.ask("say"), heard)
                levels.append(level)
            # On a busy machine a program may report it too late.
            self.assertGreaterEqual(levels.count("text"), 3, levels)
            yield self.session.call(NAME, PATH, DICTATION, "Commit")
            self.assertEqual((yield self.dictate("Undo"))[0], True)
            self.assertEqual(self.running.ask("say"), "")
            self.running.ask("drop", "o")
            confirmed, reason = yield self.dictate("Revise", "one or two")
            self.running.ask("drop", "")
            self.assertEqual(self.running.ask("say"), "ne r tw")
            self.assertFalse(confirmed)
            self.assertIn("not what was typed", reason)
            yield self.session.call(NAME, PATH, DICTATION, "Forget")

    @pytest.mark.promise("different-text")
    @inlineCallbacks
    def test_what_has_not_come_yet_is_not_held_against_it(self) -> Steps:
        yield self.in_field("text")
        assert (yield self.level("hello\n")) == "application"

    @pytest.mark.promise("password-field")
    @inlineCallbacks
    def test_a_tab_into_a_password_field_ends_the_job_before_a_character_gets_there(self) -> Steps:
        for _ in range(5):
            yield self.in_field("password")
            yield self.in_field("text")
            report = yield self.typed("name\tand the rest of it")
            assert not report["confirmed"]
            assert "password" in report["reason"]
            assert report["typed"] == 5
            yield self.in_field_as_it_is("text")
            assert self.running.ask("say") == "name"
            yield self.in_field_as_it_is("password")
            assert self.running.ask("say") == ""

    @inlineCallbacks
    def in_field_as_it_is(self, name: str) -> Steps:
        yield self.focused(self.running, name, password=name == "password", editable=True)

    @pytest.mark.promise("password-field")
    @inlineCallbacks
    def test_a_password_field_is_refused(self) -> Steps:
        yield self.in_field("password")
        report = yield self.typed("secret")
        assert (report["confirmed"], report["typed"]) == (False, 0)
        assert self.running.ask("say") == ""


class Gtk3Test(OneToolkit):
    __test__ = True
    toolkit = "gtk3"


class Gtk4Test(OneToolkit):
    __test__ = True
    toolkit = "gtk4"


class Qt5Test(OneToolkit):
    __test__ = True
    toolkit = "qt5"
