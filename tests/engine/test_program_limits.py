# SPDX-License-Identifier: MIT
"""Programs that are known not to take what is lent."""

from __future__ import annotations

import pytest

from typewright.engine.program_limits import limit
from typewright.interfaces.backend import Program
from typewright.reasons import CHARACTER_CUT, FORWARDER, Reason


@pytest.mark.parametrize(
    ("name", "toolkit", "lends", "beyond", "reason"),
    [
        ("Xephyr", "", True, False, FORWARDER),
        ("Xephyr", "", False, False, None),
        ("TigerVNC Viewer", "", True, True, FORWARDER),
        ("VirtualBox Machine", "qt", True, False, FORWARDER),
        ("kwrite", "qt", True, True, CHARACTER_CUT),
        ("kwrite", "qt", True, False, None),
        ("MyApplication", "java", True, True, CHARACTER_CUT),
        ("MyApplication", "java", True, False, None),
        ("XTerm", "", True, True, None),
        ("", "", True, True, None),
    ],
)
def test_a_limit(name: str, toolkit: str, lends: bool, beyond: bool, reason: Reason | None) -> None:
    assert limit(Program(name, toolkit), lends=lends, beyond=beyond) is reason
