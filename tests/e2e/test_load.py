# SPDX-License-Identifier: MIT
"""Many callers at once, and many keys; the long versions are `tests.soak.load` and `tests.soak.marathon`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from tests.helpers import desktop
from tests.helpers.crowd import FALSE, FULL, TRUE, VANISHED, Crowd, problems
from tests.helpers.held import UNDER, held
from tests.helpers.marathon import run, runner

CALLERS, TEXTS = 10, 400


@pytest.fixture
def terminal(environ: dict[str, str]) -> Iterator[desktop.Terminal]:
    desktop.run(environ, "setxkbmap", "-option", "", "us")
    with desktop.terminal(environ) as terminal:
        yield terminal
        assert desktop.keys_down(environ) == []


@pytest.mark.promise("many-callers")
def test_texts_of_many_callers_arrive_whole_each_answered_once_and_nobody_waits_for_long(
    environ: dict[str, str], terminal: desktop.Terminal
) -> None:
    crowd = Crowd(environ["DBUS_SESSION_BUS_ADDRESS"], CALLERS, TEXTS, seed=4)
    with desktop.service(environ, under=UNDER) as service:
        before = held(service)
        asyncio.run(crowd.run(terminal))
        desktop.run(environ, "xdotool", "key", "asciitilde")
        assert problems(terminal.rest(), crowd.calls) == []
        assert held(service).descriptors == before.descriptors
    assert crowd.surplus == 0
    outcomes = crowd.count()
    assert outcomes.keys() <= {TRUE, FALSE, VANISHED, FULL}
    assert outcomes[TRUE] > TEXTS // 4
    assert crowd.passed <= 2 * CALLERS  # first come, first served would be some forty
    assert crowd.refusals == 0


@pytest.mark.promise("no-growth")
def test_the_service_holds_no_more_after_many_keys(environ: dict[str, str], terminal: desktop.Terminal) -> None:
    with runner(environ, terminal) as running:
        warm = run(running, 20_000)
        end = run(running, 60_000)
    assert end.objects <= warm.objects + 500, f"{warm}, then {end}"
    assert end.descriptors == warm.descriptors
    assert end.resident <= warm.resident + 2, f"{warm}, then {end}"
