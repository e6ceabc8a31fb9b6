# SPDX-License-Identifier: MIT
"""
Fifty callers, by hand: `python -m tests.soak.load [CALLERS [TEXTS [SEED]]]`. 20,000 texts into an xterm, while some callers
vanish mid-call, cancel, or set TypingEnabled. It prints what went wrong and the figures; its exit status is 1 when a
promise was broken.
"""

from __future__ import annotations

import asyncio
import sys
import time

from tests.helpers import desktop
from tests.helpers.crowd import Crowd, problems
from tests.helpers.held import UNDER, Held, held

CALLERS, TEXTS, SEED = 50, 20_000, 4
GROWTH = 4.0
"""How many MiB the service may grow by, once it is warm."""


def main(callers: int = CALLERS, texts: int = TEXTS, seed: int = SEED) -> int:
    """One run; the number of promises that were broken."""
    with desktop.xvfb() as display, desktop.session_bus() as bus:
        environ = desktop.environment(display, bus)
        with desktop.terminal(environ) as terminal, desktop.service(environ, under=UNDER) as service:
            parts: list[Held] = [held(service)]

            def progress(left: int) -> None:
                if left % (texts // 10) == 0:
                    parts.append(held(service))
                    print(f"{left} texts left; the service: {parts[-1]}", flush=True)

            crowd = Crowd(bus, callers, texts, seed, progress)
            began = time.monotonic()
            asyncio.run(crowd.run(terminal))
            took = time.monotonic() - began
            desktop.run(environ, "xdotool", "key", "asciitilde")
            got = terminal.rest()
            wrong = problems(got, crowd.calls)
            parts.append(held(service))
            if keys := desktop.keys_down(environ):
                wrong.append(f"keys are down: {keys}")
    warm = parts[2]
    if parts[-1].resident > warm.resident + GROWTH or parts[-1].descriptors > warm.descriptors:
        wrong.append(f"the service grew: {warm}, then {parts[-1]}")
    if crowd.surplus:
        wrong.append(f"{crowd.surplus} replies too many")
    # Each other caller may pass once. Replies that this process comes to late count as well.
    if crowd.passed > callers * 3 / 2:
        wrong.append(f"a caller waited for {crowd.passed} jobs of others")
    for problem in wrong:
        print(problem)
    print(f"{callers} callers, {texts} texts, {len(crowd.calls)} calls, {len(got)} characters in {took:.1f} s")
    print(", ".join(f"{outcome}: {count}" for outcome, count in crowd.count().most_common()))
    print(f"typing was disabled {crowd.switched} times; most jobs that passed a caller: {crowd.passed}; ", end="")
    print(f"most refusals in a row: {crowd.refusals}; surplus replies: {crowd.surplus}")
    print(f"the service: {parts[0]} at the start, {warm} when warm, {parts[-1]} at the end")
    print(f"{len(wrong)} failures")
    return len(wrong)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])) != 0)
