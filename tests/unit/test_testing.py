# SPDX-License-Identifier: MIT
"""The stand-ins do what they say, since the engine's tests believe them."""

from __future__ import annotations

import pytest
from twisted.internet.defer import Deferred

from typewright.interfaces.accessibility import TEXT_INSERTED, FocusedObject
from typewright.interfaces.backend import KeyboardState
from typewright.keymap.chords import KeyEvent
from typewright.keymap.keysyms import keysym_of
from typewright.keymap.sample import SHIFT, key_name, sample_layout
from typewright.testing.accessibility import FakeAccessibility
from typewright.testing.backend import FakeKeyboard, Log, PrintingKeyer, RecordingKeyer, ScriptedObserver

PRESS, RELEASE = KeyEvent(38, True, 0), KeyEvent(38, False, 0)


def fired(deferred: Deferred) -> list[object]:
    results: list[object] = []
    deferred.addBoth(results.append)
    return results


def test_a_recording_keyer_logs_in_order_and_fires_with_its_window() -> None:
    log: Log = []
    keyer = RecordingKeyer(log, window=7)
    assert fired(keyer.send([PRESS, RELEASE])) == [7]
    assert fired(keyer.settle()) == [None]
    assert log == [("press", 38), ("release", 38), ("settle",)]
    assert keyer.bursts == [(PRESS, RELEASE)]


def test_a_recording_keyer_by_hand_fires_when_told_with_the_window_of_that_moment() -> None:
    keyer = RecordingKeyer([], by_hand=True)
    results = fired(keyer.send([PRESS]))
    assert results == []
    keyer.window = 9
    keyer.processed()
    assert results == [9]


def test_a_recording_keyer_fails_once_when_told_to() -> None:
    keyer = RecordingKeyer([])
    keyer.fail_with = ZeroDivisionError()
    (failure,) = fired(keyer.send([PRESS]))
    assert failure.type is ZeroDivisionError
    assert keyer.bursts == []
    assert fired(keyer.send([PRESS])) == [1]


def test_a_printing_keyer_prints(capsys: pytest.CaptureFixture[str]) -> None:
    keyer = PrintingKeyer(sample_layout(), window=3)
    assert fired(keyer.send([KeyEvent(50, True, 0), PRESS, RELEASE, KeyEvent(250, True, 0)])) == [3]
    assert fired(keyer.settle()) == [None]
    assert capsys.readouterr().out == "press Shift_L\npress a\nrelease a\npress <250>\n"


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
    keyboard = FakeKeyboard([])
    before, other = keyboard.layout, sample_layout(spare=1)
    keyboard.announce(other)
    assert (keyboard.stale, keyboard.layout) == (True, before)
    assert fired(keyboard.read()) == [(other, keyboard.state)]
    assert not keyboard.stale
    keyboard.announce()
    fired(keyboard.read())
    assert keyboard.layout == other
    assert keyboard.layout is not other


def test_a_keyboard_waits_for_the_user_to_let_go() -> None:
    keyboard = FakeKeyboard([], state=KeyboardState(1, 2, held=SHIFT))
    results = fired(keyboard.unmodified())
    assert results == []
    keyboard.let_go()
    assert results == [KeyboardState(1, 2, 0)]
    assert fired(keyboard.unmodified()) == results


def test_a_keyboard_lends_its_spare_keycodes_and_takes_them_back() -> None:
    keyboard = FakeKeyboard([], sample_layout(spare=2))
    unlent = keyboard.layout
    fired(keyboard.borrow([("ç", "Ç"), ("漢", "漢")]))
    assert keyboard.layout.borrowed == {248, 249}
    assert keyboard.layout.find(keysym_of("Ç"), group=0, locked=0) == (248, 0, SHIFT, 0)
    assert key_name(keyboard.layout, 249) == "U6F22"
    fired(keyboard.borrow([("漢", "漢"), ("é", "É")]))
    assert keyboard.layout.find(keysym_of("ç"), group=0, locked=0) is None
    assert keyboard.layout.find(keysym_of("é"), group=1, locked=0) == (248, 1, 0, 0)
    with pytest.raises(KeyError):
        keyboard.borrow([("a", "A"), ("b", "B"), ("c", "C")])
    fired(keyboard.give_back())
    assert keyboard.layout == unlent


def test_an_accessibility_tells_what_it_is_told_and_nothing_else() -> None:
    nobody = FakeAccessibility()
    assert [fired(each) for each in (nobody.focused_object(), nobody.before(3), nobody.hearing())] == [[None], [None], [0]]
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
