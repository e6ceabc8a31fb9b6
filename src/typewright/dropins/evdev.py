# SPDX-License-Identifier: MIT
"""
Keys by the numbers of Linux, as ydotool and dotool have them.

A number means a place on the keyboard. Those who send 29 and 47 mean ctrl and v, and get v where the layout has it.

Source: linux/input-event-codes.h.
"""

from __future__ import annotations

_ROWS = (
    (
        1,
        "Escape 1 2 3 4 5 6 7 8 9 0 minus equal BackSpace Tab q w e r t y u i o p bracketleft bracketright Return Control_L",
    ),
    (30, "a s d f g h j k l semicolon apostrophe grave Shift_L backslash z x c v b n m comma period slash Shift_R"),
    (55, "KP_Multiply Alt_L space Caps_Lock F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 Num_Lock Scroll_Lock KP_7 KP_8 KP_9 KP_Subtract"),
    (75, "KP_4 KP_5 KP_6 KP_Add KP_1 KP_2 KP_3 KP_0 KP_Decimal"),
    (86, "less F11 F12"),
    (96, "KP_Enter Control_R KP_Divide Print Alt_R"),
    (102, "Home Up Page_Up Left Right End Down Page_Down Insert Delete"),
    (113, "XF86AudioMute XF86AudioLowerVolume XF86AudioRaiseVolume XF86PowerOff KP_Equal"),
    (119, "Pause"),
    (121, "KP_Separator"),
    (125, "Super_L Super_R Menu"),
    (163, "XF86AudioNext XF86AudioPlay XF86AudioPrev XF86AudioStop"),
    (183, "F13 F14 F15 F16 F17 F18 F19 F20 F21 F22 F23 F24"),
)


def key_of(code: int) -> str:
    """Return the name of the key with this number; empty if it is none that can be pressed."""
    for first, row in _ROWS:
        if first <= code and code - first < len(names := row.split()):
            return names[code - first]
    return ""
