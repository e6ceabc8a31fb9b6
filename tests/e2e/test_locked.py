# SPDX-License-Identifier: MIT
"""A locked screen is never typed into, whoever tells of it; see test_focus.py for lockers that tell nobody."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.e2e.conftest import Desk
from tests.helpers import desktop

_TELLERS = """
import asyncio, sys
from dbus_fast import BusType
from dbus_fast.aio import MessageBus
from dbus_fast.service import PropertyAccess, ServiceInterface, dbus_property, method, signal

class Saver(ServiceInterface):
    def __init__(self):
        super().__init__("org.freedesktop.ScreenSaver")
        self.locked = False
        self.heard = asyncio.Event()
    @method()
    def GetActive(self) -> "b":
        return self.locked
    @signal()
    def ActiveChanged(self) -> "b":
        return self.locked
    def set(self, locked):
        self.locked = locked
        self.ActiveChanged()
        self.heard.set()

class Session(ServiceInterface):
    def __init__(self):
        super().__init__("org.freedesktop.login1.Session")
        self.locked = False
        self.heard = asyncio.Event()
    @dbus_property(PropertyAccess.READ)
    def LockedHint(self) -> "b":
        self.heard.set()
        return self.locked
    def set(self, locked):
        self.locked = locked
        self.heard.clear()
        self.emit_properties_changed({"LockedHint": locked})

async def main(kind, locked):
    bus = await MessageBus().connect()
    teller, name, path = {
        "saver": (Saver(), "org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"),
        "logind": (Session(), "org.freedesktop.login1", "/org/freedesktop/login1/session/auto"),
    }[kind]
    teller.locked = locked == "locked"
    bus.export(path, teller)
    await bus.request_name(name)
    print("ready", flush=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        teller.set(line == "locked\\n")
        await teller.heard.wait()
        print("said", flush=True)
asyncio.run(main(*sys.argv[1:]))
"""


class Teller(desktop.Child):
    """Someone who tells of the screen's lock."""

    def say(self, state: str) -> None:
        self.process.stdin.write(f"{state}\n".encode())
        self.process.stdin.flush()
        assert self.line() == "said"


@contextmanager
def teller(environ: dict[str, str], kind: str, state: str = "unlocked") -> Iterator[Teller]:
    command = [sys.executable, "-c", _TELLERS, kind, state]
    child = Teller(command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert child.line() == "ready"
        yield child
    finally:
        child.kill()
        child.process.stdin.close()
        child.process.stdout.close()


@contextmanager
def desk_with(environ: dict[str, str]) -> Iterator[Desk]:
    """One for which the session bus is the system bus as well."""
    own = {**environ, "DBUS_SYSTEM_BUS_ADDRESS": environ["DBUS_SESSION_BUS_ADDRESS"]}
    desktop.run(environ, "setxkbmap", "-option", "", "us")
    with desktop.terminal(own) as terminal, desktop.service(own) as service:
        yield Desk(own, service, terminal)


@pytest.mark.promise("locked-screen", "screen-locks")
@pytest.mark.parametrize("kind", ["saver", "logind"])
def test_a_lock_stops_the_typing_and_its_end_allows_it_again(environ: dict[str, str], kind: str) -> None:
    with teller(environ, kind) as lock, desk_with(environ) as desk:
        text = "the quick brown fox " * 900
        with desk.typing(text) as caller:
            lock.say("locked")
            answer, _ = caller.communicate(timeout=60)
        assert "'confirmed': <false>" in answer
        assert "the screen is locked" in answer
        assert desk.call("Insert", "s", "no") == "b false"
        lock.say("unlocked")
        desktop.until(lambda: desk.call("Insert", "s", "yes") == "b true")
        got = text[:100] + desk.fenced()
        assert text.startswith(got.removesuffix("yes"))
        assert desktop.keys_down(environ) == []


@pytest.mark.promise("locked-screen")
@pytest.mark.parametrize("kind", ["saver", "logind"])
def test_what_is_locked_when_the_service_starts_is_not_typed_into(environ: dict[str, str], kind: str) -> None:
    with teller(environ, kind, "locked"), desk_with(environ) as desk:
        assert '"the screen is locked"' in desk.call("Type", "sa{sv}", "no", "0")
        assert desk.fenced() == ""


def test_what_else_is_told_of_the_session_spoils_no_dictation(environ: dict[str, str]) -> None:
    with teller(environ, "logind") as session, desk_with(environ) as desk:
        command = [*desktop.typewright(), "dictate"]
        with subprocess.Popen(command, env=desk.environ, stdin=subprocess.PIPE) as dictating:
            dictating.stdin.write(b"partial hello\n")
            dictating.stdin.flush()
            assert desk.terminal.read(5) == "hello"
            # The service asks for the second time when it has heard the answer to the first.
            for _ in range(2):
                session.say("unlocked")
            dictating.communicate(b"final hello world\n", timeout=60)
        assert desk.fenced() == " world"
        assert dictating.returncode == 0
