# SPDX-License-Identifier: MIT
"""
Makes `src/typewright/text/graphemes.tsv` from the Unicode properties that the `regex` package carries.

    .venv/bin/python packaging/make_graphemes.py

Run it when the version of `regex` in pyproject.toml is raised: its tables are then those of a newer Unicode.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import regex

TABLE = Path(__file__).parents[1] / "src/typewright/text/graphemes.tsv"
UNICODE = "18.0"
HEAD = f"""\
# First and last code point (hexadecimal), and the letter of their class in `graphemes.py`; what is not here is an `o`.
# From Grapheme_Cluster_Break, Indic_Conjunct_Break and Extended_Pictographic of Unicode {UNICODE}, as the Python package
# regex {regex.__version__} has them, by packaging/make_graphemes.py. Hangul syllables and surrogates are computed.
"""
CLASSES = {
    letter: regex.compile(pattern)
    for letter, pattern in {
        "r": r"\p{GCB=CR}",
        "n": r"\p{GCB=LF}",
        "c": r"\p{GCB=Control}",
        "k": r"(?=\p{GCB=Extend})\p{InCB=Linker}",
        "q": r"\p{InCB=Linker}",
        "e": r"(?=\p{GCB=Extend})\p{InCB=Extend}",
        "x": r"\p{GCB=Extend}",
        "z": r"\p{GCB=ZWJ}",
        "f": r"\p{GCB=Regional_Indicator}",
        "p": r"\p{GCB=Prepend}",
        "s": r"\p{GCB=SpacingMark}",
        "L": r"\p{GCB=L}",
        "V": r"\p{GCB=V}",
        "T": r"\p{GCB=T}",
        "H": r"\p{GCB=LV}",
        "G": r"\p{GCB=LVT}",
        "d": r"\p{InCB=Consonant}",
        "i": r"\p{Extended_Pictographic}",
    }.items()
}


def letter_of(code_point: int) -> str:
    """The class of a code point: the first that fits."""
    character = chr(code_point)
    return next((letter for letter, pattern in CLASSES.items() if pattern.match(character)), "o")


def rows() -> str:
    """The table, a line for each run of code points of one class."""
    lines = []
    for letter, run in groupby(range(0x110000), letter_of):
        run = list(run)
        if letter not in "oHG":
            lines.append(f"{run[0]:04X}\t{run[-1]:04X}\t{letter}\n")
    return HEAD + "".join(lines)


if __name__ == "__main__":
    TABLE.write_text(rows(), "ascii")
