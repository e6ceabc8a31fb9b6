# SPDX-License-Identifier: MIT
"""Flow control, with a stand-in for the transport. That a flood does not fill memory is tested in tests/e2e/test_fuzz.py."""

from __future__ import annotations

from collections.abc import Callable

from tests.helpers.raw_bus import message

from typewright.bus.flow import Flow
from typewright.bus.framing import Frame

PINGS = [message("Ping").serialise(serial) for serial in range(1, 6)]


class Transport:
    """Records whether it may be read."""

    def __init__(self) -> None:
        self.reads = True
        self.producer: object = None

    def registerProducer(self, producer: object, streaming: bool) -> None:
        assert streaming
        self.producer = producer

    def unregisterProducer(self) -> None:
        self.producer = None

    def pauseProducing(self) -> None:
        self.reads = False

    def resumeProducing(self) -> None:
        self.reads = True


class Stage:
    def __init__(self, act: Callable[[], None] = lambda: None) -> None:
        self.taken: list[Frame] = []
        self.aborted = 0
        self.act = act
        self.transport = Transport()
        self.flow = Flow(self._take, self._abort)
        self.flow.open(self.transport)

    def _take(self, frame: Frame) -> None:
        self.taken.append(frame)
        self.act()

    def _abort(self) -> None:
        self.aborted += 1


def test_while_the_bus_takes_nothing_no_message_is_taken() -> None:
    stage = Stage()
    stage.act = lambda: stage.flow.pauseProducing() if len(stage.taken) == 2 else None
    stage.flow.feed(b"".join(PINGS))
    assert stage.taken == PINGS[:2]
    assert not stage.transport.reads
    stage.flow.resumeProducing()
    assert stage.taken == PINGS
    assert stage.transport.reads


def test_it_may_fill_up_again_at_once() -> None:
    stage = Stage()
    stage.act = stage.flow.pauseProducing
    stage.flow.feed(b"".join(PINGS))
    for count in range(1, 6):
        assert stage.taken == PINGS[:count]
        assert not stage.transport.reads
        stage.flow.resumeProducing()
    assert stage.transport.reads


def test_what_is_no_message_ends_it() -> None:
    stage = Stage()
    stage.flow.feed(b"no message of version 1")
    assert (stage.taken, stage.aborted) == ([], 1)


def test_a_transport_that_is_to_close_has_no_producer() -> None:
    stage = Stage()
    assert stage.transport.producer is stage.flow
    stage.flow.close()
    assert stage.transport.producer is None
    Flow(lambda frame: None, lambda: None).close()  # Before it was opened.
