# SPDX-License-Identifier: MIT
"""
A private message bus, one for the whole test session, and the printing service, one for each module.

What else the tests share is in `bus_bench` and `printing_bench`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from bus_bench import Daemon
from printing_bench import Caller, Served


@pytest.fixture(scope="session")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """A private bus without services to activate, and with the limits of a session bus."""
    running = Daemon(tmp_path_factory.mktemp("bus"))
    yield running
    running.kill()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The running service, on a bus of its own."""
    service = Served(tmp_path_factory.mktemp("printing"))
    service.wait()
    yield service
    service.end()


@pytest.fixture
def caller(served: Served) -> Iterator[Caller]:
    """A client of `served`; what was printed before is over."""
    connected = Caller(served.bus.address)
    served.lines()
    yield connected
    connected.close()
