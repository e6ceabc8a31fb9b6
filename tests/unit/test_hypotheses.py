# SPDX-License-Identifier: MIT
"""What a recognizer prints, read: the forms of a line, lines that come in pieces, and what is none."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from twisted.internet.defer import Deferred

from typewright.cli.hypotheses import FINAL, PARTIAL, UNDO, Heard, Hypotheses, Lines, understood
from typewright.errors import InvalidArgs, LimitsExceeded

SECRET = "hunter2"


@pytest.mark.parametrize(
    ("line", "kind", "text"),
    [
        ("partial the quick\n", PARTIAL, "the quick"),
        ("final the quick\r\n", FINAL, "the quick"),
        ("partial  two  spaces ", PARTIAL, " two  spaces "),
        ("final\n", FINAL, ""),
        ("partial", PARTIAL, ""),
        ("final final\n", FINAL, "final"),
        ("undo\n", UNDO, ""),
        ("final undo\n", FINAL, "undo"),
        ('{"partial": "däß 🎹"}\n', PARTIAL, "däß 🎹"),
        ('{"final": "a\\"b"}\n', FINAL, 'a"b'),
        ('{"text": ""}\n', FINAL, ""),
        ('{"text": "one", "result": [{"conf": 1.0, "word": "one"}]}', FINAL, "one"),
        ('{"partial": "one", "partial_result": []}', PARTIAL, "one"),
    ],
)
def test_a_line_is_a_hypothesis(line: str, kind: str, text: str) -> None:
    assert understood(line.encode(), 7) == Heard(7, kind, text)


@pytest.mark.parametrize(
    "line",
    [
        f"{SECRET}\n",
        f"partially {SECRET}\n",
        f"FINAL {SECRET}\n",
        f'{{"said": "{SECRET}"}}\n',
        f'{{"partial": "{SECRET}", "text": "{SECRET}"}}\n',
        f'{{"partial": ["{SECRET}"]}}\n',
        f'{{"partial": "{SECRET}"\n',
        "{" * 100_000,
        '{"partial": ' + "[" * 100_000,
    ],
)
def test_what_is_no_hypothesis_is_told_without_its_text(line: str) -> None:
    heard = understood(line.encode(), 7)
    assert heard.kind == heard.text == ""
    assert heard.problem
    assert SECRET not in heard.problem + repr(heard)


def test_a_line_in_another_encoding() -> None:
    assert understood("final Grüße\n".encode("latin-1"), 1).problem == "it is not UTF-8"


def test_the_text_is_not_shown() -> None:
    assert SECRET not in repr(Heard(1, FINAL, SECRET))


class Reactor:
    """A reactor that reads when told to."""

    def __init__(self) -> None:
        self.readers: list[Lines] = []

    def addReader(self, reader: Lines) -> None:
        self.readers.append(reader)

    def removeReader(self, reader: Lines) -> None:
        if reader in self.readers:
            self.readers.remove(reader)

    def readable(self) -> None:
        for reader in list(self.readers):
            reader.doRead()


class Pipe:
    """What is said into it, `next` gives as hypotheses."""

    def __init__(self) -> None:
        self.read_end, self.write_end = os.pipe()
        self.reactor = Reactor()
        self.lines = Lines(self.reactor, self.read_end)
        self.hypotheses = Hypotheses(self.lines)

    def say(self, text: str) -> None:
        os.write(self.write_end, text.encode())

    def end(self) -> None:
        os.close(self.write_end)
        self.write_end = -1

    def close(self) -> None:
        os.close(self.read_end)
        if self.write_end >= 0:
            self.end()

    def next(self) -> Heard | None:
        """The next one, for which all that is needed has been said."""
        heard: list[Heard | None] = []
        self.hypotheses.next().addCallback(heard.append)
        while not heard:
            assert self.reactor.readers, "it waits for nothing"
            self.reactor.readable()
        return heard[0]


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    made = Pipe()
    yield made
    made.close()


def test_lines_come_as_they_are_cut_and_counted(pipe: Pipe) -> None:
    pipe.say("partial a\n\n  \nfinal a b\npar")
    assert pipe.next() == Heard(1, PARTIAL, "a")
    assert pipe.next() == Heard(4, FINAL, "a b")
    pipe.say("tial c")
    pipe.end()
    assert pipe.next() == Heard(5, PARTIAL, "c")
    assert pipe.next() is None
    assert pipe.next() is None


def test_it_reads_only_when_asked(pipe: Pipe) -> None:
    """Who waits for a slow window makes the recognizer wait, and keeps nothing of it in memory."""
    pipe.say("partial a\n")
    assert pipe.reactor.readers == []
    pipe.next()
    assert pipe.reactor.readers == []


def test_an_object_over_many_lines_is_one_hypothesis(pipe: Pipe) -> None:
    pipe.say('{\n  "result" : [{\n      "conf" : 1.0,\n      "word" : "one"\n    }],\n  "text" : "one"\n}\nfinal two\n')
    assert pipe.next() == Heard(7, FINAL, "one")
    assert pipe.next() == Heard(8, FINAL, "two")


@pytest.mark.parametrize("behind", ["final two\n", '{"text": "two"}\n'])
def test_an_object_that_is_not_closed_swallows_nothing(pipe: Pipe, behind: str) -> None:
    pipe.say('{\n  "text" : "one",\n' + behind)
    problem = pipe.next()
    assert (problem.number, problem.kind, bool(problem.problem)) == (2, "", True)
    assert pipe.next() == Heard(3, FINAL, "two")


def test_an_object_that_the_end_cuts_off(pipe: Pipe) -> None:
    pipe.say('{\n  "text" : "one"')
    pipe.end()
    assert pipe.next().problem == "it is not a complete JSON object"
    assert pipe.next() is None


def failing(lines: Lines, meanwhile: Callable[[], None]) -> BaseException:
    failures: list[BaseException] = []
    lines.next().addErrback(lambda failure: failures.append(failure.value))
    meanwhile()
    return failures[0]


def test_a_line_without_an_end(pipe: Pipe) -> None:
    def say_too_much() -> None:
        while pipe.reactor.readers:
            pipe.say("x" * 60_000)
            pipe.reactor.readable()

    assert isinstance(failing(pipe.lines, say_too_much), LimitsExceeded)


def test_an_input_that_can_not_be_read(pipe: Pipe) -> None:
    lines = Lines(pipe.reactor, pipe.write_end)
    assert isinstance(failing(lines, pipe.reactor.readable), InvalidArgs)


def test_who_does_not_wait_any_longer_is_not_read_for(pipe: Pipe) -> None:
    asked: Deferred[bytes] = pipe.lines.next()
    asked.addErrback(lambda failure: None)
    asked.cancel()
    assert pipe.reactor.readers == []
    pipe.say("final a\n")
    assert pipe.next() == Heard(1, FINAL, "a")
