# SPDX-License-Identifier: MIT
"""
The names that users and other tools give to keys: those of X in upper or lower case, and the usual short ones.

The short ones are those of xdotool, wtype, dotool (the names of Linux, in small letters) and of keyboards themselves.
"""

from __future__ import annotations

import difflib
from functools import cache

from typewright.keymap.keysyms import NO_SYMBOL, character_of, keysym_named, names

_SHORT = {
    "Alt_L": "alt leftalt lalt opt option",
    "Alt_R": "rightalt ralt",
    "BackSpace": "backspace bksp bs",
    "Break": "ctrlbreak",
    "Caps_Lock": "caps",
    "Control_L": "ctrl control leftctrl lctrl leftcontrol",
    "Control_R": "rightctrl rctrl rightcontrol",
    "Delete": "del delete",
    "Down": "down arrowdown",
    "End": "end",
    "Escape": "esc escape",
    "Home": "home",
    "Hyper_L": "hyper",
    "ISO_Level3_Shift": "altgr altgraph",
    "Insert": "ins insert",
    "KP_Add": "kpplus",
    "KP_Decimal": "kpdot",
    "KP_Divide": "kpslash",
    "KP_Multiply": "kpasterisk",
    "KP_Separator": "kpcomma",
    "KP_Subtract": "kpminus",
    "Left": "left arrowleft",
    "Menu": "menu contextmenu",
    "Meta_L": "meta",
    "Multi_key": "compose",
    "Page_Down": "pagedown pgdn pgdown",
    "Page_Up": "pageup pgup",
    "Print": "printscreen prtsc prtscr sysrq",
    "Return": "return enter",
    "Right": "right arrowright",
    "Shift_L": "shift leftshift lshift",
    "Shift_R": "rightshift rshift",
    "Super_L": "super win windows logo cmd command leftmeta lsuper",
    "Super_R": "rightmeta rsuper",
    "Tab": "tab",
    "Up": "up arrowup",
    "XF86AudioLowerVolume": "volumedown",
    "XF86AudioMute": "mute",
    "XF86AudioNext": "nextsong",
    "XF86AudioPlay": "playpause",
    "XF86AudioPrev": "previoussong",
    "XF86AudioRaiseVolume": "volumeup",
    "bracketleft": "leftbrace",
    "bracketright": "rightbrace",
    "period": "dot fullstop",
    "plus": "plus",
    "space": "space spacebar",
}
"""X's name -> the other names, in small letters."""


def keysym_called(name: str) -> int:
    """
    Return the keysym that users call `name`; `NO_SYMBOL` when there is none.

    A single character is itself. A name of X as X writes it comes first, since some differ in case alone (`eacute`,
    `Eacute`); in any other case, and without its underscores, it means the small letter.
    """
    if len(name) == 1:
        return keysym_named(name)
    short = _names()[0].get(name.lower())
    return short if short is not None else keysym_named(name) or _names()[1].get(name.lower(), NO_SYMBOL)


def suggestion(name: str) -> str:
    """Return a name of a key that is spelled much like `name`; empty if there is none. Names of characters are no keys."""
    keys = {short: short for short in _names()[0]}
    keys |= {key.lower(): key for key in names() if not character_of(keysym_named(key)) and not key.startswith("dead_")}
    near = difflib.get_close_matches(name.lower(), sorted(keys), n=1, cutoff=0.7)
    return keys[near[0]] if near else ""


@cache
def _names() -> tuple[dict[str, int], dict[str, int]]:
    """The short names, and X's names in small letters, with and without underscores."""
    short = {word: keysym_named(name) for name, words in _SHORT.items() for word in words.split()}
    small: dict[str, int] = {}
    for spelled in (lambda name: name.lower(), lambda name: name.lower().replace("_", "")):
        # Those that are in small letters already come first.
        for name in sorted(names(), key=lambda name: name != name.lower()):
            small.setdefault(spelled(name), keysym_named(name))
    return short, small
