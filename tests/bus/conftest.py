# SPDX-License-Identifier: MIT
"""A private message bus, one for the whole test session. What else the tests share is in `bus_bench`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from bus_bench import Daemon


@pytest.fixture(scope="session")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """A private bus without services to activate, and with the limits of a session bus."""
    running = Daemon(tmp_path_factory.mktemp("bus"))
    yield running
    running.kill()
