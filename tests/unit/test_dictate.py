# SPDX-License-Identifier: MIT
"""Hypotheses become revisions, commits and undos: in which order, what is waited for, and what the user is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from twisted.internet.defer import Deferred, fail, succeed

from typewright.cli.dictate import Dictation
from typewright.cli.hypotheses import FINAL, PARTIAL, UNDO, Heard
from typewright.errors import InvalidArgs, ServiceAbsent, TypewrightError
from typewright.reasons import FOCUS_MOVED


class Source:
    """Hypotheses that are there."""

    def __init__(self, *said: tuple[str, str]) -> None:
        self.left = [Heard(number, kind, text) for number, (kind, text) in enumerate(said, 1)]

    def next(self) -> Deferred[Heard | None]:
        return succeed(self.left.pop(0) if self.left else None)


Answer = Deferred[dict[str, object]]
CONFIRMED = {"confirmed": True}
MOVED = {"confirmed": False, "code": FOCUS_MOVED.code, "reason": FOCUS_MOVED.sentence}
TOLD = f"not confirmed (code moved): the focus moved to another window. {FOCUS_MOVED.cure}"


class Client:
    """Logs its calls; a revision is answered by `answers` if its text is in there, else it is confirmed."""

    def __init__(self, **answers: Answer) -> None:
        self.log: list[str] = []
        self.texts: list[str] = []
        self.answers = answers
        self.served_by = ":1.1"

    def revise_with_options(self, text: str, options: Mapping[str, object]) -> Answer:
        self.log.append(f"revise {text}".strip())
        self.texts.append(text)
        self.options = options
        return self.answers.get(text) or succeed(CONFIRMED)

    def commit(self) -> Deferred[None]:
        self.log.append("commit")
        return succeed(None)

    def undo_with_options(self, options: Mapping[str, object]) -> Answer:
        self.log.append("undo")
        return self.answers.get("undo") or succeed(CONFIRMED)


class Run:
    def __init__(self, client: Client, said: Sequence[tuple[str, str]], *, spaces: bool = False) -> None:
        self.source = Source(*said)
        self.told: list[str] = []
        self.ends: list[bool] = []
        self.problems: list[BaseException] = []
        running = Dictation(client, self.told.append, spaces=spaces).run(self.source)  # type: ignore[arg-type]
        running.addCallbacks(self.ends.append, lambda failure: self.problems.append(failure.value))


UTTERANCE = ((PARTIAL, "a"), (PARTIAL, "b"), (FINAL, "c"))


def test_finals_are_committed_and_partials_are_not() -> None:
    client = Client()
    run = Run(client, [*UTTERANCE, (PARTIAL, "d")])
    assert client.log == ["revise a", "revise b", "revise c", "commit", "revise d"]
    assert (run.ends, run.told) == ([True], [])


def test_nobody_waits_for_a_partial() -> None:
    client = Client(a=Deferred(), b=Deferred())
    run = Run(client, UTTERANCE)
    assert client.log == ["revise a", "revise b", "revise c", "commit"]
    client.answers["a"].callback(MOVED)
    assert run.told == []


def test_the_commit_waits_for_the_final_and_what_follows_for_the_commit() -> None:
    client = Client(c=Deferred())
    run = Run(client, [*UTTERANCE, (PARTIAL, "d")])
    assert client.log == ["revise a", "revise b", "revise c"]
    assert len(run.source.left) == 1
    client.answers["c"].callback(CONFIRMED)
    assert client.log[3:] == ["commit", "revise d"]
    assert run.ends == [True]


def test_a_partial_at_the_end_is_waited_for() -> None:
    client = Client(a=Deferred())
    run = Run(client, [(PARTIAL, "a")])
    assert run.ends == []
    client.answers["a"].callback(CONFIRMED)
    assert run.ends == [True]


def test_what_is_said_again_is_not_sent_again_but_a_final_is() -> None:
    client = Client()
    Run(client, [(PARTIAL, ""), (PARTIAL, "a"), (PARTIAL, "a"), (FINAL, "a"), (PARTIAL, "a")])
    assert client.log == ["revise a", "revise a", "commit", "revise a"]


def test_an_empty_final_takes_the_draft_back_and_in_silence_does_nothing() -> None:
    client = Client()
    Run(client, [(FINAL, ""), (PARTIAL, "huh"), (FINAL, ""), (PARTIAL, ""), (FINAL, "")])
    assert client.log == ["revise huh", "revise", "commit"]


def test_a_draft_that_was_taken_back_already_is_ended_too() -> None:
    client = Client()
    Run(client, [(PARTIAL, "huh"), (PARTIAL, ""), (FINAL, ""), (FINAL, "")])
    assert client.log == ["revise huh", "revise", "revise", "commit"]


def test_another_service_is_not_given_a_draft_that_has_started_the_one_before() -> None:
    client = Client()
    owners = iter(("", ":1.2", ":1.3", ":1.3"))
    source = Source((PARTIAL, "a"), (PARTIAL, "ab"), (FINAL, "abc"), (FINAL, "d"))
    heard, told = source.next, list[str]()

    def following() -> Deferred[Heard | None]:
        client.served_by = next(owners, ":1.3")
        return heard()

    source.next = following  # type: ignore[method-assign]
    Dictation(client, told.append).run(source)  # type: ignore[arg-type]
    assert client.log == ["revise a", "revise ab", "revise d", "commit"]
    assert told == ["line 3: the service went away in the middle of it, and the rest is not typed"]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda: succeed(MOVED), f"line 3: {TOLD}"),
        (lambda: fail(InvalidArgs("It can't be typed.")), "line 3: It can't be typed."),
    ],
)
def test_a_final_that_fails_is_told_and_the_next_goes_its_way(answer: object, told: str) -> None:
    client = Client(c=answer())  # type: ignore[operator]
    run = Run(client, [*UTTERANCE, (FINAL, "d")])
    assert client.log[2:] == ["revise c", "commit", "revise d", "commit"]
    assert (run.ends, run.told) == ([False], [told])


def test_a_partial_that_fails_is_no_news() -> None:
    run = Run(Client(a=fail(InvalidArgs()), b=succeed(MOVED)), UTTERANCE)
    assert (run.ends, run.told) == ([True], [])


def test_without_a_service_it_ends() -> None:
    client = Client(c=fail(ServiceAbsent()))
    run = Run(client, [*UTTERANCE, (FINAL, "d")])
    assert client.log == ["revise a", "revise b", "revise c"]
    assert [type(problem) for problem in run.problems] == [ServiceAbsent]
    assert isinstance(run.problems[0], TypewrightError)


def test_undo_takes_back_what_stands_of_the_command_first() -> None:
    client = Client()
    run = Run(client, [(FINAL, "a"), (PARTIAL, "scratch that"), (UNDO, ""), (UNDO, "")])
    assert client.log == ["revise a", "commit", "revise scratch that", "revise", "commit", "undo", "undo"]
    assert run.ends == [True]


def test_an_undo_that_is_refused_is_told() -> None:
    run = Run(Client(undo=succeed(MOVED)), [(UNDO, "")])
    assert (run.ends, run.told) == ([False], [f"line 1: {TOLD}"])


def test_what_is_not_understood_is_told_and_passed_over() -> None:
    client = Client()
    source = Source((FINAL, "a"), (FINAL, "b"))
    source.left.insert(1, Heard(2, "", problem="it is odd"))
    told: list[str] = []
    ends: list[bool] = []
    Dictation(client, told.append).run(source).addCallback(ends.append)  # type: ignore[arg-type]
    assert client.log == ["revise a", "commit", "revise b", "commit"]
    assert (ends, told) == ([False], ["line 2: it is odd"])


def test_each_revision_goes_with_the_options_of_the_run() -> None:
    client = Client()
    Dictation(client, print, {"context_adjust": True}).run(Source((PARTIAL, "a")))  # type: ignore[arg-type]
    assert client.options == {"context_adjust": True}
    Dictation(client, print).run(Source((FINAL, "a")))  # type: ignore[arg-type]
    assert client.options == {}


@pytest.mark.parametrize(
    ("said", "typed"),
    [
        ([(FINAL, "hello"), (FINAL, "world")], ["hello", " world"]),
        ([(FINAL, "hello"), (PARTIAL, "wo"), (FINAL, "world")], ["hello", " wo", " world"]),
        ([(FINAL, "hello"), (FINAL, "."), (FINAL, "world")], ["hello", ".", " world"]),
        ([(FINAL, "hello "), (FINAL, "world")], ["hello ", "world"]),
        ([(FINAL, "hello"), (FINAL, "\tworld")], ["hello", "\tworld"]),
        ([(FINAL, "hello"), (PARTIAL, "noise"), (FINAL, ""), (FINAL, "world")], ["hello", " noise", "", " world"]),
        ([(FINAL, "hello"), (FINAL, "there"), (UNDO, ""), (FINAL, "world")], ["hello", " there", " world"]),
        ([(FINAL, "hello"), (UNDO, ""), (UNDO, ""), (FINAL, "world")], ["hello", "world"]),
    ],
)
def test_a_space_comes_between_what_is_there_and_the_next_utterance(
    said: Sequence[tuple[str, str]], typed: list[str]
) -> None:
    client = Client()
    Run(client, said, spaces=True)
    assert client.texts == typed


def test_no_space_follows_an_utterance_that_was_not_typed() -> None:
    client = Client(hello=succeed(MOVED))
    Run(client, [(FINAL, "hello"), (FINAL, "world")], spaces=True)
    assert client.texts == ["hello", "world"]
