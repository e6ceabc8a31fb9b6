# SPDX-License-Identifier: MIT
"""The way in, with a stand-in for the transport. That a flood leaves memory as it is: tests/e2e/test_fuzz.py."""

from __future__ import annotations

from collections.abc import Callable

from tests.helpers.raw_bus import message

from typewright.bus.flow import Intake
from typewright.bus.framing import Frame

PINGS = [message("Ping").serialise(serial) for serial in range(1, 6)]


class Transport:
    """It notes whether it is to be read."""

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
        self.intake = Intake(self._take, self._abort)
        self.intake.open(self.transport)

    def _take(self, frame: Frame) -> None:
        self.taken.append(frame)
        self.act()

    def _abort(self) -> None:
        self.aborted += 1


def test_while_the_bus_takes_nothing_no_message_is_taken() -> None:
    stage = Stage()
    stage.act = lambda: stage.intake.pauseProducing() if len(stage.taken) == 2 else None
    stage.intake.feed(b"".join(PINGS))
    assert stage.taken == PINGS[:2]
    assert not stage.transport.reads
    stage.intake.resumeProducing()
    assert stage.taken == PINGS
    assert stage.transport.reads


def test_it_may_fill_up_again_at_once() -> None:
    stage = Stage()
    stage.act = stage.intake.pauseProducing
    stage.intake.feed(b"".join(PINGS))
    for count in range(1, 6):
        assert stage.taken == PINGS[:count]
        assert not stage.transport.reads
        stage.intake.resumeProducing()
    assert stage.transport.reads


def test_what_is_no_message_ends_it() -> None:
    stage = Stage()
    stage.intake.feed(b"no message of version 1")
    assert (stage.taken, stage.aborted) == ([], 1)


def test_a_transport_that_is_to_close_has_no_producer() -> None:
    stage = Stage()
    assert stage.transport.producer is stage.intake
    stage.intake.close()
    assert stage.transport.producer is None
    Intake(lambda frame: None, lambda: None).close()  # before it was opened
