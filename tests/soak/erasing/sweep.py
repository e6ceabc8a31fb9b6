# SPDX-License-Identifier: MIT
"""
Compares what the models of `text/erasing.py` leave behind each press with what real programs leave, for random characters
of all scripts; and what `kind_of` makes of the programs' windows with what they are.

    .venv/bin/python -m tests.soak.erasing.sweep SEED COUNT [PROGRAM...]
"""

from __future__ import annotations

import random
import sys
import unicodedata
from collections import defaultdict

from tests.soak.erasing.characters import BEFORE, CHARACTERS
from tests.soak.erasing.run import PROGRAMS, running
from typewright.text.erasing import EDITORS
from typewright.text.graphemes import classes

KINDS = {"readline": "terminal", "GTK": "gtk", "Qt": "qt", "Tk": "plain", "Chromium": "chromium", "Emacs": "plain"}
"""Word in a program's name -> its kind. vim has no model of its own: it lies between the two of a terminal."""
COMBINING = [chr(code_point) for code_point in range(0x300, 0x340)]
PICTOGRAPHS = [character for character in map(chr, range(0x1F300, 0x1F650)) if classes(character) == "i"]
MOVED_BY_TONES = "👍👋🙏👩👨🧑🏃"


def scripts() -> list[tuple[list[str], list[str]]]:
    """Letters and marks, by blocks of 128 code points."""
    blocks: dict[int, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for code_point in [*range(0xA0, 0x3100), *range(0xA000, 0xAC00), *range(0xFB00, 0xFE00), *range(0x10000, 0x13000)]:
        category = unicodedata.category(chr(code_point))
        if category in ("Lu", "Ll", "Lo", "Mn", "Mc"):
            blocks[code_point >> 7][category.startswith("M")].append(chr(code_point))
    return [block for block in blocks.values() if block[0]]


def characters(count: int) -> list[str]:
    """Random characters, the ones of the table first."""
    blocks = scripts()
    made = [character for character in CHARACTERS.values() if character != "\n"]
    while len(made) < count:
        letters, marks = random.choice(blocks)
        part = random.random()
        if part < 0.6:
            made.append(random.choice(letters) + "".join(random.choices(marks or COMBINING, k=random.randrange(4))))
        elif part < 0.8:
            base = random.choice([random.choice(letters), random.choice("aeouyåñ"), random.choice("☺≠漢각🇩★")])
            made.append(base + "".join(random.choices([*COMBINING, "\ufe0f", "\u20dd"], k=random.randrange(1, 4))))
        else:
            made.append("\u200d".join(_emoji() for _ in range(random.randrange(1, 5))))
    return made


def _emoji() -> str:
    if random.random() < 0.4:
        return random.choice(MOVED_BY_TONES) + random.choice("🏻🏽🏿")
    return random.choice(PICTOGRAPHS) + random.choice(["", "", "\ufe0f"])


def main(seed: int, count: int, names: list[str]) -> None:
    random.seed(seed)
    sample = characters(count)
    for name in names or PROGRAMS:
        kind = next((kind for word, kind in KINDS.items() if word in name), None)
        if kind is None:
            continue
        model, wrong = EDITORS[kind][0].erase, 0
        with running(name) as program:
            recognised = program.kind()
            for character in sample:
                left = [BEFORE + character]
                while len(left) < len(character) + 2:
                    left.append(model(left[-1]) if left[-1] else "")
                seen = program.left(BEFORE + character, len(character) + 1)
                if seen != left and seen[0] == left[0]:
                    wrong += 1
                    print("   ", ascii(character), [ascii(each) for each in seen], "is not", [ascii(each) for each in left])
        print(f"{name}: {len(sample)} characters, {wrong} wrong; recognised as {recognised}, is {kind}", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]), sys.argv[3:])
