# SPDX-License-Identifier: MIT
"""`wire`: who has the shape of a seam, and what one hears who has not."""

from __future__ import annotations

import pytest
from twisted.internet.task import Clock

from typewright.backends.printing.backend import PrintingBackend
from typewright.interfaces.accessibility import IAccessibility
from typewright.interfaces.backend import (
    IBackend,
    IBarrier,
    IClock,
    ICommitter,
    IFocus,
    IKeyboard,
    IKeyer,
    IObserver,
    IPrograms,
    IRuns,
    ISlots,
    wire,
)
from typewright.interfaces.services import ITypingService
from typewright.testing.accessibility import FakeAccessibility
from typewright.testing.backend import (
    FakeBackend,
    FakeBarrier,
    FakeFocus,
    FakeKeyboard,
    FakePrograms,
    FakeSlots,
)
from typewright.testing.keys import FakeRuns, RecordingKeyer, ScriptedObserver

PRINTING = PrintingBackend()

SHAPES = [
    (RecordingKeyer([]), IKeyer),
    (FakeRuns([]), IRuns),
    (ScriptedObserver(), IObserver),
    (FakeKeyboard(), IKeyboard),
    (FakeSlots([], FakeKeyboard()), ISlots),
    (FakeBarrier([]), IBarrier),
    (FakeFocus(), IFocus),
    (FakePrograms(), IPrograms),
    (FakeAccessibility(), IAccessibility),
    (FakeBackend([]), IBackend),
    (Clock(), IClock),
    (PRINTING, IBackend),
    (PRINTING.keyer, IKeyer),
    (PRINTING.observer, IObserver),
    (PRINTING.keyboard, IKeyboard),
    (PRINTING.slots, ISlots),
    (PRINTING.committer, ICommitter),
]


@pytest.mark.parametrize(("collaborator", "interface"), SHAPES, ids=lambda value: getattr(value, "__name__", None))
def test_the_right_shape_passes(collaborator: object, interface: type) -> None:
    assert wire(collaborator, interface) is collaborator


@pytest.mark.parametrize(
    ("collaborator", "interface", "sentence"),
    [
        (ScriptedObserver(), IKeyer, "ScriptedObserver is no IKeyer: it lacks send, settle, shape"),
        (RecordingKeyer([]), IObserver, "RecordingKeyer is no IObserver: it lacks confirm, forget, strays"),
        (FakeFocus(), IBarrier, "FakeFocus is no IBarrier: it lacks begin, end, reach"),
        (FakeBarrier([]), IFocus, "FakeBarrier is no IFocus: it lacks focused"),
        (FakeKeyboard(), ISlots, "FakeKeyboard is no ISlots: it lacks done, give_back, keep, lend, packing, reuses"),
        (object(), IClock, "object is no IClock: it lacks callLater, seconds"),
        (FakeFocus(), IKeyboard, "FakeFocus is no IKeyboard: it lacks layout, name, read, stale, unmodified"),
        (
            FakeFocus(),
            IBackend,
            "FakeFocus is no IBackend: it lacks abandon, barrier, capabilities, close, committer, consent, focus, inherit, "
            "keyboard, keyer, name, observer, programs, runs, slots, start",
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

    with pytest.raises(TypeError, match=r"^Unsettled is no IKeyer: it lacks settle, shape$"):
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
