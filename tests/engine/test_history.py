# SPDX-License-Identifier: MIT
"""What was typed, where, by whom; and how much of it is kept."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from typewright.engine.history import History, Typed


def stretches(history: History, window: int = 1) -> list[tuple[str, str]]:
    return [tuple(stretch) for stretch in history.of(window)]


def test_windows_don_t_share() -> None:
    history = History()
    history.typed(1, "A", "one")
    history.typed(2, "A", "two")
    assert (history.before(1), history.before(2), history.before(3)) == ("one", "two", "")


def test_what_stands_before_is_everybodys_in_the_order_of_typing() -> None:
    history = History()
    for caller, text in [("A", "one"), ("B", " two"), ("A", " three")]:
        history.typed(1, caller, text)
    assert history.before(1) == "one two three"
    assert stretches(history) == [("A", "one"), ("B", " two"), ("A", " three")]


def test_nothing_typed_is_nothing_to_remember() -> None:
    history = History(windows=1)
    history.typed(1, "A", "one")
    history.typed(2, "A", "")
    assert (history.before(1), history.of(2)) == ("one", ())


def test_backspaces_take_from_the_end_across_callers() -> None:
    history = History()
    history.typed(1, "A", "abc")
    history.typed(1, "B", "de")
    history.backspaced(1, "A", 1)
    assert stretches(history) == [("A", "abc"), ("B", "d")]
    history.backspaced(1, "A", 2)
    assert stretches(history) == [("A", "ab")]
    history.backspaced(1, "A", 0)
    assert history.before(1) == "ab"


def test_backspaces_past_the_beginning_are_forgotten() -> None:
    history = History()
    history.typed(1, "A", "abc")
    history.backspaced(1, "A", 10)
    history.backspaced(7, "A", 1)
    assert (history.before(1), history.of(1)) == ("", ())
    history.typed(1, "A", "x")
    assert history.before(1) == "x"


def test_only_the_windows_used_last_are_remembered() -> None:
    history = History(windows=2)
    history.typed(1, "A", "one")
    history.typed(2, "A", "two")
    history.typed(1, "A", "!")
    history.typed(3, "A", "three")
    assert [history.before(window) for window in (1, 2, 3)] == ["one!", "", "three"]


def test_only_so_many_characters_are_remembered_in_each_window() -> None:
    history = History(characters=5)
    history.typed(1, "A", "abc")
    history.typed(1, "B", "defg")
    assert stretches(history) == [("A", "c"), ("B", "defg")]
    history.typed(1, "B", "hi")
    assert stretches(history) == [("B", "efg"), ("B", "hi")]
    history.typed(1, "C", "0123456789")
    assert stretches(history) == [("C", "56789")]
    history.typed(2, "A", "xyz")
    assert (history.before(1), history.before(2)) == ("56789", "xyz")


@given(
    st.lists(st.one_of(st.text("ab", max_size=6), st.integers(0, 8)), max_size=30),
    st.integers(1, 12),
)
def test_the_history_is_the_end_of_what_was_typed(steps: list[str | int], characters: int) -> None:
    history, expected = History(characters=characters), ""
    for step in steps:
        if isinstance(step, str):
            history.typed(1, "A", step)
            expected = (expected + step)[-characters:]
        else:
            history.backspaced(1, "A", step)
            expected = expected[: max(len(expected) - step, 0)]
        assert history.before(1) == expected


def test_forgetting_wipes_everything() -> None:
    history = History()
    history.typed(1, "A", "one")
    history.typed(2, "A", "two")
    history.forget()
    assert (history.before(1), history.before(2)) == ("", "")


def test_nobody_sees_the_text_of_a_stretch() -> None:
    history = History()
    history.typed(1, "A", "secret")
    assert repr(history.of(1)) == "(Typed(6 characters),)"
    assert "secret" not in f"{Typed('A', 'secret')}{vars(history)}"
