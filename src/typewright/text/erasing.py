# SPDX-License-Identifier: MIT
"""
What one press of BackSpace at the end of a text leaves of it, by kind of program.

Each model is a function, fitted to measurements (docs/erasing.md); tests/soak/erasing compares them again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from typewright.text.graphemes import classes, clusters

Model = Callable[[str], str]
"""Takes a text that is not empty, and returns what one press leaves of it."""

_HIGHEST = 0x10FFFF
_NONE: Mapping[str, str] = MappingProxyType({})

LOOK_BACK = 64
"""No press depends on more code points than these; an even number, so that a row of flags is cut between two of them."""

# Patterns that take long to compile are compiled by `re` when they are first needed, and not when the service starts.
# Letters, digits and signs that are characters by themselves, whichever of these is before them.
_PLAIN = (
    "[ -\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f\u05d0-\u05ea\u0620-\u064a\u0e01-\u0e30\u1e00-\u1fff"
    "\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u3001-\u3029\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3"
    "\uff01-\uff5e\U0001f600-\U0001f64f]*"
)
_LOOKED_AT = 1024


def plain_end(text: str, kind: str = "") -> int:
    """
    Return how many code points at the end of `text` need no model: every editor that programs of `kind` may have (all, if
    it is empty) keeps them, and one press deletes exactly one of them.

    There may be more. It saves going through long texts press by press.
    """
    run = re.match(_PLAIN, text[: -_LOOKED_AT - 1 : -1])
    if run is None:
        return 0
    # The first of them may be a part of the character before it.
    plain = run.end() - 1
    highest = min((editor.highest for editor in EDITORS.get(kind, ())), default=_HIGHEST)
    if plain > 0 and highest < _HIGHEST:
        plain = next((count for count in range(plain) if ord(text[-count - 1]) > highest), plain)
    return max(0, plain)


def code_point(text: str) -> str:
    """Qt, Tk, Emacs, and the kernel's line editing in a terminal: a press deletes one code point."""
    return text[:-1]


def cluster(text: str) -> str:
    """Monaco and others: what the user sees as one character."""
    return text[: -len(clusters(text)[-1])]


_HANGUL_VOWELS_AND_TRAILERS = re.compile("[\u1160-\u11ff\ud7b0-\ud7fb]")


def _has_no_width(character: str) -> bool:
    """Return whether the C library's `wcwidth` is 0 for it."""
    return (
        unicodedata.category(character) in ("Mn", "Me", "Cf") and character != "\u00ad"
    ) or _HANGUL_VOWELS_AND_TRAILERS.match(character) is not None


def readline(text: str) -> str:
    """Readline in a terminal: a press deletes all at the end that has no width, and one code point before it."""
    end = len(text)
    while end > 1 and _has_no_width(text[end - 1]):
        end -= 1
    return text[: end - 1]


# Pango, by the first code point of a cluster: Latin, Greek, Cyrillic, kana and Hangul syllables go as a whole; so do the
# clusters that end with a letter or a vowel sign that it knows as a composed one.
_WHOLE_BY_FIRST = "[ -\u02af\u0370-\u052f\u1e00-\u1fff\u3040-\u30ff\uac00-\ud7a3]"
_WHOLE_BY_LAST = re.compile(
    "[\u0622-\u0626\u0931\u0958-\u095f\u09cb\u09cc\u09dc\u09dd\u09df\u0a33\u0a36\u0a59-\u0a5b\u0a5e\u0b48\u0b4b\u0b4c"
    "\u0bca-\u0bcc\u0c47\u0c48\u0cc7\u0cc8\u0cca\u0ccb\u0d4a-\u0d4c]"
)
_TAG = re.compile("[\U000e0020-\U000e007f]")


def pango(text: str) -> str:
    """GTK: a press deletes the last cluster in some scripts, else the last code point of its decomposed form."""
    last = clusters(text)[-1]
    kept = text[: -len(last)]
    emoji = classes(last)[0] in "if" and not _TAG.search(last)
    if emoji or re.match(_WHOLE_BY_FIRST, last) or _WHOLE_BY_LAST.match(last[-1]):
        return kept
    return kept + unicodedata.normalize("NFD", last)[:-1]


_EMOJI_END = re.compile("[\ufe0f\U0001f3fb-\U0001f3ff\U000e007f]")
_KEYCAP = re.compile("[0-9#*]\ufe0f?\u20e3")
_SELECTED = re.compile("[^\n][\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def blink(text: str) -> str:
    """Chromium: a press deletes an emoji or a flag, a variation selector with its character, else one code point."""
    last = clusters(text)[-1]
    kinds = classes(last)
    emoji = kinds[0] in "if" and (kinds[-1] in "if" or _EMOJI_END.match(last[-1]))
    if emoji or _KEYCAP.fullmatch(last):
        return text[: -len(last)]
    if _SELECTED.fullmatch(last[-2:]) and not unicodedata.combining(last[-2]):
        return text[:-2]
    return text[:-1]


# --- Which editors a program may have --------------------------------------------------------------------------------


class Editor(NamedTuple):
    """
    A model of a text field: what one press of BackSpace leaves, and the `highest` code point that the field keeps.

    Fields that drop what is beyond their `highest` exist: KTextEditor keeps the basic plane, SciTE its code page.
    """

    erase: Model
    highest: int = _HIGHEST

    def keeps(self, text: str) -> str:
        """Return what of a typed `text` is in the field."""
        if self.highest == _HIGHEST or not text or max(map(ord, text)) <= self.highest:
            return text
        return "".join(character for character in text if ord(character) <= self.highest)


_READLINE, _PANGO, _BLINK, _CODE_POINT, _CLUSTER = map(Editor, (readline, pango, blink, code_point, cluster))
_BASIC_PLANE, _CODE_PAGE = Editor(code_point, 0xFFFF), Editor(code_point, 0xFF)

EDITORS: dict[str, tuple[Editor, ...]] = {
    "terminal": (_READLINE, _CODE_POINT),
    "gtk": (_PANGO,),
    "qt": (_CODE_POINT,),
    "chromium": (_BLINK,),
    "plain": (_CODE_POINT,),
    "ktexteditor": (_CODE_POINT, _BASIC_PLANE),
    "gtk-window": (_PANGO, _CODE_POINT, _BLINK, _CLUSTER, _CODE_PAGE),
    "qt-window": (_CODE_POINT, _BLINK, _CLUSTER, _BASIC_PLANE),
    "chromium-window": (_BLINK, _CODE_POINT, _CLUSTER),
    "unknown": (_READLINE, _PANGO, _BLINK, _CODE_POINT, _CLUSTER, _BASIC_PLANE, _CODE_PAGE),
}
"""
Kind of program -> the editors that its text fields may have.

The kinds with one editor, KTextEditor (its dialogs are Qt's) and terminals are of programs that were measured. A toolkit
alone decides nothing: a window of GTK may hold Scintilla or WebKit, one of Qt KTextEditor or WebEngine. There only what all
editors agree on is certain.
"""

WALLS = "\n\t"
"""
Characters that no BackSpace takes back for certain: Return may have sent the text or run a command, and Tab may have moved
the focus or completed a word. Only the field's own account shows that they are in the text.
"""

_BY_NAME = {
    "terminal": """
        xterm uxterm urxvt rxvt konsole gnome-terminal gnome-terminal-server xfce4-terminal mate-terminal lxterminal
        qterminal terminator tilix alacritty kitty st-256color org.wezfurlong.wezterm guake tilda terminology foot
        sakura""",
    "gtk": "mousepad gedit gnome-text-editor",
    "qt": "featherpad",
    "ktexteditor": "kwrite",
    "chromium": "chromium chromium-browser google-chrome",
    "plain": "emacs tk toplevel typewright-printing",
    "unknown": "firefox firefox-esr navigator thunderbird soffice libreoffice libreoffice-writer",
}
_KIND_OF_NAME = {name: kind for kind, names in _BY_NAME.items() for name in names.split()}
MEASURED = tuple(kind for kind in EDITORS if not kind.endswith("-window") and kind != "unknown")
"""The kinds that a program can be declared to be of."""


def kind_of(name: str, toolkit: str, declared: Mapping[str, str] = _NONE) -> str:
    """
    Return the kind of a program, a key of EDITORS, by the `name` and the `toolkit` that its window tells.

    `declared` are the kinds that the user has configured, by lower-case name.
    """
    name = name.lower()
    window = f"{toolkit}-window"
    return declared.get(name) or _KIND_OF_NAME.get(name) or (window if window in EDITORS else "unknown")
