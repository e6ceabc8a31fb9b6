# SPDX-License-Identifier: MIT
"""`typewright start`, `stop`, `restart` and `log`: the service as a process, with systemd and without."""

from __future__ import annotations

import argparse
import os
import select
import signal
import subprocess
import sys
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred, inlineCallbacks, succeed

from typewright.bus.client import Client
from typewright.bus.connect import connect
from typewright.bus.connection import BusConnection, ErrorReply
from typewright.bus.contract import TYPIST
from typewright.cli.systemd import has_unit, systemctl, unit
from typewright.errors import NotStarted, ServiceAbsent, TypewrightError
from typewright.installation.places import UNIT, log_path

_ENDING_S = 20.0
"""How long a service may take to stop, as the unit has it."""
_LINES = "200"

Steps = Generator[Deferred[Any], Any, int]


@inlineCallbacks
def start(reactor: Any, options: argparse.Namespace) -> Steps:
    """Start the service, if it does not run. Raises NotStarted with the sentence of a start that failed."""
    bus = yield connect(reactor)
    yield started(bus)
    return 0


@inlineCallbacks
def stop(reactor: Any, options: argparse.Namespace) -> Steps:
    """Stop the service, if it runs."""
    bus = yield connect(reactor)
    if not (yield stopped(bus)):
        print("Typewright was not running.")
    return 0


@inlineCallbacks
def restart(reactor: Any, options: argparse.Namespace) -> Steps:
    """Stop the service if it runs, and start it with the code and the configuration that are there now."""
    bus = yield connect(reactor)
    yield stopped(bus)
    yield started(bus)
    return 0


@inlineCallbacks
def log(reactor: Any, options: argparse.Namespace) -> Steps:
    """Show what the service logged last: from the journal with systemd, else from its file."""
    yield succeed(None)
    path = log_path(os.environ)
    if has_unit():
        command = ["journalctl", "--user", f"--unit={UNIT}", f"--lines={_LINES}", "--no-pager"]
    elif path.is_file():
        command = ["tail", f"--lines={_LINES}", str(path)]
    else:
        raise ServiceAbsent(f"There is no log: the service was not started by a call yet, as it would write {path} then.")
    sys.stdout.flush()
    return subprocess.call([*command, *(["--follow"] if options.follow else [])])


@inlineCallbacks
def started(bus: BusConnection) -> Generator[Deferred[Any], Any, None]:
    """Have the bus start the service, and say which one runs. Errbacks with NotStarted or ServiceAbsent."""
    try:
        version = yield Client(bus).get_property("Version")
    except NotStarted:
        raise
    except ServiceAbsent:
        (names,) = yield bus.call_daemon("ListActivatableNames")
        if TYPIST in names:
            raise NotStarted(
                "The service could not start, and did not say why: `typewright log` or `typewright serve` shows it."
            ) from None
        raise ServiceAbsent(
            "Nothing starts the service here: run `typewright setup` once, or `typewright serve` in a terminal."
        ) from None
    print(f"Typewright {version} runs.")


@inlineCallbacks
def stopped(bus: BusConnection, *, only: Sequence[Path] = ()) -> Generator[Deferred[Any], Any, bool]:
    """
    Stop the service; fires when its process has ended, with whether one was stopped. Blocks meanwhile.

    With `only`, the service stays if it is none of these programs, and was not started by systemd's unit. Errbacks with a
    TypewrightError if it does not end.
    """
    process = yield process_of(bus)
    if process is None:
        return False
    try:
        ended = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    try:
        if unit().get("ActiveState") in ("active", "activating", "deactivating"):
            systemctl("stop", UNIT)
        if not _is_over(ended, 0):
            if only and not any(is_program(process, program) for program in only):
                return False
            signal.pidfd_send_signal(ended, signal.SIGTERM)
        if not _is_over(ended, _ENDING_S):
            raise TypewrightError(f"The service, process {process}, does not end: `kill -9 {process}` would end it.")
    finally:
        os.close(ended)
    return True


def _is_over(process: int, patience_s: float) -> bool:
    """Return whether the process of a pidfd ends within that time."""
    return bool(select.select([process], [], [], patience_s)[0])


@inlineCallbacks
def process_of(bus: BusConnection) -> Generator[Deferred[Any], Any, int | None]:
    """Fires with the id of the service's process; None while there is none. Starts nothing."""
    try:
        (process,) = yield bus.call_daemon("GetConnectionUnixProcessID", "s", TYPIST)
    except ErrorReply:
        return None
    return int(process)


def is_program(process: int, program: Path) -> bool:
    """Return whether a process runs `program`, as a script or by itself."""
    try:
        words = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return any(word and os.path.realpath(os.fsdecode(word)) == os.path.realpath(program) for word in words[:3])
