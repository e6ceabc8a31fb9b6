# SPDX-License-Identifier: MIT
"""
More programs than those of the matrix: a VTE terminal, Konsole, KWrite, Qt 6, LibreOffice Calc, a VNC viewer.

What they can hold of a text must be exact, at the level that docs/targets.md tells, and nothing of the user's own may go.
The long versions are in tests/soak: matrix.py, ahead.py and erasing/eaten.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from tests.helpers import desktop
from tests.soak.erasing.eaten import fate, set_up
from tests.targets.desk import MatrixDesk, matrix_desk
from tests.targets.limits import fitting
from tests.targets.texts import FENCE, SHORT

_LINES = "Ça va, Żółw; book, moon.\n👩\u200d💻 and ≠\n" * 2 + FENCE
TEXT = {"calc-gtk3": _LINES}
"""For those that take longer."""
HARD = ("x", "é", "e\u0301", "≠", "\ufb49", "👨\u200d👩\u200d👧", "❤\ufe0f")
NEEDED = {
    "qt6": ("/usr/bin/python3",),
    "calc-gtk3": ("localc",),
    "vncviewer": ("Xtigervnc", "xtigervncviewer"),
    "readline-sakura": ("sakura",),
}


@pytest.fixture(scope="module")
def matrix() -> Iterator[MatrixDesk]:
    desktop.needs("openbox", "xdotool")
    with matrix_desk() as desk:
        yield desk


@pytest.mark.promise("any-text")
@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("sakura", "application"),
        ("konsole", "application"),
        ("qt6", "application"),
        ("kwrite", "application"),
        ("calc-gtk3", "server"),
        ("vncviewer", "server"),
    ],
)
def test_what_a_program_can_hold_is_exact(matrix: MatrixDesk, name: str, level: str) -> None:
    desktop.needs(*NEEDED.get(name, (name,)))
    with matrix.program(name) as program:
        outcome = matrix.attempt(program, fitting(name, TEXT.get(name, SHORT)))
    assert (outcome.exact, outcome.told.level) == (True, level), outcome


@pytest.mark.parametrize(
    ("name", "revised"),
    [
        ("qt6", ["x", "é", "≠", "\ufb49"]),
        ("readline-sakura", ["x", "é", "≠", "\ufb49"]),
        ("vncviewer", ["x"]),
    ],
)
def test_nothing_of_the_users_own_is_deleted(name: str, revised: Sequence[str]) -> None:
    desktop.needs(*NEEDED[name])
    with set_up(name, "", accessibility=False) as (program, environ, caller):
        fates = {character: fate(program, environ, caller, character) for character in HARD}
    assert set(fates.values()) <= {"revised", "refused", "not typed"}, fates
    assert [character for character, became in fates.items() if became == "revised"] == revised
