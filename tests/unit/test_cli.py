# SPDX-License-Identifier: MIT
"""The command line without a bus: what it explains, how it reports, and what it imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import typewright
from typewright.cli.explain import lines
from typewright.cli.quick import understood
from typewright.client.report import problem
from typewright.interfaces.backend import KeyboardState
from typewright.keymap.packing import Packing
from typewright.keymap.sample import sample_layout
from typewright.reasons import FOCUS_MOVED, UNTYPEABLE

AT_REST = KeyboardState(0, 0, 0)


def cli(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "typewright", *words], capture_output=True, text=True, timeout=30)


def test_a_report_is_told_with_code_reason_and_cure() -> None:
    report = {"code": "moved", "reason": FOCUS_MOVED.sentence}
    assert problem(report) == f"not confirmed (code moved): the focus moved to another window. {FOCUS_MOVED.cure}"
    assert problem(report, "1 of 3 chords are confirmed").startswith(
        "not confirmed (code moved): the focus moved to another window; 1 of 3 chords are confirmed. Put"
    )


def test_a_reason_that_is_a_whole_sentence_keeps_one_full_stop() -> None:
    report = {"code": "untypeable", "reason": "Character 1 is not on the keyboard layout."}
    said = f"not confirmed (code untypeable): Character 1 is not on the keyboard layout. {UNTYPEABLE.cure}"
    assert problem(report) == said


def test_a_code_of_a_later_service_is_told_without_a_cure() -> None:
    assert problem({"code": "novel", "reason": "it is new"}) == "not confirmed (code novel): it is new."
    assert problem({"reason": "an old service"}) == "not confirmed: an old service."


@pytest.mark.parametrize(
    ("text", "slots", "explained"),
    [
        ("aA", 0, ["U+0061 a  a (38)", "U+0041 A  Shift_L (50) + a (38)"]),
        ("д", 0, ["U+0434 д  Cyrillic_de (46), in layout ru"]),
        ("é", 1, ["U+00E9 é  not on the layout: lent a slot"]),
        (
            "éèê",
            1,
            [
                "U+00E9 é  not on the layout: lent a slot", "U+00E8 è  not on the layout: lent a slot",
                "(waits until the program has taken its keys, then lends 1 slot anew)",
                "U+00EA ê  not on the layout: lent a slot",
            ],
        ),
    ],
)  # fmt: skip
def test_a_text_is_explained_a_line_a_character(text: str, slots: int, explained: list[str]) -> None:
    layout = sample_layout()
    assert list(lines(text, layout, AT_REST, Packing.upon(layout, slots))) == [
        f"layout us, {len(text)} characters", *explained,
    ]  # fmt: skip


def test_a_text_is_explained_on_the_printing_backend_without_a_display() -> None:
    ran = cli("explain", "--backend", "printing", "é\n")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.splitlines() == [
        "layout us, 2 characters", "U+00E9 é  not on the layout: lent a slot", "U+000A    Return (36)",
    ]  # fmt: skip
    refused = cli("explain", "--backend", "printing", "\x1b")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "control character" in refused.stderr


def test_the_parser_needs_neither_twisted_nor_a_backend() -> None:
    code = "import sys, typewright.cli.parser\nprint(sorted(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert "'typewright.cli.parser'" in ran.stdout
    assert "twisted" not in ran.stdout
    assert "backends" not in ran.stdout


SLOW = {"argparse", "collections", "dataclasses", "enum", "re", "socket", "typing", "twisted", "typewright.options"}
"""Modules that take about as long to import as a call takes."""


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ("from typewright.__main__ import main; main()", ["type", "a"]),
        ("from typewright.__main__ import main; main()", ["type", "--", "-a"]),
        ("from typewright.__main__ import main; main()", ["press", "ctrl+s", "Return"]),
        ("from typewright.__main__ import main; main()", ["backspace", "3"]),
        ("from typewright.__main__ import main; main()", ["toggle"]),
        ("from typewright.dropins.runner import main; main('xdotool')", ["type", "--clearmodifiers", "--", "a"]),
        ("from typewright.dropins.runner import main; main('wtype')", ["-M", "ctrl", "-k", "v"]),
        ("from typewright.dropins.runner import main; main('ydotool')", ["key", "28:1", "28:0"]),
    ],
)
def test_a_plain_call_imports_nothing_that_is_slow(start: str, words: list[str], tmp_path: Path) -> None:
    source = str(Path(typewright.__file__).parents[1])
    code = f"import sys; sys.path.append({source!r})\ntry: {start}\nexcept SystemExit as end: print(end.code, *sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, *words], capture_output=True, text=True, timeout=30,
        env={"DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/none"},
    )  # fmt: skip
    status, *modules = ran.stdout.split()
    assert status in ("6", "1"), ran.stderr
    assert "cannot be reached" in ran.stderr
    assert SLOW.intersection(modules) == set()


def test_what_is_not_plain_is_left_to_the_parser() -> None:
    for words in ([], ["type", "a", "b"], ["type", "-a"], ["type", "--help"], ["press"], ["press", "--help"], ["backspace"],
                  ["backspace", "-1"], ["backspace", "x"], ["backspace", "4294967296"], ["cancel", "x"], ["status"],
                  ["-v", "type", "a"], ["type", "--newline", "space", "a"], ["type", "a", "--"]):  # fmt: skip
        assert understood(words) is None, words
    assert understood(["type", "--", "--"]).text == "--"
    assert understood(["type", "-"]).text == "-"
    assert understood(["type"]).text is None
