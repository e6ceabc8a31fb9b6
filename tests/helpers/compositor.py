# SPDX-License-Identifier: MIT
"""
A private sway without a screen, and a terminal on it; both end with the test, even if that is killed.

sway 1.7 refuses to run as root, and a client types only into a compositor that is its own user's or root's. So for root it
runs in a user namespace in which root is called 1000: sway sees a user, and the kernel tells its clients that it is root's.
"""

from __future__ import annotations

import contextlib
import os
import select
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.helpers.desktop import PATIENCE_S, RAW_READER, Child, Ended, needs

_CONFIG = """
output HEADLESS-1 mode 1024x768
focus_follows_mouse no
exec printf '%s %s %s\\n' "$WAYLAND_DISPLAY" "$SWAYSOCK" "$DISPLAY" > "$TYPEWRIGHT_READY"
"""
_DIES_WITH_US = ("setpriv", "--pdeathsig", "SIGKILL")
_AS_A_USER = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
_HEADLESS = {"WLR_BACKENDS": "headless", "WLR_LIBINPUT_NO_DEVICES": "1", "WLR_RENDERER": "pixman"}


class Sway(Child):
    """A running sway; `environ` is that of a program on it."""

    environ: dict[str, str]


@contextlib.contextmanager
def sway(config: str = "", *, xwayland: bool = False) -> Iterator[Sway]:
    """A sway that is ready for clients; `config` is added to its own. With `xwayland`, X programs may come as well."""
    needs("sway", "setpriv", *_AS_A_USER[:1])
    with tempfile.TemporaryDirectory(prefix="typewright-sway-") as home, _fifo(Path(home) / "ready") as ready:
        config_file, log = Path(home) / "config", Path(home) / "log"
        config_file.write_text(f"xwayland {'enable' if xwayland else 'disable'}{_CONFIG}{config}\n")
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        environ = {**kept, "XDG_RUNTIME_DIR": home, "LC_ALL": "C.UTF-8"}
        user = _AS_A_USER if os.geteuid() == 0 else ()
        with log.open("wb") as errors:
            running = Sway(
                [*user, *_DIES_WITH_US, "sway", "--config", str(config_file)],
                env={**environ, **_HEADLESS, "TYPEWRIGHT_READY": str(Path(home) / "ready")},
                stdout=errors,
                stderr=errors,
            )
        try:
            told = _line(ready).split()
            if len(told) != 2 + xwayland:
                raise Ended(f"sway did not start: {log.read_text()}")
            running.environ = {**environ, "WAYLAND_DISPLAY": told[0], "SWAYSOCK": told[1]}
            if xwayland:
                running.environ["DISPLAY"] = told[2]
            yield running
        finally:
            running.end()


class Foot:
    """A terminal whose program reads the raw tty and passes on each byte; `got` is all that it has read."""

    def __init__(self, child: Child, reports: int) -> None:
        self.child = child
        self.got = ""
        self._reports = reports

    def take(self) -> str:
        """All that it has read by now; never waits."""
        with contextlib.suppress(BlockingIOError):
            self.got += os.read(self._reports, 65536).decode()
        return self.got


@contextlib.contextmanager
def foot(environ: dict[str, str], *options: str) -> Iterator[Foot]:
    """A terminal that is there; whether it has the focus is the compositor's to tell."""
    needs("foot")
    with tempfile.TemporaryDirectory(prefix="typewright-foot-") as home, _fifo(Path(home) / "typed") as reports:
        log = Path(home) / "log"
        with log.open("wb") as errors:
            child = Child(
                [*_DIES_WITH_US, "foot", "--config=/dev/null", *options, sys.executable, "-c", RAW_READER, f"{home}/typed"],
                env=environ,
                stderr=errors,
            )
        try:
            ready, _, _ = select.select([reports], [], [], PATIENCE_S)
            if not ready or os.read(reports, 1) != b"\0":
                raise Ended(f"foot did not start: {log.read_text()}")
            yield Foot(child, reports)
        finally:
            if child.process.poll() is None:
                child.kill()


@contextlib.contextmanager
def _fifo(path: Path) -> Iterator[int]:
    os.mkfifo(path)
    reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        yield reading
    finally:
        os.close(reading)


def _line(reading: int) -> str:
    """The line that comes; empty when none does in time."""
    data = b""
    while not data.endswith(b"\n"):
        ready, _, _ = select.select([reading], [], [], PATIENCE_S)
        more = os.read(reading, 4096) if ready else b""
        if not more:
            return ""
        data += more
    return data.decode()
