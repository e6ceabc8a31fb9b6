# SPDX-License-Identifier: MIT
"""A program that is typed into, and tells what text it holds."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from tests.helpers import desktop
from tests.targets.window import Window, until

PROGRAMS = Path(__file__).parent / "programs"


class Channel:
    """Lines of JSON from a program that connects to the socket at `path`."""

    def __init__(self, path: Path) -> None:
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(path))
        self._listening.listen(1)
        self._connected: socket.socket | None = None
        self._got = b""

    def accept(self) -> None:
        """Wait for the program."""
        self._listening.settimeout(desktop.PATIENCE_S)
        self._connected, _ = self._listening.accept()

    def ask(self, request: str, patience_s: float = desktop.PATIENCE_S) -> object:
        """The answer to `request`. Raises TimeoutError when it stays away."""
        assert self._connected is not None
        self._connected.sendall(f"{request}\n".encode())
        deadline = time.monotonic() + patience_s
        while b"\n" not in self._got:
            self._connected.settimeout(max(0.001, deadline - time.monotonic()))
            data = self._connected.recv(1 << 20)
            if not data:
                raise desktop.Ended("the program is gone")
            self._got += data
        line, _, self._got = self._got.partition(b"\n")
        return json.loads(line)

    def close(self) -> None:
        self._listening.close()
        if self._connected is not None:
            self._connected.close()


class Program:
    """
    A program with a window. `ask` is how it is asked: `text N`, `focused` and `clear`; see programs/answers.py.

    A subclass opens and closes what it is asked over.
    """

    def __init__(self, command: Sequence[str], environ: dict[str, str], title: str, **options: object) -> None:
        # A session of its own, so that the children of its children can be ended with it.
        self._child = desktop.Child(
            command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, **options
        )
        self._environ = environ
        self._title = title

    def focus(self) -> None:
        """Give it the focus, and wait until it knows."""
        Window(self._environ, self._title).activate()
        until(lambda: self.ask("focused"), "the program knows that it has the focus")

    def read(self, count: int, patience_s: float = desktop.PATIENCE_S) -> str:
        """
        All the text that it holds, as soon as that is `count` characters or ends with the texts' fence; what there is when
        no more come in time.
        """
        try:
            return str(self.ask(f"text {count}", patience_s))
        except TimeoutError:
            return self.text()

    def text(self) -> str:
        """All the text that it holds now."""
        return str(self.ask("text 0"))

    def clear(self) -> None:
        """Have it hold nothing."""
        self.ask("clear")

    def ask(self, request: str, patience_s: float = desktop.PATIENCE_S) -> object:
        raise NotImplementedError

    @property
    def pid(self) -> int:
        """Of the process that takes the keys from the X server."""
        return self._child.process.pid

    def close(self) -> None:
        """End it, and all that it has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._child.process.wait()


class Asked(Program):
    """A program that connects to a socket of ours in `home`, and is asked over it."""

    def __init__(self, command: Sequence[str], environ: dict[str, str], title: str, home: Path) -> None:
        path = home / "answers"
        self._channel = Channel(path)
        super().__init__(command, {**environ, "TARGET_SOCKET": str(path)}, title)
        self._channel.accept()

    def ask(self, request: str, patience_s: float = desktop.PATIENCE_S) -> object:
        return self._channel.ask(request, patience_s)

    def close(self) -> None:
        super().close()
        self._channel.close()


class Polled(Program):
    """A program that does not tell when its text changes: that is looked at again and again."""

    def read(self, count: int, patience_s: float = desktop.PATIENCE_S) -> str:
        deadline = time.monotonic() + patience_s
        text = self.text()
        while len(text) < count and not text.endswith("|") and time.monotonic() < deadline:
            time.sleep(0.05)
            text = self.text()
        return text

    def press(self, *keys: str) -> None:
        """Have another program press these keys, in the notation of xdotool."""
        desktop.run(self._environ, "xdotool", "key", "--delay", "20", *keys)
