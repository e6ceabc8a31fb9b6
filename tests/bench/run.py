# SPDX-License-Identifier: MIT
"""
The benchmark: Typewright beside its peers, in one run, on a private desktop.

Run it with `.venv/bin/python -m tests.bench.run`. Figures are medians of the rounds; the machine's noise falls on all alike.
"""

from __future__ import annotations

import contextlib
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench.peers import caller
from tests.helpers import desktop

ROUNDS = 7
EVENTS = 20_000
MODES = ("run", "chord", "event")
LINE = "The quick brown fox jumps over the lazy dog 0123456789; (really) "
ASCII = (LINE * 20)[:1000]
HERE = Path(__file__).parent


def main() -> None:
    desktop.needs("Xvfb", "xterm", "xdotool", "dbus-daemon")
    with desktop.xvfb() as display, desktop.session_bus() as bus:
        environ = desktop.environment(display, bus)
        with sink(environ):
            _engine(environ, "a plain window", lambda text: None)
        with desktop.terminal(environ) as terminal:
            _into_terminal(environ, terminal)
            with desktop.service(environ) as service:
                _latency(environ, terminal)
                _idle(service)
                _memory(environ, terminal, service)


def _row(what: str, figure: str, peer: str = "", ratio: str = "") -> None:
    print(f"{what:<58} {figure:>16} {peer:>16} {ratio:>8}", flush=True)


def _engine(environ: dict[str, str], target: str, took: Callable[[str], None]) -> None:
    text = (LINE * 1000)[: EVENTS // 2]
    rates: dict[str, list[float]] = {"raw": [], **{mode: [] for mode in MODES}}
    for _ in range(ROUNDS):
        rates["raw"].append(measured(environ, "lock_step.py", "38", str(EVENTS)))
        took("a" * (EVENTS // 2))
        for mode in MODES:
            rates[mode].append(measured(environ, "engine_rate.py", text, mode))
            took(text)
    _row(f"confirmed key events a second, into {target}", "Typewright", "raw lock-step", "ratio")
    raw = statistics.median(rates["raw"])
    for mode in MODES:
        own = statistics.median(rates[mode])
        _row(f"  pacing {mode}", f"{own:.0f}", f"{raw:.0f}", f"{own / raw:.2f}")


@contextlib.contextmanager
def sink(environ: dict[str, str]) -> Iterator[None]:
    """A plain window that has the focus, and throws its keys away."""
    child = desktop.Child([sys.executable, str(HERE / "sink.py")], env=environ, stdout=subprocess.PIPE)
    while child.line() != "ready":
        pass
    yield
    child.kill()
    child.process.stdout.close()


def _into_terminal(environ: dict[str, str], terminal: desktop.Terminal) -> None:
    def took(text: str) -> None:
        assert terminal.read(len(text)) == text, "what arrived is not what was sent"

    _engine(environ, "xterm", took)


def _latency(environ: dict[str, str], terminal: desktop.Terminal) -> None:
    with caller("caller.py", environ) as call:

        def insert(text: str) -> None:
            assert call(text)["confirmed"], "not confirmed"

        def xdotool(*options: str) -> Callable[[str], None]:
            return lambda text: desktop.run(environ, "xdotool", "type", *options, text)

        _row("milliseconds until the text stands in xterm", "Typewright", "peer", "times")
        for text, what in ((ASCII, "1,000 ASCII characters"), ("hello", "5 letters")):
            own = _median_ms(terminal, insert, text)
            for name, peer in (("xdotool --delay 0", xdotool("--delay", "0")), ("xdotool", xdotool())):
                theirs = _median_ms(terminal, peer, text, rounds=3 if name == "xdotool" else ROUNDS)
                _row(f"  {what}, {name}", f"{own:.1f}", f"{theirs:.1f}", f"{theirs / own:.1f}")


def _median_ms(terminal: desktop.Terminal, type_it: Callable[[str], None], text: str, rounds: int = ROUNDS) -> float:
    took = []
    for _ in range(rounds):
        started = time.perf_counter()
        type_it(text)
        got = terminal.read(len(text))
        took.append((time.perf_counter() - started) * 1000)
        assert got == text, "what arrived is not what was sent"
    return statistics.median(took)


def _idle(service: desktop.Service) -> None:
    status = Path(f"/proc/{service.process.pid}/status")

    def switches() -> int:
        return sum(int(line.split()[1]) for line in status.read_text().splitlines() if "ctxt_switches" in line)

    # A timer that was cancelled still wakes Twisted's reactor once, when it would have been due: the longest is 10 s.
    time.sleep(12)
    before = switches()
    time.sleep(10)
    _row("times an idle service was woken in 10 s", str(switches() - before))


def _memory(environ: dict[str, str], terminal: desktop.Terminal, service: desktop.Service) -> None:
    def resident_mb() -> float:
        lines = Path(f"/proc/{service.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024

    _row("resident memory, MB, after typing", "")
    text = (LINE * 400)[:20_000]
    typed = 0
    with caller("caller.py", environ) as call:
        for goal in (100_000, 400_000, 700_000, 1_000_000):
            while typed < goal:
                assert call(text)["confirmed"], "not confirmed"
                assert terminal.read(len(text)) == text
                typed += len(text)
            _row(f"  {goal:,} keys", f"{resident_mb():.1f}")


def measured(environ: dict[str, str], script: str, *arguments: str) -> float:
    """The figure that a script beside this module prints."""
    # It is the last line; python-xlib has warnings to print before it.
    return float(desktop.run(environ, sys.executable, str(HERE / script), *arguments).splitlines()[-1])


if __name__ == "__main__":
    main()
