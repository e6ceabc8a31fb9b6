# SPDX-License-Identifier: MIT
"""
The bus face among hostile callers, by hand: `python -m tests.soak.fuzz [MESSAGES [SEED]]`. 20,000 messages over dbus-daemon
and as many over dbus-broker. It prints what broke a promise, and the figures; its exit status is 1 when one was broken.
"""

from __future__ import annotations

import sys

from tests.helpers import desktop
from tests.helpers.broker import broker
from tests.helpers.pinger import quantile
from tests.helpers.siege import Outcome, besiege

MESSAGES, SEED = 20_000, 4
LATENCY_S = 0.1
GROWTH_MIB = 4.0
BUSES = {"dbus-daemon": desktop.session_bus, "dbus-broker": broker}


def main(messages: int = MESSAGES, seed: int = SEED) -> int:
    """Both buses; the number of promises that were broken."""
    wrong = 0
    for name, bus in BUSES.items():
        with bus() as address:
            wrong += tell(name, besiege(address, messages, seed))
    return wrong


def tell(name: str, outcome: Outcome) -> int:
    """Print what came of it; the number of promises that were broken."""
    print(f"--- {name}: {outcome.shots.total()} messages: {dict(outcome.shots)}")
    print(f"errors: {dict(outcome.errors.most_common())}; {outcome.characters} characters were typed")
    began, ended = outcome.giant_s
    quiet = [ping for ping in outcome.pings if not began - 0.1 <= ping.at_s <= ended]
    for what, pings in (("all", outcome.pings), ("without the longest string", quiet)):
        for who, latencies in (("Typewright", [p.service_s for p in pings]), ("the bus", [p.bus_s for p in pings])):
            shares = ", ".join(f"{share:.0%}: {quantile(latencies, share) * 1000:.1f} ms" for share in (0.5, 0.99, 1.0))
            print(f"{len(pings)} pings, {what}, to {who}: {shares}")
    print(f"the service: {outcome.warm} when warm, {outcome.end} at the end; the longest string took {ended - began:.2f} s")
    if quantile([ping.service_s for ping in outcome.pings], 0.99) > LATENCY_S:
        outcome.wrong.append("a ping in a hundred takes longer than it may")
    if outcome.end.descriptors > outcome.warm.descriptors or outcome.end.resident > outcome.warm.resident + GROWTH_MIB:
        outcome.wrong.append("the service grew")
    for problem in outcome.wrong:
        print(problem)
    print(f"{len(outcome.wrong)} failures", flush=True)
    return len(outcome.wrong)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])) != 0)
