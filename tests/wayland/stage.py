# SPDX-License-Identifier: MIT
"""The stage of the wire's tests: a client in this reactor, what it is connected to, and a count of all descriptors."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import inlineCallbacks

from tests.helpers.fake_compositor import Client, FakeCompositor
from tests.helpers.wire_stage import Connected, Steps
from typewright.wayland.connection import connect


class WaylandClient(Connected):
    """A test that has a `connection` to a compositor, once it has called `connect`."""

    @inlineCallbacks
    def connect(self, path: str) -> Steps:
        """Have `connection` be a new one."""
        self.adopt((yield connect(reactor, path)))

    def bind(self, interface: str, version: int | None = None) -> Any:
        """A global, bound."""
        return self.connection.registry.bind(interface, version)


class Stage(WaylandClient):
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
