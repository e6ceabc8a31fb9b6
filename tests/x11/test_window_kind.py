# SPDX-License-Identifier: MIT
"""Which windows with the focus are a program's, and which are the window manager's or the desktop's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.x11.stage import A, Other, Stage, Steps, tap
from twisted.internet.defer import inlineCallbacks
from Xlib import X, Xatom

from typewright.interfaces.backend import BACKGROUND, WINDOW, Place

MANAGED = [1, 0]


class WindowKindTest(Stage):
    @inlineCallbacks
    def setUp(self) -> Steps:
        yield super().setUp()
        self.manager = Other(self.display)
        self.addCleanup(self.manager.close)

    def atom(self, name: str) -> int:
        return self.other.display.intern_atom(name)

    def window(self, other: Other, at: Sequence[int] = (0, 0, 40, 40), parent: Any = None, **attributes: object) -> Any:
        window = (parent or other.root).create_window(*at, 0, X.CopyFromParent, **attributes)
        window.map()
        other.display.sync()
        return window

    def managed(self, window: Any) -> Any:
        """Put on the window what a window manager puts on those that it manages."""
        window.change_property(self.atom("WM_STATE"), self.atom("WM_STATE"), 32, MANAGED)
        self.manager.display.sync()
        return window

    def manage(self) -> Any:
        """Have the client `manager` be the window manager, as EWMH has it; return its check window."""
        check, name = self.window(self.manager, (-1, -1, 1, 1)), self.atom("_NET_SUPPORTING_WM_CHECK")
        for window in check, self.manager.root:
            window.change_property(name, Xatom.WINDOW, 32, [check.id])
        self.manager.display.sync()
        self.addCleanup(self.unmanage)
        return check

    def unmanage(self) -> None:
        self.other.root.delete_property(self.atom("_NET_SUPPORTING_WM_CHECK"))
        self.other.display.sync()

    @inlineCallbacks
    def kind(self, window: Any) -> Steps:
        """Give the window the focus; fires with the kind of the place that keys go to then."""
        self.other.display.set_input_focus(window, X.RevertToNone, X.CurrentTime)
        self.other.display.sync()
        place: Place = yield self.backend.focus.focused()
        assert place.window == window.id
        self.assertEqual((yield self.typed(tap(A)))[0], place)
        return place.kind

    @inlineCallbacks
    def check(self, window: Any, kind: str) -> Steps:
        self.assertEqual((yield self.kind(window)), kind)

    @inlineCallbacks
    def test_a_window_of_the_window_managers_own(self) -> Steps:
        yield self.check(self.manage(), BACKGROUND)
        yield self.check(self.window(self.manager), BACKGROUND)

    @inlineCallbacks
    def test_a_window_manager_that_is_told_by_the_selection_alone(self) -> Steps:
        window = self.window(self.manager)
        yield self.check(window, WINDOW)
        owner = self.window(self.manager)
        owner.set_selection_owner(self.atom("WM_S0"), X.CurrentTime)
        self.manager.display.sync()
        yield self.check(owner, BACKGROUND)

    @inlineCallbacks
    def test_a_managed_window_of_the_window_managers_own_is_a_programs(self) -> Steps:
        self.manage()
        yield self.check(self.managed(self.window(self.manager)), WINDOW)

    @inlineCallbacks
    def test_a_check_window_that_is_gone_or_does_not_name_itself_tells_nothing(self) -> Steps:
        self.other.root.change_property(self.atom("_NET_SUPPORTING_WM_CHECK"), Xatom.WINDOW, 32, [0x7FFFFF])
        self.addCleanup(self.unmanage)
        yield self.check(self.window(self.other), WINDOW)
        named = self.window(self.other)
        self.other.root.change_property(self.atom("_NET_SUPPORTING_WM_CHECK"), Xatom.WINDOW, 32, [named.id])
        yield self.check(named, WINDOW)

    @inlineCallbacks
    def test_a_frame_and_the_window_in_it(self) -> Steps:
        frame = self.window(self.manager)
        part = self.window(self.manager, (0, 0, 30, 30), frame)
        client = self.managed(self.window(self.other))
        client.reparent(part, 0, 0)
        self.other.display.sync()
        for window, kind in ((frame, BACKGROUND), (part, BACKGROUND), (client, WINDOW)):
            yield self.check(window, kind)
        inner = self.window(self.other, (0, 0, 1, 1), client, window_class=X.InputOnly)
        yield self.check(inner, WINDOW)

    @inlineCallbacks
    def test_docks_and_desktops(self) -> Steps:
        for kind in ("DOCK", "DESKTOP"):
            for window in (self.window(self.other), self.managed(self.window(self.other))):
                types = [self.atom(f"_NET_WM_WINDOW_TYPE_{kind}")]
                window.change_property(self.atom("_NET_WM_WINDOW_TYPE"), Xatom.ATOM, 32, types)
                yield self.check(window, BACKGROUND)
                yield self.check(self.window(self.other, (0, 0, 9, 9), window), BACKGROUND)

    @inlineCallbacks
    def test_windows_that_show_nothing(self) -> Steps:
        for at in ((0, 0, 1, 1), (-10, -10, 10, 10), (5000, 0, 40, 40)):
            yield self.check(self.window(self.other, at, override_redirect=True), BACKGROUND)
        yield self.check(self.window(self.other, window_class=X.InputOnly), BACKGROUND)

    @inlineCallbacks
    def test_programs_windows_that_no_window_manager_knows(self) -> Steps:
        yield self.check(self.window(self.other), WINDOW)
        yield self.check(self.window(self.other, override_redirect=True), WINDOW)
        self.manage()
        yield self.check(self.window(self.other, override_redirect=True), WINDOW)

    @inlineCallbacks
    def test_the_next_window_with_the_same_number_is_found_out_anew(self) -> Steps:
        first = Other(self.display)
        window = self.window(first)
        yield self.check(window, WINDOW)
        first.close()
        second = Other(self.display)
        self.addCleanup(second.close)
        successor = self.window(second, (0, 0, 1, 1), override_redirect=True)
        self.assertEqual(successor.id, window.id)
        yield self.check(successor, BACKGROUND)

    @inlineCallbacks
    def test_a_programs_window_costs_its_questions_once(self) -> Steps:
        window = self.window(self.other)
        yield self.check(window, WINDOW)
        asked: list[object] = []
        carry_out = self.backend._control.carry_out
        self.patch(self.backend._control, "carry_out", lambda steps: (asked.append(steps), carry_out(steps))[1])
        yield self.check(window, WINDOW)
        self.assertEqual(asked, [])
