# SPDX-License-Identifier: MIT
"""Which programs answer a ping before they have handled their keys, by name and toolkit."""

from __future__ import annotations

import pytest

from typewright.backends.x11.traits import PLAIN, Readable, Traits, traits_of
from typewright.interfaces.backend import Pace, Program


@pytest.mark.parametrize(
    ("name", "toolkit", "servers", "ahead", "late"),
    [
        ("XTerm", "", [], False, False),
        ("Gedit", "gtk", ["@server=ibus"], False, False),
        ("Gedit", "gtk", ["@server=ibus", "@server=fcitx"], True, False),
        ("", "", ["@server=ibus"], False, False),
        ("Soffice", "gtk", [], True, False),
        ("libreoffice-calc", "", [], True, False),
        ("notepad.exe", "", [], True, True),
        ("kwrite", "qt", [], False, False),
        ("kwrite", "qt", ["@server=fcitx"], True, False),
        ("Code", "chromium", [], True, False),
        ("firefox-esr", "gtk", [], True, False),
        ("TigerVNC Viewer", "", [], True, False),
        ("VirtualBox Machine", "qt", ["@server=ibus"], True, False),
    ],
)
def test_who_reads_ahead(name: str, toolkit: str, servers: list[str], ahead: bool, late: bool) -> None:
    traits = traits_of(Program(name, toolkit), servers)
    assert (traits.ahead, traits.late) == (ahead, late)
    assert (traits == PLAIN) is not ahead


def test_a_program_behind_another_has_what_is_worse_of_both() -> None:
    wine = Traits(ahead=True, pace=Pace(0.1, 8), slots=Readable(154, 2))
    other = Traits(late=True, pace=Pace(0.2, 16, 0.3), rounds=3)
    worse = Traits(True, True, Pace(0.2, 8, 0.3), 3, Readable(154, 2))
    assert wine.joined(other) == other.joined(wine) == worse
