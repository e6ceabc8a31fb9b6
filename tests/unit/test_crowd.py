# SPDX-License-Identifier: MIT
"""The crowd's own judgement: it finds what it is there to find."""

from __future__ import annotations

import pytest
from tests.helpers.crowd import FALSE, FULL, TRUE, UNANSWERED, VANISHED, Call, problems


def calls(*outcomes: str) -> list[Call]:
    """A call of `abc` for each outcome, of the callers 1, 2, 1, 2 and so on."""
    return [
        Call(1 + place % 2, place // 2, f"<{1 + place % 2}.{place // 2}:abc", outcome)
        for place, outcome in enumerate(outcomes)
    ]


@pytest.mark.parametrize(
    ("got", "outcomes"),
    [
        ("", []),
        ("<1.0:abc<2.0:abc", [TRUE, TRUE]),
        ("<2.0:abc<1.0:abc", [TRUE, TRUE]),
        ("<1.0:ab<2.0:abc", [FALSE, TRUE]),
        ("<1.0:abc<2.0:abc", [VANISHED, TRUE]),
        ("<2.<1", [FALSE, VANISHED]),
        ("", [FALSE, VANISHED]),
        ("<2.0:abc", [FULL, TRUE]),
    ],
)
def test_what_is_as_promised(got: str, outcomes: list[str]) -> None:
    assert problems(got, calls(*outcomes)) == []


@pytest.mark.parametrize(
    ("got", "outcomes"),
    [
        ("", [TRUE]),
        ("x<1.0:abc", [TRUE]),
        ("<1.0:ab", [TRUE]),
        ("<1.0:abcd", [TRUE]),
        ("<1.0:abc<1.0:abc", [TRUE]),
        ("<1.0:abc<2.0:abc", [TRUE]),
        ("<1.0:a<2.0:abcbc", [TRUE, TRUE]),
        ("<1.1:abc<1.0:abc<2.0:abc", [TRUE, TRUE, TRUE]),
        ("<1.0:ac", [FALSE]),
        ("<1", [TRUE]),
        ("<1<1", [FALSE]),
        ("<1.0:a", [FULL]),
        ("", [UNANSWERED]),
    ],
)
def test_what_is_not(got: str, outcomes: list[str]) -> None:
    assert problems(got, calls(*outcomes))


def test_a_report_that_counts_wrongly() -> None:
    (call,) = calls(FALSE)
    call.typed = 6
    assert problems("<1.0:a", [call]) == []
    assert problems("<1.0:ab", [call])


def test_a_torn_text_may_be_that_of_several() -> None:
    first, second = calls(FALSE, FALSE)
    first.text, second.typed = "<1.0:abc", 1
    assert problems("<", [first, second]) == []
    assert problems("<<", [first, second]) == []
    assert problems("", [first, second])
    assert problems("<<<", [first, second])


def test_a_false_for_a_reason_that_nobody_gave() -> None:
    (call,) = calls(FALSE)
    call.reason = "cancelled by its caller"
    assert problems("", [call]) == []
    call.reason = "the focus moved"
    assert problems("", [call])
