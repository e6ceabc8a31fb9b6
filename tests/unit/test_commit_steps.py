# SPDX-License-Identifier: MIT
"""The steps of a text of which keys cannot bring all."""

from __future__ import annotations

import pytest

from typewright.engine.plans import CommitStep, KeyStep, Means, text_steps
from typewright.keymap.key_coder import KeyCoder
from typewright.keymap.layout import Untypeable
from typewright.keymap.packing import Packing
from typewright.keymap.sample import sample_layout

FAMILY = "👩\u200d👧"


def steps(text: str, *, takes: bool = True, last: str = "\uffff") -> list[str]:
    """What is committed, in brackets, and what is typed."""
    coder = KeyCoder(sample_layout(), group=0, locked=0)
    planned = text_steps(text, Means(coder, Packing(3, 2, {}, last), lambda text: takes))
    return [f"[{step.text}]" if isinstance(step, CommitStep) else _typed(step) for step in planned]


def _typed(step: KeyStep) -> str:
    return step.keys.args[0]  # type: ignore[attr-defined] - it is a partial, of the text


@pytest.mark.parametrize(
    ("text", "planned"),
    [
        ("plain", ["plain"]),
        ("é漢", ["é漢"]),
        ("a👍b", ["a", "[👍]", "b"]),
        ("a👍👍🏽b", ["a", "[👍👍🏽]", "b"]),
        (f"{FAMILY}é", [f"[{FAMILY}]", "é"]),
        ("❤\ufe0f", ["❤\ufe0f"]),
        ("a👍 and 👍b", ["a", "[👍 and 👍]", "b"]),
        ("👍\n👍", ["[👍]", "\n", "[👍]"]),
        ("👍 and then some more words 👍", ["[👍]", " and then some more words ", "[👍]"]),
    ],
)
def test_what_has_no_keys_is_committed_with_the_whole_of_its_cluster(text: str, planned: list[str]) -> None:
    assert steps(text) == planned


def test_where_keys_bring_all_nothing_is_committed() -> None:
    assert steps("a👍b", last="\U0010ffff") == ["a👍b"]


def test_where_the_field_does_not_take_it_the_text_is_refused() -> None:
    with pytest.raises(Untypeable, match=r"^Character 2 "):
        steps("a👍b", takes=False)
