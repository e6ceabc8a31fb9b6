# SPDX-License-Identifier: MIT
"""The service under a stand-in for systemd, which starts it again where the rules of our unit file say so."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from tests.helpers import desktop

UNIT = Path(__file__).parents[2] / "src" / "typewright" / "installation" / "files" / "unit.service"
CLEAN_SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGPIPE)


def rule(name: str) -> str:
    """The value of a line of the unit file."""
    (value,) = (line.partition("=")[2] for line in UNIT.read_text().splitlines() if line.startswith(f"{name}="))
    return value


def restarts(status: int) -> bool:
    """Whether systemd would start the service again after it has ended so; see systemd.service(5)."""
    assert rule("Restart") == "on-abnormal"
    forced = str(status) in rule("RestartForceExitStatus").split()
    return forced or (status < 0 and -status not in CLEAN_SIGNALS)


class Supervised:
    """I run the service; `running` is the one that does now."""

    def __init__(self, environ: dict[str, str], home: Path, config: str = "") -> None:
        self._environ = environ
        self._home = home
        self._config = config
        self.start()

    def start(self) -> None:
        """Start it, and wait until it is ready."""
        self.running = desktop.Service(self._environ, self._home / "log", config=self._config)
        self.running.wait_until_ready()

    def ended(self) -> int:
        """Wait for its end and do what comes behind that; its exit status."""
        status = self.running.process.wait(desktop.PATIENCE_S)
        self.running.process.stdout.close()
        desktop.cli(self._environ, "sweep")
        return status

    def comes_back(self) -> int:
        """As `ended`, and then start it again, as the unit file has to want; the exit status before that."""
        status = self.ended()
        assert restarts(status), f"the unit does not start it again after {status}"
        time.sleep(float(rule("RestartSec")))
        self.start()
        return status


@contextlib.contextmanager
def supervised(environ: dict[str, str], home: Path, config: str = "") -> Iterator[Supervised]:
    """A supervised service; at the end it must stop well."""
    one = Supervised(environ, home, config)
    try:
        yield one
        assert one.running.end() == 0
    finally:
        if one.running.process.poll() is None:
            one.running.kill()
        one.running.process.stdout.close()
