# SPDX-License-Identifier: MIT
"""Turns: whatever comes and goes in whatever order, nothing is lost, and nobody is passed twice by the same caller."""

from __future__ import annotations

from collections import Counter
from itertools import count

import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st

from typewright.engine.fair_queue import FairQueue

CALLERS = "ABCDE"
ADD, NEXT, TAKE_OUT = "add", "next", "take out"
steps = st.one_of(
    st.tuples(st.just(ADD), st.sampled_from(CALLERS)),
    st.tuples(st.just(NEXT), st.just("")),
    st.tuples(st.just(TAKE_OUT), st.sampled_from(CALLERS)),
)


@given(st.lists(steps, max_size=60))
@example([(ADD, "A"), (ADD, "A"), (ADD, "A"), (NEXT, ""), (ADD, "B"), (NEXT, ""), (NEXT, ""), (NEXT, "")])
def test_nothing_is_lost_and_nobody_has_two_turns_while_another_waits(steps: list[tuple[str, str]]) -> None:
    turns: FairQueue[tuple[str, int]] = FairQueue()
    numbers = count()
    model: dict[str, list[int]] = {caller: [] for caller in CALLERS}
    passed = {caller: Counter[str]() for caller in CALLERS}
    for step, caller in [*steps, *[(NEXT, "")] * len(steps)]:
        if step == ADD:
            if not model[caller]:
                passed[caller].clear()
            model[caller].append(next(numbers))
            turns.add(caller, (caller, model[caller][-1]))
        elif step == TAKE_OUT:
            assert turns.take_out(lambda item: item[0] == caller) == [(caller, number) for number in model[caller]]  # noqa: B023
            model[caller].clear()
        elif not any(model.values()):
            assert not turns
            with pytest.raises(IndexError):
                turns.next()
        else:
            whose, number = turns.next()
            assert number == model[whose].pop(0)
            passed[whose].clear()
            for other in CALLERS:
                if other != whose and model[other]:
                    passed[other][whose] += 1
                    assert passed[other][whose] <= 1, f"{whose} twice while {other} waits"
            event(f"{sum(bool(waiting) for waiting in model.values())} wait")
        assert turns.callers() == {caller for caller in CALLERS if model[caller]}
        assert len(turns) == sum(map(len, model.values()))
        assert [turns.of(caller) for caller in CALLERS] == [len(model[caller]) for caller in CALLERS]
        assert sorted(turns) == [(caller, number) for caller in CALLERS for number in model[caller]]
    assert not turns
