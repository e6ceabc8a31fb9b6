# SPDX-License-Identifier: MIT
"""The barrier waits for what programs have not read, and for nothing else."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import Clock

from typewright.backends.shared.barrier import Barrier
from typewright.backends.wlroots.virtual_keyboard import PAUSE_S
from typewright.interfaces.backend import GONE, LEVEL_SERVER, IBarrier, Place, window_place, wire

HERE = window_place(1)


class Sockets:
    """What the kernel would tell: program -> unread."""

    def __init__(self, **unread: int) -> None:
        self.now = {int(name[1:]): value for name, value in unread.items()}
        self.looks = 0

    def look(self) -> Mapping[int, int]:
        return dict(self.now)

    def look_again(self) -> Mapping[int, int]:
        self.looks += 1
        return dict(self.now)

    def close(self) -> None:
        self.now.clear()


class Windows:
    """Windows that are all there, until they are `gone`."""

    gone = False

    def exists(self, place: Place) -> bool:
        return not self.gone


class Bench:
    def __init__(self, sockets: Sockets | None) -> None:
        self.clock, self.windows = Clock(), Windows()
        self.barrier = wire(Barrier(self.clock, sockets, self.windows.exists), IBarrier)
        self.barrier.begin(HERE)

    def reach(self, *, settle: bool = False) -> tuple[Deferred[str], list[str]]:
        levels: list[str] = []
        reached = self.barrier.reach(HERE, settle=settle)
        reached.addCallbacks(levels.append, lambda failure: levels.append(failure.type.__name__))
        return reached, levels

    def pass_s(self, seconds: float) -> None:
        self.clock.pump([0.001] * round(seconds * 1000))


def test_a_program_that_has_read_all_is_not_waited_for() -> None:
    bench = Bench(Sockets(p1=0))
    assert bench.reach()[1] == [LEVEL_SERVER]
    assert bench.clock.getDelayedCalls() == []


def test_one_that_has_not_is_waited_for_until_it_has() -> None:
    sockets = Sockets(p1=0, p2=0)
    bench = Bench(sockets)
    sockets.now[2] = 768
    levels = bench.reach()[1]
    bench.pass_s(5)
    assert levels == []
    sockets.now[2] = 0
    bench.pass_s(0.05)
    assert levels == [LEVEL_SERVER]
    assert bench.clock.getDelayedCalls() == []


def test_what_hung_before_the_job_is_not_waited_for() -> None:
    sockets = Sockets(p1=99_000, p2=0)
    bench = Bench(sockets)
    assert bench.reach()[1] == [LEVEL_SERVER]
    sockets.now[1] += 768
    assert bench.reach()[1] == []


def test_programs_need_not_be_quiet_all_at_the_same_time() -> None:
    sockets = Sockets(p1=0, p2=0)
    bench = Bench(sockets)
    sockets.now = {1: 768, 2: 768}
    levels = bench.reach()[1]
    sockets.now = {1: 0, 2: 768}
    bench.pass_s(0.05)
    sockets.now = {1: 768, 2: 0}
    bench.pass_s(0.05)
    assert levels == [LEVEL_SERVER]


def test_a_program_that_ends_is_not_waited_for_and_its_window_is_gone() -> None:
    sockets = Sockets(p1=0)
    bench = Bench(sockets)
    sockets.now[1] = 768
    levels = bench.reach()[1]
    sockets.now.clear()
    bench.windows.gone = True
    bench.pass_s(0.05)
    assert levels == [GONE]


def test_several_fire_in_the_order_of_asking_and_a_cancelled_one_is_left_out() -> None:
    sockets = Sockets(p1=0)
    bench = Bench(sockets)
    sockets.now[1] = 768
    fired: list[str] = []
    waits = [bench.reach() for _ in range(3)]
    for name, (reached, _) in zip("abc", waits, strict=True):
        reached.addCallback(lambda _, name=name: fired.append(name))
    waits[1][0].cancel()
    assert waits[1][1] == [CancelledError.__name__]
    sockets.now[1] = 0
    bench.pass_s(0.05)
    assert [name for name in fired if name != "b"] == ["a", "c"]


def test_before_a_change_of_the_keymap_programs_get_their_moment() -> None:
    bench = Bench(Sockets(p1=0))
    levels = bench.reach(settle=True)[1]
    bench.pass_s(PAUSE_S - 0.002)
    assert levels == []
    bench.pass_s(0.003)
    assert levels == [LEVEL_SERVER]


def test_where_nothing_is_known_nothing_is_waited_for() -> None:
    bench = Bench(None)
    assert bench.reach()[1] == [LEVEL_SERVER]


@pytest.mark.parametrize("passed_s", [1.0, 10.0])
def test_looks_become_rare(passed_s: float) -> None:
    sockets = Sockets(p1=0)
    bench = Bench(sockets)
    sockets.now[1] = 768
    bench.reach()
    bench.pass_s(passed_s)
    assert sockets.looks < 10 + passed_s / 0.03
