# SPDX-License-Identifier: MIT
"""
A line typed through the bus into a terminal, on a display and a session bus of their own.

What arrives in the terminal is compared with what was sent; the exit status is 0 only if they are equal. Whatever the
outcome, and after Ctrl+C too, nothing that was started here is left running.
"""

from __future__ import annotations

import contextlib
import io
import os
import select
import shlex
import signal
import subprocess
import sys
import tempfile
import time
import tty
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

LINE = "Grüße, world! Zażółć gęślą jaźń … 3 × 4 = 12 €; naïve? ¡Ὀδυσσεύς, Толстой, 東京!"
NAME = "org.typewright.Typist1"
OBJECT = "/org/typewright/Typist1"
INTERRUPTIONS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
DEADLINE_S = 20.0
PATIENCE_S = 5.0

BUS_CONFIGURATION = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir={directory}</listen>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class DemoFailure(Exception):
    """The demonstration can't go on; says why."""


def main() -> int:
    """Run the demonstration; returns the exit status."""
    for number in INTERRUPTIONS:
        signal.signal(number, signal.default_int_handler)
    equal = False
    with tempfile.TemporaryDirectory(prefix="typewright-") as directory:
        children = Children()
        try:
            equal = demonstrate(children, Path(directory))
        except KeyboardInterrupt:
            print("Interrupted.", file=sys.stderr)
        except (DemoFailure, OSError, subprocess.TimeoutExpired) as problem:
            print(f"This did not work: {problem}", file=sys.stderr)
        finally:
            for number in INTERRUPTIONS:
                signal.signal(number, signal.SIG_IGN)
            left = children.stop()
    print(f"Left running: {', '.join(left) or 'nothing'}")
    return 0 if equal and not left else 1


def demonstrate(children: Children, directory: Path) -> bool:
    """Start all that is needed, have the line typed, and say what became of it."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "XDG_CONFIG_HOME": str(directory)}
    environment["DISPLAY"] = display = start_display(children, environment)
    environment["DBUS_SESSION_BUS_ADDRESS"] = start_bus(children, environment, directory)
    terminal = start_terminal(children, environment, directory)
    window = int(read_line(terminal, "the window of the terminal"))
    print(start_service(children, environment, directory))
    focus(display, window)
    print(f"On display {display}, which nobody sees, a terminal has the focus.\n")

    call = ["busctl", "--user", "call", NAME, OBJECT, NAME, "Insert", "s", LINE + "\n"]
    print("$", *call[:-1], "$'" + LINE + r"\n'")
    started = time.monotonic()
    answer = subprocess.run(call, env=environment, capture_output=True, text=True, timeout=DEADLINE_S, check=False)
    print(answer.stdout + answer.stderr, end="")
    arrived = read_line(terminal, "the typed line", b"\r")
    elapsed_s = time.monotonic() - started
    # What the terminal's program still sends before it ends was not asked for.
    children.stop()
    arrived += read_rest(terminal)

    sent = LINE + "\r"  # which is what the Return key gives a program that reads raw keys
    equal = arrived == sent.encode() and answer.stdout == "b true\n"
    print(f"\nsent:    {sent[:-1]}\narrived: {arrived.decode('utf-8', 'replace').removesuffix(chr(13))}")
    print(
        f"{'Equal' if equal else 'NOT EQUAL'}: {len(sent)} characters, the line's end included, "
        f"{elapsed_s:.2f} s after busctl was started."
    )
    return equal


# --- what the line passes through ------------------------------------------------------------------------------------


def start_display(children: Children, environment: Mapping[str, str]) -> str:
    """An X server that picks its own number, and says it when it is ready."""
    reading, writing = os.pipe()
    # -noreset: without it the server starts anew, layout and all, when its last client leaves.
    command = ["Xvfb", "-displayfd", str(writing), "-noreset", "-nolisten", "tcp", "-screen", "0", "1024x768x24"]
    try:
        children.start(command, environment, pass_fds=[writing])
    finally:
        os.close(writing)
    with open(reading, "rb", buffering=0) as pipe:
        return ":" + read_line(pipe, "the number of the display").decode().strip()


def start_bus(children: Children, environment: Mapping[str, str], directory: Path) -> str:
    """A session bus that starts no services of the desktop; returns its address."""
    configuration = directory / "bus.conf"
    configuration.write_text(BUS_CONFIGURATION.format(directory=directory), "utf-8")
    command = ["dbus-daemon", f"--config-file={configuration}", "--nofork", "--nopidfile", "--print-address=1"]
    return read_line(children.start(command, environment, stdout=subprocess.PIPE), "the address of the bus").decode().strip()


def start_terminal(children: Children, environment: Mapping[str, str], directory: Path) -> IO[bytes]:
    """An xterm whose program hands on every byte that it reads, after a line that names the window."""
    fifo = directory / "terminal"
    os.mkfifo(fifo, 0o600)
    reading = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    reader = [sys.executable, os.path.abspath(__file__), "--hand-on", str(fifo)]
    children.start(["xterm", "-u8", "-wf", "-e", *reader], environment)
    return open(reading, "rb", buffering=0)


def start_service(children: Children, environment: Mapping[str, str], directory: Path) -> str:
    """The service; returns the line with which it says that it is ready."""
    command = [sys.executable, "-m", "typewright", "serve"]
    with open(directory / "log", "wb") as log:
        service = children.start(command, environment, stdout=subprocess.PIPE, stderr=log)
    try:
        return read_line(service, "the service's line").decode().strip()
    except DemoFailure as problem:
        raise DemoFailure(f"{problem}\n{(directory / 'log').read_text('utf-8')}") from None


def focus(display: str, window: int) -> None:
    """Give the window the focus, which on a display without a window manager nobody else does."""
    from Xlib import X
    from Xlib.display import Display

    connection = Display(display)
    try:
        connection.create_resource_object("window", window).set_input_focus(X.RevertToParent, X.CurrentTime)
        focused = connection.get_input_focus().focus
        if getattr(focused, "id", focused) != window:
            raise DemoFailure("the terminal did not take the focus.")
    finally:
        connection.close()


# --- pipes -----------------------------------------------------------------------------------------------------------


def read_line(pipe: IO[bytes], what: str, end: bytes = b"\n") -> bytes:
    """Read up to `end`, for as long as the deadline allows; `what` that is, for the sentence if it does not come."""
    line = b""
    for byte in _bytes(pipe, what):
        line += byte
        if line.endswith(end):
            return line
    raise DemoFailure(f"{what} did not come: the program ended, after {len(line)} bytes.")


def read_rest(pipe: IO[bytes]) -> bytes:
    """Read up to where the last program that writes there has ended, for as long as the deadline allows."""
    return b"".join(_bytes(pipe, "the end of the terminal's program"))


def _bytes(pipe: IO[bytes], what: str) -> Iterator[bytes]:
    deadline = time.monotonic() + DEADLINE_S
    while select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
        byte = pipe.read(1)
        if not byte:
            return
        yield byte
    raise DemoFailure(f"{what} did not come within {DEADLINE_S:.0f} s.")


def hand_on(fifo: str) -> None:
    """What runs in the terminal: names the window, and hands on every byte as it comes from the keyboard."""
    tty.setraw(sys.stdin.fileno())
    with open(fifo, "wb", buffering=0) as pipe:
        pipe.write(os.environ["WINDOWID"].encode() + b"\n")
        while data := os.read(sys.stdin.fileno(), 4096):
            pipe.write(data)


# --- starting and stopping -------------------------------------------------------------------------------------------


class Children:
    """I start programs, and stop them in the reverse order: each by its own number, none by its name."""

    def __init__(self) -> None:
        self._started: list[tuple[str, subprocess.Popen[bytes]]] = []

    def start(self, command: Sequence[str], environment: Mapping[str, str], **options: Any) -> IO[bytes]:
        """
        Start a program out of reach of the terminal's Ctrl+C, so that the order of stopping stays ours.

        Returns its standard output if that is a pipe.
        """
        options = {"stdin": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "bufsize": 0, **options}
        with _uninterrupted():
            child = subprocess.Popen(command, env=environment, start_new_session=True, **options)
            self._started.append((shlex.join(command), child))
        return child.stdout or io.BytesIO()

    def stop(self) -> list[str]:
        """Stop them all, and return the names of those that could not be; asking again costs nothing."""
        left = []
        while self._started:
            name, child = self._started[-1]
            child.terminate()
            try:
                child.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
                left.append(f"{name} (which had to be killed)")
            if _has_group(child.pid):
                left.append(f"a program that {name} started")
            self._started.pop()
        return left


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Put an interruption off until the end of the block: a child must not be started and then forgotten."""
    came: list[int] = []
    before = {number: signal.signal(number, lambda number, frame: came.append(number)) for number in INTERRUPTIONS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if came:
        raise KeyboardInterrupt


def _has_group(number: int) -> bool:
    """Whether a process of the group that `start` gave to a child is still there."""
    try:
        os.killpg(number, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    if sys.argv[1:2] == ["--hand-on"]:
        hand_on(sys.argv[2])
    else:
        sys.exit(main())
