# SPDX-License-Identifier: MIT
"""A service and a terminal, on a keyboard where everything can be locked."""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.helpers import desktop
from typewright.keymap.keysyms import character_of, keysym_named

SHIFT, LOCK, CONTROL, MOD1, MOD2, MOD3, MOD4, MOD5 = (1 << bit for bit in range(8))
TEXT = "aB zY 1! '\"^~`@#€ äÄöÖüÜßẞ éÉçÇñÑ ıİςΣﬁǅ µ½°² привет Я 漢「∝≡⇔⌈∘ㄱ◆‾ {[]}\\ q"
LETTERS = "ı İ ς σ Σ ﬁ ﬃ ß ẞ ŉ ſ ǆ ǅ Ǆ ç Ç ж Ж ÿ Ÿ µ ა Ა ΐ ᾳ ᾼ ƛ ⅷ Ⅷ ⓐ Ⓐ 漢 ∝ 😀"
"""Letters of every kind, by what a program makes of them that capitalises, and some characters that are none."""


@dataclass
class Lockable:
    """The service is running, and the terminal has the focus."""

    environ: dict[str, str]
    terminal: desktop.Terminal

    def keymap(self, layout: str, option: str = "") -> None:
        """Have this layout, `us` or `de(neo)`, with this one option."""
        name, _, variant = layout.rstrip(")").partition("(")
        options = ("-option", "", *(("-option", option) if option else ()))
        desktop.run(self.environ, "setxkbmap", "-layout", name, "-variant", variant, *options)

    def types(self, text: str, locked: int) -> None:
        """Lock the modifiers, have the text typed, and look at what came and what is locked then."""
        desktop.lock_modifiers(self.environ, locked)
        leds = self._leds()
        answer = desktop.busctl_call(self.environ, "Insert", "s", f"{text}\n")
        assert (self.terminal.rest("\r"), answer) == (text, "b true")
        assert desktop.locked_modifiers(self.environ) == locked
        assert self._leds() == leds
        assert desktop.keys_down(self.environ) == []

    def standing(self) -> str:
        """Every character that stands on a key; and no keycode is left that could be lent to another."""
        desktop.leave_nothing_to_lend(self.environ)
        symbols = desktop.keymap(self.environ).partition("xkb_symbols")[2]
        names = (name.strip() for listed in re.findall(r"\[([^\]]*)\]", symbols) for name in listed.split(","))
        characters = sorted({character_of(keysym_named(name)) for name in names} - {""})
        assert len(characters) > 90
        return "".join(characters)

    def _leds(self) -> list[str]:
        lines = desktop.run(self.environ, "xset", "q").splitlines()
        return [line for line in lines if "Caps Lock" in line or "LED mask" in line]


@contextlib.contextmanager
def lockable(pacing: str) -> Iterator[Lockable]:
    """A display, a bus, a terminal and a service of their own."""
    with tempfile.TemporaryDirectory(prefix="typewright-xterm-") as directory, desktop.xvfb() as display:
        # An xterm by itself takes Shift and a key that has Insert on any level for pasting: Ä on a de(neo) keyboard.
        resources = Path(directory) / "resources"
        resources.write_text("XTerm*VT100.translations: #replace <KeyPress>: insert()\n")
        with desktop.session_bus() as bus:
            environ = {**desktop.environment(display, bus), "XENVIRONMENT": str(resources)}
            with desktop.terminal(environ) as terminal, desktop.service(environ, config=f'pacing = "{pacing}"'):
                yield Lockable(environ, terminal)
