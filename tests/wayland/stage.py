# SPDX-License-Identifier: MIT
"""The stage of the wire's tests: a client in this reactor, what it is connected to, and a count of all descriptors."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import Deferred, inlineCallbacks
from twisted.internet.task import deferLater
from twisted.trial.unittest import TestCase

from tests.helpers.fake_compositor import Client, FakeCompositor
from typewright.errors import DisplayLost
from typewright.wayland.connection import Connection, connect
from typewright.wire.transport import Transport

Steps = Generator[Deferred[Any], Any, None]


def descriptors() -> list[str]:
    """The descriptors of this process that are open."""
    return sorted(os.listdir("/proc/self/fd"))


class Connected(TestCase):
    """A test that has a `connection`; `lost` are the reasons that `on_lost` was called for. Nothing may be left open."""

    timeout = 30
    connection: Connection | None = None

    @inlineCallbacks
    def setUp(self) -> Steps:
        yield deferLater(reactor, 0)  # The reactor has descriptors of its own from here on.
        self._open_before = descriptors()
        self.lost: list[DisplayLost | None] = []

    def tearDown(self) -> None:
        if self.connection is not None:
            self.connection.close()
        self.leave()
        self.assertEqual([each for each in reactor.getReaders() if isinstance(each, Transport)], [])
        self.assertEqual([each for each in reactor.getWriters() if isinstance(each, Transport)], [])
        self.assertEqual(descriptors(), self._open_before)

    def leave(self) -> None:
        """Give back what the test was connected to."""

    @inlineCallbacks
    def connect(self, path: str) -> Steps:
        """Have `connection` be a new one."""
        connection: Connection = yield connect(reactor, path)
        self.lost.clear()
        connection.on_lost = lambda: self.lost.append(connection.reason)
        self.connection = connection

    def bind(self, interface: str, version: int | None = None) -> Any:
        """A global, bound."""
        return self.connection.registry.bind(interface, version)

    @inlineCallbacks
    def until(self, holds: Callable[[], object]) -> Steps:
        """Fires once it holds; for what has no event of its own."""
        while not holds():
            yield deferLater(reactor, 0)

    @inlineCallbacks
    def when_lost(self) -> Generator[Deferred[Any], Any, DisplayLost]:
        """Fires with the reason once `on_lost` was called."""
        yield self.until(lambda: self.lost)
        return self.connection.reason


class Stage(Connected):
    """Each test has a fake compositor, and a client that knows the globals."""

    @inlineCallbacks
    def setUp(self) -> Steps:
        yield super().setUp()
        self._home = tempfile.TemporaryDirectory(prefix="typewright-wayland-")
        self.path = str(Path(self._home.name) / "wayland-0")
        self.compositor = FakeCompositor(reactor, self.path)
        yield self.connect(self.path)

    def leave(self) -> None:
        self.compositor.close()
        self._home.cleanup()

    @property
    def client(self) -> Client:
        """The client as the compositor sees it."""
        return self.compositor.client


def memory_file(content: bytes = b"") -> int:
    """A descriptor of a file in memory; the caller's to close."""
    made = os.memfd_create("test", os.MFD_CLOEXEC)
    os.pwrite(made, content, 0)
    return made
