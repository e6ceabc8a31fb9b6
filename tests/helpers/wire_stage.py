# SPDX-License-Identifier: MIT
"""The stage of the tests of a wire, Wayland's or EI's: a client in this reactor, and a count of all descriptors."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Callable, Generator
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import Deferred, inlineCallbacks
from twisted.internet.task import deferLater
from twisted.trial.unittest import TestCase

from tests.helpers.fake_server import FakeServer
from tests.helpers.open_files import descriptors, memory_file
from typewright.errors import DisplayLost
from typewright.wire.transport import Transport

Steps = Generator[Deferred[Any], Any, None]


class NothingLeftOpen(TestCase):
    """A test after which no descriptor may be open that was not open before."""

    timeout = 30

    @inlineCallbacks
    def setUp(self) -> Steps:
        yield deferLater(reactor, 0)  # The reactor has descriptors of its own from here on.
        self._open_before = descriptors()

    def tearDown(self) -> None:
        self.assertEqual(descriptors(), self._open_before)


class Connected(NothingLeftOpen):
    """A test that has a `connection`; `lost` are the reasons that `on_lost` was called for. Nothing may be left open."""

    connection: Any = None

    @inlineCallbacks
    def setUp(self) -> Steps:
        yield super().setUp()
        self.lost: list[DisplayLost | None] = []

    def tearDown(self) -> None:
        if self.connection is not None:
            self.connection.close()
        self.leave()
        self.assertEqual([each for each in reactor.getReaders() if isinstance(each, Transport)], [])
        self.assertEqual([each for each in reactor.getWriters() if isinstance(each, Transport)], [])
        super().tearDown()

    def leave(self) -> None:
        """Give back what the test was connected to."""

    def adopt(self, connection: Any) -> None:
        """Have `connection` be this one, and `lost` be empty."""
        self.lost.clear()
        connection.on_lost = lambda: self.lost.append(connection.reason)
        self.connection = connection

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


class StrayDescriptors:
    """
    The test of descriptors that no message carries, for a `Connected`.

    `server` is the other end, `good` a message of it that is valid at any time; `again` begins with a new connection.
    """

    server: FakeServer
    good: bytes
    again: Callable[[], Deferred[None]]

    @inlineCallbacks
    def test_descriptors_that_belong_to_no_message_are_closed_at_the_end(self) -> Steps:
        for count in (1, 28, 65, 253):
            file = memory_file(b"x")
            rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack(f"={count}i", *[file] * count))
            self.server.transport._socket.sendmsg([self.good], [rights])
            os.close(file)
            if count <= 64:
                yield self.connection.sync()
                self.assertEqual(len(self.connection._transport.descriptors), count)
                self.connection.close()
            else:
                reason = yield self.when_lost()
                self.assertIn("more descriptors than messages that carry one", str(reason))
            yield self.again()
