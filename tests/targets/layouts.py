# SPDX-License-Identifier: MIT
"""The keyboard layouts of the matrix."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from tests.helpers import desktop

_CYRILLIC_GREEK = ("us,ru,gr",)


def _untouched(environ: dict[str, str]) -> None:
    """Leave the layout as setxkbmap made it."""


def _fill_with(keysym: str) -> Callable[[dict[str, str]], None]:
    """Leave no keycode empty."""

    def fill(environ: dict[str, str]) -> None:
        lines = desktop.run(environ, "xmodmap", "-pke").splitlines()
        empty = {line.split()[1] for line in lines if not line.partition("=")[2].strip()}
        desktop.run(environ, "xmodmap", "-", stdin="".join(f"keycode {code} = {keysym}\n" for code in empty))

    return fill


def _lock(keysym: str) -> Callable[[dict[str, str]], None]:
    """Press a key that locks a modifier."""
    return lambda environ: desktop.run(environ, "xdotool", "key", keysym)


@dataclass(frozen=True)
class Keymap:
    """What setxkbmap is told, which group is active then, and what is done besides; `unlock` undoes what outlives it."""

    setxkbmap: tuple[str, ...]
    group: int = 0
    besides: Callable[[dict[str, str]], object] = _untouched
    unlock: Callable[[dict[str, str]], object] = _untouched


LAYOUTS: Mapping[str, Keymap] = {
    "us": Keymap(("us",)),
    "de": Keymap(("de",)),
    "fr": Keymap(("fr",)),
    "it": Keymap(("it",)),
    "es": Keymap(("es",)),
    "cz": Keymap(("cz",)),
    "se": Keymap(("se",)),
    "dvorak": Keymap(("us", "-variant", "dvorak")),
    "us(intl)": Keymap(("us", "-variant", "intl")),
    "ru": Keymap(("ru",)),
    "gr": Keymap(("gr",)),
    "us+ru+gr, us": Keymap(_CYRILLIC_GREEK),
    "us+ru+gr, ru": Keymap(_CYRILLIC_GREEK, group=1),
    "us+ru+gr, gr": Keymap(_CYRILLIC_GREEK, group=2),
    "caps: and shift: options": Keymap(("de", "-option", "caps:swapescape", "-option", "shift:both_capslock")),
    "Caps Lock on": Keymap(("us",), besides=_lock("Caps_Lock"), unlock=_lock("Caps_Lock")),
    "Shift Lock on": Keymap(("us", "-option", "caps:shiftlock"), besides=_lock("Shift_Lock"), unlock=_lock("Shift_Lock")),
    "no empty keycode": Keymap(("us",), besides=_fill_with("XF86Launch9")),
}


@contextmanager
def layout(name: str, environ: dict[str, str]) -> Iterator[None]:
    """The keyboard layout `name`; afterwards it is a plain us again."""
    chosen = LAYOUTS[name]
    try:
        desktop.run(environ, "setxkbmap", "-option", "", *chosen.setxkbmap)
        desktop.lock_group(environ, chosen.group)
        chosen.besides(environ)
        yield
    finally:
        chosen.unlock(environ)
        desktop.lock_group(environ, 0)
        desktop.run(environ, "setxkbmap", "-option", "", "us")
