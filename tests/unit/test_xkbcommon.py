# SPDX-License-Identifier: MIT
"""A keymap's text as a Layout, by libxkbcommon, on layouts that Debian ships."""

from __future__ import annotations

import pytest

from typewright.backends.shared import xkbcommon
from typewright.backends.shared.xkbcommon import BadKeymap, LibraryMissing, layout_of
from typewright.keymap.chords import LASTING, State
from typewright.keymap.layout import Layout, Position

SHIFT, LOCK, MOD1, MOD5 = 1, 2, 8, 128
SHIFT_L, ALT_R, CAPS, A, Z = 50, 108, 66, 38, 52


def read(symbols: str) -> Layout:
    parts = {"keycodes": "evdev+aliases(qwerty)", "types": "complete", "compat": "complete", "symbols": symbols}
    sections = "".join(f'xkb_{name} {{ include "{content}" }};\n' for name, content in parts.items())
    return layout_of(f"xkb_keymap {{\n{sections}}};\0".encode())


@pytest.mark.parametrize(
    ("symbols", "character", "position"),
    [
        ("pc+us+inet(evdev)", "z", Position(Z, 0, 0)),
        ("pc+us+inet(evdev)", "Z", Position(Z, 0, SHIFT)),
        ("pc+de+inet(evdev)", "z", Position(29, 0, 0)),
        ("pc+de+inet(evdev)", "€", Position(26, 0, MOD5)),
        ("pc+fr+inet(evdev)", "1", Position(10, 0, SHIFT)),
        ("pc+us+ru:2+inet(evdev)", "ж", Position(47, 1, 0)),
        ("pc+us(dvorak)+inet(evdev)", "o", Position(39, 0, 0)),
        ("pc+us+inet(evdev)", "€", None),
    ],
)
def test_a_character_is_where_the_layout_has_it(symbols: str, character: str, position: Position | None) -> None:
    assert read(symbols).find_character(character, group=0, locked=0) == position


def test_groups_have_names_and_keys_without_the_second_group_keep_the_first() -> None:
    layout = read("pc+de+us:2+ru:3+inet(evdev)")
    assert (layout.groups, layout.names) == (3, ("German", "English (US)", "Russian"))
    assert layout.keys[SHIFT_L].reach == (0, 0, 0)
    assert layout.keys[A].reach == (0, 1, 2)


def test_what_modifier_keys_do_is_known() -> None:
    layout = read("pc+de+inet(evdev)")
    assert layout.modifiers[SHIFT_L] == SHIFT
    assert layout.modifiers[ALT_R] == MOD5
    assert layout.modifiers[CAPS] == LASTING
    assert layout.commanding & MOD1


def test_a_key_that_changes_the_group_acts() -> None:
    layout = read("pc+us+ru:2+group(menu_toggle)")
    assert 135 in layout.acting
    assert A not in layout.acting


def test_caps_lock_is_consumed_by_letters_alone() -> None:
    layout = read("pc+us+inet(evdev)")
    assert layout.typed_by(A, State(0, LOCK)) == "A"
    assert layout.keys[A].groups[0].type.consumes_lock(LOCK)
    assert not layout.keys[10].groups[0].type.consumes_lock(LOCK)


def test_a_shift_that_takes_caps_lock_off_is_fickle() -> None:
    assert read("pc+us+shift(breaks_caps)").fickle[SHIFT_L] == LOCK
    assert read("pc+us+inet(evdev)").fickle == {}


def test_no_keymap_is_told() -> None:
    with pytest.raises(BadKeymap):
        layout_of(b"xkb_keymap { nonsense };")


def test_a_missing_library_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xkbcommon, "_LIBRARY", "libxkbcommon.so.none")
    xkbcommon._library.cache_clear()
    with pytest.raises(LibraryMissing, match="is missing: install libxkbcommon"):
        layout_of(b"")
    xkbcommon._library.cache_clear()
