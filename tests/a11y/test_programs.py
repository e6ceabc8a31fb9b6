# SPDX-License-Identifier: MIT
"""Real programs of three toolkits: the focus and its role, the text before the caret, and the text of every key."""

from __future__ import annotations

import json

from tests.a11y.stage import Program, Stage, Steps
from twisted.internet.defer import inlineCallbacks

from typewright.interfaces.accessibility import CARET_MOVED, TEXT_DELETED, TEXT_INSERTED

TEXT = ('The quick brown fox jumps over the lazy dog, 0123456789 times; it\'s ~100% "sure" & #1!\n' * 3)[:225]
SMILE = "Wörld \N{GRINNING FACE} "


class OneToolkit(Stage):
    __test__ = False
    toolkit: str
    running: Program

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.running = Program(cls.toolkit, cls.environ)

    @classmethod
    def tearDownClass(cls) -> None:
        cls.running.end()
        super().tearDownClass()

    @inlineCallbacks
    def in_field(self, name: str) -> Steps:
        """Put the focus into an empty text field."""
        yield self.focused(self.running, name, password=False, editable=True)
        self.running.ask("set", '""')

    @inlineCallbacks
    def hearing(self) -> Steps:
        """Listen, and wait until the object's events are heard; fires with the generation."""
        self.listen()
        return (yield self.until(self.a11y.hearing))

    @inlineCallbacks
    def test_the_focus_is_followed_with_its_role_its_state_and_its_process(self) -> Steps:
        for name, password, editable in [
            ("text", False, True), ("password", True, True), ("area", False, True), ("button", False, False),
            ("password", True, True),
        ]:  # fmt: skip
            yield self.focused(self.running, name, password=password, editable=editable, process=self.running.process.pid)

    @inlineCallbacks
    def test_who_comes_later_finds_the_focus_as_well(self) -> Steps:
        yield self.focused(self.running, "password", password=True)
        other = yield self.open("if-on")
        focused = yield other.focused_object()
        assert focused is not None
        assert focused.password

    @inlineCallbacks
    def test_a_field_that_was_read_only_is_a_text_field_once_it_is_editable(self) -> Steps:
        yield self.focused(self.running, "button", editable=False)
        button = (yield self.a11y.focused_object()).identity
        self.running.ask("lock")
        self.running.ask("focus", "area")
        yield self.until(lambda: self.a11y.focused_object().addCallback(lambda on: on is not None and on.identity != button))
        assert (yield self._told(editable=False))
        self.running.ask("unlock")
        yield self.until(lambda: self._told(editable=True))
        self.running.ask("set", json.dumps("before"))
        assert (yield self.a11y.before(1000)) == "before"

    @inlineCallbacks
    def test_the_text_before_the_caret(self) -> Steps:
        for name, ends in [("text", ""), ("area", "One line.\nAnother: ")]:
            yield self.in_field(name)
            text = ends + SMILE
            self.running.ask("set", json.dumps(text))
            if self.toolkit == "qt5" and name == "area":
                self.running.ask("caret", len(text) + 1)  # Qt counts UTF-16 units.
            assert (yield self.a11y.before(1000)) == text
            assert (yield self.a11y.before(4)) == text[-4:]
            assert (yield self.a11y.before(1)) == text[-1:]
            self.running.ask("caret", 3)
            assert (yield self.a11y.before(1000)) == text[:3]
            self.running.ask("caret", 0)
            assert (yield self.a11y.before(1000)) == ""

    @inlineCallbacks
    def test_the_text_before_a_selection_since_a_key_will_replace_that(self) -> Steps:
        for name in ("text", "area"):
            yield self.in_field(name)
            self.running.ask("set", json.dumps("one two three"))
            for start, end in [(4, 7), (7, 4)]:
                if start < end or (self.toolkit, name) != ("gtk3", "text"):
                    self.running.ask("select", start, end)
                    assert (yield self.a11y.before(1000)) == "one ", (name, start)

    @inlineCallbacks
    def test_a_password_is_neither_read_nor_listened_to(self) -> Steps:
        yield self.focused(self.running, "password", password=True)
        self.running.ask("set", json.dumps("secret"))
        assert (yield self.a11y.before(10)) is None
        self.listen()
        assert (yield self.a11y.hearing()) == 0
        yield self.type("more\n")
        yield self.in_field("text")
        yield self.until(self.a11y.hearing)
        yield self.type("x")
        yield self.until(lambda: self.texts(TEXT_INSERTED))
        assert self.texts(TEXT_INSERTED) == "x"

    @inlineCallbacks
    def test_every_key_is_told_of(self) -> Steps:
        yield self.in_field("area")
        generation = yield self.hearing()
        yield self.type(TEXT)
        yield self.until(lambda: len(self.texts(TEXT_INSERTED)) >= len(TEXT))
        print(
            self.toolkit,
            len([e for e in self.heard if e.kind == TEXT_INSERTED]),
            [e.kind for e in self.heard if e.kind != TEXT_INSERTED],
        )
        assert self.texts(TEXT_INSERTED) == TEXT
        assert [event.kind for event in self.heard if event.kind != TEXT_INSERTED] == []
        assert (yield self.a11y.hearing()) == generation
        self.heard.clear()
        yield self.key("BackSpace", "BackSpace")
        yield self.until(lambda: len(self.texts(TEXT_DELETED)) >= 2)
        # Qt's area sends blanks in place of deleted text, so only the length is reliable.
        assert len(self.texts(TEXT_DELETED)) == 2

    @inlineCallbacks
    def test_the_very_first_key_behind_the_beginning_is_told_of(self) -> Steps:
        yield self.in_field("text")
        for _ in range(5):
            other = yield self.open("if-on")
            heard: list[str] = []
            stop = other.listen(lambda event, heard=heard: heard.append(event.text))
            assert (yield other.hearing())
            yield self.type("a")
            yield self.until(lambda heard=heard: heard)
            stop()
            yield other.close()
            assert heard[0] == "a"

    @inlineCallbacks
    def test_the_users_move_of_the_caret_is_told_apart_from_that_of_typing(self) -> Steps:
        yield self.in_field("text")
        yield self.hearing()
        yield self.type("abc")
        yield self.until(lambda: self.texts(TEXT_INSERTED) == "abc")
        yield self.key("Left")
        yield self.type("d")
        yield self.until(lambda: self.texts(TEXT_INSERTED) == "abcd")
        yield self.key("Home")
        yield self.type("ef")
        yield self.key("BackSpace")
        yield self.until(lambda: self.texts(TEXT_DELETED))
        assert self.texts(TEXT_INSERTED) == "abcdef"
        assert [event.kind for event in self.heard] == [
            *[TEXT_INSERTED] * 3, CARET_MOVED, TEXT_INSERTED, CARET_MOVED, *[TEXT_INSERTED] * 2, TEXT_DELETED
        ]  # fmt: skip


class Gtk3Test(OneToolkit):
    __test__ = True
    toolkit = "gtk3"


class Gtk4Test(OneToolkit):
    __test__ = True
    toolkit = "gtk4"


class Qt5Test(OneToolkit):
    __test__ = True
    toolkit = "qt5"
