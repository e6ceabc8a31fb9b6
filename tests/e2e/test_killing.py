# SPDX-License-Identifier: MIT
"""Killed mid-text: what is left behind, with the guardian and without. `tests/soak/kills.py` is the long version."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from tests.helpers import desktop
from tests.helpers.killing import Left, Started, guardian_of, killer, without_guardian

KILLS, UNGUARDED = 15, 4


@pytest.mark.promise("killed", "killed-with-shift", "sweep-fails")
def test_nothing_is_left_behind(environ: dict[str, str], tmp_path: Path) -> None:
    with killer(environ, seed=4) as killing:
        left = [killing.kill(Started(environ, tmp_path)) for _ in range(KILLS)]
    assert [each for each in left if not each.is_clean] == []


@pytest.mark.promise("killed-counterproof")
def test_without_chords_and_without_guardian_it_is(environ: dict[str, str], tmp_path: Path) -> None:
    """It shows that the test above could fail."""
    left: list[Left] = []
    with killer(environ, seed=4) as killing:
        for _ in range(UNGUARDED):
            service = Started(environ, tmp_path, 'pacing = "event"\nhold_s = 0.002\n')
            with without_guardian(service.pid):
                left.append(killing.kill(service, within=100))
            killing.clean_up()
    assert any(each.down for each in left)
    assert any(each.restored_s is None for each in left)


def test_the_next_service_starts_while_the_guardian_of_the_last_one_works(environ: dict[str, str], tmp_path: Path) -> None:
    with killer(environ, seed=5) as killing:
        service = Started(environ, tmp_path)
        guardian = guardian_of(service.pid)
        os.kill(guardian, signal.SIGSTOP)
        killing.kill(service)
        with desktop.service(environ):
            os.kill(guardian, signal.SIGCONT)
            assert desktop.busctl_call(environ, "Insert", "s", "日本|") == "b true"
            desktop.until(lambda: not Path(f"/proc/{guardian}").exists())
            assert desktop.busctl_call(environ, "Insert", "s", "日本|") == "b true"
            assert killing.rest() == "日本|日本|"
