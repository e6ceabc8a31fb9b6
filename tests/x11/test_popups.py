# SPDX-License-Identifier: MIT
"""Whose grab the keyboard is in, by what is on top."""

from __future__ import annotations

from typing import Any

from tests.x11.stage import A, Other, Stage, Steps, tap
from twisted.internet.defer import inlineCallbacks
from Xlib import X, Xatom

from typewright.interfaces.backend import HELD, LOCKED, MENU, TAKEN, Place, window_place
from typewright.keymap.chords import Chord


class PopupsTest(Stage):
    @inlineCallbacks
    def setUp(self) -> Steps:
        yield super().setUp()
        self.second = Other(self.display)
        self.addCleanup(self.second.close)
        self.window = self.other.window()

    def popup(self, other: Other, kind: str = "", size: tuple[int, int] = (30, 30)) -> Any:
        popup = other.root.create_window(0, 0, *size, 0, X.CopyFromParent, override_redirect=True)
        if kind:
            types = [other.display.intern_atom(f"_NET_WM_WINDOW_TYPE_{kind}")]
            popup.change_property(other.display.intern_atom("_NET_WM_WINDOW_TYPE"), Xatom.ATOM, 32, types)
        popup.map()
        other.display.sync()
        return popup

    def grab(self, window: Any) -> None:
        window.grab_keyboard(True, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)

    @inlineCallbacks
    def check(self, place: Place) -> Steps:
        """Keys of a text go to this place, at once and with each key."""
        self.assertEqual((yield self.backend.focus.focused()), place)
        for _ in range(2):
            self.backend.keyer.shape(Chord((A,), tuple(tap(A)), "a"))
            self.assertEqual((yield self.typed(tap(A)))[0], place)

    @inlineCallbacks
    def test_a_popup_of_the_program_with_the_focus(self) -> Steps:
        popup = self.popup(self.other)
        self.grab(popup)
        yield self.check(window_place(self.window.id))
        self.popup(self.second, "NOTIFICATION")
        yield self.check(window_place(self.window.id))
        popup.destroy()
        self.other.display.sync()
        yield self.check(window_place(self.window.id))

    @inlineCallbacks
    def test_a_menu_of_the_program_with_the_focus(self) -> Steps:
        for kind in ("MENU", "DROPDOWN_MENU", "POPUP_MENU"):
            self.grab(self.popup(self.other, kind))
            yield self.check(Place(MENU, self.window.id))

    @inlineCallbacks
    def test_another_programs_grab(self) -> Steps:
        self.popup(self.other)
        above = self.popup(self.second)
        self.grab(above)
        yield self.check(HELD)
        self.second.display.ungrab_keyboard(X.CurrentTime)
        above.destroy()
        self.second.display.sync()
        yield self.check(window_place(self.window.id))

    @inlineCallbacks
    def test_a_grab_for_which_nothing_is_shown(self) -> Steps:
        self.grab(self.second.window())
        self.window.set_input_focus(X.RevertToNone, X.CurrentTime)
        self.other.display.sync()
        self.popup(self.other, "TOOLTIP")
        yield self.check(HELD)

    @inlineCallbacks
    def test_a_grab_for_which_nothing_is_shown_any_more(self) -> Steps:
        popup = self.popup(self.other)
        self.grab(self.window)
        yield self.check(window_place(self.window.id))
        popup.destroy()
        self.other.display.sync()
        yield self.check(HELD)

    @inlineCallbacks
    def test_a_cover_of_the_programs_own(self) -> Steps:
        self.grab(self.popup(self.other, size=(1024, 768)))
        yield self.check(LOCKED)

    @inlineCallbacks
    def test_a_hotkey_under_a_popup_that_holds_nothing(self) -> Steps:
        self.popup(self.other)
        self.second.root.grab_key(A, X.AnyModifier, True, X.GrabModeAsync, X.GrabModeAsync)
        self.second.display.sync()
        self.backend.keyer.shape(Chord((A,), tuple(tap(A)), "a"))
        self.assertEqual((yield self.typed(tap(A)))[0], TAKEN)
        self.backend.keyer.shape(Chord((A,), tuple(tap(A))))
        self.assertEqual((yield self.typed(tap(A)))[0], window_place(self.window.id))
