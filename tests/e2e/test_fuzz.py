# SPDX-License-Identifier: MIT
"""Hostile callers, on both buses; the long version is `tests.soak.fuzz`."""

from __future__ import annotations

import pytest
from tests.helpers import desktop
from tests.helpers.broker import broker
from tests.helpers.pinger import quantile
from tests.helpers.siege import Outcome, besiege

MESSAGES = 600


@pytest.fixture(scope="module", params=["dbus-daemon", "dbus-broker"])
def outcome(request: pytest.FixtureRequest) -> Outcome:
    bus = desktop.session_bus if request.param == "dbus-daemon" else broker
    with bus() as address:
        return besiege(address, MESSAGES, seed=4)


@pytest.mark.promise("hostile-messages")
def test_each_call_is_answered_once_with_standard_errors_and_an_honest_caller_is_served(outcome: Outcome) -> None:
    assert outcome.wrong == []
    assert outcome.shots.keys() >= {"wrong signature", "forged signal", "spoilt", "flood", "descriptors", "giant"}
    assert outcome.errors.keys() >= {f"org.freedesktop.DBus.Error.{name}" for name in ("InvalidArgs", "UnknownInterface")}


@pytest.mark.promise("hostile-messages")
def test_others_are_answered_meanwhile(outcome: Outcome) -> None:
    assert len(outcome.pings) > 50
    assert quantile([ping.service_s for ping in outcome.pings], 0.9) < 0.1


@pytest.mark.promise("hostile-messages")
def test_the_service_holds_no_more_than_before(outcome: Outcome) -> None:
    warm, end = outcome.warm, outcome.end
    assert end.descriptors <= warm.descriptors
    assert end.resident <= warm.resident + 4, f"{warm}, then {end}"
    assert end.peak <= warm.peak + 6, f"{warm}, then {end}"
    assert end.objects <= warm.objects + 1_000, f"{warm}, then {end}"
