# SPDX-License-Identifier: MIT
"""An X server that answers late, short, wrongly or not at all, when the service starts and in the middle of a job."""

from __future__ import annotations

import contextlib
import random
import re
import signal
import socket
import struct
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.e2e.conftest import Desk
from tests.helpers import desktop
from tests.helpers.false_display import (
    Between,
    Frame,
    SlowLine,
    cut,
    empty,
    endless,
    error,
    false_display,
    late,
    noise,
    nothing,
    saying,
)

ACCEPTED = struct.pack("=BBHHH", 1, 0, 11, 0, 65_535)
REFUSED = struct.pack("=BBHHH", 0, 5, 11, 0, 2) + b"go on\0\0\0"
NO_DISPLAY, EXTENSION_MISSING, DISPLAY_LOST = 3, 5, 8
NOISE = random.Random(4).randbytes(4 * 65_535)
IN_TIME_S = 40.0
LINE = re.compile(r"^typewright: [^\n]+\.$", re.MULTILINE)

HANDSHAKES = {
    "mute": (saying(then_close=False), "does not answer"),
    "closes at once": (saying(then_close=True), "closed the connection"),
    "short": (saying(ACCEPTED[:5], then_close=True), "closed the connection"),
    "a byte now and then": (
        saying(*(bytes([each]) for each in ACCEPTED + bytes(999)), then_close=False, between_s=0.1),
        "does not answer",
    ),
    "zeros": (saying(ACCEPTED, bytes(4 * 65_535), then_close=False), "not the X protocol"),
    "noise": (saying(ACCEPTED, NOISE, then_close=False), "not the X protocol"),
    "refuses": (saying(REFUSED, then_close=True), "go on"),
}
ANSWERS = {
    nothing: {NO_DISPLAY},
    error: {NO_DISPLAY},
    empty: {EXTENSION_MISSING},
    noise: {NO_DISPLAY, DISPLAY_LOST},
    endless: {DISPLAY_LOST},
    cut: {DISPLAY_LOST},
}


def ends(environ: dict[str, str], servers: dict[str, Callable[[socket.socket], None]]) -> dict[str, tuple[int, str]]:
    """How the services on these displays end, all started at the same time: exit status, and standard error."""
    with contextlib.ExitStack() as stack:
        running = {}
        for name, serve in servers.items():
            display = stack.enter_context(false_display(serve))
            command = [*desktop.typewright(), "serve", "--config", "/dev/null"]
            running[name] = stack.enter_context(
                subprocess.Popen(
                    command, env={**environ, "DISPLAY": display}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
                )
            )
            stack.callback(running[name].kill)
        said = {name: service.communicate(timeout=IN_TIME_S) for name, service in running.items()}
        assert [out for out, _ in said.values() if out] == []
        return {name: (running[name].returncode, complaint) for name, (_, complaint) in said.items()}


@pytest.mark.promise("false-display")
def test_a_handshake_that_fails_ends_the_service_in_time(environ: dict[str, str]) -> None:
    ended = ends(environ, {name: serve for name, (serve, _) in HANDSHAKES.items()})
    assert {name: (status, LINE.findall(said)) for name, (status, said) in ended.items()} == {
        name: (NO_DISPLAY, [line for line in LINE.findall(ended[name][1]) if reason in line][:1])
        for name, (_, reason) in HANDSHAKES.items()
    }
    assert [name for name, (_, said) in ended.items() if not LINE.search(said) or "Traceback" in said] == []


@pytest.mark.promise("false-display")
def test_answers_that_fail_end_the_start_in_time(environ: dict[str, str]) -> None:
    between = {act.__name__: Between(environ["DISPLAY"], act) for act in ANSWERS}
    ended = ends(environ, {name: each.serve for name, each in between.items()})
    assert [(act, ended[act.__name__]) for act, statuses in ANSWERS.items() if ended[act.__name__][0] not in statuses] == []
    assert [said for _, said in ended.values() if len(LINE.findall(said)) != 1 or "Traceback" in said] == []


@pytest.mark.promise("false-display")
def test_a_slow_server_is_waited_for(environ: dict[str, str], desk: Desk) -> None:
    desk.service.end()
    between = Between(environ["DISPLAY"], late)
    with false_display(between.serve) as display, desktop.service({**environ, "DISPLAY": display}):
        assert desk.call("Insert", "s", "Slow but sure.") == "b true"
        assert desk.terminal.read(14) == "Slow but sure."


@pytest.mark.promise("any-text")
@pytest.mark.parametrize("pacing", ["run", "blind-run"])
def test_a_slow_line(environ: dict[str, str], desk: Desk, pacing: str) -> None:
    desk.service.end()
    text = "Slow but sure, even so. " * 5
    with (
        false_display(SlowLine(environ["DISPLAY"], 0.01).serve) as display,
        desktop.service({**environ, "DISPLAY": display}, config=f'pacing = "{pacing}"\n'),
    ):
        for _ in range(2):
            assert desk.call("Insert", "s", text) == "b true"
            assert desk.terminal.read(len(text)) == text


@pytest.mark.promise("false-display")
@pytest.mark.parametrize("act", [nothing, error, empty, endless, cut])
def test_in_the_middle_of_a_job_it_ends_in_time(environ: dict[str, str], desk: Desk, act: Frame) -> None:
    desk.service.end()
    between = Between(environ["DISPLAY"])
    with (
        false_display(between.serve) as display,
        desktop.service({**environ, "DISPLAY": display}, config="timeout_s = 0.5\n") as service,
    ):
        with desk.typing("The quick brown fox. " * 900) as caller:
            began = time.monotonic()
            between.act = act
            answer, complaint = caller.communicate(timeout=60)
            assert time.monotonic() - began < IN_TIME_S
        assert "'confirmed': <false>" in answer or "org.typewright.Error." in complaint, answer + complaint
        assert peak_mib(service) < 64
        status = service.end()
        # In its last moments, when it has stopped already, it ends of a signal like any other program.
        assert status in (0, DISPLAY_LOST, -signal.SIGTERM)
        log = service.log.read_text()
        assert "Traceback" not in log, log
    if act is cut:
        # A server that notices this in the middle of a chord drops the rest of it, and the guardian was cut off as well.
        assert desktop.cli(environ, "sweep").returncode == 0


def peak_mib(service: desktop.Service) -> float:
    """The most memory that it had; 0.0 if it has ended, and was not to be asked any more."""
    told = re.findall(r"VmHWM:\s*(\d+) kB", Path(f"/proc/{service.process.pid}/status").read_text())
    return int(told[0]) / 1024 if told else 0.0
