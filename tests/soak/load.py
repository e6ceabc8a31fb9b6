# SPDX-License-Identifier: MIT
"""
Fifty callers, by hand: `python -m tests.soak.load [CALLERS [TEXTS [SEED]]]`. 20,000 texts into an xterm, while some callers
vanish in mid-call, cancel, or set TypingEnabled. It prints what went wrong and the figures; its exit status is 1 when a
promise was broken.
"""

from __future__ import annotations

import asyncio
import sys
import time

from tests import desktop
from tests.crowd import Crowd, problems
from tests.footprint import Footprint, footprint

CALLERS, TEXTS, SEED = 50, 20_000, 4
GROWTH = 4.0
"""How many MiB the service may grow by, once it is warm."""


def main(callers: int = CALLERS, texts: int = TEXTS, seed: int = SEED) -> int:
    """One run; the number of promises that were broken."""
    with desktop.xvfb() as display, desktop.session_bus() as bus:
        environ = desktop.environment(display, bus)
        with desktop.terminal(environ) as terminal, desktop.service(environ) as service:
            pid = service.process.pid
            held: list[Footprint] = [footprint(pid)]

            def progress(left: int) -> None:
                if left % (texts // 10) == 0:
                    held.append(footprint(pid))
                    print(f"{left} texts left; the service: {held[-1]}", flush=True)

            crowd = Crowd(bus, callers, texts, seed, progress)
            began = time.monotonic()
            asyncio.run(crowd.run(terminal))
            took = time.monotonic() - began
            desktop.run(environ, "xdotool", "key", "asciitilde")
            got = terminal.rest()
            wrong = problems(got, crowd.calls)
            held.append(footprint(pid))
            if keys := desktop.keys_down(environ):
                wrong.append(f"keys are down: {keys}")
    warm = held[2]
    if held[-1].resident > warm.resident + GROWTH or held[-1].descriptors > warm.descriptors:
        wrong.append(f"the service grew: {warm}, then {held[-1]}")
    if crowd.surplus:
        wrong.append(f"{crowd.surplus} replies too many")
    # Replies that are on their way count as jobs that passed.
    if crowd.passed > callers + callers // 5:
        wrong.append(f"a caller waited for {crowd.passed} jobs of others")
    for problem in wrong:
        print(problem)
    print(f"{callers} callers, {texts} texts, {len(crowd.calls)} calls, {len(got)} characters in {took:.1f} s")
    print(", ".join(f"{outcome}: {count}" for outcome, count in crowd.count().most_common()))
    print(f"typing was disabled {crowd.switched} times; most jobs that passed a caller: {crowd.passed}; ", end="")
    print(f"most refusals in a row: {crowd.refusals}; surplus replies: {crowd.surplus}")
    print(f"the service: {held[0]} at the start, {warm} when warm, {held[-1]} at the end")
    print(f"{len(wrong)} failures")
    return len(wrong)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])) != 0)
