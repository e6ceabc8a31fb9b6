# SPDX-License-Identifier: MIT
"""The service stands still for a second: no key repeats meanwhile. `tests/soak/stalls.py` is the long version."""

from __future__ import annotations

import random

import pytest
from tests.helpers import desktop
from tests.helpers.stalling import TEXT, quick_repeat, stall

STALLS = 3
TRIES = 5
"""On a busy machine a key that was seen down may be up when the service stands."""


@pytest.mark.promise("stalled", "service-stalled")
@pytest.mark.parametrize("pacing", ["chord", "run"])
def test_nothing_is_doubled(environ: dict[str, str], pacing: str) -> None:
    """Between the phases of a run it is ended: nobody else could act before it goes on."""
    chance = random.Random(8)
    with desktop.terminal(environ) as terminal, quick_repeat(environ):
        for _ in range(STALLS):
            with desktop.service(environ, config=f'pacing = "{pacing}"\n') as service:
                stalled = stall(environ, terminal, service, chance, TEXT)
                assert stalled.is_exact if pacing == "chord" else stalled.is_kept, stalled
            assert desktop.keys_down(environ) == []


@pytest.mark.promise("stalled")
def test_event_by_event_it_is(environ: dict[str, str]) -> None:
    """It shows that the test above could fail. What was doubled is taken back, but it was there."""
    config, text = 'pacing = "event"\nhold_s = 0.05\n', "the quick brown fox"
    chance = random.Random(8)
    with desktop.terminal(environ) as terminal, desktop.service(environ, config=config) as service, quick_repeat(environ):
        for _ in range(TRIES):
            stalled = stall(environ, terminal, service, chance, text, key_down=True)
            assert desktop.edited(stalled.got) == text
            if not stalled.is_exact:
                return
    raise AssertionError(f"nothing was doubled in {TRIES} tries")
