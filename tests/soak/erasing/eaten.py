# SPDX-License-Identifier: MIT
"""
Whether anything of the user's own is deleted: `abcd` is typed by another program, then a character by Revise, Commit, Undo.

    .venv/bin/python -m tests.soak.erasing.eaten [--as KIND --class NAME] [PROGRAM...]

Prints, for each program, without and with accessibility, of how many of the characters of docs/erasing.md the user's text
was eaten, how many could be taken back, how many were refused and are still there, and how many true answers were wrong. Its
exit status is 1 if anything was eaten or an answer was wrong. With `--as`, windows of the class NAME are declared to be of
that kind, which shows whether they are.

Debian's packages for it, besides those of tests/run: mousepad gedit gnome-text-editor featherpad scite firefox-esr wine
xfce4-terminal libreoffice-qt5 default-jre default-jdk-headless. Wine keeps what it makes at its first start in $WINEPREFIX.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from collections import Counter
from collections.abc import Iterator

from tests.a11y.stage import accessible_desktop
from tests.helpers import desktop
from tests.helpers.reviser import Reviser, reviser
from tests.soak.erasing.characters import CHARACTERS
from tests.soak.matrix import table
from tests.targets import target
from tests.targets.program import Program

PROGRAMS = (
    "gtk3", "gtk4", "qt5", "tk", "emacs", "readline", "chromium", "firefox", "mousepad", "gedit", "gnome-text-editor",
    "kwrite", "featherpad", "scite", "writer-gtk3", "qt6", "swing", "readline-sakura", "readline-konsole", "calc-gtk3",
    "writer-qt5", "writer-gen", "calc-qt5", "calc-gen", "notepad", "vncviewer", "xephyr", "readline-xfce4-terminal",
)  # fmt: skip
OWN = "abcd"
SAMPLE = {label: character for label, character in CHARACTERS.items() if not set(character) & {"\n", "\t"}}
"""Return and Tab are walls in every program (docs/erasing.md)."""
_SOON_S, _LOOK_S = 3.0, 0.05


def settled(program: Program, wanted: str, *, patient: bool = True) -> str:
    """The text of `program`, as soon as it is what is wanted; if not `patient`, or when it has not changed for a moment."""
    text, end = program.text(), time.monotonic() + _SOON_S
    while text != wanted and time.monotonic() < end:
        time.sleep(_LOOK_S)
        last, text = text, program.text()
        if not patient and text == last:
            break
    return text


def fate(program: Program, environ: dict[str, str], caller: Reviser, character: str) -> str:
    """What became of the user's text and of `character`."""
    program.clear()
    desktop.run(environ, "xdotool", "type", "--delay", "10", OWN)
    if settled(program, OWN) != OWN:
        return "no text"
    typed = caller.revise(character) and caller.revise(character, "final")
    undone = caller.undo()
    left = settled(program, OWN, patient=undone)
    if not left.startswith(OWN):
        return "eaten"
    if undone:
        return "revised" if left == OWN else "wrong"
    return "refused" if typed else "not typed"


@contextlib.contextmanager
def set_up(name: str, config: str, *, accessibility: bool) -> Iterator[tuple[Program, dict[str, str], Reviser]]:
    """The program, its environment, and a caller of the service."""
    with accessible_desktop(on=accessibility) as environ:
        own = {**environ, "GNOME_ACCESSIBILITY": str(int(accessibility))}
        with desktop.service(environ, config=config), target(name, own) as program, reviser(environ) as caller:
            yield program, environ, caller


def main() -> int:
    """Try all of it; 1 if anything was eaten, or a true answer was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[[], *PROGRAMS], metavar="PROGRAM")
    parser.add_argument("--as", dest="kind", default="")
    parser.add_argument("--class", dest="wm_class", default="")
    arguments = parser.parse_args()
    config = f'[programs]\n"{arguments.wm_class}" = "{arguments.kind}"\n' if arguments.kind else ""
    rows, failed = [], False
    for name in arguments.names or PROGRAMS:
        for accessibility in (False,) if arguments.kind else (False, True):
            found: dict[str, list[str]] = {}
            with set_up(name, config, accessibility=accessibility) as (program, environ, caller):
                for label, character in SAMPLE.items():
                    found.setdefault(fate(program, environ, caller, character), []).append(label)
            counts = Counter({what: len(labels) for what, labels in found.items()})
            shown = [counts[what] for what in ("eaten", "wrong", "revised", "refused", "not typed", "no text")]
            rows.append((name, "on" if accessibility else "off", *shown))
            print(*rows[-1], *(f"{what}: {', '.join(found[what])};" for what in found if what != "revised"), flush=True)
            failed |= bool(counts["eaten"] or counts["wrong"])
    heads = ("program", "accessibility", "eaten", "wrong", "revised", "refused", "not typed", "not tried")
    print(*table(heads, rows), sep="\n")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
