# SPDX-License-Identifier: MIT
"""
Whatever is locked, the text arrives as given, and the lock is as it was.

The telling cases, into a real xterm for the most part; all of them: `python -m tests.soak.locks`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.helpers import desktop
from tests.helpers.lockable import CONTROL, LETTERS, LOCK, MOD2, MOD3, MOD4, MOD5, SHIFT, TEXT, Lockable, lockable
from tests.targets.desk import matrix_desk


@pytest.fixture(scope="module")
def module_desk() -> Iterator[Lockable]:
    with lockable("chord") as desk:
        yield desk


@pytest.fixture
def desk(module_desk: Lockable) -> Iterator[Lockable]:
    yield module_desk
    desktop.lock_modifiers(module_desk.environ, 0)


@pytest.mark.promise("locks", "caps-and-num-lock")
@pytest.mark.parametrize(
    ("layout", "locked"),
    [
        ("us", LOCK),
        ("fr", LOCK | MOD2),
        ("cz", SHIFT | MOD2),
        ("us,ru", SHIFT | LOCK),
        # AltGr is another key together with Shift there: the fourth level of a lent key is out of reach.
        ("de(T3)", 0),
        ("de(neo)", MOD5 | CONTROL | MOD4),
    ],
)
def test_what_is_locked_changes_neither_the_text_nor_itself(desk: Lockable, layout: str, locked: int) -> None:
    desk.keymap(layout)
    desk.types(TEXT, locked)


def test_event_by_event_as_well() -> None:
    with lockable("event") as desk:
        desk.keymap("de", "shift:breaks_caps")
        desk.types(TEXT, LOCK)


@pytest.mark.parametrize(
    ("option", "locked"),
    [
        ("shift:breaks_caps", LOCK),
        ("shift:both_shiftlock", SHIFT | MOD2),
        ("caps:internal_nocancel", LOCK),
        ("lv5:ralt_switch_lock", LOCK),
    ],
)
def test_a_keyboard_whose_shift_or_caps_lock_is_another(desk: Lockable, option: str, locked: int) -> None:
    desk.keymap("de", option)
    desk.types(TEXT, locked)


@pytest.mark.parametrize("program", ["xterm", "gtk3"])
def test_letters_of_every_kind_are_lent_under_caps_lock(program: str) -> None:
    with matrix_desk() as desk, desk.program(program) as window:
        # On the first, the type of lent keys consumes Lock; with the second option none does.
        for options in (["us"], ["us", "-option", "caps:internal_nocancel"]):
            desktop.run(desk.environ, "setxkbmap", "-option", "", *options)
            desktop.lock_modifiers(desk.environ, LOCK)
            # Each by itself has a key with nothing but itself on it.
            for text in (LETTERS, *LETTERS.split()):
                outcome = desk.attempt(window, text)
                assert outcome.exact, f"{text} on {options}: {outcome.where}"
            assert desktop.locked_modifiers(desk.environ) == LOCK
            desktop.lock_modifiers(desk.environ, 0)


@pytest.mark.parametrize(
    ("option", "key", "locked"), [("caps:shiftlock", "Shift_Lock", SHIFT), ("lv5:ralt_switch_lock", "ISO_Level5_Lock", MOD3)]
)
def test_a_key_that_locks_serves_before_and_after(desk: Lockable, option: str, key: str, locked: int) -> None:
    desk.keymap("us", option)
    desktop.run(desk.environ, "xmodmap", "-", stdin="keycode 249 = ISO_Level5_Lock")
    desktop.run(desk.environ, "xdotool", "key", key)
    assert desktop.locked_modifiers(desk.environ) == locked
    desk.types(TEXT, locked)
    desktop.run(desk.environ, "xdotool", "key", key)
    assert desktop.locked_modifiers(desk.environ) == 0


@pytest.mark.parametrize("locked", [LOCK, SHIFT, CONTROL | MOD5])
def test_shortcuts_and_deletion_under_a_lock(desk: Lockable, locked: int) -> None:
    desk.keymap("us", "shift:breaks_caps")
    desktop.lock_modifiers(desk.environ, locked)
    assert desktop.busctl_call(desk.environ, "Press", "s", "ctrl+a Return shift+b") == "b true"
    assert desktop.busctl_call(desk.environ, "Backspace", "u", "1") == "b true"
    assert desk.terminal.read(4) == "\x01\rB\x7f"
    assert desktop.locked_modifiers(desk.environ) == locked


@pytest.mark.parametrize(("layout", "locked"), [("de(neo)", LOCK), ("ca(multix)", 0)])
def test_every_character_that_stands_on_a_layout_is_typed_by_its_key(desk: Lockable, layout: str, locked: int) -> None:
    desk.keymap(layout)
    desk.types(desk.standing(), locked)
