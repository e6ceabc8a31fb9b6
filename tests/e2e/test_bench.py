# SPDX-License-Identifier: MIT
"""The parts of the benchmark that are not raced run, and give a figure; which one is not asked here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.bench.run import LINE, measured, sink
from tests.helpers import desktop


@pytest.fixture(scope="module")
def into_sink() -> Iterator[dict[str, str]]:
    with desktop.xvfb() as display, desktop.session_bus() as bus:
        environ = desktop.environment(display, bus)
        with sink(environ):
            yield environ


@pytest.mark.parametrize("call", [("lock_step.py", "38", "100"), ("engine_rate.py", LINE, "chord")])
def test_it_measures(into_sink: dict[str, str], call: tuple[str, ...]) -> None:
    assert measured(into_sink, *call) > 0
