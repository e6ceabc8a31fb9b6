# SPDX-License-Identifier: MIT
"""Shared by the accessibility tests: a desktop with an accessibility bus of its own, and real programs on it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

from tests.helpers import desktop
from twisted.internet import reactor
from twisted.internet.defer import Deferred, inlineCallbacks
from twisted.internet.task import deferLater
from twisted.internet.utils import getProcessOutput
from twisted.trial.unittest import TestCase

from typewright.a11y.accessibility import Accessibility
from typewright.bus.connect import connect
from typewright.bus.connection import BusConnection
from typewright.interfaces.accessibility import TextEvent

LAUNCHER = "/usr/libexec/at-spi-bus-launcher"
PYTHON = "/usr/bin/python3"  # Debian's: the toolkits are its packages.

_LAUNCHER_OBJECT = ("--session", "--dest", "org.a11y.Bus", "--object-path", "/org/a11y/bus")

Steps = Generator[Deferred[Any], Any, Any]


@contextlib.contextmanager
def accessible_desktop(*, on: bool) -> Iterator[dict[str, str]]:
    """Yield the environment of a desktop with a window manager, and with accessibility `on` or able to be switched on."""
    desktop.needs(LAUNCHER, "gdbus", "openbox", "xdotool")
    with desktop.xvfb() as display, desktop.session_bus() as bus, tempfile.TemporaryDirectory(prefix="tw-a11y-") as home:
        environ = {
            **desktop.environment(display, bus),
            # The accessibility bus has its socket there.
            "XDG_RUNTIME_DIR": home,
            "GSETTINGS_BACKEND": "memory",
            "GIO_USE_VFS": "local",
        }
        manager = desktop.Child(["openbox"], env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            with launcher(environ, on=on):
                yield environ
        finally:
            manager.end()


@contextlib.contextmanager
def launcher(environ: dict[str, str], *, on: bool) -> Iterator[None]:
    """Run the owner of `org.a11y.Bus` on the session bus; it ends with its accessibility bus."""
    child = desktop.Child([LAUNCHER], env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        desktop.run(environ, "gdbus", "wait", "--session", "--timeout", "20", "org.a11y.Bus")
        if on:
            switch(environ, on)
            # As desktops do at login. Qt 5 connects to a running accessibility bus, and does not start one.
            desktop.run(environ, "gdbus", "call", *_LAUNCHER_OBJECT, "--method", "org.a11y.Bus.GetAddress")
        yield
    finally:
        child.end()


def switch(environ: dict[str, str], on: bool) -> None:
    """Do what a desktop's settings do when the user switches accessibility on or off."""
    change = ["org.freedesktop.DBus.Properties.Set", "org.a11y.Status", "IsEnabled", f"<{str(on).lower()}>"]
    desktop.run(environ, "gdbus", "call", *_LAUNCHER_OBJECT, "--method", *change)


class Program(desktop.Child):
    """`program.py` in a toolkit: gtk3, gtk4 or qt5, with the focus in its text field."""

    def __init__(self, toolkit: str, environ: dict[str, str]) -> None:
        command = [PYTHON, str(Path(__file__).with_name("program.py")), toolkit]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        super().__init__(command, env=environ, **pipes)
        try:
            assert self.line() == "ready"
            desktop.run(environ, "xdotool", "windowactivate", "--sync", desktop.window(environ, "--name", "^program$"))
        except BaseException:
            self.kill()  # Otherwise the next test would find its window.
            raise

    def ask(self, command: str, *arguments: object) -> str | None:
        """Return the program's answer to a command of `program.py`."""
        self.process.stdin.write(f"{' '.join(map(str, [command, *arguments]))}\n".encode())
        self.process.stdin.flush()
        return json.loads(self.line())

    def end(self, grace_s: float = desktop.PATIENCE_S) -> int:
        self.process.stdin.close()
        try:
            return self.process.wait(grace_s)
        finally:
            if self.process.poll() is None:
                self.kill()  # Otherwise the next test would find its window.
            self.process.stdout.close()


class Stage(TestCase):
    """A desktop for each class, with accessibility `on` or off; for each test an `Accessibility` with its `choice`."""

    timeout = 30
    on = True
    choice = "if-on"
    environ: dict[str, str]

    @classmethod
    def setUpClass(cls) -> None:
        cls._desktop = accessible_desktop(on=cls.on)
        cls.environ = cls._desktop.__enter__()

    @classmethod
    def tearDownClass(cls) -> None:
        cls._desktop.__exit__(None, None, None)

    @inlineCallbacks
    def setUp(self) -> Steps:
        self.session = yield self.connected(self.environ["DBUS_SESSION_BUS_ADDRESS"])
        self.a11y = yield self.open(self.choice)
        self.heard: list[TextEvent] = []

    @inlineCallbacks
    def connected(self, address: str) -> Steps:
        connection: BusConnection = yield connect(reactor, address)
        self.addCleanup(connection.close)
        return connection

    @inlineCallbacks
    def open(self, choice: str) -> Steps:
        accessibility = Accessibility(reactor, self.session, choice)
        self.addCleanup(accessibility.close)
        yield accessibility.start()
        return accessibility

    @inlineCallbacks
    def accessibility_bus(self) -> Steps:
        """Open another connection to the accessibility bus."""
        address = yield self.session.call("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress")
        return (yield self.connected(address[0]))

    @inlineCallbacks
    def until(self, reached: Callable[[], Any]) -> Steps:
        """Fires with the first true value of `reached()`, or of what the Deferred from it fires with."""
        for _ in range(int(desktop.PATIENCE_S / 0.005)):
            value = yield reached()
            if value:
                return value
            yield deferLater(reactor, 0.005)
        raise desktop.Ended("what the test waits for did not come about")

    @inlineCallbacks
    def focused(self, program: Program, name: str, **facts: bool) -> Steps:
        """Give the focus to a field, and wait until the accessibility bus has announced it."""
        # Another field first, since two fields may have the same facts.
        program.ask("focus", "button")
        yield self.until(lambda: self._told(editable=False))
        program.ask("focus", name)
        yield self.until(lambda: self._told(**facts))

    @inlineCallbacks
    def _told(self, **facts: bool) -> Steps:
        focused = yield self.a11y.focused_object()
        return focused is not None and all(getattr(focused, fact) == value for fact, value in facts.items())

    def listen(self) -> Callable[[], None]:
        """Append the text events to `heard`."""
        stop = self.a11y.listen(self.heard.append)
        self.addCleanup(stop)
        return stop

    @inlineCallbacks
    def type(self, text: str) -> Steps:
        """Type by XTEST, without waiting for the program; fires when all is sent."""
        for number, line in enumerate(text.split("\n")):
            if number:
                yield self.key("Return")  # `xdotool type` skips it.
            if line:
                yield self._xdotool("type", "--delay", "1", "--", line)

    def key(self, *names: str) -> Deferred[bytes]:
        return self._xdotool("key", *names)

    def _xdotool(self, *arguments: str) -> Deferred[bytes]:
        return getProcessOutput("xdotool", arguments, env={**self.environ, "PATH": os.environ["PATH"]})

    def texts(self, kind: str) -> str:
        return "".join(event.text for event in self.heard if event.kind == kind)
