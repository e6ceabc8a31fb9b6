# SPDX-License-Identifier: MIT
"""The stand-ins do what their documentation says: the engine's tests rely on that."""

from __future__ import annotations

import pytest
from twisted.internet.defer import Deferred

from typewright.interfaces.accessibility import TEXT_INSERTED, FocusedObject
from typewright.interfaces.backend import GONE, NOWHERE, KeyboardState, Shape, window_place
from typewright.keymap.chords import KeyEvent, State, chord
from typewright.keymap.keysyms import keysym_of
from typewright.keymap.sample import SHIFT, key_name, sample_layout
from typewright.testing.accessibility import FakeAccessibility
from typewright.testing.backend import (
    FakeBackend,
    FakeBarrier,
    FakeKeyboard,
    FakeSlots,
)
from typewright.testing.keys import FakeRuns, Log, RecordingKeyer, ScriptedObserver

PRESS, RELEASE = KeyEvent(38, True, State(0, 0)), KeyEvent(38, False, State(0, 0))


def fired(deferred: Deferred) -> list[object]:
    results: list[object] = []
    deferred.addBoth(results.append)
    return results


def test_runs_are_logged_and_fire_as_told() -> None:
    log: Log = []
    runs = FakeRuns(log, longest=3)
    assert (runs.longest, fired(runs.begin(window_place(7)))) == (3, [True])
    runs.there = False
    assert fired(runs.begin(window_place(8))) == [False]
    runs.silent = True
    assert fired(runs.begin(window_place(9))) == []
    runs.drop()
    assert log == [("run", 7), ("run", 8), ("run", 9), ("drop",)]


def test_a_recording_keyer_logs_in_order_and_fires_with_its_place() -> None:
    log: Log = []
    keyer = RecordingKeyer(log, place=window_place(7))
    assert fired(keyer.send([PRESS, RELEASE])) == [window_place(7)]
    assert fired(keyer.settle()) == [None]
    assert log == [("press", 38), ("release", 38), ("settle",)]
    assert keyer.bursts == [(PRESS, RELEASE)]


def test_a_recording_keyer_by_hand_fires_when_told_with_the_place_of_that_moment() -> None:
    keyer = RecordingKeyer([], by_hand=True)
    results = fired(keyer.send([PRESS]))
    assert results == []
    keyer.place = NOWHERE
    keyer.processed()
    assert results == [NOWHERE]


def test_a_recording_keyer_fails_once_when_told_to() -> None:
    keyer = RecordingKeyer([])
    keyer.fail_with = ZeroDivisionError()
    (failure,) = fired(keyer.send([PRESS]))
    assert failure.type is ZeroDivisionError
    assert keyer.bursts == []
    assert fired(keyer.send([PRESS])) == [window_place(1)]


def test_a_recording_keyer_shapes_as_told() -> None:
    keyer = RecordingKeyer([])
    pressed = chord([38], {}, State(0, 0))
    assert keyer.shape(pressed) == Shape(pressed.events)
    keyer.shaped = lambda chord: Shape(chord.events, 5.0, frozenset({50}))
    assert keyer.shape(pressed) == Shape(pressed.events, 5.0, frozenset({50}))


def test_an_observer_confirms_at_once_falsely_or_never_as_told() -> None:
    observer = ScriptedObserver(false_at=[2], silent_at=[3])
    results = [fired(observer.confirm(PRESS)) for _ in range(4)]
    assert results == [[True], [False], [], [True]]
    observer.forget()
    assert results[2] == [False]
    assert not observer.waiting


def test_a_silent_observer_answers_on_demand_and_in_order() -> None:
    observer = ScriptedObserver(silent=True)
    first, second = fired(observer.confirm(PRESS)), fired(observer.confirm(RELEASE))
    observer.answer()
    assert (first, second) == ([True], [])
    observer.answer(False)
    assert second == [False]
    with pytest.raises(IndexError):
        observer.answer()


def test_a_keyboard_tells_a_change_when_it_is_read() -> None:
    keyboard = FakeKeyboard()
    before, other = keyboard.layout, sample_layout(spare=1)
    keyboard.announce(other)
    assert (keyboard.stale, keyboard.layout) == (True, before)
    assert fired(keyboard.read()) == [(other, keyboard.state)]
    assert not keyboard.stale
    keyboard.announce()
    fired(keyboard.read())
    assert keyboard.layout == other
    assert keyboard.layout is not other


def test_a_silent_keyboard_answers_nothing() -> None:
    keyboard = FakeKeyboard()
    slots = FakeSlots([], keyboard)
    keyboard.silent = True
    assert (fired(keyboard.read()), fired(slots.lend([("ç", "Ç")]))) == ([], [])


def test_a_keyboard_waits_for_the_user_to_let_go() -> None:
    keyboard = FakeKeyboard(state=KeyboardState(1, 2, held=SHIFT))
    results = fired(keyboard.unmodified())
    assert results == []
    keyboard.let_go()
    assert results == [KeyboardState(1, 2, 0)]
    assert fired(keyboard.unmodified()) == results


def test_slots_lend_the_spare_keycodes_and_take_them_back() -> None:
    log: Log = []
    keyboard = FakeKeyboard(sample_layout(spare=2))
    slots = FakeSlots(log, keyboard)
    unlent = keyboard.layout
    assert fired(slots.lend([("ç", "Ç"), ("漢", "漢")])) == [(keyboard.layout, True)]
    assert fired(slots.lend([("漢", "漢")])) == [(keyboard.layout, False)]
    assert not slots.reuses([("漢", "漢")])
    assert slots.reuses([("漢", "漢"), ("é", "É")])
    assert keyboard.layout.borrowed == {248, 249}
    assert keyboard.layout.find(keysym_of("Ç"), group=0, locked=0) == (248, 0, SHIFT, 0)
    assert key_name(keyboard.layout, 249) == "U6F22"
    assert keyboard.layout.lent == {"ç", "Ç", "漢"}
    assert slots.packing().slots == 2
    assert slots.packing().take("Ç")
    fired(slots.lend([("漢", "漢"), ("é", "É")]))
    assert keyboard.layout.find(keysym_of("ç"), group=0, locked=0) is None
    assert keyboard.layout.find(keysym_of("é"), group=1, locked=0) == (248, 1, 0, 0)
    before = keyboard.layout
    assert fired(slots.lend([("a", "A"), ("b", "B"), ("c", "C")])) == [None]
    assert keyboard.layout is before
    slots.keep()
    assert slots.kept
    slots.done()
    assert not slots.kept
    fired(slots.give_back())
    assert keyboard.layout == unlent
    slots.done()
    assert [what for what, *_ in log] == ["lend", "lend", "lend", "lend", "done", "give back"]


def test_a_barrier_logs_the_window_and_reaches_its_level() -> None:
    log: Log = []
    barrier = FakeBarrier(log, level=GONE)
    assert fired(barrier.reach(window_place(3), settle=True)) == [GONE]
    assert log == [("barrier", 3, True)]
    barrier.silent = True
    assert fired(barrier.reach(window_place(3), settle=False)) == []


def test_a_backend_s_parts_share_a_log_and_a_place() -> None:
    log: Log = []
    backend = FakeBackend(log)
    backend.focus_on(NOWHERE)
    assert fired(backend.focus.focused()) == fired(backend.keyer.send([PRESS])) == [NOWHERE]
    for asked in (backend.start, lambda _: backend.inherit(), lambda _: backend.close(), lambda _: backend.abandon()):
        assert fired(asked(None)) == [None]
    assert log == [("press", 38), ("start",), ("inherit",), ("close",), ("abandon",)]


def test_an_accessibility_tells_what_it_is_told_and_nothing_else() -> None:
    absent = FakeAccessibility()
    assert [fired(each) for each in (absent.focused_object(), absent.before(3), absent.hearing())] == [[None], [None], [0]]
    facts = FocusedObject(password=False, editable=True, process=7)
    accessibility = FakeAccessibility(facts, "Hello, you")
    assert [fired(accessibility.focused_object()), fired(accessibility.before(3)), fired(accessibility.hearing())] == [
        [facts], ["you"], [0]
    ]  # fmt: skip
    heard: list[tuple[str, str]] = []
    stop = accessibility.listen(lambda event: heard.append((event.kind, event.text)))
    assert fired(accessibility.hearing()) == [1]
    accessibility.tell(TEXT_INSERTED, "x")
    stop()
    accessibility.tell(TEXT_INSERTED, "y")
    assert heard == [(TEXT_INSERTED, "x")]
