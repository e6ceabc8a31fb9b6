# SPDX-License-Identifier: MIT
"""What comes between while the service starts: a signal, the end of the display, a screen saver that takes its time."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.e2e.conftest import Desk
from tests.helpers import desktop
from tests.helpers.false_display import Between, false_display

# A start waits a second for its answer, so that a test knows where the service is when it was asked.
_SLOW_SAVER = """
import asyncio, sys
from dbus_fast.aio import MessageBus
from dbus_fast.service import ServiceInterface, method

class Saver(ServiceInterface):
    @method()
    async def GetActive(self) -> "b":
        print("asked", flush=True)
        return await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline) == "locked\\n"

async def main():
    bus = await MessageBus().connect()
    bus.export("/org/freedesktop/ScreenSaver", Saver("org.freedesktop.ScreenSaver"))
    await bus.request_name("org.freedesktop.ScreenSaver")
    print("ready", flush=True)
    await bus.wait_for_disconnect()
asyncio.run(main())
"""


@contextmanager
def slow_saver(environ: dict[str, str]) -> Iterator[desktop.Child]:
    """A screen saver that says when it was asked, and answers with the next line of its standard input."""
    command = [sys.executable, "-c", _SLOW_SAVER]
    child = desktop.Child(command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert child.line() == "ready"
        yield child
    finally:
        child.kill()
        child.process.stdin.close()
        child.process.stdout.close()


@contextmanager
def starting(environ: dict[str, str], home: Path, config: str = "") -> Iterator[desktop.Service]:
    """A service that has only begun to start."""
    service = desktop.Service(environ, home / "log", config=config)
    try:
        yield service
    finally:
        if service.process.poll() is None:
            service.kill()
        service.process.stdout.close()


@pytest.mark.promise("late-lock")
def test_a_screen_saver_that_answers_late_is_heard_all_the_same(environ: dict[str, str], tmp_path: Path) -> None:
    with slow_saver(environ) as saver, desktop.terminal(environ) as terminal, starting(environ, tmp_path) as service:
        assert saver.line() == "asked"
        service.wait_until_ready()
        desk = Desk(environ, service, terminal)
        saver.process.stdin.write(b"locked\n")
        saver.process.stdin.flush()
        desktop.until(lambda: '"the screen is locked"' in desk.call("Type", "sa{sv}", "", "0"))


def test_it_has_the_display_though_an_older_one_had_it_at_first(environ: dict[str, str], tmp_path: Path) -> None:
    """The older one ends between: nobody may give back then what the younger one has borrowed."""
    desktop.run(environ, "setxkbmap", "-option", "", "us")
    with slow_saver(environ) as saver, desktop.terminal(environ) as terminal, desktop.service(environ) as older:
        assert saver.line() == "asked"
        with starting(environ, tmp_path, "linger_s = 60") as service:
            assert saver.line() == "asked"
            older.kill()
            service.wait_until_ready()
            desk = Desk(environ, service, terminal)
            assert desk.call("Insert", "s", "é漢") == "b true"
            lent = desktop.keymap(environ)
            assert desktop.cli(environ, "sweep").returncode == 0
            assert desktop.keymap(environ) == lent
            assert service.end() == 0


@pytest.mark.promise("display-lost")
def test_a_display_that_is_lost_meanwhile_ends_the_service(tmp_path: Path) -> None:
    with desktop.session_bus() as bus, desktop.xvfb() as display:
        environ = desktop.environment(display, bus)
        with slow_saver(environ) as saver, starting(environ, tmp_path) as service:
            assert saver.line() == "asked"
            os.kill(desktop.server_pid(display), signal.SIGKILL)
            assert service.process.wait(desktop.PATIENCE_S) == 8


def assert_it_goes(service: desktop.Service, name: str) -> None:
    """At this signal it ends, and has nothing to complain of."""
    service.process.send_signal(getattr(signal, name))
    assert service.process.wait(desktop.PATIENCE_S) == 0
    assert not re.search("^(typewright|warn|error|critical): ", service.log.read_text(), re.MULTILINE)


@pytest.mark.promise("signal-at-start")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_signal_ends_it_and_nothing_is_said_to_be_lost(environ: dict[str, str], name: str, tmp_path: Path) -> None:
    asked = threading.Event()

    def mute(frame: bytes) -> bytes:
        asked.set()
        return b""

    with (
        false_display(Between(environ["DISPLAY"], mute).serve) as display,
        starting({**environ, "DISPLAY": display}, tmp_path) as service,
    ):
        assert asked.wait(desktop.PATIENCE_S)
        assert_it_goes(service, name)


@pytest.mark.promise("signal-at-start")
def test_a_signal_that_comes_when_the_display_is_open_ends_it(environ: dict[str, str], tmp_path: Path) -> None:
    with slow_saver(environ) as saver, starting(environ, tmp_path) as service:
        assert saver.line() == "asked"
        assert_it_goes(service, "SIGTERM")


@pytest.mark.promise("signal-at-start")
@pytest.mark.parametrize(
    "names", [("SIGTERM", "SIGTERM"), ("SIGINT", "SIGINT"), ("SIGTERM", "SIGINT"), ("SIGHUP", "SIGTERM")]
)
def test_a_second_signal_right_after_the_first_is_no_defect(environ: dict[str, str], names: tuple[str, str]) -> None:
    with desktop.service(environ) as service:
        for name in names:
            service.process.send_signal(getattr(signal, name))
        assert service.process.wait(desktop.PATIENCE_S) == 0
        log = service.log.read_text()
        assert not re.search("^(typewright|warn|error|critical): |Traceback", log, re.MULTILINE), log


def test_a_second_signal_does_not_disturb_a_command_either(environ: dict[str, str]) -> None:
    with desktop.service(environ):
        command = [*desktop.typewright(), "dictate"]
        child = desktop.Child(command, env=environ, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        desktop.until(lambda: _catches(child.process.pid, signal.SIGHUP))
        child.process.send_signal(signal.SIGTERM)
        child.process.send_signal(signal.SIGTERM)
        _, told = child.process.communicate(timeout=desktop.PATIENCE_S)
        assert (child.process.returncode, told) == (130, b"")


def _catches(process: int, number: int) -> bool:
    """Whether a process has a handler for a signal: the last one that the command sets."""
    status = Path(f"/proc/{process}/status").read_text()
    return bool(int(re.search(r"^SigCgt:\s*(\w+)", status, re.MULTILINE)[1], 16) >> (number - 1) & 1)


@pytest.mark.parametrize("kind", ["fifo", "zero"])
def test_an_authority_file_that_never_ends_is_refused(environ: dict[str, str], tmp_path: Path, kind: str) -> None:
    authority = Path("/dev/zero")
    if kind == "fifo":
        authority = tmp_path / "authority"
        os.mkfifo(authority)
    done = desktop.cli({**environ, "XAUTHORITY": str(authority)}, "serve")
    assert done.returncode == 3
    assert f"typewright: The authority file {authority} is not read: it is a" in done.stderr
    assert "must be a regular file. Set XAUTHORITY" in done.stderr


# Python has such callbacks of its own while it imports, and drops what is raised in them.
_INTERRUPTED_IMPORT = """
import signal, sys, weakref

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == "twisted":
            sys.meta_path.remove(self)
            gone = Interrupting()
            there = weakref.ref(gone, lambda _: signal.raise_signal(signal.SIGINT))
            del gone

sys.meta_path.insert(0, Interrupting())
"""


@pytest.mark.promise("signal-at-start")
def test_an_interrupt_in_the_middle_of_an_import_is_not_lost(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(_INTERRUPTED_IMPORT)
    paths = [str(tmp_path), *filter(None, [environ.get("PYTHONPATH")])]
    with starting({**environ, "PYTHONPATH": os.pathsep.join(paths)}, tmp_path) as service:
        assert service.process.wait(desktop.PATIENCE_S) == -signal.SIGINT


def test_one_that_has_to_give_up_hears_no_answers_of_the_others_program(environ: dict[str, str]) -> None:
    """Its guardian looks whether anything is to be given back, and there is, but it is not for it to do so."""
    desktop.run(environ, "setxkbmap", "-option", "", "us")
    config, text = 'pacing = "event"\nhold_s = 0.005\n', "é" + "x" * 500
    with desktop.terminal(environ) as terminal, desktop.service(environ, config=config) as service:
        with Desk(environ, service, terminal).typing(text) as caller:
            assert desktop.cli(environ, "serve").returncode == 7
            assert caller.poll() is None
            answer, _ = caller.communicate(timeout=60)
        assert "'confirmed': <true>" in answer
        assert "'level': <'application'>" in answer
