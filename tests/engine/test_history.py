# SPDX-License-Identifier: MIT
"""What was typed, where, by whom; how much of it is kept, and when it ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from typewright.engine.history import History, Insertion, Stretch
from typewright.keymap.chords import ERASE


class Notes(History):
    """A history that is written to in fewer words: each text is an insertion of its own."""

    def note(self, window: int, caller: str, text: str, *, insertion: int = 0) -> int:
        insertion = insertion or self.begin()
        self.typed(window, caller, text, insertion, "plain")
        return insertion


def test_windows_don_t_share() -> None:
    history = Notes()
    history.note(1, "A", "one")
    history.note(2, "A", "two")
    assert (history.before(1), history.before(2), history.before(3)) == ("one", "two", "")


def test_what_stands_before_is_everybodys_in_the_order_of_typing() -> None:
    history = Notes()
    for caller, text in [("A", "one"), ("B", " two"), ("A", " three")]:
        history.note(1, caller, text)
    assert history.before(1) == "one two three"
    assert history.of(1) == (("A", "one"), ("B", " two"), ("A", " three"))


def test_nothing_typed_is_nothing_to_remember() -> None:
    history = Notes(windows=1)
    history.note(1, "A", "one")
    history.note(2, "A", "")
    assert (history.before(1), history.of(2)) == ("one", ())


def test_backspaces_take_from_the_end_across_callers() -> None:
    history = Notes()
    history.note(1, "A", "abc")
    history.note(1, "B", "de")
    history.note(1, "A", ERASE)
    assert history.of(1) == (("A", "abc"), ("B", "d"))
    history.note(1, "A", ERASE * 2)
    assert history.of(1) == (("A", "ab"),)


def test_backspaces_past_the_beginning_are_forgotten() -> None:
    history = Notes()
    history.note(1, "A", "abc")
    history.note(1, "A", ERASE * 10)
    history.note(7, "A", ERASE)
    assert (history.before(1), history.of(1)) == ("", ())
    history.note(1, "A", "x")
    assert history.before(1) == "x"


def test_a_backspace_does_what_it_does_in_the_windows_program() -> None:
    history = Notes()
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    for program, left in [("chromium", "a"), ("plain", "a" + family[:-1])]:
        number = history.note(1, "A", "a" + family)
        history.typed(1, "B", ERASE, history.begin(), program)
        assert history.find(number, 1) == Insertion(number, 1, left)
        history.end(1)


def test_where_programs_differ_a_backspace_ends_what_is_known() -> None:
    history = Notes()
    history.note(1, "A", "abe\u0301")
    history.typed(1, "A", ERASE, history.begin(), "unknown")
    assert history.before(1) == ""
    history.note(1, "A", "ab")
    history.typed(1, "A", ERASE, history.begin(), "unknown")
    assert history.before(1) == "a"


def test_only_the_windows_used_last_are_remembered() -> None:
    history = Notes(windows=2)
    history.note(1, "A", "one")
    history.note(2, "A", "two")
    history.note(1, "A", "!")
    history.note(3, "A", "three")
    assert [history.before(window) for window in (1, 2, 3)] == ["one!", "", "three"]


def test_only_so_many_characters_are_remembered_in_each_window() -> None:
    history = Notes(characters=5)
    history.note(1, "A", "abc")
    number = history.note(1, "B", "defg")
    assert history.of(1) == (("A", "c"), ("B", "defg"))
    history.note(1, "B", "hi", insertion=number)
    assert history.of(1) == (("B", "efghi"),)
    history.note(1, "C", "0123456789")
    assert history.of(1) == (("C", "56789"),)
    history.note(2, "A", "xyz")
    assert (history.before(1), history.before(2)) == ("56789", "xyz")


def test_what_is_old_is_forgotten() -> None:
    now = 0.0
    history = Notes(lambda: now, age_s=10.0)
    history.note(1, "A", "old")
    now = 6.0
    number = history.note(1, "A", "new")
    now = 11.0
    assert history.before(1) == "new"
    assert history.last("A") == Insertion(number, 1, "new")
    now = 20.0
    assert (history.before(1), history.last("A")) == ("", None)


@given(
    st.lists(st.one_of(st.text("ab", min_size=1, max_size=6), st.integers(1, 8)), max_size=30),
    st.integers(1, 12),
)
def test_the_history_is_the_end_of_what_was_typed(steps: list[str | int], characters: int) -> None:
    history, expected = Notes(characters=characters), ""
    for step in steps:
        history.note(1, "A", step if isinstance(step, str) else ERASE * step)
        if isinstance(step, str):
            expected = (expected + step)[-characters:]
        else:
            expected = expected[: max(len(expected) - step, 0)]
        assert history.before(1) == expected


# --- Insertions ------------------------------------------------------------------------------------------------------


def test_the_last_insertion_of_a_caller_is_found_in_whatever_window_it_is() -> None:
    history = Notes()
    first = history.note(1, "A", "one")
    second = history.note(2, "A", "two")
    history.note(2, "B", "!")
    assert history.last("A") == Insertion(second, 2, "two", frozenset("B"))
    assert history.find(first, 1) == Insertion(first, 1, "one")
    assert (history.find(first, 2), history.last("C")) == (None, None)


def test_an_insertion_with_another_in_its_midst_is_not_the_last() -> None:
    history = Notes()
    number = history.note(1, "A", "one ")
    history.note(1, "B", "two ")
    history.note(1, "A", "three", insertion=number)
    assert history.find(number, 1) == Insertion(number, 1, "one three", frozenset("B"))


def test_an_insertion_that_was_taken_back_makes_room_for_the_one_before() -> None:
    history = Notes()
    first, second = history.note(1, "A", "one"), history.note(1, "A", "two")
    history.note(1, "A", ERASE * 2)
    assert history.last("A") == Insertion(second, 1, "t")
    history.note(1, "A", ERASE)
    assert history.last("A") == Insertion(first, 1, "one")


def test_what_a_spoiled_insertion_still_types_is_not_known() -> None:
    history = Notes()
    number = history.note(1, "A", "one")
    history.forget()
    assert not history.knows(number)
    history.note(1, "A", "two", insertion=number)
    assert history.before(1) == ""
    later = history.note(1, "A", "three")
    assert history.knows(later)
    assert history.before(1) == "three"


def test_forgetting_wipes_everything() -> None:
    history = Notes()
    history.note(1, "A", "one")
    history.note(2, "A", "two")
    history.end(1)
    assert (history.before(1), history.before(2)) == ("", "two")
    history.forget()
    assert history.before(2) == ""


@pytest.mark.promise("only-own-text")
def test_what_had_begun_in_a_window_that_is_gone_is_not_noted_for_the_next_of_its_number() -> None:
    history = Notes()
    history.note(1, "A", "one")
    begun = history.begin()
    history.gone(1)
    history.typed(1, "A", "two", begun, "plain")
    assert history.before(1) == ""
    history.typed(2, "A", "elsewhere", begun, "plain")
    history.note(1, "A", "three")
    assert (history.before(2), history.before(1)) == ("elsewhere", "three")


def test_nobody_sees_the_text() -> None:
    history = Notes()
    number = history.note(1, "A", "secret")
    assert repr(history.find(number, 1)) == f"Insertion({number}, 6 characters)"
    assert "secret" not in f"{Stretch('A', 1, 'secret', 0.0)}{vars(history)}"
