# SPDX-License-Identifier: MIT
"""What the engine does on a desktop that asks the user for consent."""

from __future__ import annotations

import pytest
from engine_bench import PENDING, Bench, outcome
from twisted.internet.defer import Deferred, succeed

from typewright.interfaces.backend import (
    CONSENT_ASKING,
    CONSENT_ENDED,
    CONSENT_FAILED,
    CONSENT_GIVEN,
    CONSENT_REFUSED,
    CONSENT_UNASKED,
)
from typewright.testing.backend import FakeBackend


class Consent:
    """Answers when the test says so."""

    def __init__(self, state: str = CONSENT_UNASKED) -> None:
        self.state = state
        self.asked = 0
        self.waiting: list[Deferred[str]] = []

    def ask(self, *, again: bool = False) -> Deferred[str]:
        self.asked += 1
        if self.state in (CONSENT_UNASKED, CONSENT_ASKING):
            self.state = CONSENT_ASKING
            self.waiting.append(Deferred())
            return self.waiting[-1]
        return succeed(self.state)

    def answer(self, state: str) -> None:
        self.state = state
        waiting, self.waiting = self.waiting, []
        for each in waiting:
            if not each.called:
                each.callback(state)


@pytest.fixture
def consent(monkeypatch: pytest.MonkeyPatch) -> Consent:
    made = Consent()
    monkeypatch.setattr(FakeBackend, "consent", made)
    return made


def test_nothing_is_looked_at_or_typed_before_the_user_has_agreed(consent: Consent) -> None:
    bench = Bench()
    done = bench.insert("a")
    assert outcome(done) is PENDING
    assert bench.transcript == []
    consent.answer(CONSENT_GIVEN)
    assert outcome(done) is True
    assert bench.transcript[:2] == ["press a", "release a"]


def test_once_it_is_given_nobody_is_asked_again(consent: Consent) -> None:
    consent.state = CONSENT_GIVEN
    bench = Bench()
    assert outcome(bench.insert("a")) is True
    assert consent.asked == 0


@pytest.mark.parametrize(
    ("state", "code"), [(CONSENT_REFUSED, "notallowed"), (CONSENT_ENDED, "ended"), (CONSENT_FAILED, "noportal")]
)
def test_a_no_is_a_false_with_its_code(consent: Consent, state: str, code: str) -> None:
    bench = Bench()
    done = bench.insert("a")
    consent.answer(state)
    assert outcome(done) is False
    assert (bench.job.reason.code, bench.transcript) == (code, [])


def test_an_answer_that_stays_away_is_a_false_and_counts_when_it_comes(consent: Consent) -> None:
    bench = Bench()
    done = bench.insert("a")
    bench.clock.advance(19.9)
    assert outcome(done) is PENDING
    bench.clock.advance(0.2)
    assert outcome(done) is False
    assert bench.job.reason.code == "consent"
    consent.answer(CONSENT_GIVEN)
    assert outcome(bench.insert("b")) is True
