# SPDX-License-Identifier: MIT
"""
The interfaces that we use: what the protocols document of them, in a form of our own.

The order of the rows is the order of the opcodes. A row is a name, a signature (`wire.codec`; `-` for none), what its new
id makes, `since` which version, and whether it is a destructor. `version` is the highest that we know, and ask for.

Sources: wayland (core), virtual-keyboard-unstable-v1, input-method-unstable-v2, wlr-foreign-toplevel-management-unstable-v1.
"""

from __future__ import annotations

from typewright.wire.codec import WAYLAND
from typewright.wire.tables import Interface, by_name, messages

_rows = messages(WAYLAND)

DISPLAY = Interface(
    "wl_display",
    1,
    requests=_rows("sync n wl_callback", "get_registry n wl_registry"),
    events=_rows(
        "error uus",  # The first is an object that may be gone already: only its number is of use.
        "delete_id u",
    ),
    errors=("invalid_object", "invalid_method", "no_memory", "implementation"),
)
REGISTRY = Interface(
    "wl_registry",
    1,
    requests=_rows("bind usun"),
    events=_rows("global usu", "global_remove u"),
)
CALLBACK = Interface("wl_callback", 1, requests=(), events=_rows("done u destructor"))
SEAT = Interface(
    "wl_seat",
    7,
    requests=_rows(
        "get_pointer n wl_pointer", "get_keyboard n wl_keyboard", "get_touch n wl_touch", "release - since=5 destructor"
    ),
    events=_rows("capabilities u", "name s since=2"),
    errors=("missing_capability",),
)
KEYBOARD = Interface(
    "wl_keyboard",
    7,
    requests=_rows("release - since=3 destructor"),
    events=_rows(
        "keymap uhu",
        "enter uoa",
        "leave uo",
        "key uuuu",
        "modifiers uuuuu",
        "repeat_info ii since=4",
    ),
)
VIRTUAL_KEYBOARD_MANAGER = Interface(
    "zwp_virtual_keyboard_manager_v1",
    1,
    requests=_rows("create_virtual_keyboard on zwp_virtual_keyboard_v1"),
    events=(),
    errors=("unauthorized",),
)
VIRTUAL_KEYBOARD = Interface(
    "zwp_virtual_keyboard_v1",
    1,
    requests=_rows("keymap uhu", "key uuu", "modifiers uuuu", "destroy - destructor"),
    events=(),
    errors=("no_keymap", "invalid_keymap_format"),
)
TOPLEVEL_MANAGER = Interface(
    "zwlr_foreign_toplevel_manager_v1",
    3,
    requests=_rows("stop -"),
    events=_rows("toplevel n zwlr_foreign_toplevel_handle_v1", "finished - destructor"),
)
TOPLEVEL = Interface(
    "zwlr_foreign_toplevel_handle_v1",
    3,
    requests=_rows(
        "set_maximized -",
        "unset_maximized -",
        "set_minimized -",
        "unset_minimized -",
        "activate o",
        "close -",
        "set_rectangle oiiii",
        "destroy - destructor",
        "set_fullscreen ?o since=2",
        "unset_fullscreen - since=2",
    ),
    events=_rows(
        "title s",
        "app_id s",
        "output_enter o",
        "output_leave o",
        "state a",
        "done -",
        "closed -",
        "parent ?o since=3",
    ),
    errors=("invalid_rectangle",),
)
INPUT_METHOD_MANAGER = Interface(
    "zwp_input_method_manager_v2",
    1,
    requests=_rows("get_input_method on zwp_input_method_v2", "destroy - destructor"),
    events=(),
)
INPUT_METHOD = Interface(
    "zwp_input_method_v2",
    1,
    requests=_rows(
        "commit_string s",
        "set_preedit_string sii",
        "delete_surrounding_text uu",
        "commit u",
        "get_input_popup_surface no zwp_input_popup_surface_v2",
        "grab_keyboard n zwp_input_method_keyboard_grab_v2",
        "destroy - destructor",
    ),
    events=_rows(
        "activate -",
        "deactivate -",
        "surrounding_text suu",
        "text_change_cause u",
        "content_type uu",
        "done -",
        "unavailable -",
    ),
    errors=("role",),
    private=True,
)
KEYBOARD_GRAB = Interface(
    "zwp_input_method_keyboard_grab_v2",
    1,
    requests=_rows("release - destructor"),
    events=_rows("keymap uhu", "key uuuu", "modifiers uuuuu", "repeat_info ii"),
)

INTERFACES = by_name(
    [
        *[DISPLAY, REGISTRY, CALLBACK, SEAT, KEYBOARD, VIRTUAL_KEYBOARD_MANAGER, VIRTUAL_KEYBOARD],
        *[TOPLEVEL_MANAGER, TOPLEVEL, INPUT_METHOD_MANAGER, INPUT_METHOD, KEYBOARD_GRAB],
    ]
)
