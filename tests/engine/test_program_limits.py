# SPDX-License-Identifier: MIT
"""Programs that are known not to take some characters."""

from __future__ import annotations

import pytest

from typewright.engine.program_limits import Needs, limit
from typewright.interfaces.backend import Program
from typewright.reasons import CHARACTER_CUT, FORWARDER, Reason

LENT, ALTGR, CYRILLIC, EMOJI = (
    Needs(lent=True, highest="日"),
    Needs(beyond_shift=True, highest="é"),
    Needs(highest="я"),
    Needs(True, highest="👍"),
)


@pytest.mark.parametrize(
    ("name", "toolkit", "needs", "reason"),
    [
        ("Xephyr", "", LENT, FORWARDER),
        ("Xephyr", "", ALTGR, FORWARDER),
        ("Xephyr", "", CYRILLIC, None),
        ("Xephyr", "", Needs(highest="é"), None),
        ("TigerVNC Viewer", "", EMOJI, FORWARDER),
        ("TigerVNC Viewer", "", ALTGR, FORWARDER),
        ("TigerVNC Viewer", "", CYRILLIC, FORWARDER),
        ("TigerVNC Viewer", "", Needs(highest="ž"), None),
        ("VirtualBox Machine", "qt", LENT, FORWARDER),
        ("VirtualBox Machine", "qt", ALTGR, None),
        ("kwrite", "qt", EMOJI, CHARACTER_CUT),
        ("kwrite", "qt", Needs(highest="👍"), CHARACTER_CUT),
        ("kwrite", "qt", LENT, None),
        ("MyApplication", "java", EMOJI, CHARACTER_CUT),
        ("MyApplication", "java", LENT, None),
        ("Scite", "gtk", CYRILLIC, CHARACTER_CUT),
        ("Scite", "gtk", Needs(lent=True, highest="é"), None),
        ("XTerm", "", EMOJI, None),
        ("", "", EMOJI, None),
    ],
)
def test_a_limit(name: str, toolkit: str, needs: Needs, reason: Reason | None) -> None:
    assert limit(Program(name, toolkit), needs) is reason
