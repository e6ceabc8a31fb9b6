# SPDX-License-Identifier: MIT
"""The virtual keyboard's keymap: what is planned on is what libxkbcommon and xkbcomp (Xwayland's) make of its text."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.helpers.desktop import needs

from typewright.backends.shared.xkbcommon import layout_of
from typewright.backends.wlroots.keymap import SLOT_KEYCODES, keymap_layout, keymap_text
from typewright.keymap.keysyms import keysym_named
from typewright.keymap.layout import Layout, Position
from typewright.keymap.packing import Packing

SLOTS = {10: ("é", "漢"), 38: ("👍", "ж"), 61: ("\u200d", "\U000e0067")}
ASCII = "".join(map(chr, range(0x20, 0x7F)))


def meaning(layout: Layout) -> dict[int, object]:
    """What each key is, without the empty levels at the end."""
    return {
        code: [(group.type, (*group.keysyms,)[: max((at for at, each in enumerate(group.keysyms, 1) if each), default=0)])
               for group in key.groups]
        for code, key in layout.keys.items() if key.groups
    }  # fmt: skip


def test_the_text_and_the_layout_are_the_same_keymap() -> None:
    read, planned = layout_of(keymap_text(SLOTS, "typewright-1-1")), keymap_layout(SLOTS)
    assert meaning(read) == meaning(planned)
    assert (read.modifiers, read.acting, read.groups) == (planned.modifiers, planned.acting, 1)
    assert (read.modifier_keys, read.commanding) == (planned.modifier_keys, planned.commanding)


def test_ascii_is_where_an_american_keyboard_has_it() -> None:
    layout = keymap_layout({})
    assert layout.find_character("z", group=0, locked=0) == Position(52, 0, 0)
    assert layout.find_character("|", group=0, locked=0) == Position(51, 0, 1)
    found = [layout.find_character(character, group=0, locked=0) for character in ASCII]
    assert {position.keycode for position in found} == {65, *SLOT_KEYCODES}


def test_the_keys_of_shortcuts_are_there() -> None:
    layout = keymap_layout({})
    names = ["Escape", "F1", "F12", "F24", "Home", "Page_Up", "Page_Down", "Delete", "Left", "Menu", "Print", "Super_L",
             "Alt_L", "ISO_Level3_Shift", "KP_Enter", "KP_5", "XF86AudioRaiseVolume"]  # fmt: skip
    assert [name for name in names if layout.find(keysym_named(name), group=0, locked=0) is None] == []


def test_slots_are_on_the_upper_levels() -> None:
    layout = keymap_layout(SLOTS)
    assert layout.lent == frozenset("é漢👍ж\u200d\U000e0067")
    assert layout.find_character("漢", group=0, locked=0) == Position(10, 0, 129)
    packing = Packing.upon(layout, len(SLOT_KEYCODES))
    assert all(map(packing.take, "ж漢"))
    assert packing.keys == (("👍", "ж"), ("é", "漢"))


def test_ninety_four_characters_fit() -> None:
    packing = Packing.upon(keymap_layout({}), len(SLOT_KEYCODES))
    assert all(packing.take(chr(0x4E00 + number)) for number in range(94))
    assert not packing.take("é")


def test_xkbcomp_takes_it_without_a_warning(tmp_path: Path) -> None:
    needs("xkbcomp")
    text = tmp_path / "keymap.xkb"
    text.write_bytes(keymap_text(SLOTS, "typewright-1-1").rstrip(b"\0"))
    done = subprocess.run(
        ["xkbcomp", "-w", "5", "-xkm", text, tmp_path / "keymap.xkm"], capture_output=True, text=True, check=True
    )
    assert "Warning" not in done.stderr.replace("Warning:          No symbols defined for", "")
