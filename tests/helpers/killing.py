# SPDX-License-Identifier: MIT
"""A service that is killed mid-text, and what it leaves behind."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from Xlib.display import Display

from tests.helpers import desktop
from tests.helpers.outside import gdbus

LAYOUT = "de"
TEXT = "".join(
    # Capitals, the third level, and more characters than can be borrowed at once.
    f"Der Fuchs Nr.{number} (FÜNF {{{chr(0x4E00 + 3 * number)}}} @ 3 €) {chr(0x416 + number)}{chr(0x4E01 + 3 * number)}µ| "
    for number in range(30)
)
FENCE = "\r"
KEYS_UP_S, RESTORED_S = 0.02, 0.5


class IService(Protocol):
    """A running service, however it was started."""

    pid: int

    def kill(self) -> None:
        """Kill it, and wait until it is gone."""


@dataclass(frozen=True)
class Left:
    """
    What was left behind by one that was killed: keys that were down 0.02 s later, the seconds until the keyboard map was as
    before (None: it was not within half a second), and what the window got.
    """

    down: Sequence[int]
    restored_s: float | None
    got: str

    @property
    def is_clean(self) -> bool:
        """Whether all promises were kept."""
        return not self.down and self.restored_s is not None and TEXT.startswith(self.got)

    @property
    def spoilt(self) -> bool:
        """Whether the window got anything but the beginning of the text."""
        return not TEXT.startswith(self.got)


class Killer:
    """I have a service type into a terminal, and kill it at a random moment."""

    def __init__(self, environ: dict[str, str], terminal: desktop.Terminal, chance: random.Random) -> None:
        self._environ = environ
        self._terminal = terminal
        self._chance = chance
        self._display = Display(environ["DISPLAY"])
        desktop.run(environ, "setxkbmap", "-option", "", LAYOUT)
        self._before = self._map()
        self._whole_before = desktop.keymap(environ)

    def kill(self, service: IService, within: int = len(TEXT) - 64) -> Left:
        """
        One try, before `within` characters have arrived. Nothing but what the service and its guardian did has put anything
        right when it returns.
        """
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(gdbus("Insert", TEXT), env=self._environ, **quiet) as caller:
            got = self._terminal.read(self._chance.randrange(within))
            for _ in range(self._chance.randrange(20)):
                self._display.query_keymap()  # a round trip: the moment is another one within a chord
            service.kill()
            killed_at = time.monotonic()
            # No wait for something to happen: it is the promise that is looked at, at its time.
            time.sleep(KEYS_UP_S)
            down = self.keys_down()
            restored_s = self._restored_s(killed_at)
            caller.wait()
        return Left(down, restored_s, got + self.rest())

    def keys_down(self) -> list[int]:
        """The keycodes that are down."""
        bits = self._display.query_keymap()
        return [code for code in range(256) if bits[code // 8] >> (code % 8) & 1]

    def clean_up(self) -> None:
        """Put right by hand what nobody else did."""
        assert desktop.cli(self._environ, "sweep").returncode == 0
        self.rest()

    def close(self) -> None:
        self._display.close()

    def _restored_s(self, since: float) -> float | None:
        while self._map() != self._before:
            if time.monotonic() > since + RESTORED_S:
                return None
        restored_s = time.monotonic() - since
        return restored_s if desktop.keymap(self._environ) == self._whole_before else None

    def _map(self) -> object:
        return self._display.get_keyboard_mapping(8, 248)

    def rest(self) -> str:
        """What the window got since."""
        desktop.run(self._environ, "xdotool", "key", "Return")
        return self._terminal.rest(FENCE)


@contextlib.contextmanager
def killer(environ: dict[str, str], seed: int) -> Iterator[Killer]:
    """One with a terminal of its own."""
    with desktop.terminal(environ) as terminal:
        killing = Killer(environ, terminal, random.Random(seed))
        try:
            yield killing
        finally:
            killing.close()


class Started:
    """The service as a user starts it."""

    def __init__(self, environ: dict[str, str], home: Path, config: str = "") -> None:
        self._running = desktop.Service(environ, home / "log", config=config)
        self._running.wait_until_ready()
        self.pid = self._running.process.pid

    def kill(self) -> None:
        """See `IService`."""
        self._running.kill()
        self._running.process.stdout.close()


def guardian_of(pid: int) -> int:
    """The process id of a service's guardian."""
    (guardian,) = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(guardian)


@contextlib.contextmanager
def without_guardian(pid: int) -> Iterator[None]:
    """The guardian of the service with this process id does nothing meanwhile, and the service does not miss it."""
    guardian = guardian_of(pid)
    os.kill(guardian, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(guardian, signal.SIGKILL)
