# SPDX-License-Identifier: MIT
"""Compose tables: parsed, and cut down to what all programs agree on."""

from __future__ import annotations

import pytest

from typewright.keymap.compose import agreed, included, parse
from typewright.keymap.keysyms import keysym_named


def keysyms(names: str) -> tuple[int, ...]:
    return tuple(map(keysym_named, names.split()))


def table(*lines: str) -> dict[tuple[int, ...], str]:
    """Lines of the format, without the angle brackets: `dead_acute e : é`."""
    pairs = (line.partition(" : ") for line in lines)
    return {keysyms(names): text for names, _, text in pairs}


@pytest.mark.parametrize(
    ("line", "sequence", "text"),
    [
        ('<dead_acute> <e> : "é" eacute # LATIN SMALL LETTER E WITH ACUTE', "dead_acute e", "é"),
        ('<Multi_key> <a> <e>\t: "æ"\tae', "Multi_key a e", "æ"),
        ('  <dead_acute>   <U03B1>  :"ά"', "dead_acute U03B1", "ά"),
        (r'<dead_diaeresis> <space> : "\"" quotedbl', "dead_diaeresis space", '"'),
        (r'<Multi_key> <slash> <slash> : "\\" backslash', "Multi_key slash slash", "\\"),
    ],
)
def test_a_line_is_a_sequence_and_its_text(line: str, sequence: str, text: str) -> None:
    assert parse([line]) == {keysyms(sequence): text}


@pytest.mark.parametrize(
    "line",
    [
        "",
        '# <dead_acute> <e> : "é"',
        'Ctrl <dead_acute> <e> : "é"',
        '<dead_acute> <no_such_keysym> : "é"',
        '<Multi_key> <a> <b> <c> : "too long"',
        "<dead_acute> <e> : eacute",
        'include "%L"',
    ],
)
def test_other_lines_are_left_out(line: str) -> None:
    assert parse([line]) == {}


def test_of_two_lines_for_one_sequence_the_later_holds() -> None:
    assert parse(['<dead_acute> <c> : "ć"', '<dead_acute> <c> : "ç"']) == table("dead_acute c : ç")


def test_what_a_line_includes() -> None:
    assert [included(line) for line in ('include "%L"', ' include "/a/b" # c', '<a> : "include"', "")] == [
        "%L",
        "/a/b",
        "",
        "",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "dead_acute e : é",
        "dead_acute space : '",
        "dead_acute dead_acute : ´",
        "dead_acute Greek_alpha : ά",
        "dead_cedilla c : ç",
        "Multi_key o e : œ",
        "Multi_key equal C : €",
    ],
)
def test_what_both_tables_say_is_agreed(line: str) -> None:
    both = table(line)
    ((sequence, text),) = both.items()
    assert agreed(both, both) == {text: (sequence,)}
    assert agreed(both, {}) == agreed({}, both) == {}


@pytest.mark.parametrize(
    "line",
    [
        # what GTK 3 was seen not to know
        "dead_circumflex period : ·",
        "dead_grave U1F60 : ὢ",
        "dead_stroke less : ≮",
        "dead_voiced_sound U3051 : げ",
        "Multi_key question backslash : ☭",
        "Multi_key diaeresis U2207 : ⍢",
        # and what it takes for another
        "dead_acute c : ć",
        "dead_acute C : Ć",
        # more than a character
        "dead_acute r : ŕŕ",
    ],
)
def test_what_not_all_programs_know_is_not_used(line: str) -> None:
    both = table(line)
    assert agreed(both, both) == {}


def test_a_sequence_that_means_another_thing_here_is_not_used() -> None:
    assert agreed(table("dead_acute e : é"), table("dead_acute e : e")) == {}


def test_a_sequence_that_is_finished_before_its_end_is_not_used() -> None:
    standard = table("Multi_key o e : œ", "dead_acute e : é")
    assert agreed(standard, {**standard, **table("Multi_key o : o")}) == {"é": (keysyms("dead_acute e"),)}


def test_few_keys_come_before_many() -> None:
    both = table("Multi_key apostrophe e : é", "dead_acute e : é")
    assert agreed(both, both) == {"é": (keysyms("dead_acute e"), keysyms("Multi_key apostrophe e"))}
