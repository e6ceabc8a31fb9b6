# SPDX-License-Identifier: MIT
"""A private desktop for tests: a real X server, a real bus, the service as a child process, real programs to type into."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

PATIENCE_S = 20.0
"""How long a test waits for what must come; a longer wait is a failure."""

_BUS_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
  <limit name="max_incoming_bytes">1000000000</limit>
  <limit name="max_outgoing_bytes">1000000000</limit>
  <limit name="max_message_size">1000000000</limit>
</busconfig>
"""

_SCREEN = ("-screen", "0", "1024x768x24")
RAW_READER = """
import os, sys, tty
tty.setraw(0)
report = os.open(sys.argv[1], os.O_WRONLY)
os.write(report, b"\\0")
while data := os.read(0, 65536):
    os.write(report, data)
"""
"""A program for a terminal: it writes what the raw tty reads into a FIFO, after a zero byte once it is ready."""


class Ended(AssertionError):
    """A child process ended, or said nothing, where a test waited for it."""


class Child:
    """A child process; ended by its own process id, and with the context."""

    def __init__(self, command: Sequence[str], **options: object) -> None:
        self.process = subprocess.Popen(command, **options)  # type: ignore[call-overload]
        self._said = b""

    def line(self) -> str:
        """The next line of its standard output."""
        while b"\n" not in self._said:
            ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE_S)
            data = os.read(self.process.stdout.fileno(), 65536) if ready else b""
            if not data:
                raise Ended(f"{self.process.args[:2]}: said nothing (exit status {self.process.poll()})")
            self._said += data
        line, _, self._said = self._said.partition(b"\n")
        return line.decode()

    def end(self, grace_s: float = PATIENCE_S) -> int:
        """Ask it to end, and return its exit status."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(grace_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Ended(f"{self.process.args}: did not end when asked to") from None

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def xvfb(*options: str, under: Sequence[str] = ()) -> Iterator[str]:
    """A private X server; the value is its DISPLAY. `-noreset`, or it would heal stuck keys by itself."""
    read_end, write_end = os.pipe()
    server = Child(
        [*under, "Xvfb", "-displayfd", str(write_end), "-noreset", "-nolisten", "tcp", *_SCREEN, *options],
        pass_fds=[write_end],
        stderr=subprocess.DEVNULL,
    )
    os.close(write_end)
    try:
        ready, _, _ = select.select([read_end], [], [], PATIENCE_S)
        number = os.read(read_end, 16).strip() if ready else b""
        if not number:
            raise Ended("Xvfb did not start")
        yield f":{number.decode()}"
    finally:
        os.close(read_end)
        status = server.end()
        assert status in (0, -signal.SIGKILL), f"the X server crashed: exit status {status}"


@contextlib.contextmanager
def session_bus() -> Iterator[str]:
    """A private dbus-daemon; the value is its address."""
    with tempfile.TemporaryDirectory(prefix="typewright-bus-") as home:
        config = Path(home) / "bus.conf"
        config.write_text(_BUS_CONFIG.format(socket=Path(home) / "bus"))
        daemon = Child(
            ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile", "--print-address"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield daemon.line()
        finally:
            daemon.end()
            daemon.process.stdout.close()


def environment(display: str, bus: str) -> dict[str, str]:
    """The environment of a program on the private desktop."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "DISPLAY": display, "DBUS_SESSION_BUS_ADDRESS": bus, "LC_ALL": "C.UTF-8", "XAUTHORITY": "/dev/null"}


def typewright() -> list[str]:
    """The command that runs the program under test, with the interpreter of the tests."""
    return [sys.executable, "-m", "typewright"]


class Service(Child):
    """`typewright serve`, ready; what it logs goes to the file `log`."""

    def __init__(
        self, environ: dict[str, str], log: Path, *options: str, config: str = "", under: Sequence[str] = ()
    ) -> None:
        self.log = log
        config_file = log.with_suffix(".toml")
        config_file.write_text(config)
        with log.open("ab") as errors:
            super().__init__(
                [*under, *typewright(), "serve", "--config", str(config_file), *options],
                env=environ,
                stdout=subprocess.PIPE,
                stderr=errors,
            )

    def wait_until_ready(self) -> str:
        """Its one line."""
        try:
            return self.line()
        except Ended as problem:
            raise Ended(f"{problem}\n{self.log.read_text()}") from None


@contextlib.contextmanager
def service(environ: dict[str, str], *options: str, config: str = "", under: Sequence[str] = ()) -> Iterator[Service]:
    """A running service, started by the command `under`; at the end it must exit with 0, unless the test has ended it."""
    with tempfile.TemporaryDirectory(prefix="typewright-log-") as home:
        running = Service(environ, Path(home) / "log", *options, config=config, under=under)
        try:
            running.wait_until_ready()
            yield running
            if running.process.poll() is None:
                status = running.end()
                assert status == 0, f"the service ended with {status}:\n{running.log.read_text()}"
        finally:
            if running.process.poll() is None:
                running.kill()
            running.process.stdout.close()


class Terminal:
    """An xterm whose program reads the raw tty and passes on each byte."""

    def __init__(self, child: Child, reports: int, environ: dict[str, str]) -> None:
        self._child = child
        self._reports = reports
        self._environ = environ
        self._got = b""

    @property
    def window(self) -> str:
        """The number of its window."""
        return window(self._environ, "--pid", str(self._child.process.pid))

    def focus(self) -> None:
        """Give it the focus. Without a window manager nobody else does."""
        run(self._environ, "xdotool", "windowfocus", "--sync", self.window)

    def read(self, count: int) -> str:
        """Exactly the next `count` characters that it got; fewer when no more come in time."""
        self._wait(lambda text: len(text) >= count)
        text = self._text()
        self._got = text[count:].encode()
        return text[:count]

    def rest(self, fence: str = "~") -> str:
        """All that it gets up to `fence`, which the test has had typed behind what it looks at."""
        self._wait(lambda text: fence in text)
        text, found, rest = self._text().partition(fence)
        if not found:
            raise Ended(f"the fence never came; there was {text!r}")
        self._got = rest.encode()
        return text

    def fileno(self) -> int:
        """What can be read when it got something."""
        return self._reports

    def take(self) -> bool:
        """Have what can be read at once kept for `read` and `rest`; whether it was anything."""
        data = os.read(self._reports, 65536)
        self._got += data
        return bool(data)

    def drain(self) -> None:
        """Have all that can be read at once kept, lest it stand still."""
        while select.select([self._reports], [], [], 0)[0] and self.take():
            pass

    def _wait(self, enough: Callable[[str], bool]) -> None:
        """Until it is enough, or nothing more comes in time."""
        deadline = time.monotonic() + PATIENCE_S
        while not enough(self._text()):
            ready, _, _ = select.select([self._reports], [], [], max(0.0, deadline - time.monotonic()))
            if not ready or not self.take():
                return

    def _text(self) -> str:
        return self._got.decode("utf-8", "ignore")

    @property
    def process(self) -> subprocess.Popen:
        return self._child.process


@contextlib.contextmanager
def terminal(environ: dict[str, str]) -> Iterator[Terminal]:
    """An xterm with the focus."""
    with tempfile.TemporaryDirectory(prefix="typewright-xterm-") as home:
        fifo = Path(home) / "typed"
        os.mkfifo(fifo)
        reports = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
        child = Child(
            ["xterm", "-u8", "-e", sys.executable, "-c", RAW_READER, str(fifo)],
            env=environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            opened = Terminal(child, reports, environ)
            assert opened.read(1) == "\0", "xterm's program did not start"
            opened.focus()
            yield opened
        finally:
            child.end()
            os.close(reports)


def run(environ: dict[str, str], *command: str, check: bool = True, stdin: str | None = None) -> str:
    """The standard output of a command that must end well."""
    done = subprocess.run(command, env=environ, input=stdin, capture_output=True, text=True, timeout=60, check=False)
    if check and done.returncode:
        raise Ended(f"{command} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def window(environ: dict[str, str], *of: str) -> str:
    """The number of the visible window of which this holds, in the words of `xdotool search`; waits for it."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return run(environ, "xdotool", "search", "--sync", "--onlyvisible", *of).split()[-1]
        except Ended as problem:
            # It asks each window that there is, and stumbles over those that go meanwhile.
            if "BadWindow" not in str(problem) or time.monotonic() > deadline:
                raise


def cli(environ: dict[str, str], *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    """The outcome of one `typewright` command."""
    return subprocess.run(
        [*typewright(), *arguments], env=environ, input=stdin, capture_output=True, text=True, timeout=60, check=False
    )


def until(holds: Callable[[], bool]) -> None:
    """Ask again and again until it holds; for what is true a moment after the one who brought it about has gone on."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, "it does not hold yet"


def busctl_call(environ: dict[str, str], member: str, *arguments: str) -> str:
    """What `busctl` prints for a call of the main interface."""
    name, path = "org.typewright.Typist1", "/org/typewright/Typist1"
    return run(
        environ,
        "busctl",
        "--user",
        f"--address={environ['DBUS_SESSION_BUS_ADDRESS']}",
        "call",
        name,
        path,
        name,
        member,
        *arguments,
    ).strip()


def edited(got: str) -> str:
    """What stands in a line that got these characters, by what BackSpace does to it."""
    line: list[str] = []
    for character in got:
        if character in "\b\x7f":
            line.pop()
        else:
            line.append(character)
    return "".join(line)


def server_pid(display: str) -> int:
    """The process id of the X server of a local display, as the kernel knows the other end of its socket."""
    with socket.socket(socket.AF_UNIX) as connected:
        connected.connect(f"/tmp/.X11-unix/X{display[1:]}")
        return struct.unpack("3i", connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]


@contextlib.contextmanager
def _xkb(environ: dict[str, str]) -> Iterator[tuple[ctypes.CDLL, ctypes.c_void_p]]:
    """libX11, and a display that it has opened."""
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    display = ctypes.c_void_p(x11.XOpenDisplay(environ["DISPLAY"].encode()))
    try:
        yield x11, display
        x11.XSync(display, 0)
    finally:
        x11.XCloseDisplay(display)


def lock_group(environ: dict[str, str], group: int) -> None:
    """Make another group of the layout the active one, as a desktop's layout switch does."""
    with _xkb(environ) as (x11, display):
        x11.XkbLockGroup(display, 0x100, group)


def lock_modifiers(environ: dict[str, str], modifiers: int) -> None:
    """Lock these modifiers, and no others."""
    with _xkb(environ) as (x11, display):
        x11.XkbLockModifiers(display, 0x100, 0xFF, modifiers)


def latch(environ: dict[str, str], modifiers: int = 0, group: int = 0) -> None:
    """Latch these modifiers and this group, as an on-screen keyboard does."""
    with _xkb(environ) as (x11, display):
        x11.XkbLatchModifiers(display, 0x100, modifiers, modifiers)
        x11.XkbLatchGroup(display, 0x100, group)


def locked_modifiers(environ: dict[str, str]) -> int:
    """The mask of the modifiers that are locked."""
    with _xkb(environ) as (x11, display):
        state = (ctypes.c_ubyte * 64)()
        x11.XkbGetState(display, 0x100, state)
        return state[9]


def keys_down(environ: dict[str, str]) -> list[int]:
    """The keycodes that the X server holds down, seen by another client."""
    from Xlib.display import Display

    display = Display(environ["DISPLAY"])
    try:
        bits = display.query_keymap()
        return [code for code in range(256) if bits[code // 8] >> (code % 8) & 1]
    finally:
        display.close()


def keyboard_grabbed(environ: dict[str, str]) -> bool:
    """Whether some client holds the keyboard."""
    from Xlib import X
    from Xlib.display import Display

    display = Display(environ["DISPLAY"])
    try:
        status = display.screen().root.grab_keyboard(False, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)
        return status == X.AlreadyGrabbed
    finally:
        display.close()


def keymap(environ: dict[str, str]) -> str:
    """The keyboard map, as xkbcomp writes it down."""
    dump = run(environ, "xkbcomp", "-xkb", environ["DISPLAY"], "-")
    return re.sub(r"//.*", "", dump)


def leave_nothing_to_lend(environ: dict[str, str]) -> None:
    """Put a function key on every keycode that is empty, or a multimedia key."""
    lines = (line.partition("=") for line in run(environ, "xmodmap", "-pke").splitlines())
    taken = [f"{keycode}= F35\n" for keycode, _, keysyms in lines if not keysyms.strip() or "XF86" in keysyms.split()[0]]
    run(environ, "xmodmap", "-", stdin="".join(taken))


def needs(*programs: str) -> None:
    """Skip the test when a program is missing; in CI, that fails the session. tests/run installs what the system has."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        raise unittest.SkipTest(f"not installed: {', '.join(missing)}; run tests/run")
