# SPDX-License-Identifier: MIT
"""
How long a Ping takes while others do their worst: `python -m tests.helpers.pinger ADDRESS` pings Typewright and the bus in
turn until its standard input ends, and then prints a line of JSON: for each time, when, and how long Typewright and the bus
took.
"""

from __future__ import annotations

import contextlib
import json
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import NamedTuple

from tests.helpers.desktop import Child
from tests.helpers.raw_bus import DAEMON, DAEMON_PATH, PEER, RawPeer, message

_BETWEEN_S = 0.003
_PATIENCE_S = 60.0


class Ping(NamedTuple):
    """When it was, by the monotonic clock, and how long Typewright and then the bus took to answer, all in seconds."""

    at_s: float
    service_s: float
    bus_s: float


class Pinger:
    """I ping from a process of my own, until `stop`."""

    def __init__(self, child: Child) -> None:
        self._child = child
        assert child.line() == "ready"

    def stop(self) -> list[Ping]:
        """All pings."""
        self._child.process.stdin.close()
        pings = json.loads(self._child.process.stdout.read().decode())
        return [Ping(*ping) for ping in pings]


@contextlib.contextmanager
def pinging(address: str) -> Iterator[Pinger]:
    """A pinger at work."""
    child = Child([sys.executable, "-m", "tests.helpers.pinger", address], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        yield Pinger(child)
    finally:
        child.end()
        child.process.stdin.close()
        child.process.stdout.close()


def quantile(latencies: list[float], share: float) -> float:
    """The latency that `share` of them do not exceed."""
    return sorted(latencies)[min(int(len(latencies) * share), len(latencies) - 1)]


def main(address: str) -> None:
    """Ping until there is nobody to tell."""
    peer = RawPeer(address)
    pings = []
    print("ready", flush=True)
    while not select.select([sys.stdin], [], [], _BETWEEN_S)[0]:
        took = []
        at_s = time.monotonic()
        for ping in (
            message("Ping", interface=PEER),
            message("GetId", path=DAEMON_PATH, interface=DAEMON, destination=DAEMON),
        ):
            began = time.monotonic()
            peer.until_answered([peer.send(ping)], _PATIENCE_S)
            took.append(time.monotonic() - began)
        pings.append((at_s, *took))
    print(json.dumps(pings), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
