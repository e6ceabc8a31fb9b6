# SPDX-License-Identifier: MIT
"""The outcome of a race as Markdown, and the goals that are set for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.bench.peers import BY_CHORD, FLOOD, PEERS, TYPEWRIGHT, XDOTOOL, XDOTOOL_AT_ONCE, Peer
from tests.bench.results import Key, Results

MEASUREMENTS = Path(__file__).resolve().parents[2] / "docs" / "measurements.md"
FLOODED = "ASCII"
"""The text that is written in one go as well."""
CEILING_GOAL = 0.95
CEILING_GOALS = {"xterm": 0.6, "urxvt": 0.6}
"""How much of a program's ceiling is to be reached: less where a program takes keys faster than they can be confirmed."""
BEGIN, END = "<!-- race: made by tests/bench/race.py -->", "<!-- end of race -->"


@dataclass(frozen=True)
class Goal:
    """In each program, `text` at least `times` as fast as by `peer`; `silent_times` in one that answers no barrier."""

    text: str
    peer: Peer
    times: float
    silent_times: float


GOALS = (
    Goal(FLOODED, XDOTOOL_AT_ONCE, 3, 3),
    Goal("European", XDOTOOL, 10, 10),
    Goal("mixed", XDOTOOL, 5, 2),
)


def page(results: Results) -> str:
    """All tables."""
    return "\n".join((*_rates(results), *_goals(results), "", *ceilings(results)))


def write_into_measurements(results: Results) -> None:
    """Put the tables where docs/measurements.md has a place for them."""
    before, _, rest = MEASUREMENTS.read_text("utf-8").partition(BEGIN)
    _, end, behind = rest.partition(END)
    assert end, f"{MEASUREMENTS} has no place between {BEGIN!r} and {END!r}"
    MEASUREMENTS.write_text(f"{before}{BEGIN}\n\n{page(results)}\n{END}{behind}", "utf-8")


def _rates(results: Results) -> Iterator[str]:
    rounds = f"{results.rounds} rounds" if results.rounds > 1 else "one round"
    yield f"Characters a second (median of {rounds}), and wrong characters in the worst round if there were any."
    for text, count in results.texts.items():
        yield from ("", f"### {text}, {count:,} characters", "")
        yield from _header("program", *(peer.name for peer in PEERS))
        for target in results.targets:
            yield _row(target, *(_rate(results, Key(text, target, peer.name)) for peer in PEERS))


def _rate(results: Results, key: Key) -> str:
    wrong = results.wrong(key)
    rate = f"{results.rate(key):,.0f}" if results.arrived(key) else "–"
    return rate + (f", **{wrong:,} wrong**" if wrong else "")


def _goals(results: Results) -> Iterator[str]:
    yield from ("", "### The goals", "", "How many times as fast Typewright is, and whether that is the goal.", "")
    titles = [f"{goal.text}: {goal.peer.name} × {goal.times:g}" for goal in GOALS]
    yield from _header("program", "its answer", *titles, "wrong: 0")
    for target in results.targets:
        answers = "barrier" if _answers(results, target) else "none"
        wrong = sum(results.wrong(Key(text, target, TYPEWRIGHT.name)) for text in results.texts)
        yield _row(target, answers, *(_ratio(results, goal, target) for goal in GOALS), _met(f"{wrong}", not wrong))


def ceilings(results: Results) -> Iterator[str]:
    """How near Typewright comes to what a program can take, and how far runs are before single chords."""
    yield from ("### The ceilings", "")
    yield f"{FLOODED} again: how fast each program takes its keys when all are written in one go, with nothing waited for."
    yield "A sender can hardly be faster. Beside it, what Typewright reaches of it, and how its runs compare with its pacing"
    yield "by chord: medians of the ratios of runs that followed on each other."
    yield ""
    chord = [f"{text}, run / chord: 1" for text in results.texts]
    yield from _header("program", "characters a second", "by chord", "Typewright / ceiling", "goal", *chord, "wrong: 0")
    for target in results.targets:
        flood, own, by_chord = (Key(FLOODED, target, peer.name) for peer in (FLOOD, TYPEWRIGHT, BY_CHORD))
        goal = CEILING_GOALS.get(target, CEILING_GOAL)
        reached = results.ratio(own, flood)
        yield _row(
            target,
            _rate(results, flood),
            f"{results.rate(by_chord):,.0f}",
            _met(f"{reached:.2f}", reached >= goal),
            f"{goal:g}",
            *(_gain(results, text, target) for text in results.texts),
            _met(*_wrong(results, target)),
        )


def _gain(results: Results, text: str, target: str) -> str:
    own, by_chord = (Key(text, target, peer.name) for peer in (TYPEWRIGHT, BY_CHORD))
    gain = results.ratio(own, by_chord)
    return _met(f"{gain:.2f}", round(gain, 2) >= 1)


def _wrong(results: Results, target: str) -> tuple[str, bool]:
    keys = (Key(text, target, peer.name) for text in results.texts for peer in (TYPEWRIGHT, BY_CHORD))
    wrong = sum(map(results.wrong, keys))
    return f"{wrong}", not wrong


def _ratio(results: Results, goal: Goal, target: str) -> str:
    own, theirs = (results.rate(Key(goal.text, target, name)) for name in (TYPEWRIGHT.name, goal.peer.name))
    times = goal.times if _answers(results, target) else goal.silent_times
    return _met(f"{own / theirs:.1f}", own / theirs >= times) + (f" ({times:g})" if times != goal.times else "")


def _answers(results: Results, target: str) -> bool:
    return all(results.told(Key(text, target, TYPEWRIGHT.name)) == "application" for text in results.texts)


def _met(figure: str, met: bool) -> str:
    return figure if met else f"{figure}: **missed**"


def _header(*cells: str) -> tuple[str, str]:
    return _row(*cells), _row("---", *("---:" for _ in cells[1:]))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
