# SPDX-License-Identifier: MIT
"""The stage of the tests of EI: a client in this reactor, a fake EIS, and a count of all descriptors."""

from __future__ import annotations

from twisted.internet import reactor
from twisted.internet.defer import inlineCallbacks

from tests.helpers.fake_eis import FakeEis
from tests.helpers.wire_stage import Connected, Steps
from typewright.ei.connection import Connection, connect
from typewright.ei.keyboards import Device, Keyboards


class Stage(Connected):
    """Each test has a fake EIS and a client that knows its keyboards."""

    @inlineCallbacks
    def setUp(self) -> Steps:
        yield super().setUp()
        self.eis = self.fake()
        yield self.connect()

    def fake(self) -> FakeEis:
        return FakeEis(reactor)

    def leave(self) -> None:
        self.eis.close()

    @inlineCallbacks
    def connect(self) -> Steps:
        """Have `connection` be a new one to `eis`, with all that it offers known."""
        connection: Connection = yield connect(reactor, self.eis.theirs, "test")
        self.adopt(connection)
        self.keyboards = Keyboards(connection)
        # The seat is told by the first answer, its devices by the second.
        yield connection.sync()
        yield connection.sync()

    @property
    def device(self) -> Device:
        """The device to type on."""
        assert self.keyboards.current is not None
        return self.keyboards.current
