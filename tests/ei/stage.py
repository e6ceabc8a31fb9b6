# SPDX-License-Identifier: MIT
"""The stage of the tests of EI: a client in this reactor, a fake EIS, and a count of all descriptors."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import Deferred, inlineCallbacks
from twisted.internet.task import deferLater
from twisted.trial.unittest import TestCase

from tests.helpers.fake_eis import FakeEis
from typewright.ei.connection import Connection, connect
from typewright.ei.keyboards import Device, Keyboards
from typewright.errors import DisplayLost
from typewright.wire.transport import Transport

Steps = Generator[Deferred[Any], Any, None]


def descriptors() -> list[str]:
    """The descriptors of this process that are open."""
    return sorted(os.listdir("/proc/self/fd"))


class Stage(TestCase):
    """Each test has a fake EIS and a client; `lost` are the reasons of its `on_lost`. Nothing may be left open."""

    timeout = 30
    connection: Connection | None = None

    @inlineCallbacks
    def setUp(self) -> Steps:
        yield deferLater(reactor, 0)  # The reactor has descriptors of its own from here on.
        self._open_before = descriptors()
        self.lost: list[DisplayLost | None] = []
        self.eis = self.fake()
        yield self.connect()

    def fake(self) -> FakeEis:
        return FakeEis(reactor)

    def tearDown(self) -> None:
        if self.connection is not None:
            self.connection.close()
        self.eis.close()
        self.assertEqual([each for each in reactor.getReaders() if isinstance(each, Transport)], [])
        self.assertEqual([each for each in reactor.getWriters() if isinstance(each, Transport)], [])
        self.assertEqual(descriptors(), self._open_before)

    @inlineCallbacks
    def connect(self) -> Steps:
        """Have `connection` be a new one to `eis`, with all that it offers known."""
        connection: Connection = yield connect(reactor, self.eis.theirs, "test")
        self.lost.clear()
        connection.on_lost = lambda: self.lost.append(connection.reason)
        self.connection = connection
        self.keyboards = Keyboards(connection)
        # The seat is told by the first answer, its devices by the second.
        yield connection.sync()
        yield connection.sync()

    @property
    def device(self) -> Device:
        """The device to type on."""
        assert self.keyboards.current is not None
        return self.keyboards.current

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
