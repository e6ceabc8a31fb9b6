# SPDX-License-Identifier: MIT
"""Layouts and keyboards on which a key is not what its keysym says, or where keycodes are lent in another way."""

from __future__ import annotations

import re

import pytest
from tests.e2e.conftest import Desk
from tests.helpers import desktop

TYPE = "Type", "sa{sv}"


def types(desk: Desk, text: str) -> None:
    """Have `text` typed in the layout as it is, and find just that in the terminal."""
    told = desk.call(*TYPE, text, "0")
    assert '"confirmed" b true' in told, told
    assert desk.fenced() == text


@pytest.mark.promise("any-text")
def test_latin_1_by_code_point(desk: Desk) -> None:
    """`af` has guillemets as 0x010000AB and 0x010000BB, which xterm reads as bytes."""
    desk.layout("af")
    types(desk, "«Salut»")


@pytest.mark.promise("any-text")
def test_functions_on_upper_levels(desk: Desk) -> None:
    """`de(neo)` has Prior, Next and Insert on keys with letters: xterm scrolls and pastes for them with Shift."""
    desk.layout("de", "neo")
    types(desk, "QWXÄqwxäξΞ ABCabc")


def load(desk: Desk, *changes: tuple[str, str]) -> None:
    """Load the keyboard map with these changes: a regular expression, and what is put in place of the first match."""
    keymap = desktop.run(desk.environ, "xkbcomp", "-xkb", desk.environ["DISPLAY"], "-")
    for pattern, replacement in changes:
        keymap, count = re.subn(pattern, replacement, keymap, count=1)
        assert count, pattern
    desktop.run(desk.environ, "xkbcomp", "-w0", "-", desk.environ["DISPLAY"], stdin=keymap)


@pytest.mark.promise("any-text")
def test_space_on_a_keycode_that_no_keyboard_has(desk: Desk) -> None:
    """As the manual of xcape has it: `keycode any = space` takes the first free one, and that is 8."""
    for keycode in ("any", "8"):
        desktop.run(desk.environ, "xmodmap", "-e", f"keycode {keycode} = space")
        types(desk, "one two three")


@pytest.mark.promise("any-text")
def test_a_key_that_the_server_redirects(desk: Desk) -> None:
    """F7's keycode has `e` on it, and gives F9."""
    redirected = "key <FK07> { [ eacute ], actions[1]= [ RedirectKey(keycode=<FK09>) ] };"
    load(desk, (r"key <FK07>\s*{[^}]*}[^;]*;|key <FK07>\s*{(?:[^{}]|{[^{}]*})*};", redirected))
    types(desk, "café")


@pytest.mark.promise("any-text")
@pytest.mark.parametrize("layout", ["latching", "brai"])
def test_no_key_that_holds_shift(desk: Desk, layout: str) -> None:
    if layout == "latching":
        keymap = desktop.keymap(desk.environ)
        latching, count = re.subn(r"SetMods\(modifiers=modMapMods", "LatchMods(modifiers=modMapMods", keymap)
        assert count
        desktop.run(desk.environ, "xkbcomp", "-w0", "-", desk.environ["DISPLAY"], stdin=latching)
    else:
        desk.layout("brai", "left_hand")
    types(desk, "Über Ωμέγα, Čecha, 語")


@pytest.mark.promise("any-text")
def test_a_second_keyboard_with_its_key_types_in_another_order(desk: Desk) -> None:
    keymap = desktop.run(desk.environ, "xkbcomp", "-xkb", desk.environ["DISPLAY"], "-")
    types_ = re.findall(r'    type "[^"]+" {.*?    };\n', keymap, re.DOTALL)
    other = keymap.replace("".join(types_), "".join((*types_[:4], *reversed(types_[4:]))))
    assert other != keymap
    load_second = ("xkbcomp", "-w0", "-i", "7", "-", desk.environ["DISPLAY"])
    desktop.run(desk.environ, *load_second, stdin=other)
    try:
        for _ in range(2):
            types(desk, "Über Ωμέγα, Čecha, 語日本漢字")
        told = desk.call(*TYPE, "".join(map(chr, range(0x4E00, 0x4E80))), "0")
        assert '"confirmed" b true' in told
        assert len(desk.fenced()) == 0x80
    finally:
        desktop.run(desk.environ, *load_second, stdin=keymap)
