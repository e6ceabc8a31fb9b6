# SPDX-License-Identifier: MIT
"""
Programs that answer a ping before they have handled their keys, by hand:

    python -m tests.soak.ahead [--rounds 3] [NAME...]

Each gets the same texts: ideographs, plain letters, lines, the short texts of the matrix. Prints a table in Markdown; its
exit status is 1 when a character was wrong, or a text was not confirmed. `late` is how long after the answer the program had
the last of them.

Debian's packages for it, besides those of tests/run: wine libreoffice-qt5 firefox-esr ibus-gtk3 fcitx5-frontend-gtk3
default-jre. Wine keeps what it makes at its first start in $WINEPREFIX.
"""

from __future__ import annotations

import argparse
import random
import time
from typing import NamedTuple

from tests.helpers import desktop
from tests.soak.matrix import table
from tests.targets.caller import type_text
from tests.targets.compare import compare
from tests.targets.desk import MatrixDesk, matrix_desk
from tests.targets.limits import fitting
from tests.targets.program import Program
from tests.targets.texts import FENCE, SHORT, TEXTS

SET_UPS = {
    "xterm, fcitx by XIM": "xterm-fcitx",
    "Tk, fcitx by XIM": "tk-fcitx",
    "GTK 3, fcitx by XIM": "gtk3-xim-fcitx",
    "GTK 3, fcitx": "gtk3-fcitx",
    "xterm, ibus by XIM": "xterm-ibus",
    "Tk, ibus by XIM": "tk-ibus",
    "GTK 3, ibus by XIM": "gtk3-xim-ibus",
    "GTK 3, ibus": "gtk3-ibus",
    "Qt 5, ibus": "qt5-ibus",
    "Qt 5, fcitx": "qt5-fcitx",
    "Writer, gtk3": "writer-gtk3",
    "Writer, gen": "writer-gen",
    "Writer, qt5": "writer-qt5",
    "Calc, gtk3": "calc-gtk3",
    "Calc, qt5": "calc-qt5",
    "Calc, gen": "calc-gen",
    "Wine Notepad": "notepad",
    "Firefox": "firefox",
    "Swing": "swing",
    "TigerVNC viewer": "vncviewer",
    "Xephyr": "xephyr",
    "Chromium, busy page": "chromium",
}
"""Name in the table -> its target."""
_BUSY_S = {"chromium": 0.008}
_IDEOGRAPHS = "".join(map(chr, random.Random(5).sample(range(0x4E00, 0x9FA6), 150)))
_CONTENT = {
    "ideographs": _IDEOGRAPHS + FENCE,
    "plain": "the quick brown fox jumps over the lazy dog, 0123456789 THE END. " * 10 + FENCE,
    "lines": "The quick brown fox, ÇA, Żółw.\nNew line: aabbcc, book\n👩\u200d💻 and ≠\n" * 8 + FENCE,
    "mixed": TEXTS["mixed"],
    "short": SHORT,
}


class Try(NamedTuple):
    """One text typed once."""

    characters: int
    wrong: int
    confirmed: bool
    level: str
    elapsed_s: float
    late_s: float


def attempt(desk: MatrixDesk, program: Program, text: str) -> Try:
    """Type `text` into the program, which is emptied before, and compare."""
    program.clear()
    told = type_text(desk.environ, text)
    answered = time.monotonic()
    got = program.read(len(text), desktop.PATIENCE_S if told.confirmed else 2.0)
    late_s = time.monotonic() - answered
    return Try(len(text), compare(text, got).wrong, told.confirmed, told.level, told.elapsed, late_s)


def main() -> int:
    """Try each set-up that is named, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("names", nargs="*", choices=[[], *SET_UPS], metavar="NAME")
    arguments = parser.parse_args()
    rows, failed = [], False
    for name in arguments.names or SET_UPS:
        target = SET_UPS[name]
        with matrix_desk() as desk, desk.program(target, slow_s=_BUSY_S.get(target, 0.0)) as program:
            contents = [fitting(target, text) for text in _CONTENT.values()]
            tries = [attempt(desk, program, text) for text in contents * arguments.rounds]
        wrong, unconfirmed = sum(each.wrong for each in tries), sum(not each.confirmed for each in tries)
        characters, elapsed_s = sum(each.characters for each in tries), sum(each.elapsed_s for each in tries)
        levels = " ".join(sorted({each.level for each in tries}))
        late_s = max(each.late_s for each in tries)
        rows.append((name, f"{characters:,}", wrong, unconfirmed, levels, f"{characters / elapsed_s:.0f}", f"{late_s:.1f}"))
        print(*rows[-1], flush=True)
        failed |= bool(wrong or unconfirmed)
    print(*table(("set-up", "characters", "wrong", "not confirmed", "level", "a second", "late, s"), rows), sep="\n")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
