# SPDX-License-Identifier: MIT
"""The printing backend: what it prints, confirms, lends and commits."""

from __future__ import annotations

import pytest
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from typewright.backends.printing.backend import PrintingBackend
from typewright.errors import DisplayLost
from typewright.interfaces.backend import (
    CAPABILITIES,
    GONE,
    LEVEL_APPLICATION,
    NOWHERE,
    OURS,
    KeyboardState,
    Stray,
    window_place,
)
from typewright.keymap.chords import Chord, KeyEvent, State
from typewright.keymap.key_coder import KeyCoder
from typewright.keymap.sample import LOCK, MOD2, SHIFT, sample_layout
from typewright.text.erasing import kind_of


class Listener:
    def __init__(self) -> None:
        self.times_lost = 0

    def lost(self) -> None:
        self.times_lost += 1


class Stage:
    """A printing backend, and the lines that it has printed."""

    def __init__(self, spare: int = 3) -> None:
        self.lines: list[str] = []
        self.backend = PrintingBackend(self.lines.append, layout=sample_layout(spare=spare), window=5)

    @property
    def coder(self) -> KeyCoder:
        state = self.backend.keyboard.state
        return KeyCoder(self.backend.keyboard.layout, group=state.group, locked=state.locked)

    def send(self, *chords: Chord) -> list[object]:
        """Type chords as the engine does; return the confirmations of their events."""
        confirmed: list[object] = []
        for chord in chords:
            confirmations = [self.backend.observer.confirm(event) for event in chord.events]
            assert now(self.backend.keyer.send(self.backend.keyer.shape(chord).events)) == self.backend.window.place
            confirmed += map(now, confirmations)
        return confirmed

    def type(self, text: str) -> list[object]:
        return self.send(*self.coder.text_to_keys(text))


def now(deferred: Deferred) -> object:
    results: list[object] = []
    deferred.addBoth(results.append)
    return results[0]


def test_each_key_event_is_a_line_with_what_it_does() -> None:
    stage = Stage()
    assert stage.type("Hi\n") == [True] * 8
    assert stage.send(*stage.coder.backspaces(1), *stage.coder.chords("ctrl+a F1")) == [True] * 8
    assert stage.lines == [
        "press Shift_L", 'press h: types "H"', "release h", "release Shift_L",
        'press i: types "i"', "release i",
        'press Return: types "\\n"', "release Return",
        'press BackSpace: deletes "\\n"', "release BackSpace",
        "press Control_L", "press a", "release a", "release Control_L",
        "press F1", "release F1",
    ]  # fmt: skip
    assert stage.backend.field.text == "Hi"


def test_the_other_group_and_locks_are_switched_for_the_keys_of_a_write() -> None:
    stage = Stage()
    stage.backend.keyboard.set_state(KeyboardState(0, LOCK | MOD2, 0))
    assert set(stage.type("Hi, да!\t€")) == {True}
    assert stage.backend.field.text == "Hi, да!\t€"
    assert stage.backend.keyboard.state == KeyboardState(0, LOCK | MOD2, 0)


def test_a_lock_key_locks_and_unlocks() -> None:
    stage = Stage()
    stage.send(*stage.coder.chords("Caps_Lock"))
    assert stage.backend.keyboard.state == KeyboardState(0, LOCK, 0)
    stage.send(*stage.coder.chords("Caps_Lock Num_Lock"))
    assert stage.backend.keyboard.state == KeyboardState(0, MOD2, 0)


def test_a_chord_that_was_planned_for_another_state_is_not_confirmed() -> None:
    stage = Stage()
    planned = stage.coder.text_to_keys("a")
    shift = KeyEvent(50, True, State(0, 0))
    now(stage.backend.keyer.send([shift]))
    assert stage.send(*planned) == [False, False]
    assert stage.backend.observer.strays() == [
        Stray(38, True, State(0, SHIFT), OURS), Stray(38, False, State(0, SHIFT), OURS),
    ]  # fmt: skip
    assert stage.backend.observer.strays() == []
    assert stage.backend.field.text == "A"


def test_events_may_be_confirmed_in_the_turn_after_their_sending() -> None:
    stage = Stage()
    (chord,) = stage.coder.text_to_keys("a")
    stage.backend.keyer.send(chord.events)
    assert [now(stage.backend.observer.confirm(event)) for event in chord.events] == [True, True]
    stage.backend.keyer.send(chord.events)
    waiting = stage.backend.observer.confirm(chord.events[0])
    assert waiting.called
    stage.backend.observer.forget()
    late = stage.backend.observer.confirm(chord.events[0])
    assert not late.called
    stage.backend.observer.forget()
    assert now(late) is False


def test_a_modifier_that_is_held_is_waited_for() -> None:
    stage = Stage()
    now(stage.backend.keyer.send([KeyEvent(50, True, None)]))
    waiting = stage.backend.keyboard.unmodified()
    assert not waiting.called
    now(stage.backend.keyer.send([KeyEvent(50, False, None)]))
    assert now(waiting) == KeyboardState(0, 0, 0)


def test_slots_bring_what_the_layout_lacks() -> None:
    stage = Stage(spare=1)
    layout = stage.backend.keyboard.layout
    for segment in stage.coder.segments("naïve 漢", stage.backend.slots.packing()):
        assert now(stage.backend.slots.lend(segment.lend)) is not None
        stage.type(segment.text)
    assert stage.backend.field.text == "naïve 漢"
    now(stage.backend.close())
    assert stage.backend.keyboard.layout is layout


def test_a_commit_brings_any_text_into_the_window_with_the_focus() -> None:
    stage = Stage(spare=0)
    committer = stage.backend.committer
    assert committer.takes("漢字")
    assert now(committer.commit("漢字", window_place(5))) == LEVEL_APPLICATION
    assert now(committer.commit("漢字", window_place(6))) == ""
    assert (stage.lines, stage.backend.field.text) == (['commit: types "漢字"'], "漢字")


def test_keys_that_go_nowhere_type_nothing_and_say_so() -> None:
    stage = Stage()
    stage.backend.window.place = NOWHERE
    assert stage.type("a") == [True, True]
    assert now(stage.backend.focus.focused()) == NOWHERE
    assert not stage.backend.committer.takes("a")
    assert (stage.lines, stage.backend.field.text) == (["press a", "release a"], "")


def test_the_window_s_program_has_taken_what_was_sent() -> None:
    backend = Stage().backend
    assert now(backend.barrier.reach(window_place(5), settle=True)) == LEVEL_APPLICATION
    assert now(backend.barrier.reach(window_place(6), settle=True)) == GONE
    assert kind_of(*now(backend.programs.program(window_place(5)))) == "plain"
    assert now(backend.programs.process(window_place(6))) == 0


def test_it_claims_what_it_can_do_and_no_more() -> None:
    backend = PrintingBackend()
    assert set(CAPABILITIES) - backend.capabilities == {"text"}


def test_a_stream_that_is_gone_is_a_lost_display_and_told_once() -> None:
    def write(line: str) -> None:
        raise BrokenPipeError

    listener = Listener()
    backend = PrintingBackend(write)
    backend.start(listener)
    for _ in range(2):
        failure = now(backend.keyer.send([KeyEvent(38, True, State(0, 0))]))
        assert isinstance(failure, Failure)
        assert failure.check(DisplayLost)
    assert now(backend.committer.commit("a", window_place(1))).check(DisplayLost)
    assert listener.times_lost == 1


def test_by_default_it_prints_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    backend = PrintingBackend()
    backend.keyer.send([KeyEvent(38, True, State(0, 0)), KeyEvent(250, True, State(0, 0))])
    assert capsys.readouterr().out == 'press a: types "a"\npress <250>\n'
