# SPDX-License-Identifier: MIT
"""`wire`: who has the shape of a seam, and what one hears who has not."""

from __future__ import annotations

import pytest
from twisted.internet.task import Clock

from typewright.engine.history import History
from typewright.interfaces.accessibility import IAccessibility
from typewright.interfaces.backend import IBarrier, IClock, IFocus, IHistory, IKeyboard, IKeyer, IObserver, IPrograms, wire
from typewright.interfaces.services import ITypingService
from typewright.keymap.sample import sample_layout
from typewright.testing.accessibility import FakeAccessibility
from typewright.testing.backend import (
    FakeBarrier,
    FakeFocus,
    FakeKeyboard,
    FakePrograms,
    PrintingKeyer,
    RecordingKeyer,
    ScriptedObserver,
)

SHAPES = [
    (RecordingKeyer([]), IKeyer),
    (PrintingKeyer(sample_layout()), IKeyer),
    (ScriptedObserver(), IObserver),
    (FakeKeyboard([]), IKeyboard),
    (FakeBarrier([]), IBarrier),
    (FakeFocus(), IFocus),
    (FakePrograms(), IPrograms),
    (FakeAccessibility(), IAccessibility),
    (History(), IHistory),
    (Clock(), IClock),
]


@pytest.mark.parametrize(("collaborator", "interface"), SHAPES, ids=lambda value: getattr(value, "__name__", None))
def test_the_right_shape_passes(collaborator: object, interface: type) -> None:
    assert wire(collaborator, interface) is collaborator


@pytest.mark.parametrize(
    ("collaborator", "interface", "sentence"),
    [
        (ScriptedObserver(), IKeyer, "ScriptedObserver is no IKeyer: it lacks send, settle"),
        (RecordingKeyer([]), IObserver, "RecordingKeyer is no IObserver: it lacks confirm, forget, strays"),
        (FakeFocus(), IBarrier, "FakeFocus is no IBarrier: it lacks begin, end, reach"),
        (FakeBarrier([]), IFocus, "FakeBarrier is no IFocus: it lacks covered, focused, is_background"),
        (FakeKeyboard([]), IHistory, "FakeKeyboard is no IHistory: it lacks before, end, forget, typed"),
        (object(), IClock, "object is no IClock: it lacks callLater, seconds"),
        (
            History(),
            IKeyboard,
            "History is no IKeyboard: it lacks borrow, controls, done_borrowing, give_back, keep_borrowed, layout, read, "
            "reuses, spare, stale, unmodified",
        ),
    ],
)
def test_swapped_collaborators_fail_and_hear_what_they_lack(collaborator: object, interface: type, sentence: str) -> None:
    with pytest.raises(TypeError) as refused:
        wire(collaborator, interface)
    assert str(refused.value) == sentence


def test_one_missing_method_is_enough() -> None:
    class Unsettled:
        def send(self, events: object) -> None: ...

    with pytest.raises(TypeError, match=r"^Unsettled is no IKeyer: it lacks settle$"):
        wire(Unsettled(), IKeyer)


def test_no_stand_in_takes_the_place_of_another() -> None:
    interfaces = [*dict.fromkeys(interface for _, interface in SHAPES), ITypingService]
    for collaborator, interface in SHAPES:
        fitting = []
        for other in interfaces:
            try:
                fitting.append(type(wire(collaborator, other)))
            except TypeError:
                continue
        assert fitting == [type(collaborator)], interface
