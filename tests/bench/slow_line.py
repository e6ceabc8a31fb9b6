# SPDX-License-Identifier: MIT
"""Seconds for 300 letters over a display line with 50 ms each way, by hand: `python -m tests.bench.slow_line`."""

from __future__ import annotations

import time

from tests.helpers import desktop
from tests.helpers.false_display import SlowLine, false_display

LETTERS = ("the quick brown fox jumps over the lazy dog, " * 7)[:300]
DELAY_S = 0.05


def main() -> None:
    with desktop.xvfb() as real, desktop.session_bus() as bus, false_display(SlowLine(real, DELAY_S).serve) as display:
        environ = desktop.environment(real, bus)
        with desktop.terminal(environ) as terminal:
            for pacing in ("run", "blind-run"):
                with desktop.service({**environ, "DISPLAY": display}, config=f'pacing = "{pacing}"\n'):
                    for attempt in ("first", "second"):
                        started = time.perf_counter()
                        assert desktop.cli(environ, "type", LETTERS).returncode == 0, "not confirmed"
                        took_s = time.perf_counter() - started
                        assert terminal.read(len(LETTERS)) == LETTERS
                        print(f"pacing {pacing}, the {attempt} time: {took_s:.1f} s", flush=True)


if __name__ == "__main__":
    main()
