# SPDX-License-Identifier: MIT
"""
The third level of truth, by hand: `python -m tests.soak.third_level [TEXTS]`. In GTK 3, GTK 4 and Qt 5: how many of TEXTS
(100) reach the level `text`, and whether any is refused that stands there as typed; how many characters get into a password
field after a typed Tab; and what listening costs, in turns with a service that does not. Its exit status is 1 when a text
was refused, was wrong, or got into a password field.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from statistics import median

from tests.a11y.stage import Program, accessible_desktop
from tests.helpers import desktop

TOOLKITS = ("gtk3", "gtk4", "qt5")
LATIN = ("abcdefghij klmnop qrstuvwxyz", "ABC, DEF; (GHI)! 0123456789 %&/", "äöüßéàçñ øåłő")
ALPHABETS = (*LATIN, "привет мир", "αβγ δεζ", "漢字 かな")
LONG = ("The quick brown fox jumps over the lazy dog, 0123456789 times.\n" * 16)[:1000]
ROUNDS, SHORTS = 4, 15


def report(environ: dict[str, str], text: str) -> dict[str, object]:
    """What `Type` reports of `text`."""
    name, path = "org.typewright.Typist1", "/org/typewright/Typist1"
    options = [f"--address={environ['DBUS_SESSION_BUS_ADDRESS']}", "--json=short", "--timeout=60"]
    call = ["busctl", "--user", *options, "call", name, path, name, "Type", "sa{sv}", text, "0"]
    said = subprocess.run(call, env=environ, stdout=subprocess.PIPE, check=True).stdout
    return {key: value["data"] for key, value in json.loads(said)["data"][0].items()}


def some_text(chance: random.Random, *, lines: bool) -> str:
    """A text of 1 to 150 characters of one to three alphabets, which does not end with a line end."""
    letters = "".join(chance.sample(ALPHABETS, chance.randint(1, 3))) + "\n" * lines
    return "".join(chance.choices(letters, k=chance.randint(0, 149))) + "."


def texts(environ: dict[str, str], program: Program, tries: int, chance: random.Random) -> int:
    """Type some texts, and print what became of them; the number of those that were refused, or wrong."""
    levels, wrong = Counter[str](), 0
    for number in range(tries):
        field = ("text", "area")[number % 2]
        text = some_text(chance, lines=field == "area")
        program.ask("focus", field)
        program.ask("set", json.dumps("what was there " * (number % 3)))
        told = report(environ, text)
        levels[str(told["level"])] += 1
        stands = str(program.ask("say")).endswith(text)
        if not told["confirmed"] or not stands:
            wrong += 1
            print(f"text {number} in the {field}: stands there: {stands}; {told}", flush=True)
    print(f"{tries} texts: {dict(levels)}; refused or wrong: {wrong}", flush=True)
    return wrong


def tabs(environ: dict[str, str], program: Program, tries: int) -> int:
    """Type a Tab that leads into a password field; the number of tries in which something was typed there."""
    got = Counter[int]()
    for _ in range(tries):
        program.ask("focus", "password")
        program.ask("set", '""')
        program.ask("focus", "text")
        report(environ, "name\tand the rest of it")
        program.ask("focus", "password")
        got[len(str(program.ask("say")))] += 1
    print(f"{tries} Tabs into a password field: characters there: {dict(got)}", flush=True)
    return tries - got[0]


def speed(environ: dict[str, str], program: Program) -> tuple[float, float]:
    """Seconds for `LONG`, and for five letters."""
    program.ask("focus", "area")
    report(environ, "warm.")
    long, short = [], []
    for _ in range(ROUNDS):
        program.ask("set", '""')
        long.append(report(environ, LONG)["elapsed"])
    for _ in range(SHORTS):
        short.append(report(environ, "hello")["elapsed"])
    return median(long), median(short)


def main() -> int:
    """All of it; the number of failures."""
    tries = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    chance, wrong = random.Random(4), 0
    with accessible_desktop(on=True) as environ:
        for toolkit in TOOLKITS:
            print(f"-- {toolkit}", flush=True)
            program = Program(toolkit, environ)
            try:
                with desktop.service(environ):
                    wrong += texts(environ, program, tries, chance) + tabs(environ, program, tries)
                taken: dict[str, list[tuple[float, float]]] = {"if-on": [], "off": []}
                for _ in range(ROUNDS):
                    for choice, times in taken.items():
                        with desktop.service(environ, config=f'accessibility = "{choice}"\n'):
                            times.append(speed(environ, program))
                for choice, times in taken.items():
                    long, short = (median(column) for column in zip(*times, strict=True))
                    speeds = f"{len(LONG) / long:.0f} characters/s; five letters in {1000 * short:.1f} ms"
                    print(f"accessibility {choice}: {speeds}", flush=True)
            finally:
                program.end()
    print(f"{wrong} failures")
    return wrong


if __name__ == "__main__":
    sys.exit(main() != 0)
