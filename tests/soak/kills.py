# SPDX-License-Identifier: MIT
"""
Killed mid-text, by hand: `python -m tests.soak.kills`. 1,000 kills at random moments, on two desktops; then 20 with
`pacing = "event"` and a guardian that sleeps, which have to leave something behind. It prints what went wrong at once; its
exit status is 1 when a promise was broken, or when the second part kept it.
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import typewright.service
from tests.helpers import desktop
from tests.helpers.killing import Killer, Left, killer, without_guardian
from typewright.cli.parser import main as typewright_main

KILLS, UNGUARDED, DESKTOPS = 1000, 20, 2
LOCK_STEP = 'pacing = "event"\nhold_s = 0.002\n'

assert typewright.service  # imported once for all that are forked


class Forked:
    """The service as a user starts it, but for the imports, which take the longest: it is a fork of this process."""

    def __init__(self, environ: dict[str, str], home: Path, config: str = "") -> None:
        config_file = home / "config.toml"
        config_file.write_text(config)
        ready, said = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            self._become(environ, config_file, said, home / "log")
        os.close(said)
        assert os.read(ready, 1), (home / "log").read_text()
        os.close(ready)

    def kill(self) -> None:
        """See `IService`."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)

    @staticmethod
    def _become(environ: dict[str, str], config: Path, said: int, log: Path) -> None:
        status = 1
        try:
            os.dup2(said, 1)
            os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND), 2)
            os.closerange(3, 1024)
            os.environ.clear()
            os.environ.update(environ)
            typewright_main(["serve", "--config", str(config)])
        except SystemExit as end:
            status = end.code
        finally:
            os._exit(status)


def tries(seed: int, count: int, config: str = "", *, guarded: bool = True) -> list[Left]:
    """That many kills on a desktop of its own."""
    left = []
    with desktop.xvfb() as display, desktop.session_bus() as bus, tempfile.TemporaryDirectory() as home:
        environ = desktop.environment(display, bus)
        with killer(environ, seed) as killing:
            for number in range(count):
                left.append(_try(killing, Forked(environ, Path(home), config), guarded=guarded))
                if guarded and not left[-1].is_clean:
                    print(f"seed {seed}, try {number}: {left[-1]}", flush=True)
                    killing.clean_up()
    return left


def _try(killing: Killer, service: Forked, *, guarded: bool) -> Left:
    if guarded:
        return killing.kill(service)
    with without_guardian(service.pid):
        left = killing.kill(service, within=100)
    killing.clean_up()
    return left


def report(title: str, left: list[Left]) -> int:
    """Print what came of these tries, and return how many broke a promise."""
    failed = sum(not each.is_clean for each in left)
    broken = Counter({
        "keys down": sum(bool(each.down) for each in left),
        "map not as before": sum(each.restored_s is None for each in left),
        "surplus characters": sum(each.spoilt for each in left),
    })  # fmt: skip
    print(f"{title}: {len(left)} kills, {failed} failures; {dict(broken)}; at {_arrived(left)} characters")
    if took := sorted(each.restored_s for each in left if each.restored_s is not None):
        print(f"  the map was as before after {statistics.median(took):.3f} s (median), {took[-1]:.3f} s (longest)")
    return failed


def _arrived(left: list[Left]) -> str:
    counts = [len(each.got) for each in left]
    return f"{min(counts)} to {max(counts)}"


def main() -> int:
    """Both parts; whether a promise was broken."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--seed", type=int, default=4)
    options = parser.parse_args()
    with ProcessPoolExecutor(DESKTOPS) as desktops:
        share = options.kills // DESKTOPS
        parts = [desktops.submit(tries, options.seed + number, share) for number in range(DESKTOPS)]
        control = desktops.submit(tries, options.seed, UNGUARDED, LOCK_STEP, guarded=False)
        failed = report("chord, guarded", [each for part in parts for each in part.result()])
        noticed = report("event, nobody guards", control.result())
    return failed or not noticed


if __name__ == "__main__":
    sys.exit(main() != 0)
