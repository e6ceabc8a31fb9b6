# SPDX-License-Identifier: MIT
"""The X server, the bus, the service itself go and come back; the clock jumps. No job is typed twice."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.e2e.conftest import Desk
from tests.helpers import desktop
from tests.helpers.supervised import restarts, supervised

TEXT = "The Quick Brown Fox. " * 200
# With time between press and release: so that something is down when the ground is taken away.
PACINGS = {"chord": "", "event": 'pacing = "event"\nhold_s = 0.01\n'}
FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"


def until_a_key_is_down(environ: dict[str, str], pacing: str) -> None:
    while pacing == "event" and not desktop.keys_down(environ):
        pass


@contextmanager
def bus_again(address: str) -> Iterator[None]:
    """A daemon in the place of one that was killed."""
    config = Path(address.partition("unix:path=")[2].partition(",")[0]).parent / "bus.conf"
    command = ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile", "--print-address"]
    daemon = desktop.Child(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        daemon.line()
        yield
    finally:
        daemon.end()
        daemon.process.stdout.close()


def kill_bus(environ: dict[str, str]) -> None:
    name = "org.freedesktop.DBus"
    told = desktop.run(environ, "busctl", f"--address={environ['DBUS_SESSION_BUS_ADDRESS']}", "call", name,
                       "/org/freedesktop/DBus", name, "GetConnectionUnixProcessID", "s", name)  # fmt: skip
    os.kill(int(told.split()[1]), signal.SIGKILL)


@pytest.mark.promise("comes-back", "server-restarted")
@pytest.mark.parametrize("pacing", PACINGS)
def test_the_x_server_is_killed_and_started_again(pacing: str, tmp_path: Path) -> None:
    with desktop.session_bus() as bus, desktop.xvfb() as display:
        environ = desktop.environment(display, bus)
        with supervised(environ, tmp_path, PACINGS[pacing]) as service:
            with desktop.terminal(environ) as terminal:
                with Desk(environ, service.running, terminal).typing(TEXT) as caller:
                    until_a_key_is_down(environ, pacing)
                    os.kill(desktop.server_pid(display), signal.SIGKILL)
                    _, complaint = caller.communicate(timeout=60)
                assert "org.typewright.Error.DisplayLost" in complaint
            with desktop.xvfb(display) as again, desktop.terminal(environ) as terminal:
                assert again == display
                assert service.comes_back() == 8
                assert desktop.keys_down(environ) == []
                assert desktop.busctl_call(environ, "Insert", "s", "again~") == "b true"
                assert terminal.rest() == "again"
                assert service.running.end() == 0


@pytest.mark.promise("comes-back", "bus-killed")
@pytest.mark.parametrize("pacing", PACINGS)
def test_the_bus_is_killed_and_started_again(environ: dict[str, str], pacing: str, tmp_path: Path) -> None:
    with desktop.session_bus() as bus:
        # Without the guid, which the next daemon will not have.
        own = {**environ, "DBUS_SESSION_BUS_ADDRESS": bus.partition(",guid=")[0]}
        with desktop.terminal(own) as terminal, supervised(own, tmp_path, PACINGS[pacing]) as service:
            with Desk(own, service.running, terminal).typing(TEXT) as caller:
                until_a_key_is_down(own, pacing)
                kill_bus(own)
                caller.communicate(timeout=60)
                assert caller.returncode != 0
            with bus_again(bus):
                assert service.comes_back() == 9
                assert desktop.keys_down(own) == []
                assert desktop.busctl_call(own, "Insert", "s", "|again~") == "b true"
                got, _, again = terminal.rest().partition("|")
                assert again == "again"
                assert TEXT[100:].startswith(got)
                assert len(got) < len(TEXT) - 100
                assert service.running.end() == 0


@pytest.mark.promise("comes-back")
def test_a_service_that_was_killed_comes_back(environ: dict[str, str], tmp_path: Path) -> None:
    with desktop.terminal(environ) as terminal, supervised(environ, tmp_path) as service:
        with Desk(environ, service.running, terminal).typing(TEXT) as caller:
            service.running.process.kill()
            _, complaint = caller.communicate(timeout=60)
            assert "NoReply" in complaint
        assert service.comes_back() == -signal.SIGKILL
        assert desktop.busctl_call(environ, "Insert", "s", "|again~") == "b true"
        got, _, again = terminal.rest().partition("|")
        assert again == "again"
        assert TEXT[100:].startswith(got)


@pytest.mark.promise("start-fails")
def test_one_that_can_not_start_is_not_tried_again_and_again() -> None:
    for status in (0, 3, 4, 5, 6, 7, 78, -signal.SIGTERM):
        assert not restarts(status)


@pytest.mark.promise("suspend", "clock-jumps")
def test_the_clock_jumps_as_after_a_suspend(environ: dict[str, str], tmp_path: Path) -> None:
    """A suspended machine's CLOCK_MONOTONIC stands still, and the wall clock jumps: that is what is done here."""
    jump = tmp_path / "jump"
    jump.write_text("+0")
    false = {
        **environ, "LD_PRELOAD": FAKETIME, "FAKETIME_TIMESTAMP_FILE": str(jump), "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1",
    }  # fmt: skip
    with desktop.terminal(environ) as terminal, desktop.service(false, config="timeout_s = 0.3") as service:
        desk = Desk(environ, service, terminal)
        for hours in (+1, -1):
            with desk.typing(TEXT[:4000]) as caller:
                jump.write_text(f"{hours * 3600:+d}")
                answer, _ = caller.communicate(timeout=60)
            assert "'confirmed': <true>" in answer
            assert desk.fenced() == TEXT[100:4000]
            now = float(desktop.run(false, "date", "+%s"))
            assert abs(now - time.time() - hours * 3600) < 60, "the clock did not jump"
            # And time-outs neither fire too early nor wait for an hour.
            desk.terminal.process.send_signal(signal.SIGSTOP)
            server = desktop.server_pid(environ["DISPLAY"])
            os.kill(server, signal.SIGSTOP)
            try:
                assert desk.call("Insert", "s", "late") == "b false"
            finally:
                os.kill(server, signal.SIGCONT)
                desk.terminal.process.send_signal(signal.SIGCONT)
            desk.fenced()
