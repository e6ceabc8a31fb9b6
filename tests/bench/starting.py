# SPDX-License-Identifier: MIT
"""
How long a command takes that has a letter typed: `typewright`, the drop-ins, `busctl`, and a bare start of the interpreter.

Run by hand: `.venv/bin/python -m tests.bench.starting [ROUNDS]`. The service types on the printing backend. The command
lines take turns, so that whatever else the machine does concerns all of them.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.helpers import desktop

from typewright.dropins.files import install

_NAME, _PATH = "org.typewright.Typist1", "/org/typewright/Typist1"
_BARE = "python -I -S -c pass"


def commands(environ: dict[str, str], directory: Path) -> dict[str, list[str]]:
    """The command lines, by what they are called in the table."""
    bus = ["busctl", "--user", f"--address={environ['DBUS_SESSION_BUS_ADDRESS']}"]
    program = str(Path(sys.executable).parent / "typewright")
    return {
        "busctl call": [*bus, "call", _NAME, _PATH, _NAME, "Type", "sa{sv}", "a", "0"],
        _BARE: [sys.executable, "-I", "-S", "-c", "pass"],
        "typewright type": [program, "type", "a"],
        "typewright press": [program, "press", "Tab"],
        "typewright cancel": [program, "cancel"],
        "xdotool type": [str(directory / "xdotool"), "type", "--clearmodifiers", "--", "a"],
        "xdotool key": [str(directory / "xdotool"), "key", "--", "BackSpace"],
        "wtype": [str(directory / "wtype"), "a"],
        "ydotool key": [str(directory / "ydotool"), "key", "28:1", "28:0"],
    }


def measured(lines: dict[str, list[str]], environ: dict[str, str], rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Wall time and processor time of each run, in milliseconds."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in lines}
    for _ in range(rounds):
        for name, line in lines.items():
            before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            subprocess.run(line, env=environ, check=True, stdout=subprocess.DEVNULL)
            wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
            processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            taken[name].append((wall * 1e3, processor * 1e3))
    return taken


def main(rounds: int) -> None:
    """Measure, and print the table."""
    with desktop.session_bus() as bus, tempfile.TemporaryDirectory() as home:
        environ = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": bus, "HOME": home}
        install(Path(home) / "drop-ins")
        with desktop.service(environ, "--backend", "printing"):
            taken = measured(commands(environ, Path(home) / "drop-ins"), environ, rounds)
    walls = {name: statistics.median(wall for wall, _ in times) for name, times in taken.items()}
    both = walls["busctl call"] + walls[_BARE]
    print("| command | ms | at best | processor, ms | ratio |\n|---|---|---|---|---|")
    for name, times in taken.items():
        processor = statistics.median(processor for _, processor in times)
        best = min(wall for wall, _ in times)
        print(f"| `{name}` | {walls[name]:.1f} | {best:.1f} | {processor:.1f} | {walls[name] / both:.2f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
