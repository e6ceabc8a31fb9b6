# SPDX-License-Identifier: MIT
"""What the user's hand does mid-text, and what arrives all the same."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from tests.helpers import desktop
from tests.x11.stage import FINGERS, Other
from Xlib import X

from conftest import Desk

SHIFT_R, CAPS = 62, 66
ESCAPE, SEVEN, PAUSE = 9, 16, 127
TEXT = "The Quick brown fox: jumps over 2 (lazy) Dogs; " * 20
LONG = TEXT * 10
"""Long enough for a hand to come down in the middle of it."""
ROUNDS = 10
WITH_BOTH_PACINGS = pytest.mark.parametrize(
    ("desk", "under_way"), [('pacing = "chord"', 1), ('pacing = "run"', 16)], indirect=["desk"], ids=["chord", "run"]
)
"""And how many characters are under way at once."""


@pytest.fixture
def hand(desk: Desk) -> Iterator[Other]:
    """The user's hand, on the keyboard; whatever became of the test, CapsLock is off behind it."""
    person = Other(desk.environ["DISPLAY"])
    yield person
    if person.display.screen().root.query_pointer().mask & X.LockMask:
        tap(person, CAPS)
    person.close()


@pytest.mark.promise("user-modifier")
@pytest.mark.parametrize(
    ("desk", "keycode", "held", "disturbs"),
    [
        ('pacing = "chord"', SHIFT_R, 0, True),
        ('pacing = "chord"', SHIFT_R, 300, True),
        ('pacing = "chord"', CAPS, 0, True),
        ('pacing = "run"', SHIFT_R, 300, False),
    ],
    indirect=["desk"],
)
def test_a_modifier_in_mid_text_leaves_no_trace(desk: Desk, hand: Other, keycode: int, held: int, disturbs: bool) -> None:
    """
    `held` counts round trips of another client: long enough for hundreds of characters to go wrong.

    The hand is a client here, which never acts within a run, as a real one can; and what it does between two is mostly seen
    before the next (tests/engine/test_runs.py has the rest).
    """
    chance = random.Random(keycode + held)
    corrections = 0
    for _ in range(ROUNDS):
        with desk.typing(TEXT) as caller:
            got = TEXT[:100] + desk.terminal.read(chance.randrange(1, 400))
            hand.finger(keycode, down=True)
            for _ in range(held):
                hand.down()
            hand.finger(keycode, down=False)
            answer, _ = caller.communicate(timeout=60)
        assert "'confirmed': <true>" in answer
        got += desk.fenced()
        assert desktop.edited(got) == TEXT
        corrections += len(got) - len(TEXT)
        if keycode == CAPS:
            tap(hand, CAPS)
    # Else the taps came too late to disturb anything, and this test shows nothing.
    assert corrections > 0 or not disturbs


@pytest.mark.promise("modifier-held")
@WITH_BOTH_PACINGS
def test_a_hand_that_stays_ends_the_job(desk: Desk, hand: Other, under_way: int) -> None:
    with desk.typing(LONG) as caller:
        hand.finger(SHIFT_R, down=True)
        answer, _ = caller.communicate(timeout=60)
        hand.finger(SHIFT_R, down=False)
    assert "'confirmed': <false>" in answer
    assert "a modifier key is held down" in answer
    got = TEXT[:100] + desk.fenced()
    typed = int(answer.partition("'typed': <uint32 ")[2].partition(">")[0])
    assert got[:typed] == LONG[:typed]
    # What was under way came out under the Shift, and nothing could take it back while that was held.
    assert len(got) - typed <= under_way
    assert desktop.keys_down(desk.environ) == []


@pytest.mark.promise("second-keyboard")
def test_another_keyboard_has_a_layout_of_its_own(desk: Desk, hand: Other) -> None:
    """Each device may have one, and the core keyboard takes on that of the device that was used last."""
    for _ in range(ROUNDS):
        desktop.run(desk.environ, "setxkbmap", "-device", str(FINGERS), "de")
        tap(hand, SHIFT_R)
        answer = desk.call("Insert", "s", "Zyz-{ü}")
        assert (answer, desk.fenced()) == ("b true", "Zyz-{ü}")


def tap(hand: Other, keycode: int) -> None:
    hand.finger(keycode, down=True)
    hand.finger(keycode, down=False)


@pytest.mark.promise("escape")
@WITH_BOTH_PACINGS
def test_escape_stops_the_job_and_is_not_typed_twice(desk: Desk, hand: Other, under_way: int) -> None:
    with desk.typing(LONG) as caller:
        tap(hand, ESCAPE)
        answer, _ = caller.communicate(timeout=60)
    assert "'confirmed': <false>" in answer
    assert "the user pressed Escape" in answer
    got = TEXT[:100] + desk.fenced()
    before, escape, behind = got.partition("\x1b")
    assert escape
    assert LONG.startswith(before + behind)
    assert len(behind) <= under_way
    assert f"'typed': <uint32 {len(before + behind)}>" in answer


@pytest.mark.promise("user-types")
def test_a_job_pauses_while_the_user_types(desk: Desk, hand: Other) -> None:
    with desk.typing(LONG) as caller:
        tap(hand, SEVEN)
        typed = desk.terminal.rest("7") + "7"
        answer, _ = caller.communicate(timeout=60)
    assert "'confirmed': <true>" in answer
    got = TEXT[:100] + typed + desk.fenced()
    # Theirs, wherever it fell, and all of ours.
    assert got[: len(typed) + 99] + got[len(typed) + 100 :] == LONG
    assert float(answer.partition("'elapsed': <")[2].partition(">")[0]) > 0.3


@pytest.mark.promise("panic")
def test_the_panic_chord_disables_typing_and_takes_that_back(desk: Desk, hand: Other) -> None:
    with desk.typing(LONG) as caller:
        tap(hand, PAUSE)
        answer, _ = caller.communicate(timeout=60)
    assert "typing is disabled" in answer
    assert desk.call("Insert", "s", "no") == "b false"
    tap(hand, PAUSE)
    desktop.until(lambda: desk.call("Insert", "s", "yes") == "b true")
    got = (TEXT[:100] + desk.fenced()).replace("\x1b[P", "")
    assert got.endswith("yes")
    assert LONG.startswith(got.removesuffix("yes"))
