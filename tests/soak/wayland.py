# SPDX-License-Identifier: MIT
"""
Typing on a private sway for long, by hand: `python -m tests.soak.wayland --rounds 20`. Its exit status is 1 when anything
was wrong.

In each round each program gets all short texts, joined to one, and 20,000 characters of plain and other words. Then the
focus moves away mid-text `--moves` times, and each of `--stops` programs stands still for three seconds mid-text.
"""

from __future__ import annotations

import argparse
import os
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from tests.helpers import desktop
from tests.soak.matrix import table
from tests.targets.caller import type_text
from tests.targets.texts import FENCE, LONG, SHORT
from tests.targets.wayland import NAMES, WaylandDesk, wayland_desk
from tests.targets.window import until

_PLAIN = ("the quick brown fox jumps over the lazy dog; " * 100)[:3999] + FENCE
CONFIG = 'accessibility = "off"\n'


def texts(desk: WaylandDesk, name: str, rates: dict[str, list[float]]) -> int:
    """All texts into one program; how many were not exact."""
    failed = 0
    with desk.program(name) as program:
        for text in (SHORT, LONG):
            outcome = desk.attempt(program, text)
            rates.setdefault(name, []).append(len(text) / max(outcome.told.elapsed, 1e-6))
            if not outcome.exact:
                failed += 1
                print(f"{name}: {outcome}", flush=True)
    return failed


def moves(desk: WaylandDesk, count: int) -> Counter[int]:
    """The focus moves away mid-text; how often how many characters went elsewhere, -1 for a text that is not as told."""
    leaked: Counter[int] = Counter()
    with desk.program("foot") as program, desk.program("foot") as thief, ThreadPoolExecutor() as pool:
        for number in range(count):
            program.focus()
            program.clear()
            thief.clear()
            told = pool.submit(type_text, desk.environ, _PLAIN)
            until(lambda: program.text(), "typing has begun")
            time.sleep(0.001 * (number % 50))
            thief.focus()
            outcome = told.result()
            if outcome.confirmed:
                if len(program.read(len(_PLAIN))) != len(_PLAIN):
                    leaked[-1] += 1
                continue
            leaked[len(thief.text())] += 1
            typed = outcome.typed
            until(lambda typed=typed: len(program.text()) >= typed - 1, "it has taken what was typed")
            if not _PLAIN.startswith(program.text()):
                leaked[-1] += 1
    return leaked


def stops(desk: WaylandDesk, name: str) -> bool:
    """The program stands still for three seconds mid-text; whether it has all of it."""
    with desk.program(name) as program, ThreadPoolExecutor() as pool:
        program.clear()
        told = pool.submit(type_text, desk.environ, _PLAIN)
        until(lambda: len(program.text()) > 50, "some of the text is there")
        os.kill(program.pid, signal.SIGSTOP)
        time.sleep(3)
        os.kill(program.pid, signal.SIGCONT)
        return told.result().confirmed and program.read(len(_PLAIN)) == _PLAIN


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--moves", type=int, default=200)
    parser.add_argument("--stops", type=int, default=len(NAMES))
    parser.add_argument("--targets", nargs="+", choices=NAMES, default=NAMES)
    arguments = parser.parse_args()
    desktop.needs("sway", "foot")
    rates: dict[str, list[float]] = {}
    failed = 0
    for number in range(arguments.rounds):
        with wayland_desk(config=CONFIG) as desk:
            failed += sum(texts(desk, name, rates) for name in arguments.targets)
        print(f"round {number + 1} of {arguments.rounds}: {failed} texts wrong so far", flush=True)
    with wayland_desk(config=CONFIG) as desk:
        leaked = moves(desk, arguments.moves)
        print(f"the focus moved {arguments.moves} times; characters elsewhere -> how often: {dict(leaked)}", flush=True)
        alive = {name: stops(desk, name) for name in arguments.targets[: arguments.stops]}
        print(f"stood still for three seconds, and got all of it: {alive}", flush=True)
    rows = [[name, len(each), f"{min(each):,.0f}", f"{max(each):,.0f}"] for name, each in rates.items()]
    print("\n".join(table(["program", "texts", "slowest, characters/s", "fastest"], rows)))
    return 1 if failed or set(leaked) - {0, 1} or not all(alive.values()) else 0


if __name__ == "__main__":
    raise SystemExit(main())
