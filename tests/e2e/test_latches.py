# SPDX-License-Identifier: MIT
"""A latch waits for the next key: it would change the text, or have it wait for ever."""

from __future__ import annotations

import pytest
from tests.e2e.conftest import Desk
from tests.helpers import accessx, desktop
from tests.x11.stage import SHIFT, Other

CONTROL_SHIFT = 5


@pytest.mark.promise("latches")
@pytest.mark.parametrize(("modifiers", "group"), [(1, 0), (4, 0), (0, 1), (CONTROL_SHIFT, 1)])
def test_what_is_latched_is_dropped(desk: Desk, modifiers: int, group: int) -> None:
    desk.layout("us,ru")
    desktop.latch(desk.environ, modifiers, group)
    assert desk.call("Insert", "s", "one Two") == "b true"
    desktop.latch(desk.environ, modifiers, group)
    assert desk.call("Press", "s", "x") == "b true"
    assert desk.fenced() == "one Twox"


@pytest.mark.promise("latches")
def test_what_sticky_keys_have_latched_is_dropped(desk: Desk) -> None:
    hand = Other(desk.environ["DISPLAY"])
    before = accessx.read(hand.display)
    accessx.switch(hand.display, accessx.STICKY_KEYS)
    try:
        for down in (True, False):
            hand.finger(SHIFT, down=down)
        assert desk.call("Insert", "s", "one Two") == "b true"
    finally:
        accessx.write(hand.display, before)
        hand.close()
    assert desk.fenced() == "one Two"
