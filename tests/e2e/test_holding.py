# SPDX-License-Identifier: MIT
"""Keys that are held: down for their lease and no longer, and up before anything else is typed."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from tests.e2e.conftest import Desk
from tests.helpers import desktop
from tests.x11.stage import Other

SHIFT_L, A = 50, 38
LONG_S, SHORT_S = 10.0, 0.3
_CALLER = """
import asyncio, json, sys
from dbus_fast.aio import MessageBus
async def main():
    bus = await MessageBus().connect()
    name, path = "org.typewright.Typist1", "/org/typewright/Typist1"
    proxy = bus.get_proxy_object(name, path, await bus.introspect(name, path))
    typist = proxy.get_interface(name)
    for line in sys.stdin:
        member, *arguments = json.loads(line)
        try:
            answer = await getattr(typist, "call_" + member)(*arguments)
        except Exception as error:
            answer = getattr(error, "type", repr(error))
        print(json.dumps(answer), flush=True)
asyncio.run(main())
"""


class Caller:
    """Someone who stays on the bus."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process

    def __getattr__(self, member: str) -> Any:
        def call(*arguments: object) -> object:
            self.process.stdin.write(json.dumps([member, *arguments]).encode() + b"\n")
            self.process.stdin.flush()
            return json.loads(self.process.stdout.readline())

        return call


@contextmanager
def caller(desk: Desk) -> Iterator[Caller]:
    command = [sys.executable, "-c", _CALLER]
    with subprocess.Popen(command, env=desk.environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield Caller(process)
        process.stdin.close()


def up_after_s(desk: Desk) -> float:
    """The seconds from now until no key is down; looks again and again, and not for ever."""
    started = time.monotonic()
    while desktop.keys_down(desk.environ):
        assert time.monotonic() - started < desktop.PATIENCE_S, "a key stays down"
    return time.monotonic() - started


def test_a_key_is_down_until_it_is_released(desk: Desk) -> None:
    with caller(desk) as holder, caller(desk) as other:
        assert holder.press_and_hold("shift", LONG_S) is True
        assert desktop.keys_down(desk.environ) == [SHIFT_L]
        assert other.release("shift") is False
        assert holder.release("ctrl") is False
        assert desktop.keys_down(desk.environ) == [SHIFT_L]
        assert holder.release("shift") is True
        assert desktop.keys_down(desk.environ) == []
        assert holder.release("shift") is False


@pytest.mark.promise("lease")
def test_a_lease_ends_by_itself(desk: Desk) -> None:
    with caller(desk) as holder:
        started = time.monotonic()
        assert holder.press_and_hold("shift", SHORT_S) is True
        assert desktop.keys_down(desk.environ) == [SHIFT_L]
        up_after_s(desk)
        assert SHORT_S * 0.9 < time.monotonic() - started < LONG_S / 2
        assert holder.release("shift") is False


def test_a_held_key_is_up_before_anything_is_typed(desk: Desk) -> None:
    with caller(desk) as holder:
        assert holder.press_and_hold("shift", LONG_S) is True
        assert desk.call("Insert", "s", "low") == "b true"
        assert desktop.keys_down(desk.environ) == []
    assert desk.fenced() == "low"


@pytest.mark.promise("lease")
def test_everything_that_ends_a_hold(desk: Desk) -> None:
    with caller(desk) as holder:
        for end in (lambda: holder.cancel(), lambda: desktop.cli(desk.environ, "disable")):
            assert holder.press_and_hold("shift", LONG_S) is True
            assert desktop.keys_down(desk.environ) == [SHIFT_L]
            end()
            assert up_after_s(desk) < LONG_S / 2
        assert desktop.cli(desk.environ, "enable").returncode == 0
        assert holder.press_and_hold("shift", LONG_S) is True
    assert up_after_s(desk) < LONG_S / 2  # its caller has left


@pytest.mark.promise("hold-ends")
def test_a_hold_that_its_caller_is_told_to_be_none_leaves_nothing_down(desk: Desk) -> None:
    """The key is down, and the program does not say that it has it: cancelled there, or given up by the service."""
    assert desk.call("Insert", "s", "which answers") == "b true"
    desk.terminal.process.send_signal(signal.SIGSTOP)
    try:
        with caller(desk) as holder:
            with ThreadPoolExecutor(1) as thread:
                holding = thread.submit(lambda: holder.press_and_hold("shift", LONG_S))
                desktop.until(lambda: desktop.keys_down(desk.environ) == [SHIFT_L])
                assert desktop.cli(desk.environ, "disable").returncode == 0
                assert holding.result(desktop.PATIENCE_S) is False
            assert up_after_s(desk) < LONG_S / 2
            assert desktop.cli(desk.environ, "enable").returncode == 0
            assert holder.press_and_hold("shift", LONG_S) is False
            assert up_after_s(desk) < LONG_S / 2
    finally:
        desk.terminal.process.send_signal(signal.SIGCONT)


@pytest.mark.promise("hold-ends")
def test_a_hand_that_types_under_a_held_key_does_not_keep_it_down(desk: Desk) -> None:
    hand = Other(desk.environ["DISPLAY"])
    try:
        with caller(desk) as holder:
            assert holder.press_and_hold("shift", LONG_S) is True
            for down in (True, False):
                hand.finger(A, down=down)
            assert desk.terminal.read(1) == "A"
            assert holder.release("shift") is True
            assert desktop.keys_down(desk.environ) == []
    finally:
        hand.close()


def test_a_stopping_service_lets_go(desk: Desk) -> None:
    with caller(desk) as holder:
        assert holder.press_and_hold("shift", LONG_S) is True
        assert desk.service.end() == 0
        assert desktop.keys_down(desk.environ) == []


def test_holds_that_make_no_sense(desk: Desk) -> None:
    with caller(desk) as holder:
        invalid = "org.freedesktop.DBus.Error.InvalidArgs"
        for chord, lease_s in (("shift", 0.0), ("shift", -1.0), ("shift", 10.01), ("shift", 1e300), ("a b", 1.0), ("", 1.0)):
            assert holder.press_and_hold(chord, lease_s) == invalid, (chord, lease_s)
        assert desktop.keys_down(desk.environ) == []


@pytest.mark.promise("second-service")
def test_a_second_service_that_has_to_give_up_lifts_nothing(desk: Desk) -> None:
    with caller(desk) as holder:
        assert holder.press_and_hold("shift", LONG_S) is True
        assert desktop.cli(desk.environ, "serve").returncode == 7
        assert desktop.keys_down(desk.environ) == [SHIFT_L]
        assert holder.release("shift") is True
