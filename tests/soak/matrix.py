# SPDX-License-Identifier: MIT
"""
The whole matrix, by hand: `python -m tests.soak.matrix --rounds 20 --jobs 2`. It prints what is wrong at once, and in the
end tables in Markdown; its exit status is 1 when a character was wrong or a text was not confirmed.

In each round each program gets, started anew, on each layout all that is on its keys, and 336 characters of mixed scripts.
On `us` and on one layout more, another in each round, it gets all short texts, joined to one (some 2,800 characters), which
with `--whole` it gets on every layout; on that other one also each character that has a keysym of its own name, and the
20,000 characters. With `--targets`, other programs than those of tests/run get, of the same texts, what they can hold by
themselves (tests/targets/limits.py). Wrong characters are the edit distance of what was sent and what the program holds.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

from tests.targets import MORE, NAMES
from tests.targets.desk import MatrixDesk, matrix_desk
from tests.targets.input_method import THROUGH
from tests.targets.layouts import LAYOUTS, layout
from tests.targets.limits import fitting
from tests.targets.program import Program
from tests.targets.texts import FENCE, LEGACY, LONG, SHORT, TEXTS, on_keyboard

_ALL = (*NAMES, *MORE, *THROUGH)


class Try(NamedTuple):
    """One text typed once; `elapsed_s` is from the call to the report, `trouble` says what is wrong, if anything is."""

    target: str
    layout: str
    text: str
    characters: int
    wrong: int
    elapsed_s: float
    trouble: str


def play(number: int, target: str, layouts: Sequence[str], whole: bool) -> list[Try]:
    """One round of one program, on a desk of its own."""
    tries = []
    with matrix_desk() as desk, desk.program(target) as program:
        for place, name in enumerate(layouts):
            with layout(name, desk.environ):
                texts = {"mixed": on_keyboard(desk.environ).removesuffix(FENCE) + TEXTS["mixed"]}
                if whole or number % len(layouts) == place or name == "us":
                    texts["short"] = SHORT
                if number % len(layouts) == place:
                    texts |= {"legacy": LEGACY, "long": LONG}
                tries += [_try(desk, program, target, name, text, fitting(target, texts[text])) for text in texts]
    return tries


def _try(desk: MatrixDesk, program: Program, target: str, name: str, text: str, content: str) -> Try:
    outcome = desk.attempt(program, content)
    told = outcome.told
    trouble = " ".join(filter(None, [told.reason or ("" if told.confirmed else "not confirmed;"), outcome.where]))
    return Try(target, name, text, len(content), outcome.wrong, told.elapsed, trouble)


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    """A table in Markdown."""
    yield f"| {' | '.join(heads)} |"
    yield "|---" * len(heads) + "|"
    for row in rows:
        yield f"| {' | '.join(map(str, row))} |"


def by_target(tries: Sequence[Try]) -> Iterator[str]:
    """For each program what it got, and how fast that was."""
    rows = []
    for target in dict.fromkeys(each.target for each in tries):
        own = [each for each in tries if each.target == target]
        characters, elapsed_s = sum(each.characters for each in own), sum(each.elapsed_s for each in own)
        failed = sum(bool(each.trouble) for each in own)
        wrong = sum(each.wrong for each in own)
        rows.append((target, len(own), f"{characters:,}", wrong, failed, f"{characters / elapsed_s:,.0f}"))
    return table(("program", "texts", "characters", "wrong", "texts that failed", "characters a second"), rows)


def by_layout(tries: Sequence[Try]) -> Iterator[str]:
    """For each layout and program, the wrong characters; and in brackets the texts that failed, if there are any."""
    targets = dict.fromkeys(each.target for each in tries)
    rows = []
    for name in dict.fromkeys(each.layout for each in tries):
        cells = []
        for target in targets:
            own = [each for each in tries if (each.target, each.layout) == (target, name)]
            failed = sum(bool(each.trouble) for each in own)
            cells.append(f"{sum(each.wrong for each in own)}" + (f" ({failed} of {len(own)})" if failed else ""))
        rows.append((name, *cells))
    return table(("layout", *targets), rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--whole", action="store_true", help="all short texts on each layout in each round")
    parser.add_argument("--minutes", type=float, default=1000.0, help="no new text is begun after these")
    parser.add_argument("--first", type=int, default=1, help="the number of the first round: continues after an earlier run")
    parser.add_argument("--jobs", type=int, default=1, help="how many programs are typed into at the same time")
    parser.add_argument("--targets", nargs="+", choices=_ALL, default=NAMES)
    parser.add_argument("--layouts", nargs="+", choices=LAYOUTS, default=list(LAYOUTS))
    parser.add_argument("--to", type=Path, help="a file for the tables")
    arguments = parser.parse_args()

    began = time.monotonic()
    tries: list[Try] = []
    broken, ended = 0, Counter[str]()
    pool = ProcessPoolExecutor(arguments.jobs)
    playing = {
        pool.submit(play, number, target, arguments.layouts, arguments.whole): (number, target)
        for number in range(arguments.first - 1, arguments.first - 1 + arguments.rounds)
        for target in arguments.targets
    }
    try:
        for each in as_completed(playing, arguments.minutes * 60):
            number, target = playing[each]
            if problem := each.exception():
                broken += 1
                print(f"round {number + 1}, {target}: broken: {problem}", flush=True)
                continue
            tries += each.result()
            ended[target] += 1
            failed = [one for one in each.result() if one.trouble]
            for one in failed:
                print(f"round {number + 1}, {one.target}, {one.layout}, {one.text}: {one.trouble}", flush=True)
            passed_s = time.monotonic() - began
            print(f"{passed_s:6.0f} s: round {number + 1}, {target}: {len(failed)} of {len(each.result())}", flush=True)
    except TimeoutError:
        print("the time is over; what is under way is not counted", flush=True)
    pool.shutdown(cancel_futures=True)
    rounds = min(ended[name] for name in arguments.targets)

    tries.sort(key=lambda one: (_ALL.index(one.target), arguments.layouts.index(one.layout)))
    minutes = (time.monotonic() - began) / 60
    summary = f"{rounds} rounds, {len(tries):,} texts, {sum(one.characters for one in tries):,} characters, "
    summary += f"{sum(one.wrong for one in tries):,} of them wrong; {minutes:.0f} minutes, {arguments.jobs} at a time."
    told = "\n".join([summary, "", *by_target(tries), "", *by_layout(tries)])
    print(told)
    if arguments.to:
        arguments.to.write_text(told + "\n")
    return 1 if broken or any(one.trouble for one in tries) else 0


if __name__ == "__main__":
    raise SystemExit(main())
