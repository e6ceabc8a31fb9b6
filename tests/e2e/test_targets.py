# SPDX-License-Identifier: MIT
"""
What programs do to characters by themselves, shown with a sender that has nothing of Typewright in it; see docs/targets.md.

A test that fails here says that a program has become better, or worse.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.helpers import desktop
from tests.targets import target
from tests.targets.plain import type_plainly, type_while_stopped
from tests.targets.window import window_manager

_LAM_ALEF, _KHMER, _MARK, _NO_CHARACTER = "\ufef5\ufef7\ufef9\ufefb", "\u17ff", "\ufeff", "\ufffe"
_TAKEN_APART = "\u0644\u0622\u0644\u0623\u0644\u0625\u0644\u0627"

CHANGED = {
    "xterm": {_LAM_ALEF: _TAKEN_APART, _KHMER: "\u17b6\u17c6", _MARK: _MARK, _NO_CHARACTER: _NO_CHARACTER},
    "qt5": {_LAM_ALEF: _TAKEN_APART, _KHMER: "\u17b6\u17c6", _MARK: "", _NO_CHARACTER: ""},
    "gtk3": {_LAM_ALEF: _LAM_ALEF, _KHMER: _KHMER, _MARK: _MARK, _NO_CHARACTER: _NO_CHARACTER},
    "chromium": {_LAM_ALEF: _LAM_ALEF, _KHMER: _KHMER, _MARK: _MARK, _NO_CHARACTER: _NO_CHARACTER},
}
# keysyms of before Unicode: telephone, kana_openingbracket, ifonlyif
LEGACY = {"xterm": "℡〈", "gtk3": "☎「⇔"}
_PATIENCE_S = 5.0


@pytest.fixture(scope="module")
def managed(environ: dict[str, str]) -> Iterator[dict[str, str]]:
    desktop.run(environ, "setxkbmap", "-option", "", "us")
    with window_manager(environ):
        yield environ


@pytest.mark.parametrize("name", CHANGED)
def test_what_a_program_makes_of_odd_characters(managed: dict[str, str], name: str) -> None:
    with target(name, managed) as program:
        for sent, held in CHANGED[name].items():
            program.clear()
            assert type_plainly(managed, program, [0x01000000 + ord(character) for character in sent]) == held


@pytest.mark.parametrize("name", LEGACY)
def test_a_program_reads_keysyms_of_before_unicode_in_its_own_way(managed: dict[str, str], name: str) -> None:
    with target(name, managed) as program:
        assert type_plainly(managed, program, [0x0AF9, 0x04A2, 0x08CD]) == LEGACY[name]


@pytest.mark.parametrize(("name", "loses"), [("emacs", True), ("tk", False), ("xterm", False)])
def test_emacs_loses_keys_when_too_many_wait(managed: dict[str, str], name: str, loses: bool) -> None:
    with target(name, managed) as program:
        type_while_stopped(managed, program, 6000)
        held = program.read(6000, _PATIENCE_S)
    assert set(held) == {"a"}
    # How many, is a matter of how fast the server lets it have them.
    assert (len(held) < 6000) is loses
