# SPDX-License-Identifier: MIT
"""The service stands still for a second: no key repeats meanwhile. `tests/soak/stalls.py` is the long version."""

from __future__ import annotations

import random

import pytest
from tests.e2e.conftest import Desk
from tests.helpers import desktop
from tests.helpers.stalling import TEXT, quick_repeat, stall

STALLS = 3
TRIES = 5
"""On a busy machine a key that was seen down may be up when the service stands."""


@pytest.mark.promise("stalled", "service-stalled")
@pytest.mark.parametrize("desk", ['pacing = "chord"', 'pacing = "run"'], indirect=True)
def test_nothing_is_doubled(desk: Desk) -> None:
    """Between the phases of a run it is woken: nobody else could act before it goes on."""
    chance = random.Random(8)
    with quick_repeat(desk.environ):
        for _ in range(STALLS):
            stalled = stall(desk.environ, desk.terminal, desk.service.process.pid, chance, TEXT)
            assert stalled.is_exact, stalled


@pytest.mark.promise("stalled")
def test_event_by_event_it_is(environ: dict[str, str]) -> None:
    """It shows that the test above could fail. What was doubled is taken back, but it was there."""
    config, text = 'pacing = "event"\nhold_s = 0.05\n', "the quick brown fox"
    chance = random.Random(8)
    with desktop.terminal(environ) as terminal, desktop.service(environ, config=config) as service, quick_repeat(environ):
        for _ in range(TRIES):
            stalled = stall(environ, terminal, service.process.pid, chance, text, key_down=True)
            assert desktop.edited(stalled.got) == text
            if not stalled.is_exact:
                return
    raise AssertionError(f"nothing was doubled in {TRIES} tries")
