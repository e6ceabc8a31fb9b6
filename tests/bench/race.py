# SPDX-License-Identifier: MIT
"""
The race: the same texts into the same programs, by Typewright and by its peers, in turn, in one run.

`.venv/bin/python -m tests.bench.race` prints the tables; with `--write` it puts them into docs/measurements.md, and the plot
beside it. Before each run the keyboard map is made anew and the program's text cleared, and the peer types a word that is
not counted: programs that start, and what a peer has to find out once, are in nobody's figure.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from tests.bench import plot
from tests.bench.peers import BY_CHORD, FLOOD, PEERS, TYPEWRIGHT, Peer, needs_peers
from tests.bench.results import Key, Results, Run
from tests.bench.tables import FLOODED, ceilings, page, write_into_measurements
from tests.helpers import desktop
from tests.targets import NAMES, target
from tests.targets.compare import compare
from tests.targets.program import Program
from tests.targets.texts import FENCE, TEXTS
from tests.targets.window import window_manager

RACE_TEXTS = {
    FLOODED: (TEXTS["ascii"].removesuffix(FENCE) * 6)[:999] + FENCE,
    "European": TEXTS["european"],
    "mixed": TEXTS["mixed"],
}
"""1,000 characters with all symbols; 597 of European languages; 336 of many scripts, most of them on no layout."""

WORD = "word" + FENCE
REST_S = 0.5
"""How long all rests after a change of the keyboard map: every program on the desktop reads it, and openbox grabs anew."""
PATIENCE_S = 20.0
"""How long the end of a text is waited for."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--write", action="store_true", help="put the outcome into docs/")
    options.add_argument("--ceilings", action="store_true", help="only Typewright, in both pacings, and the flood")
    options.add_argument("targets", nargs="*", default=NAMES, metavar="target", help=f"of {', '.join(NAMES)}")
    chosen = options.parse_args()
    needs_peers()
    results = Results()
    for key, run in race(chosen.targets, chosen.rounds, () if chosen.ceilings else PEERS):
        print(*key, f"{run.elapsed_s:.3f} s", f"{run.wrong} wrong", run.told, sep=", ", file=sys.stderr, flush=True)
        results.add(key, run)
    print("\n".join(ceilings(results)) if chosen.ceilings else page(results))
    if chosen.write:
        write_into_measurements(results)
        plot.write(results)


def race(targets: Sequence[str], rounds: int, peers: Sequence[Peer]) -> Iterator[tuple[Key, Run]]:
    """
    All runs, one after the other; the order of the peers turns with each round.

    What is compared most closely follows directly on each other: the two pacings of Typewright, and the flood.
    """
    with desktop.xvfb() as display, desktop.session_bus() as bus:
        environ = desktop.environment(display, bus)
        for number in range(rounds):
            turn = number % max(1, len(peers))
            for name in targets:
                with window_manager(environ), target(name, environ) as program:
                    for title, text in RACE_TEXTS.items():
                        close = (TYPEWRIGHT, BY_CHORD, *([FLOOD] if title == FLOODED else []))
                        others = [peer for peer in (*peers[turn:], *peers[:turn]) if peer not in close]
                        for peer in (*others, *(close if number % 2 else reversed(close))):
                            yield Key(title, name, peer.name), timed(environ, program, peer, text)


def timed(environ: dict[str, str], program: Program, peer: Peer, text: str) -> Run:
    """
    One run: from the call until the program tells that it holds the text.

    Where the end of the text never comes, the clock stops when the peer says that it has typed: sooner than it should.
    """
    desktop.run(environ, "setxkbmap", "-option", "", "us")
    with peer.open(environ) as type_text, ThreadPoolExecutor(1) as thread:
        program.clear()
        type_text(WORD)
        program.read(len(WORD))
        time.sleep(REST_S)
        program.clear()

        def call() -> tuple[str, float]:
            return type_text(text), time.perf_counter()

        started = time.perf_counter()
        calling = thread.submit(call)
        try:
            program.ask(f"text {len(text)}", PATIENCE_S)
            stood = time.perf_counter()
        except TimeoutError:
            stood = 0.0
        told, returned = calling.result()
        # What comes after the fence is wrong as well.
        time.sleep(REST_S)
        return Run(len(text), (stood or returned) - started, compare(text, program.text()).wrong, told)


if __name__ == "__main__":
    main()
