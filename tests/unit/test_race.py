# SPDX-License-Identifier: MIT
"""The outcome of a race is told as it was: medians, the worst round, and goals that can be missed."""

from __future__ import annotations

from xml.etree import ElementTree as xml

import pytest
from tests.bench.peers import BY_CHORD, FLOOD, PEERS, TYPEWRIGHT
from tests.bench.plot import svg
from tests.bench.results import Key, Results, Run
from tests.bench.tables import page


def outcome(*typewright: Run, others: Run) -> Results:
    results = Results()
    for text in ("ASCII", "European", "mixed"):
        for own in typewright:
            for peer in PEERS:
                results.add(Key(text, "xterm", peer.name), own if peer is TYPEWRIGHT else others)
            results.add(Key(text, "xterm", BY_CHORD.name), Run(100, 1.5, 0, "application"))
    for _ in typewright:
        results.add(Key("ASCII", "xterm", FLOOD.name), Run(100, 0.5, 0, ""))
    return results


def test_a_rate_is_the_median_and_wrong_the_worst() -> None:
    results = outcome(
        *(Run(100, seconds, wrong, "application") for seconds, wrong in ((1, 0), (2, 7), (50, 0))),
        others=Run(100, 10, 0, ""),
    )
    assert "| xterm | 50, **7 wrong** | 10 | 10 | 10 |" in page(results)


def test_goals_are_met_and_missed() -> None:
    fast = page(outcome(Run(100, 1, 0, "application"), others=Run(100, 7, 0, "")))
    assert "| xterm | barrier | 7.0 | 7.0: **missed** | 7.0 | 0 |" in fast
    wrong = page(outcome(Run(100, 1, 1, "application"), others=Run(100, 20, 0, "")))
    assert "| xterm | barrier | 20.0 | 20.0 | 20.0 | 3: **missed** |" in wrong


def test_a_program_that_answers_no_barrier_has_a_goal_of_its_own() -> None:
    silent = page(outcome(Run(100, 1, 0, "server"), others=Run(100, 3, 0, "")))
    assert "| xterm | none | 3.0 | 3.0: **missed** | 3.0 (2) | 0 |" in silent


@pytest.mark.parametrize(
    ("seconds", "row"),
    [
        (0.8, "| xterm | 200 | 67 | 0.62 | 0.6 | 1.88 | 1.88 | 1.88 | 0 |"),
        (1, "| xterm | 200 | 67 | 0.50: **missed** | 0.6 | 1.50 | 1.50 | 1.50 | 0 |"),
        (2, "| xterm | 200 | 67 | 0.25: **missed** | 0.6 | 0.75: **missed** | 0.75: **missed** | 0.75: **missed** | 0 |"),
    ],
)
def test_a_ceiling_is_told_beside_who_stands_below_it(seconds: float, row: str) -> None:
    assert row in page(outcome(Run(100, seconds, 0, "application"), others=Run(100, 2, 0, "")))


def test_what_did_not_arrive_has_no_speed() -> None:
    results = outcome(Run(100, 1, 0, "application"), others=Run(100, 0.1, 60, ""))
    assert "| xterm | 100 | –, **60 wrong** |" in page(results)
    assert "most of it did not arrive" in svg(results)


def test_the_plot_is_a_document_with_a_bar_for_each_run() -> None:
    document = xml.fromstring(svg(outcome(Run(100, 1, 0, "application"), others=Run(100, 7, 3, ""))))
    hollow = [bar for bar in document.iter("{http://www.w3.org/2000/svg}rect") if bar.get("fill") == "none"]
    assert len(hollow) == 3 * 3 + 1  # three peers with wrong characters in three texts, and the legend's
