# SPDX-License-Identifier: MIT
"""
Typewright beside wtype, on a private sway: `python -m tests.bench.wayland --rounds 3`. Prints a table in Markdown.

Each types the same texts into new windows of the same programs in turn. The speed is that of the whole call, from the start
of the tool to its end, in characters a second; wrong characters are the edit distance of what was sent and what the program
holds in the end.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import time
from collections.abc import Callable
from itertools import product
from typing import NamedTuple

from tests.helpers import desktop
from tests.soak.matrix import table
from tests.targets.caller import type_text
from tests.targets.compare import compare
from tests.targets.program import Program
from tests.targets.texts import FENCE, TEXTS
from tests.targets.wayland import NAMES, WaylandDesk, wayland_desk

CHOSEN = {
    "ASCII": (TEXTS["ascii"].removesuffix(FENCE) * 5) + FENCE,
    "European": TEXTS["european"],
    "mixed scripts": TEXTS["mixed"],
    "emoji": TEXTS["emoji"],
}
_LATE_S = 3.0
"""How long a text is waited for after the tool has ended."""


class Try(NamedTuple):
    target: str
    text: str
    tool: str
    rate: float
    wrong: int
    said_good: bool


def _typewright(desk: WaylandDesk, text: str) -> bool:
    return type_text(desk.environ, text).confirmed


def _wtype(desk: WaylandDesk, text: str) -> bool:
    return subprocess.run(["wtype", "--", text], env=desk.environ, check=False, timeout=60).returncode == 0


TOOLS: dict[str, Callable[[WaylandDesk, str], bool]] = {"Typewright": _typewright, "wtype": _wtype}


def _attempt(desk: WaylandDesk, program: Program, name: str, text: str, tool: str) -> Try:
    program.clear()
    began = time.monotonic()
    good = TOOLS[tool](desk, CHOSEN[text])
    elapsed_s = time.monotonic() - began
    got = program.read(len(CHOSEN[text]), _LATE_S)
    return Try(name, text, tool, len(CHOSEN[text]) / elapsed_s, compare(CHOSEN[text], got).wrong, good)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--targets", nargs="+", choices=NAMES, default=NAMES)
    arguments = parser.parse_args()
    desktop.needs("wtype", "sway")
    tries: list[Try] = []
    for name, _, tool, text in product(arguments.targets, range(arguments.rounds), TOOLS, CHOSEN):
        # All of it new for each: what wtype leaves behind has ended Chromium before now.
        with wayland_desk(config='accessibility = "off"\n') as desk, desk.program(name) as program:
            tries.append(_attempt(desk, program, name, text, tool))
            print(tries[-1], flush=True)
    rows = []
    for name in arguments.targets:
        for text in CHOSEN:
            row: list[object] = [name, text, f"{len(CHOSEN[text]):,}"]
            for tool in TOOLS:
                own = [each for each in tries if (each.target, each.text, each.tool) == (name, text, tool)]
                row.append(f"{statistics.median(each.rate for each in own):,.0f}")
                wrong = max(each.wrong for each in own)
                row.append(f"{wrong}{' !' if any(each.wrong and each.said_good for each in own) else ''}")
            rows.append(row)
    print("\n".join(table(["into", "text", "characters", "Typewright", "wrong", "wtype", "wrong"], rows)))


if __name__ == "__main__":
    main()
