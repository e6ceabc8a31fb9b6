# SPDX-License-Identifier: MIT
"""Borrowed keycodes: which may be lent, and what each of them holds."""

from __future__ import annotations

from dataclasses import replace

from display import Display
from hypothesis import example, given
from hypothesis import strategies as st

from typewright.backends.x11.borrowed_keycodes import BorrowedKeycodes, spare_keycodes
from typewright.keymap.key_coder import KeyCoder
from typewright.keymap.keys import Key, KeyGroup, KeyType
from typewright.keymap.keysyms import keysym_named
from typewright.keymap.layout import Layout
from typewright.keymap.packing import Packing
from typewright.keymap.sample import (
    CONTROL,
    LOCK,
    MOD2,
    MOD4,
    MOD5,
    ONE_LEVEL,
    SHIFT,
    TWO_LEVEL,
    lent_key,
    sample_layout,
)

US_RU = sample_layout()

locks = st.sets(st.sampled_from([SHIFT, LOCK, CONTROL, MOD2, MOD4, MOD5])).map(sum)
groups = st.integers(0, 1)


def key(*names: str, kind: KeyType = TWO_LEVEL) -> Key:
    return Key((KeyGroup(kind, tuple(map(keysym_named, names))),), (0,))


def test_spare_keycodes_type_nothing_in_any_group_and_8_is_none_of_them() -> None:
    empty = Key((), ())
    silent = Key((KeyGroup(ONE_LEVEL, (0,)), KeyGroup(TWO_LEVEL, (0, 0))), (0, 1))
    half = Key((KeyGroup(ONE_LEVEL, (0,)), KeyGroup(TWO_LEVEL, (0, 0x61))), (0, 1))
    layout = Layout({255: empty, 8: empty, 9: silent, 100: half, 101: key("b")}, {}, groups=2)
    assert spare_keycodes(layout) == (9, 255)
    assert spare_keycodes(US_RU) == (248, 249, 250)


def test_a_keycode_that_is_a_modifier_or_would_become_one_is_not_spare() -> None:
    empty, send, save = Key((), ()), key("XF86Send", kind=ONE_LEVEL), key("XF86Save", kind=ONE_LEVEL)
    keys = {9: empty, 207: empty, 208: empty, 239: send, 242: save}
    assert spare_keycodes(Layout(keys, {}, acting=frozenset({9, 207}))) == (208,)
    assert spare_keycodes(Layout(keys, {}, acting=frozenset({9, 207, 208, 239}))) == (242,)


texts_to_lend = st.text(st.sampled_from([*"abДйçÇßéñŉ", *map(chr, range(0x4E00, 0x4E0C))]), max_size=30)


@given(
    texts=st.lists(texts_to_lend, max_size=4),
    group=groups,
    locked=locks,
    spare=st.integers(1, 4),
    levels=st.sampled_from([2, 4]),
)
@example(texts=["漢字", "字", "文字"], group=0, locked=0, spare=2, levels=2)
def test_keycodes_are_lent_to_one_text_after_the_other(
    texts: list[str], group: int, locked: int, spare: int, levels: int
) -> None:
    borrowed = BorrowedKeycodes()
    unlent = layout = replace(sample_layout(spare=spare), levels=levels)
    display = Display(locked=locked)
    for text in texts:
        assert borrowed.capacity(layout) == spare
        segments = KeyCoder(layout, group=group, locked=locked).segments(text, Packing.upon(layout, spare))
        for segment in segments:
            before = borrowed.entries()
            reuses = borrowed.reuses(segment.lend, layout)
            changed = borrowed.lend(segment.lend, layout)
            assert reuses == bool(changed.keys() & before.keys())
            replaced = {(code, before[code]) for code in changed.keys() & before.keys()}
            assert before.items() - borrowed.entries().items() == replaced
            lent = {code: lent_key(wanted, 2) for code, wanted in changed.items()}
            layout = replace(layout, keys={**layout.keys, **lent}, borrowed=borrowed.keycodes)
            assert layout.borrowed <= set(spare_keycodes(unlent))
            assert {len(lent) for lent in segment.lend} <= {levels}
            display.take(KeyCoder(layout, group=group, locked=locked).text_to_keys(segment.text), layout)
        if len(segments) == 1:
            again = KeyCoder(layout, group=group, locked=locked).segments(text, Packing.upon(layout, spare))
            assert [borrowed.lend(segment.lend, layout) for segment in again] == [{}]
    assert display.text == "".join(texts)
    assert not any(entry.former for entry in borrowed.give_back().values())
    assert borrowed.capacity(unlent) == spare
