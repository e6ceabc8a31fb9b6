# SPDX-License-Identifier: MIT
"""What RECORD shows and what devices send, joined: in any order in which the two connections bring them."""

from __future__ import annotations

import itertools
import struct
from unittest.mock import Mock

import pytest
from twisted.internet.defer import Deferred

from typewright.backends.x11.event_sources import EventSources
from typewright.backends.x11.requests import Extension
from typewright.backends.x11.xtest import NO_KEY
from typewright.keymap.chords import State

XTEST, FINGERS = 5, 7
A, B, SHIFT = 38, 56, 50

Sent = tuple[int, bool, int, int]
"""Keycode, pressed, time in milliseconds, device."""
Shown = tuple[int, bool, int]


class Bench:
    """Event sources, and what they have told: `+38 by program`, `-38 by user`, `+38 swallowed`."""

    def __init__(self) -> None:
        self.connection = Mock()
        self.sources = EventSources(self.connection, Extension(131, 66))
        self.sources.xtest = XTEST
        self.told: list[str] = []
        self.sources.on_key = lambda keycode, pressed, state, source: self.told.append(
            f"{'-+'[pressed]}{keycode} by {source}"
        )
        self.sources.on_swallowed = lambda keycode, pressed: self.told.append(f"{'-+'[pressed]}{keycode} swallowed")

    def raw(self, keycode: int, pressed: bool, time: int, device: int = XTEST) -> None:
        self.sources._on_raw(struct.pack("=8xH2xIIH", 13 if pressed else 14, time, keycode, device))

    def record(self, keycode: int, pressed: bool, time: int) -> None:
        self.sources.recorded(keycode, pressed, time, State(0, 0))


def told(sent: list[Sent], shown: list[Shown]) -> set[tuple[str, ...]]:
    """Return what is told in the end, for each order in which the two connections may be read."""
    results = set()
    for chosen in itertools.combinations(range(len(sent) + len(shown)), len(sent)):
        bench = Bench()
        raws, records = iter(sent), iter(shown)
        for turn in range(len(sent) + len(shown)):
            if turn in chosen:
                bench.raw(*next(raws))
            else:
                bench.record(*next(records))
        results.add(tuple(bench.told))
    return results


TAP_A: list[Sent] = [(A, True, 10, XTEST), (A, False, 10, XTEST)]
TAP_B: list[Sent] = [(B, True, 20, FINGERS), (B, False, 21, FINGERS)]
LATE_A: list[Shown] = [(A, True, 310), (A, False, 320)]


def shown(*taps: Sent) -> list[Shown]:
    return [event[:3] for event in taps]


def test_each_event_is_joined_with_its_device() -> None:
    assert told(TAP_A + TAP_B, shown(*TAP_A, *TAP_B)) == {("+38 by program", "-38 by program", "+56 by user", "-56 by user")}


def test_a_press_that_slow_keys_let_through_is_joined() -> None:
    assert told([(A, True, 10, XTEST), (A, False, 320, XTEST)], LATE_A) == {("+38 by program", "-38 by program")}


def test_a_shifted_chord_under_slow_keys() -> None:
    sent = [(SHIFT, True, 0, XTEST), (A, True, 310, XTEST), (A, False, 620, XTEST), (SHIFT, False, 620, XTEST)]
    seen = [(SHIFT, True, 300), (A, True, 610), (A, False, 620), (SHIFT, False, 620)]
    assert told(sent, seen) == {("+50 by program", "+38 by program", "-38 by program", "-50 by program")}


def test_a_users_release_while_slow_keys_wait() -> None:
    sent = [(A, True, 10, XTEST), (B, False, 100, FINGERS), (A, False, 320, XTEST)]
    in_turn = ("-56 by user", "+38 by program", "-38 by program")
    # If RECORD is read first, the late press is joined with the first event that is known to have been sent.
    assert told(sent, [(B, False, 100), *LATE_A]) == {in_turn, ("+38 by program", "-56 by user", "-38 by program")}


def test_repeats_have_no_device() -> None:
    sent = [(A, True, 10, XTEST), (A, False, 290, XTEST)]
    seen = [(A, True, 10), (A, True, 210), (A, True, 243), (A, False, 290)]
    repeat = "+38 by repeat"
    assert told(sent, seen) == {("+38 by program", repeat, repeat, "-38 by program")}


def test_repeats_behind_a_late_press_have_no_device() -> None:
    sent = [(A, True, 10, XTEST), (A, False, 590, XTEST)]
    seen = [(A, True, 310), (A, True, 510), (A, True, 543), (A, False, 590)]
    repeat = "+38 by repeat"
    assert told(sent, seen) == {("+38 by program", repeat, repeat, "-38 by program")}


def test_what_was_swallowed_is_known_behind_what_was_not() -> None:
    sent = [(SHIFT, True, 0, XTEST), *TAP_A, (SHIFT, False, 10, XTEST)]
    results = told(sent, [(SHIFT, True, 0), (SHIFT, False, 10)])
    assert results == {("+50 by program", "+38 swallowed", "-38 swallowed", "-50 by program")}


@pytest.mark.parametrize("released", [True, False])
def test_what_was_swallowed_with_nothing_behind_it_is_known_when_somebody_made_sure(released: bool) -> None:
    bench = Bench()
    for event in TAP_A if released else TAP_A[:1]:
        bench.raw(*event)
    replies = [Deferred[bytes](), Deferred[bytes]()]
    bench.connection.ask = Mock(side_effect=replies)
    bench.sources.find_swallowed()
    bench.raw(*TAP_B[0])
    for reply in replies:
        assert bench.told == []
        reply.callback(b"")
    assert bench.told == (["+38 swallowed", "-38 swallowed"] if released else [])
    bench.record(B, True, 20)
    assert bench.told[-1] == "+56 by user"


def test_a_press_after_a_swallowed_one_is_not_taken_for_it() -> None:
    bench = Bench()
    for event in (*TAP_A, (A, True, 400, XTEST), (A, False, 400, XTEST)):
        bench.raw(*event)
    bench.record(A, True, 400)
    bench.record(A, False, 400)
    assert bench.told == ["+38 swallowed", "-38 swallowed", "+38 by program", "-38 by program"]


def test_the_key_that_nobody_has_is_nobodys() -> None:
    bench = Bench()
    for _ in range(1000):
        bench.raw(NO_KEY, False, 5)
    bench.raw(*TAP_A[0])
    bench.record(*TAP_A[0][:3])
    assert bench.told == ["+38 by program"]


@pytest.mark.parametrize(("kind", "detail", "clicks"), [(15, 1, 1), (15, 4, 0), (16, 1, 0), (22, 1, 1), (22, 4, 1)])
def test_buttons_and_touches_are_told_and_the_wheel_is_not(kind: int, detail: int, clicks: int) -> None:
    """The number of a touch is just a number."""
    bench, told = Bench(), list[str]()
    bench.sources.on_button = lambda: told.append("click")
    bench.sources._on_raw(struct.pack("=8xH2xIIH", kind, 10, detail, 9))
    assert (told, bench.told) == (["click"] * clicks, [])


def test_the_keycode_that_wakes_the_keyboard_counts_where_a_program_presses_it() -> None:
    bench = Bench()
    bench.raw(NO_KEY, False, 1)
    for pressed, time in ((True, 2), (False, 3)):
        bench.raw(NO_KEY, pressed, time)
        bench.record(NO_KEY, pressed, time)
    bench.raw(NO_KEY, False, 4)
    bench.raw(A, True, 5)
    bench.record(A, True, 5)
    assert bench.told == ["+8 by program", "-8 by program", "+38 by program"]
