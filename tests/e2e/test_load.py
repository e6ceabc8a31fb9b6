# SPDX-License-Identifier: MIT
"""Many callers at once; the long version is `tests.soak.load`."""

from __future__ import annotations

import asyncio

from tests.crowd import FALSE, FULL, TRUE, VANISHED, Crowd, problems
from tests.e2e.conftest import Desk
from tests.footprint import footprint

CALLERS, TEXTS = 10, 400


def test_texts_of_many_callers_arrive_whole_each_answered_once_and_nobody_waits_for_long(desk: Desk) -> None:
    crowd = Crowd(desk.environ["DBUS_SESSION_BUS_ADDRESS"], CALLERS, TEXTS, seed=4)
    before = footprint(desk.service.process.pid)
    asyncio.run(crowd.run(desk.terminal))
    assert problems(desk.fenced(), crowd.calls) == []
    assert crowd.surplus == 0
    outcomes = crowd.count()
    assert outcomes.keys() <= {TRUE, FALSE, VANISHED, FULL}
    assert outcomes[TRUE] > TEXTS // 4
    assert crowd.passed <= CALLERS + 2
    assert crowd.refusals == 0
    assert footprint(desk.service.process.pid).descriptors == before.descriptors
