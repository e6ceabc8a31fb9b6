# SPDX-License-Identifier: MIT
"""Whatever is locked, the text arrives as given, and the lock is as it was; in both pacings, into a real xterm."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from tests import desktop

from typewright.plan.keysyms import character_of, keysym_named

SHIFT, LOCK, CONTROL, MOD1, MOD2, MOD3, MOD4, MOD5 = (1 << bit for bit in range(8))
TEXT = "aB zY 1! '\"^~`@#€ äÄöÖüÜßẞ éÉçÇñÑ ıİςΣﬁǅ µ½°² привет Я 漢 {[]}\\ q"


@dataclass
class Lockable:
    """A service and a terminal, on a keyboard where everything can be locked."""

    environ: dict[str, str]
    terminal: desktop.Terminal

    def types(self, text: str, locked: int) -> None:
        """Lock the modifiers, have the text typed, and look at what came and what is locked then."""
        desktop.lock_modifiers(self.environ, locked)
        leds = self._leds()
        answer = desktop.busctl_call(self.environ, "Insert", "s", f"{text}\n")
        assert (self.terminal.rest("\r"), answer) == (text, "b true")
        assert desktop.locked_modifiers(self.environ) == locked
        assert self._leds() == leds
        assert desktop.keys_down(self.environ) == []

    def _leds(self) -> list[str]:
        lines = desktop.run(self.environ, "xset", "q").splitlines()
        return [line for line in lines if "Caps Lock" in line or "LED mask" in line]


@pytest.fixture(scope="module", params=["chord", "event"])
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lockable]:
    # An xterm by itself takes Shift and a key that has Insert on any level for pasting: Ä on a de(neo) keyboard.
    resources = tmp_path_factory.mktemp("xterm") / "resources"
    resources.write_text("XTerm*VT100.translations: #replace <KeyPress>: insert()\n")
    with desktop.xvfb() as display, desktop.session_bus() as bus:
        environ = {**desktop.environment(display, bus), "XENVIRONMENT": str(resources)}
        with desktop.terminal(environ) as terminal, desktop.service(environ, config=f'pacing = "{request.param}"'):
            yield Lockable(environ, terminal)


@pytest.fixture(autouse=True)
def nothing_locked(desk: Lockable) -> Iterator[None]:
    yield
    desktop.lock_modifiers(desk.environ, 0)


@pytest.mark.parametrize("locked", [0, LOCK, SHIFT, SHIFT | LOCK | MOD2, MOD5, LOCK | MOD5, CONTROL, MOD1 | MOD4 | MOD2])
@pytest.mark.parametrize("layout", ["us", "de", "cz", "fr", "us,ru", "de(neo)", "ca(multix)"])
def test_what_is_locked_changes_neither_the_text_nor_itself(desk: Lockable, layout: str, locked: int) -> None:
    name, _, variant = layout.rstrip(")").partition("(")
    desktop.run(desk.environ, "setxkbmap", "-option", "", name, "-variant", variant)
    desk.types(TEXT, locked)


@pytest.mark.parametrize("locked", [0, LOCK, SHIFT, LOCK | SHIFT | MOD2, MOD3, MOD5])
@pytest.mark.parametrize(
    "option",
    [
        "shift:breaks_caps",
        "shift:both_capslock",
        "shift:both_capslock_cancel",
        "shift:both_shiftlock",
        "shift:lshift_both_capslock_cancel",
        "caps:shiftlock",
        "caps:shift_nocancel",
        "caps:internal",
        "caps:internal_nocancel",
        "lv3:caps_switch",
        "lv3:ralt_switch_multikey",
        "lv5:ralt_switch_lock",
        "lv5:lsgt_switch_lock",
    ],
)
def test_a_keyboard_whose_shift_or_caps_lock_is_another(desk: Lockable, option: str, locked: int) -> None:
    desktop.run(desk.environ, "setxkbmap", "-option", "", "-layout", "de", "-variant", "", "-option", option)
    desk.types(TEXT, locked)


@pytest.mark.parametrize(
    ("option", "key", "locked"),
    [
        ("caps:capslock", "Caps_Lock", LOCK),
        ("caps:shiftlock", "Shift_Lock", SHIFT),
        ("lv3:caps_switch", "ISO_Level3_Lock", MOD5),
        ("lv5:ralt_switch_lock", "ISO_Level5_Lock", MOD3),
    ],
)
def test_a_key_that_locks_serves_before_and_after(desk: Lockable, option: str, key: str, locked: int) -> None:
    desktop.run(desk.environ, "setxkbmap", "-option", "", "-layout", "us", "-variant", "", "-option", option)
    spare = "keycode 248 = ISO_Level3_Lock\nkeycode 249 = ISO_Level5_Lock"
    desktop.run(desk.environ, "xmodmap", "-", stdin=spare)
    desktop.run(desk.environ, "xdotool", "key", key)
    assert desktop.locked_modifiers(desk.environ) == locked
    desk.types(TEXT, locked)
    desktop.run(desk.environ, "xdotool", "key", key)
    assert desktop.locked_modifiers(desk.environ) == 0


@pytest.mark.parametrize("locked", [LOCK, SHIFT, CONTROL, MOD5])
def test_shortcuts_and_deletion_under_a_lock(desk: Lockable, locked: int) -> None:
    desktop.run(desk.environ, "setxkbmap", "-option", "", "us", "-variant", "", "-option", "shift:breaks_caps")
    desktop.lock_modifiers(desk.environ, locked)
    assert desktop.busctl_call(desk.environ, "Press", "s", "ctrl+a Return shift+b") == "b true"
    assert desktop.busctl_call(desk.environ, "Backspace", "u", "1") == "b true"
    assert desk.terminal.read(4) == "\x01\rB\x7f"
    assert desktop.locked_modifiers(desk.environ) == locked


@pytest.mark.parametrize("locked", [0, LOCK, SHIFT | MOD2])
@pytest.mark.parametrize("layout", ["us", "de", "fr", "cz", "de(neo)", "de(T3)", "ca(multix)", "us,ru", "us(intl)"])
def test_every_character_that_stands_on_a_layout_is_typed_by_its_key(desk: Lockable, layout: str, locked: int) -> None:
    name, _, variant = layout.rstrip(")").partition("(")
    desktop.run(desk.environ, "setxkbmap", "-option", "", name, "-variant", variant)
    empty = "\n".join(f"keycode {code} = F35" for code in desktop.empty_keycodes(desk.environ))
    desktop.run(desk.environ, "xmodmap", "-", stdin=empty)
    symbols = desktop.keymap(desk.environ).partition("xkb_symbols")[2]
    names = (name.strip() for listed in re.findall(r"\[([^\]]*)\]", symbols) for name in listed.split(","))
    characters = sorted({character_of(keysym_named(name)) for name in names} - {""})
    assert len(characters) > 90
    desk.types("".join(characters), locked)
