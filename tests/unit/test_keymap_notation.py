# SPDX-License-Identifier: MIT
"""The notation for key chords."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from typewright.keymap.key_names import keysym_called
from typewright.keymap.keysyms import keysym_named, names
from typewright.keymap.layout import Untypeable
from typewright.keymap.notation import chords_of, keysyms_of
from typewright.keymap.sample import LOCK, MOD5, key_name, sample_layout

US_RU = sample_layout()


def pressed(notation: str, *, group: int = 0, locked: int = 0) -> str:
    """The key list, in the names of the keys."""
    chords = chords_of(notation, US_RU, group=group, locked=locked)
    return " ".join("+".join(key_name(US_RU, code) for code in chord.keys) for chord in chords)


@pytest.mark.parametrize(
    ("notation", "keys"),
    [
        ("Return", "Return"),
        ("ctrl+s", "Control_L+s"),
        ("ctrl+shift+t Escape", "Control_L+Shift_L+t Escape"),
        ("  ctrl+a\n\tctrl+c ", "Control_L+a Control_L+c"),
        # short names, in any case
        ("enter", "Return"),
        ("CTRL+ALT+DEL", "Control_L+Alt_L+Delete"),
        ("Control+Backspace", "Control_L+BackSpace"),
        ("esc Tab HOME left", "Escape Tab Home Left"),
        ("PageUp", "Prior"),
        ("win+1", "Super_L+1"),
        ("altgr+5", "ISO_Level3_Shift+5"),
        # X's names in any case, and without underscores
        ("f1 BACKSPACE page_up PageUp pgup", "F1 BackSpace Prior Prior Prior"),
        ("shift_l+RETURN", "Shift_L+Return"),
        ("LEFT HOME", "Left Home"),
        # those of other tools
        ("leftctrl+leftshift+dot", "Control_L+Shift_L+period"),
        ("logo+leftbrace", "Super_L+bracketleft"),
        # X's names
        ("Page_Up", "Prior"),
        ("F1", "F1"),
        ("U0061", "a"),
        # a capital is a level, and brings its Shift, unless the chord has one
        ("ctrl+A", "Control_L+Shift_L+a"),
        ("ctrl+shift+A", "Control_L+Shift_L+a"),
        ("Shift_R+A", "Shift_R+a"),
        ("A+B", "Shift_L+a+b"),
        ("ctrl+plus", "Control_L+Shift_L+equal"),
        ("EuroSign", "ISO_Level3_Shift+5"),
        ("‰", "Shift_L+ISO_Level3_Shift+5"),
        # modifiers alone
        ("super", "Super_L"),
        ("shift+ctrl", "Shift_L+Control_L"),
        # the other group
        ("ctrl+ф", "Control_L+a"),
    ],
)
def test_what_is_pressed(notation: str, keys: str) -> None:
    assert pressed(notation) == keys


def test_a_chord_is_pressed_in_the_group_that_has_its_key() -> None:
    assert [event.state for event in chords_of("ctrl+s", US_RU, group=1, locked=0)[0].events] == [
        (0, 0), (0, 4), (0, 4), (0, 4),
    ]  # fmt: skip
    assert [event.state for event in chords_of("ctrl+ы", US_RU, group=0, locked=0)[0].events] == [
        (1, 0), (1, 4), (1, 4), (1, 4),
    ]  # fmt: skip
    assert [event.state for event in chords_of("space", US_RU, group=1, locked=0)[0].events] == [(1, 0), (1, 0)]


def test_what_is_locked_stays_in_every_state() -> None:
    assert [event.state for event in chords_of("ctrl+1", US_RU, group=0, locked=0x12)[0].events] == [
        (0, 0x12), (0, 0x16), (0, 0x16), (0, 0x16),
    ]  # fmt: skip
    assert pressed("A a", locked=LOCK) == "a Shift_L+a"


def test_caps_lock_makes_no_other_shortcut_of_one() -> None:
    assert pressed("ctrl+s", locked=LOCK) == "Control_L+s"


def test_after_a_locking_key_any_state_will_do() -> None:
    lock, letter = chords_of("Caps_Lock a", US_RU, group=0, locked=0)
    assert [event.state for event in lock.events] == [(0, 0), None]
    assert [event.state for event in letter.events] == [None, None]


def test_no_chord_completes_a_text() -> None:
    assert [chord.text for chord in chords_of("a ctrl+s", US_RU, group=0, locked=0)] == ["", ""]


@pytest.mark.parametrize(
    ("notation", "sentence"),
    [
        ("", "There is no chord to press; write for example ctrl+s, or Return."),
        (" \n", "There is no chord to press; write for example ctrl+s, or Return."),
        ("ctrl+", "Chord 1 has a + without a key beside it; write the key + itself as plus."),
        ("+s", "Chord 1 has a + without a key beside it; write the key + itself as plus."),
        ("a ctrl++", "Chord 2 has a + without a key beside it; write the key + itself as plus."),
        ("Retrun", "Key 1 of chord 1 is unknown. Did you mean Return?"),
        ("a ctrl+Pageup_ b", "Key 2 of chord 2 is unknown. Did you mean pageup?"),
        ("Umlaut", "Key 1 of chord 1 is unknown. Use the names that X gives to keys, such as Page_Up, F5, a."),
        ("bakspace", "Key 1 of chord 1 is unknown. Did you mean BackSpace?"),
        ("F55", "Key 1 of chord 1 is unknown. Did you mean F5?"),
        ("ctlr+s", "Key 1 of chord 1 is unknown. Did you mean ctrl?"),
        ("a+qqqqq", "Key 2 of chord 1 is unknown. Use the names that X gives to keys, such as Page_Up, F5, a."),
    ],
)  # fmt: skip
def test_an_error_points_at_its_chord_and_does_not_repeat_it(notation: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        keysyms_of(notation)


@pytest.mark.parametrize(
    ("notation", "sentence"),
    [
        ("ctrl+s F24", "No key of the keyboard layout reaches key 1 of chord 2."),
        ("ctrl+ç", "No key of the keyboard layout reaches key 2 of chord 1."),
        ("ç", "No key of the keyboard layout reaches key 1 of chord 1. It is a character, which can be typed as a text."),
        ("KP_Home", "No key of the keyboard layout reaches key 1 of chord 1."),
        ("hyper+a", "No key of the keyboard layout reaches key 1 of chord 1."),
        ("ctrl+control", "Key 2 of chord 1 would press a key twice in that chord."),
        ("a+a", "Key 2 of chord 1 would press a key twice in that chord."),
    ],
)
def test_an_error_of_the_layout_points_at_its_key_and_does_not_repeat_it(notation: str, sentence: str) -> None:
    with pytest.raises(Untypeable, match=f"^{re.escape(sentence)}$"):
        chords_of(notation, US_RU, group=0, locked=0)


def test_without_altgr_its_levels_are_out_of_reach() -> None:
    without = replace(US_RU, modifiers={code: mask for code, mask in US_RU.modifiers.items() if mask != MOD5})
    with pytest.raises(Untypeable, match="reaches key 1 of chord 1"):
        chords_of("EuroSign", without, group=0, locked=0)


def test_words_and_keysyms_in_the_order_of_pressing() -> None:
    assert keysyms_of("Ctrl+a esc") == [(("Ctrl", 0xFFE3), ("a", 0x61)), (("esc", 0xFF1B),)]


@pytest.mark.parametrize(
    ("words", "keysym"),
    [
        ("ins INSERT Insert", 0xFF63),
        ("prtsc PrintScreen sysrq print", 0xFF61),
        ("kpenter KP_Enter kp_enter KPENTER", 0xFF8D),
        ("kp1 KP_1 kp_1", 0xFFB1),
        ("kpplus kp_add", 0xFFAB),
        ("capslock CapsLock Caps_Lock caps", 0xFFE5),
        ("numlock Num_Lock", 0xFF7F),
        ("leftmeta super win logo cmd Super_L", 0xFFEB),
        ("rightalt Alt_R", 0xFFEA),
        ("volumeup xf86audioraisevolume", 0x1008FF13),
        # a character's name is as X writes it, and in any other case the small letter's
        ("eacute EACUTE eACUTE", 0xE9),
        ("Eacute", 0xC9),
        ("Left", 0xFF51),
        ("leftarrow", 0x8FB),
    ],
)
def test_the_names_of_one_key(words: str, keysym: int) -> None:
    assert {word: hex(keysyms_of(word)[0][0][1]) for word in words.split()} == dict.fromkeys(words.split(), hex(keysym))


def test_every_name_of_x_is_itself() -> None:
    assert all(keysym_called(name) == keysym_named(name) for name in names())
