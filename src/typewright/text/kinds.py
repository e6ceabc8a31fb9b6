# SPDX-License-Identifier: MIT
"""Which kind of program a window belongs to, as far as its erasing goes, and how programs of that kind erase."""

from __future__ import annotations

from collections.abc import Collection

from typewright.text.erasing import Model, blink, code_point, pango, readline

MODELS: dict[str, tuple[Model, ...]] = {
    "terminal": (readline, code_point),
    "gtk": (pango,),
    "qt": (code_point,),
    "chromium": (blink,),
    "plain": (code_point,),
    "unknown": (readline, pango, blink, code_point),
}
"""Kind -> how programs of that kind erase; several where the kind leaves it open."""

UNERASABLE = {"terminal": "\n\t"}
"""Kind -> characters that no BackSpace takes back: in a terminal, Return has run the command and Tab has completed it."""

_BY_CLASS = {
    "terminal": """
        xterm uxterm urxvt rxvt konsole gnome-terminal gnome-terminal-server xfce4-terminal mate-terminal lxterminal
        qterminal terminator tilix alacritty kitty st-256color org.wezfurlong.wezterm guake tilda terminology""",
    "chromium": """
        chromium chromium-browser google-chrome brave-browser microsoft-edge vivaldi-stable opera code slack discord""",
    "plain": "emacs tk toplevel",
    "unknown": "firefox firefox-esr navigator thunderbird soffice libreoffice libreoffice-writer",
}
_KIND_OF_CLASS = {name: kind for kind, names in _BY_CLASS.items() for name in names.split()}


def kind_of(wm_class: str, properties: Collection[str], protocols: Collection[str]) -> str:
    """
    The kind of the program that a top-level window belongs to, by what its toolkit leaves on the window.

    `wm_class` is the second string of its WM_CLASS ("" where it has none), `properties` the names of its properties,
    `protocols` those in its WM_PROTOCOLS. Programs with an editor of their own under a toolkit's window (Firefox,
    LibreOffice, terminals) are known by class, before the toolkit is asked.
    """
    if kind := _KIND_OF_CLASS.get(wm_class.lower()):
        return kind
    if "_GTK_THEME_VARIANT" in properties:
        return "gtk"
    if {"_XEMBED_INFO", "_MOTIF_WM_HINTS", "WM_CLIENT_LEADER"} <= set(properties):
        return "qt"
    if "_NET_WM_BYPASS_COMPOSITOR" in properties and "_NET_WM_PING" in protocols and "WM_TAKE_FOCUS" not in protocols:
        return "chromium"
    return "unknown"
