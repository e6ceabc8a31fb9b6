# SPDX-License-Identifier: MIT
"""Everything at once, by chance, for a few rounds; `tests.soak.chaos` goes on for longer."""

from __future__ import annotations

import subprocess
import sys

import pytest

ROUNDS, SEED = 8, 21


@pytest.mark.promise("everything-at-once")
def test_what_is_promised_holds_whatever_comes_between() -> None:
    command = [sys.executable, "-m", "tests.soak.chaos", f"--rounds={ROUNDS}", f"--seed={SEED}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{ROUNDS} rounds, 0 failures" in done.stdout
