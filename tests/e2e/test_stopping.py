# SPDX-License-Identifier: MIT
"""Every way out: cancelled, disabled, left, stopped, killed; and every way not to start."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from tests.e2e.conftest import Desk
from tests.e2e.test_coming_back import kill_bus
from tests.helpers import desktop
from tests.helpers.killing import without_guardian

LONG = "The Quick Brown Fox. " * 900


def assert_prefix_and_keys_up(desk: Desk, read: int = 100) -> int:
    """What arrived is the beginning of the text, not all of it, and no key is down; its length."""
    got = desk.fenced()
    assert LONG[read:].startswith(got)
    assert len(got) < 19_000 - read
    assert desktop.keys_down(desk.environ) == []
    return read + len(got)


@pytest.mark.promise("stopped-keys-up")
def test_typing_disabled_in_mid_text(desk: Desk) -> None:
    with desk.typing(LONG[:19_000]) as caller:
        assert desktop.cli(desk.environ, "disable").returncode == 0
        answer, _ = caller.communicate(timeout=60)
    assert "'confirmed': <false>" in answer
    assert "typing is disabled" in answer
    length = assert_prefix_and_keys_up(desk)
    assert f"'typed': <uint32 {length}>" in answer


@pytest.mark.promise("stopped-keys-up")
def test_a_caller_cancels_its_own_job_and_no_other(desk: Desk) -> None:
    script = """
import asyncio, sys
from dbus_fast.aio import MessageBus
async def main():
    bus = await MessageBus().connect()
    node = await bus.introspect("org.typewright.Typist1", "/org/typewright/Typist1")
    typist = bus.get_proxy_object("org.typewright.Typist1", "/org/typewright/Typist1", node)
    typist = typist.get_interface("org.typewright.Typist1")
    jobs = [asyncio.ensure_future(typist.call_insert(sys.argv[1])) for _ in range(3)]
    await asyncio.sleep(0)
    while not await typist.get_busy():
        pass
    print(await typist.call_cancel(), [await job for job in jobs], flush=True)
asyncio.run(main())
"""
    with desk.typing(LONG[:19_000]) as other:
        done = desktop.run(desk.environ, sys.executable, "-c", script, "x" * 5000)
        answer, _ = other.communicate(timeout=60)
    assert done == "3 [False, False, False]\n"
    assert "'confirmed': <true>" in answer
    assert desk.fenced() == LONG[100:19_000]


@pytest.mark.promise("stopped-keys-up", "caller-leaves")
def test_a_caller_that_leaves_takes_its_job_along(desk: Desk) -> None:
    with desk.typing(LONG[:19_000]) as caller:
        caller.kill()
        caller.wait()
        assert desk.call("Insert", "s", "|next") == "b true"
    got = desk.fenced()
    assert got.endswith("|next")
    assert LONG[100:].startswith(got.removesuffix("|next"))
    assert "its caller left the bus" in desk.service.log.read_text()


def test_control_c_at_the_command_line_stops_the_typing_quietly(desk: Desk) -> None:
    with subprocess.Popen([*desktop.typewright(), "type", LONG], env=desk.environ, stderr=subprocess.PIPE) as typing:
        assert desk.terminal.read(100) == LONG[:100]
        typing.send_signal(signal.SIGINT)
        assert typing.wait(20) == 130
        assert typing.stderr.read() == b""
    assert_prefix_and_keys_up(desk)


@pytest.mark.promise("signals")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_signal_ends_with_keys_up_and_everybody_answered(desk: Desk, name: str) -> None:
    with desk.typing(LONG[:19_000]) as caller:
        desk.service.process.send_signal(getattr(signal, name))
        answer, _ = caller.communicate(timeout=60)
        assert desk.service.process.wait(20) == 0
    assert "'confirmed': <false>" in answer
    assert "stopping" in answer
    assert_prefix_and_keys_up(desk)


@pytest.mark.promise("signal-at-start")
def test_an_interrupt_ends_a_service_that_a_script_has_started_deaf_to_it(environ: dict[str, str]) -> None:
    with desktop.service(environ, under=["env", "--ignore-signal=INT"]) as service:
        service.process.send_signal(signal.SIGINT)
        assert service.process.wait(20) == 0


@pytest.mark.promise("no-focus")
@pytest.mark.parametrize("nobody", ["X.NONE", "display.screen().root"])
def test_no_focus_is_no_typing(desk: Desk, nobody: str) -> None:
    script = f"""
from Xlib import X
from Xlib.display import Display
display = Display()
display.screen().root.warp_pointer(1000, 700)  # where there is no program
display.set_input_focus({nobody}, X.RevertToNone, X.CurrentTime)
display.sync()
"""
    desktop.run(desk.environ, sys.executable, "-c", script)
    assert desk.call("Insert", "s", "nowhere") == "b false"
    desk.terminal.focus()
    assert desk.fenced() == ""


@pytest.mark.promise("modifier-held")
def test_a_held_modifier_types_nothing(desk: Desk) -> None:
    desktop.run(desk.environ, "xdotool", "keydown", "Control_L")
    assert desk.call("Insert", "s", "cdz") == "b false"
    desktop.run(desk.environ, "xdotool", "keyup", "Control_L")
    assert "a modifier key is held down" in desk.service.log.read_text()
    assert desk.call("Insert", "s", "ok") == "b true"
    assert desk.fenced() == "ok"


@pytest.mark.promise("killed-with-shift")
def test_a_killed_service_leaves_no_key_down(environ: dict[str, str]) -> None:
    dice = random.Random(7)
    desktop.run(environ, "setxkbmap", "-option", "", "us")
    with desktop.terminal(environ) as terminal, tempfile.TemporaryDirectory() as home:
        for _ in range(10):
            running = desktop.Service(environ, Path(home) / "log")
            running.wait_until_ready()
            desk = Desk(environ, running, terminal)
            with desk.typing(LONG[:10_000]) as caller:
                terminal.read(dice.randrange(1, 500))
                running.kill()
                caller.wait()
            running.process.stdout.close()
            assert desktop.keys_down(environ) == []
            desk.fenced()


@pytest.mark.promise("leftovers")
def test_keys_that_a_killed_service_left_down_come_up_with_the_next(environ: dict[str, str]) -> None:
    desktop.run(environ, "setxkbmap", "-option", "", "us")
    before = desktop.keymap(environ)
    with desktop.terminal(environ) as terminal, tempfile.TemporaryDirectory() as home:
        # Event by event, with time between: the way in which a kill does leave keys down.
        config = 'pacing = "event"\nhold_s = 0.01\n'
        running = desktop.Service(environ, Path(home) / "log", config=config)
        running.wait_until_ready()
        with without_guardian(running.process.pid):
            with Desk(environ, running, terminal).typing("é" + "WWWWWWWWWW" * 200) as caller:
                while not desktop.keys_down(environ):
                    pass
                running.kill()
                caller.wait()
            running.process.stdout.close()
        assert desktop.keys_down(environ) != []
        assert desktop.keymap(environ) != before
        with desktop.service(environ):
            assert desktop.keys_down(environ) == []
            assert desktop.keymap(environ) == before


@pytest.mark.promise("leftovers", "sweep-fails")
@pytest.mark.parametrize("arrived", [0, 1, 51, 53, 120], ids=lambda count: f"after {count} characters")
def test_keycodes_that_a_killed_service_had_borrowed_are_put_back(environ: dict[str, str], arrived: int) -> None:
    desktop.run(environ, "setxkbmap", "-option", "", "us")
    before = desktop.keymap(environ)
    text = "".join(chr(0x4E00 + number) for number in range(220)) * 5  # so much that it does not end before the kill
    with desktop.terminal(environ) as terminal, tempfile.TemporaryDirectory() as home:
        running = desktop.Service(environ, Path(home) / "log")
        running.wait_until_ready()
        typing = subprocess.Popen([*desktop.typewright(), "type", text], env=environ, stderr=subprocess.DEVNULL)
        with without_guardian(running.process.pid), typing as caller:
            deadline = time.monotonic() + desktop.PATIENCE_S
            while desktop.keymap(environ) == before:
                assert time.monotonic() < deadline
            assert terminal.read(arrived) == text[:arrived]
            running.kill()
            assert caller.wait(20) != 0
        running.process.stdout.close()
        assert desktop.keymap(environ) != before
        if arrived % 2:
            assert desktop.cli(environ, "sweep").returncode == 0
        else:
            with desktop.service(environ):
                assert desktop.keymap(environ) == before
        assert desktop.keymap(environ) == before


@pytest.mark.promise("server-stalled")
def test_a_stalled_display_is_false_after_the_timeout_and_the_service_lives_on() -> None:
    with desktop.xvfb() as display, desktop.session_bus() as bus:
        environ = desktop.environment(display, bus)
        server = desktop.server_pid(display)
        with desktop.terminal(environ) as terminal, desktop.service(environ, config="timeout_s = 0.3") as service:
            os.kill(server, signal.SIGSTOP)
            try:
                assert desktop.busctl_call(environ, "Insert", "s", "late") == "b false"
            finally:
                os.kill(server, signal.SIGCONT)
            desk = Desk(environ, service, terminal)
            assert desk.call("Insert", "s", "again") == "b true"
            assert desk.fenced().endswith("again")


@pytest.mark.promise("display-lost", "no-trace-when-lost", "X7", "server-killed")
def test_a_lost_display_fails_the_calls_and_ends_the_service() -> None:
    with desktop.session_bus() as bus, desktop.xvfb() as display:
        environ = desktop.environment(display, bus)
        with desktop.terminal(environ) as terminal, desktop.service(environ) as service:
            with Desk(environ, service, terminal).typing(LONG[:19_000]) as caller:
                os.kill(desktop.server_pid(display), signal.SIGKILL)
                _, complaint = caller.communicate(timeout=60)
            assert "org.typewright.Error.DisplayLost" in complaint
            assert service.process.wait(20) == 8
            assert "Quick" not in complaint + service.log.read_text()


@pytest.mark.promise("bus-lost", "no-trace-when-lost", "T20", "bus-killed")
def test_a_lost_bus_ends_the_service_with_keys_up(environ: dict[str, str]) -> None:
    with desktop.session_bus() as bus:
        own = {**environ, "DBUS_SESSION_BUS_ADDRESS": bus}
        with desktop.terminal(own) as terminal, desktop.service(own) as service:
            with Desk(own, service, terminal).typing(LONG[:19_000]):
                daemon = int(desktop.run(own, "busctl", f"--address={bus}", "call", "org.freedesktop.DBus",
                             "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetConnectionUnixProcessID", "s",
                             "org.freedesktop.DBus").split()[1])  # fmt: skip
                os.kill(daemon, signal.SIGKILL)
                assert service.process.wait(20) == 9
                assert "Quick" not in service.log.read_text()
            assert desktop.keys_down(own) == []


@pytest.mark.promise("signal-at-start")
def test_a_signal_behind_a_lost_bus_cuts_nothing_short(environ: dict[str, str]) -> None:
    desktop.run(environ, "setxkbmap", "-option", "", "us")
    before = desktop.keymap(environ)
    server = desktop.server_pid(environ["DISPLAY"])
    with desktop.session_bus() as bus:
        own = {**environ, "DBUS_SESSION_BUS_ADDRESS": bus}
        with desktop.terminal(own), desktop.service(own, config="linger_s = 60") as service:
            assert desktop.busctl_call(own, "Insert", "s", "漢字") == "b true"
            assert desktop.keymap(environ) != before
            with without_guardian(service.process.pid):
                os.kill(server, signal.SIGSTOP)
                try:
                    kill_bus(own)
                    desktop.until(lambda: "session bus was lost" in service.log.read_text())
                    service.process.terminate()
                    desktop.until(lambda: "Received SIGTERM" in service.log.read_text())
                finally:
                    os.kill(server, signal.SIGCONT)
                assert service.process.wait(desktop.PATIENCE_S) == 9
                assert desktop.keymap(environ) == before


class TestNotStarting:
    """A clear sentence and an exit status of its own for everything that keeps the service from starting."""

    def serve(self, environ: dict[str, str], *options: str) -> tuple[int, str]:
        done = desktop.cli(environ, "serve", *options)
        assert done.stdout == ""
        return done.returncode, done.stderr.strip()

    @pytest.mark.promise("start-errors")
    def test_no_display(self, environ: dict[str, str]) -> None:
        without = {name: value for name, value in environ.items() if name != "DISPLAY"}
        assert self.serve(without)[0] == 3
        status, sentence = self.serve({**without, "DISPLAY": ":987"})
        assert status == 3
        assert "/tmp/.X11-unix/X987" in sentence

    @pytest.mark.promise("start-errors")
    def test_wayland_alone(self, environ: dict[str, str]) -> None:
        without = {name: value for name, value in environ.items() if name != "DISPLAY"}
        status, sentence = self.serve({**without, "XDG_SESSION_TYPE": "wayland"})
        assert status == 4
        assert "WAYLAND_DISPLAY is not set" in sentence
        runtime = {"XDG_RUNTIME_DIR": "/nonexistent", "WAYLAND_DISPLAY": "wayland-0"}
        status, sentence = self.serve({**without, **runtime})
        assert status == 3
        assert "/nonexistent/wayland-0" in sentence

    @pytest.mark.promise("start-errors")
    def test_an_xwayland_is_not_chosen_by_itself(self, environ: dict[str, str]) -> None:
        status, sentence = self.serve({**environ, "XDG_SESSION_TYPE": "wayland"})
        assert status == 4
        assert "WAYLAND_DISPLAY is not set" in sentence

    @pytest.mark.promise("start-errors", "X14", "extension-missing")
    def test_a_missing_extension(self, environ: dict[str, str]) -> None:
        with desktop.xvfb("-extension", "RECORD") as display:
            status, sentence = self.serve({**environ, "DISPLAY": display})
        assert status == 5
        assert "extension" in sentence

    @pytest.mark.promise("start-errors")
    def test_no_bus(self, environ: dict[str, str]) -> None:
        without = {name: value for name, value in environ.items() if name != "DBUS_SESSION_BUS_ADDRESS"}
        assert self.serve({**without, "XDG_RUNTIME_DIR": "/nonexistent"})[0] == 6

    @pytest.mark.promise("start-errors", "started-twice")
    def test_the_name_is_taken(self, desk: Desk) -> None:
        status, sentence = self.serve(desk.environ)
        assert status == 7
        assert "Another Typewright" in sentence
        assert desk.call("Insert", "s", "untouched") == "b true"
        assert desk.fenced() == "untouched"

    def test_all_problems_of_the_configuration_at_once(self, environ: dict[str, str], tmp_path: Path) -> None:
        config = tmp_path / "config.toml"
        config.write_text('pacing = "slow"\ntimeout = 3\nhold_s = "x"\n')
        status, sentence = self.serve(environ, "--config", str(config))
        assert status == 78
        assert len(sentence.splitlines()) == 3

    def test_no_service_to_call(self, environ: dict[str, str]) -> None:
        done = desktop.cli(environ, "type", "x")
        assert done.returncode == 69
        assert "typewright serve" in done.stderr
