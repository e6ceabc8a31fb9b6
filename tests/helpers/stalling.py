# SPDX-License-Identifier: MIT
"""A service that stands still mid-text, under quick auto-repeat, and what the window gets."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from typing import NamedTuple

from tests.helpers import desktop
from tests.helpers.outside import gdbus

TEXT = "The Quick Brown Fox (jumps) over 12 Lazy Dogs! " * 20
STALL_S = 1.0


class Stalled(NamedTuple):
    """What the window was to get, what it got, and what the caller was told."""

    text: str
    got: str
    answer: str

    @property
    def is_exact(self) -> bool:
        """Whether nothing was doubled, nothing lost, nothing taken back."""
        return self.got == self.text and self.answer == "(true,)"


@contextlib.contextmanager
def quick_repeat(environ: dict[str, str]) -> Iterator[None]:
    """A key that is held repeats after 0.2 s, 30 times a second."""
    desktop.run(environ, "setxkbmap", "-option", "", "us")
    desktop.run(environ, "xset", "r", "rate", "200", "30")
    try:
        yield
    finally:
        desktop.run(environ, "xset", "r", "rate")


def stall(
    environ: dict[str, str],
    terminal: desktop.Terminal,
    pid: int,
    chance: random.Random,
    text: str,
    *,
    key_down: bool = False,
) -> Stalled:
    """Stop the service for a second at a random moment of `text`; with `key_down`, at the next one at which a key is."""
    with subprocess.Popen(gdbus("Insert", text), env=environ, stdout=subprocess.PIPE, text=True) as caller:
        got = terminal.read(chance.randrange(len(text) // 2))
        while key_down and not desktop.keys_down(environ):
            pass
        os.kill(pid, signal.SIGSTOP)
        time.sleep(STALL_S)
        os.kill(pid, signal.SIGCONT)
        answer, _ = caller.communicate(timeout=60)
    # The fence is typed by the service as well: any other client's key may repeat on a busy machine.
    assert desktop.busctl_call(environ, "Insert", "s", "~") == "b true"
    return Stalled(text, got + terminal.rest(), answer.strip())
