# SPDX-License-Identifier: MIT
"""The deadline that moves with every sign of life."""

from __future__ import annotations

from engine_bench import PENDING, error, outcome
from twisted.internet.defer import CancelledError, Deferred, succeed
from twisted.internet.task import Clock

from typewright.engine.timeouts import Watchdog


def test_silence_cancels_what_is_waited_for() -> None:
    clock = Clock()
    watchdog = Watchdog(clock, 2.0)
    waiting = watchdog.guard(Deferred())
    clock.advance(1.75)
    assert (outcome(waiting), watchdog.expired) == (PENDING, False)
    clock.advance(0.25)
    assert (error(waiting), watchdog.expired) == (CancelledError, True)
    assert clock.getDelayedCalls() == []


def test_each_guarded_deferred_has_the_full_time() -> None:
    clock = Clock()
    watchdog = Watchdog(clock, 2.0)
    for _ in range(5):
        waiting: Deferred[bool] = watchdog.guard(Deferred())
        clock.advance(1.5)
        waiting.callback(True)
    last = watchdog.guard(Deferred())
    clock.pump([0.5] * 3)
    assert not watchdog.expired
    clock.advance(0.5)
    assert error(last) is CancelledError
    assert clock.seconds() == 9.5


def test_one_delayed_call_serves_all() -> None:
    clock = Clock()
    watchdog = Watchdog(clock, 2.0)
    for _ in range(100):
        watchdog.guard(succeed(True))
    assert len(clock.getDelayedCalls()) == 1


def test_a_pause_is_no_silence() -> None:
    clock = Clock()
    watchdog = Watchdog(clock, 2.0)
    waiting = watchdog.guard(Deferred(), 3.0)
    clock.pump([0.5] * 9)
    assert not watchdog.expired
    clock.advance(0.5)
    assert error(waiting) is CancelledError


def test_a_stopped_watchdog_leaves_nothing_behind() -> None:
    clock = Clock()
    watchdog = Watchdog(clock, 2.0)
    waiting = watchdog.guard(Deferred())
    watchdog.stop()
    assert clock.getDelayedCalls() == []
    clock.advance(5)
    assert (outcome(waiting), watchdog.expired) == (PENDING, False)


def test_one_that_has_barked_may_be_stopped() -> None:
    clock = Clock()
    watchdog = Watchdog(clock, 2.0)
    watchdog.guard(Deferred(lambda waiting: waiting.callback("late")))
    clock.advance(2.0)
    watchdog.stop()
    assert watchdog.expired
