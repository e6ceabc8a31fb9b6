# SPDX-License-Identifier: MIT
"""
A seat for the fake compositor: it takes virtual keyboards, hands out keymaps and tells of windows.

`typed` is what the window with the focus got, read from the keymap by libxkbcommon, as programs do.
"""

from __future__ import annotations

import os
from typing import Any

from tests.helpers.fake_compositor import Client, FakeCompositor
from tests.helpers.fake_server import Request
from typewright.backends.shared.xkbcommon import layout_of
from typewright.keymap.chords import State
from typewright.keymap.keysyms import keysym_named
from typewright.keymap.layout import Layout

OTHER_KEYMAP = b'xkb_keymap { xkb_symbols "pc+de" { }; };\0'
_RETURN = keysym_named("Return")


class FakeSeat:
    """
    What happens on a compositor when a client types.

    `heeds_modifiers`: levels come from the `modifiers` request (wlroots), not from the modifier keys (niri in January 2026).
    `tells_keymaps`: clients without the focus hear of keymaps. `down` are the keys that are down, by evdev's code;
    `held_over` those that were down when a write ended, of all writes. `field` is the purpose of the text field that has the
    focus, None without one; with `taken`, the seat has another input method.
    """

    def __init__(
        self,
        compositor: FakeCompositor,
        *,
        heeds_modifiers: bool = True,
        tells_keymaps: bool = True,
        field: int | None = 0,
        taken: bool = False,
    ) -> None:
        self.compositor = compositor
        self.heeds_modifiers = heeds_modifiers
        self.tells_keymaps = tells_keymaps
        self.typed: list[str] = []
        self.down: list[int] = []
        self.held_over: list[int] = []
        self.keymaps: list[bytes] = []
        self.devices = 0
        self.windows: list[int] = []
        self.field = field
        self.taken = taken
        self.input_methods = 0
        self._modifiers = 0
        self._in_force = b""
        self._layout: Layout | None = None
        prefix = "zwp_virtual_keyboard_v1."
        compositor.react |= {
            "zwp_virtual_keyboard_manager_v1.create_virtual_keyboard": self._created,
            "wl_seat.get_keyboard": lambda client, request: self._tell(client, request.arguments[0]),
            "wl_display.sync": lambda client, request: self.held_over.extend(self.down),
            prefix + "keymap": self._keymap,
            prefix + "modifiers": self._told_modifiers,
            prefix + "key": self._key,
            "zwp_input_method_manager_v2.get_input_method": self._came,
            "zwp_input_method_v2.commit_string": lambda client, request: self.typed.append(request.arguments[0]),
            "zwp_input_method_v2.commit": self._committed,
            "zwp_input_method_v2.destroy": self._left,
        }

    @property
    def text(self) -> str:
        """All that was typed."""
        return "".join(self.typed)

    @property
    def client(self) -> Client:
        return self.compositor.client

    def other_keyboard(self) -> None:
        """The user presses a key on a keyboard of their own."""
        self._come_into_force(self.client, OTHER_KEYMAP)

    def window(self, app_id: str = "foot", *, active: bool = True) -> int:
        """Open a window, with the focus if it is `active`; its object's number."""
        if active:
            self.focus(0)
        manager = self.client.newest("zwlr_foreign_toplevel_manager_v1")
        self.windows.append(self.client.toplevel(manager, app_id=app_id, active=active))
        return self.windows[-1]

    def focus(self, window: int) -> None:
        """Give the focus to a window, or with 0 to none."""
        for each in self.windows:
            self.client.event(each, "state", b"\2\0\0\0" if each == window else b"")
            self.client.event(each, "done")

    def close(self, window: int) -> None:
        """Close a window."""
        self.windows.remove(window)
        self.client.event(window, "closed")

    def _created(self, client: Client, request: Request) -> None:
        self.devices += 1

    def _came(self, client: Client, request: Request) -> None:
        method = request.arguments[1]
        if self.taken:
            client.event(method, "unavailable")
            return
        self.input_methods += 1
        if self.field is not None:
            client.event(method, "activate")
            client.event(method, "content_type", 0, self.field)
            client.event(method, "done")

    def _committed(self, client: Client, request: Request) -> None:
        assert request.arguments[0] >= 1, "a commit with the serial of no state"
        client.event(request.target, "done")

    def _left(self, client: Client, request: Request) -> None:
        self.input_methods -= 0 if self.taken else 1

    def _keymap(self, client: Client, request: Request) -> None:
        self.keymaps.append(request.arguments[1])
        self._modifiers = 0
        self._layout = layout_of(self.keymaps[-1])

    def _told_modifiers(self, client: Client, request: Request) -> None:
        held = request.arguments[0]
        if self.heeds_modifiers and held != self._modifiers:
            self._modifiers = held
            self._come_into_force(client, self.keymaps[-1])

    def _key(self, client: Client, request: Request) -> None:
        _, code, pressed = request.arguments
        self._come_into_force(client, self.keymaps[-1])
        (self.down.append if pressed else self.down.remove)(code)
        assert self._layout is not None
        mask = self._layout.modifiers.get(code + 8, 0)
        if mask and not self.heeds_modifiers:
            self._modifiers = self._modifiers | mask if pressed else self._modifiers & ~mask
        if pressed and not mask:
            self.typed.append(self._typed(code + 8))

    def _typed(self, keycode: int) -> str:
        assert self._layout is not None
        state = State(0, self._modifiers)
        if _RETURN in self._layout.keys[keycode].groups[0].keysyms:
            return "\n"
        return self._layout.typed_by(keycode, state) or f"<{keycode} under {self._modifiers}>"

    def _come_into_force(self, client: Client, keymap: bytes) -> None:
        if keymap != self._in_force:
            self._in_force = keymap
            for number, (interface, _) in list(client.objects.items()):
                if interface.name == "wl_keyboard":
                    self._tell(client, number)

    def _tell(self, client: Client, keyboard: int) -> None:
        if self.tells_keymaps and self._in_force:
            file: Any = os.memfd_create("keymap", os.MFD_CLOEXEC)
            os.write(file, self._in_force)
            client.event(keyboard, "keymap", 1, file, len(self._in_force))
            os.close(file)
