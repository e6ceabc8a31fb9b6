# SPDX-License-Identifier: MIT
"""Keyer, observer, focus and event sources against a real X server: what is confirmed, and what is not."""

from __future__ import annotations

import struct

import pytest
import Xlib.ext.xtest
from tests.helpers.desktop import lock_modifiers, locked_modifiers, run
from tests.x11.program import PING, Program
from tests.x11.stage import SHIFT, A, B, Other, Stage, Steps, press, release, tap
from twisted.internet import reactor
from twisted.internet.defer import CancelledError, inlineCallbacks
from Xlib import X

from typewright.interfaces.backend import (
    BACKGROUND,
    HELD,
    LOCKED,
    NOWHERE,
    OURS,
    PROGRAM,
    REPEAT,
    USER,
    WINDOW,
    Place,
    Stray,
    window_place,
)
from typewright.keymap.chords import KeyEvent, State
from typewright.keymap.sample import LOCK

SHIFT_MASK = 1
RIGHT_ALT = 108
CAPS, NUM_LOCK = 66, 0x10


class ConfirmationTest(Stage):
    @inlineCallbacks
    def test_events_are_confirmed_and_arrive(self) -> Steps:
        window = self.other.window()
        where, confirmed = yield self.typed([*tap(A), *tap(B)])
        self.assertEqual((where, confirmed), (window_place(window.id), [True] * 4))
        self.assertEqual(self.other.got(window), [(A, 0), (B, 0)])
        self.assertEqual(self.other.down(), [])

    @inlineCallbacks
    def test_a_shifted_chord_finds_the_states_that_it_plans(self) -> Steps:
        window = self.other.window()
        _, confirmed = yield self.typed([press(SHIFT), press(A, 1), release(A, 1), release(SHIFT, 1)])
        self.assertEqual(confirmed, [True] * 4)
        self.assertEqual(self.other.got(window), [(SHIFT, 0), (A, 1)])

    @inlineCallbacks
    def test_a_modifier_of_somebody_else_is_seen_at_the_first_event(self) -> Steps:
        self.other.window()
        self.other.finger(SHIFT, down=True)
        _, confirmed = yield self.typed(tap(A))
        self.other.finger(SHIFT, down=False)
        self.assertEqual(confirmed, [False, False])

    @inlineCallbacks
    def test_any_state_is_confirmed_where_none_is_planned(self) -> Steps:
        self.other.window()
        self.other.finger(SHIFT, down=True)
        _, confirmed = yield self.typed([KeyEvent(A, True, None), KeyEvent(A, False, None)])
        self.other.finger(SHIFT, down=False)
        self.assertEqual(confirmed, [True, True])

    @inlineCallbacks
    def test_a_users_key_does_not_confirm_ours(self) -> Steps:
        self.other.window()
        heard: list[Stray] = []
        waiting = self.backend.observer.confirm(press(A))
        self.other.finger(A, down=True)
        self.other.finger(A, down=False)
        yield self.until(lambda: heard.extend(self.backend.observer.strays()) or len(heard) == 2)
        self.assertEqual(heard, [Stray(A, True, State(0, 0), USER), Stray(A, False, State(0, 0), USER)])
        self.assertNoResult(waiting)
        self.backend.observer.forget()
        self.assertIs(self.successResultOf(waiting), False)

    @pytest.mark.promise("whose-key")
    @inlineCallbacks
    def test_what_is_ours_and_what_is_not_is_told_apart(self) -> Steps:
        self.other.window()
        yield self.typed(tap(B))
        self.other.finger(SHIFT, down=True)
        _, confirmed = yield self.typed(tap(B))
        self.other.finger(SHIFT, down=False)
        self.other.fake(A, down=True)
        self.other.fake(A, down=False)
        yield self.typed(tap(B))
        self.assertEqual(confirmed, [False, False])
        self.assertEqual(
            self.backend.observer.strays(),
            (
                Stray(SHIFT, True, State(0, 0), USER),
                Stray(B, True, State(0, SHIFT_MASK), OURS),
                Stray(B, False, State(0, SHIFT_MASK), OURS),
                Stray(SHIFT, False, State(0, SHIFT_MASK), USER),
                Stray(A, True, State(0, 0), PROGRAM),
                Stray(A, False, State(0, 0), PROGRAM),
            ),
        )
        self.assertEqual(self.backend.observer.strays(), ())

    @inlineCallbacks
    def test_who_touches_keys_or_buttons_is_heard_and_we_are_not(self) -> Steps:
        self.other.window()
        touched: list[object] = []
        self.backend.observer.on_stray = lambda stray: touched.append((stray.keycode, stray.pressed, stray.source))
        self.backend._sources.on_button = lambda: touched.append("click")
        yield self.typed(tap(B))
        self.other.finger(A, down=True)
        self.other.finger(A, down=False)
        self.other.fake(B, down=True)
        self.other.fake(B, down=False)
        for button in (4, 1):
            Xlib.ext.xtest.fake_input(self.other.display, X.ButtonPress, button)
            Xlib.ext.xtest.fake_input(self.other.display, X.ButtonRelease, button)
        self.other.display.sync()
        yield self.until(lambda: len(touched) >= 5)
        keys = [(A, True, USER), (A, False, USER), (B, True, PROGRAM), (B, False, PROGRAM)]
        self.assertEqual([each for each in touched if each != "click"], keys)
        self.assertEqual(touched.count("click"), 1)

    @inlineCallbacks
    def test_the_server_is_to_tell_of_touches_as_well(self) -> Steps:
        """Xvfb has no screen that could be touched."""
        control = self.backend._control
        extension = yield control.extension("XInputExtension")
        reply = yield control.ask(struct.pack("=BBHI", extension.major, 60, 2, control.root))
        masks, device, length, mask = struct.unpack_from("=8xH22xHHI", reply)
        self.assertEqual((masks, device, length), (1, 1, 1))
        self.assertEqual([kind for kind in range(32) if mask >> kind & 1], [13, 14, 15, 22])

    @pytest.mark.promise("auto-repeat")
    @inlineCallbacks
    def test_the_servers_own_repeats_are_seen(self) -> Steps:
        window = self.other.window()
        run(self.environ, "xset", "r", "rate", "30", "100")
        self.addCleanup(run, self.environ, "xset", "r", "rate")
        yield self.typed([press(A)])
        presses: list[tuple[int, int]] = []
        yield self.until(lambda: presses.extend(self.other.got(window)) or len(presses) > 1)
        yield self.typed([release(A)])
        repeats = self.backend.observer.strays()
        self.assertGreater(len(repeats), 0)
        self.assertEqual(set(repeats), {Stray(A, True, State(0, 0), REPEAT)})

    @pytest.mark.promise("whose-key")
    @inlineCallbacks
    def test_ours_are_confirmed_among_a_users_keys(self) -> Steps:
        window = self.other.window()
        self.other.finger(A, down=True)
        _, confirmed = yield self.typed(tap(B))
        self.other.finger(A, down=False)
        self.assertEqual(confirmed, [True, True])
        self.assertIn((B, 0), self.other.got(window))

    @inlineCallbacks
    def test_a_cancelled_confirmation_does_not_disturb_the_next(self) -> Steps:
        self.other.window()
        waiting = self.backend.observer.confirm(press(A))
        waiting.cancel()
        self.failureResultOf(waiting, CancelledError)
        self.backend.observer.forget()
        _, confirmed = yield self.typed(tap(A))
        self.assertEqual(confirmed, [True, True])

    @inlineCallbacks
    def until(self, reached: object) -> Steps:
        """Make round trips until `reached()`; the test's own time-out bounds that."""
        while not reached():
            yield self.backend.focus.focused()


class GuardTest(Stage):
    @inlineCallbacks
    def test_the_window_with_the_focus_is_told(self) -> Steps:
        window = self.other.window()
        self.assertEqual((yield self.backend.focus.focused()), window_place(window.id))

    @inlineCallbacks
    def test_no_focus_is_no_window(self) -> Steps:
        self.other.display.set_input_focus(X.NONE, X.RevertToNone, X.CurrentTime)
        self.other.display.sync()
        where, _ = yield self.typed(tap(A))
        self.assertEqual(where, NOWHERE)

    @pytest.mark.promise("pointer-focus")
    @inlineCallbacks
    def test_while_the_focus_goes_with_the_pointer_it_is_the_program_under_that(self) -> Steps:
        another = Other(self.display)
        self.addCleanup(another.close)
        left, right = self.other.window(), another.window()
        right.configure(x=100)
        inside = left.create_window(0, 0, 20, 20, 0, X.CopyFromParent)
        inside.map()
        for focus in (X.PointerRoot, self.other.root):
            self.other.display.set_input_focus(focus, X.RevertToNone, X.CurrentTime)
            for x, window in ((10, left), (30, left), (110, right), (500, self.other.root)):
                self.other.root.warp_pointer(x, 10)
                self.other.display.sync()
                another.display.sync()
                where, _ = yield self.typed(tap(A))
                kind = BACKGROUND if window is self.other.root else WINDOW
                self.assertEqual(where, Place(kind, window.id))
                if window is not self.other.root:
                    owner = another if window is right else self.other
                    self.assertEqual(owner.got(window), [(A, 0)])

    @pytest.mark.promise("grab-confirms-nothing")
    @inlineCallbacks
    def test_a_foreign_grab_is_no_window_though_record_shows_all(self) -> Steps:
        window = self.other.window()
        window.grab_keyboard(False, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)
        self.other.display.sync()
        where, confirmed = yield self.typed(tap(A))
        self.assertEqual((where, confirmed), (HELD, [True, True]))
        self.other.display.ungrab_keyboard(X.CurrentTime)
        self.other.display.sync()
        where, _ = yield self.typed(tap(A))
        self.assertEqual(where, window_place(window.id))

    @pytest.mark.promise("grab-confirms-nothing")
    @inlineCallbacks
    def test_a_frozen_keyboard_is_no_window(self) -> Steps:
        window = self.other.window()
        window.grab_keyboard(False, X.GrabModeAsync, X.GrabModeSync, X.CurrentTime)
        self.other.display.sync()
        self.assertEqual((yield self.backend.focus.focused()), HELD)
        self.other.display.ungrab_keyboard(X.CurrentTime)
        self.other.display.sync()

    @inlineCallbacks
    def test_the_probe_changes_nothing_for_the_focused_window(self) -> Steps:
        window = self.other.window(X.KeyPressMask | X.FocusChangeMask)
        self.other.got(window)
        for _ in range(10):
            yield self.backend.focus.focused()
        self.other.display.sync()
        self.assertEqual(self.other.display.pending_events(), 0)

    @pytest.mark.promise("server-grabbed")
    @inlineCallbacks
    def test_another_clients_server_grab_does_not_hold_us_back(self) -> Steps:
        self.other.window()
        self.other.display.grab_server()
        self.other.display.sync()
        try:
            _, confirmed = yield self.typed(tap(A))
        finally:
            self.other.display.ungrab_server()
            self.other.display.sync()
        self.assertEqual(confirmed, [True, True])


class HolderTest(Stage):
    """A client holds the keyboard and shows a window of some size, which a window manager controls or not."""

    @inlineCallbacks
    def test_only_what_covers_the_screen_without_a_window_manager_is_taken_for_a_locker(self) -> Steps:
        screen = self.other.display.screen()
        full, part = (screen.width_in_pixels, screen.height_in_pixels), (screen.width_in_pixels, 200)
        self.other.window()
        holder = Other(self.display)
        self.addCleanup(holder.close)
        holder.root.grab_keyboard(False, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)
        for size, override_redirect, expected in ((part, True, HELD), (full, False, HELD), (full, True, LOCKED)):
            shown = holder.root.create_window(0, 0, *size, 0, X.CopyFromParent, override_redirect=override_redirect)
            shown.map()
            holder.display.sync()
            where, confirmed = yield self.typed(tap(A))
            self.assertEqual((where, (yield self.backend.focus.focused()), confirmed), (expected, expected, [True, True]))
            shown.destroy()

    @inlineCallbacks
    def test_a_window_that_covers_the_screen_is_no_locker_while_the_keyboard_is_free(self) -> Steps:
        focused, screen = self.other.window(), self.other.display.screen()
        size = screen.width_in_pixels, screen.height_in_pixels
        shown = self.other.root.create_window(0, 0, *size, 0, X.CopyFromParent, override_redirect=True)
        shown.map()
        self.other.display.sync()
        where, _ = yield self.typed(tap(A))
        self.assertEqual(where, window_place(focused.id))


class SecondScreenTest(Stage):
    """A display with two screens, each with a root window of its own; the pointer and the focus are on the second."""

    server_options = ("-screen", "1", "640x480x24")

    @inlineCallbacks
    def setUp(self) -> Steps:
        yield super().setUp()
        self.other.root = self.other.display.screen(1).root

    @inlineCallbacks
    def test_a_program_there_answers_there(self) -> Steps:
        program = Program(self.other, PING)
        self.addCleanup(program.rest)
        yield self.typed(tap(A))
        level = yield self.backend.barrier.reach(window_place(program.window.id), settle=False).addTimeout(10, reactor)
        self.assertEqual((level, program.log), ("application", ["key", "ping"]))

    @inlineCallbacks
    def test_the_background_there_is_one_as_well(self) -> Steps:
        self.other.display.set_input_focus(self.other.root, X.RevertToNone, X.CurrentTime)
        self.other.display.sync()
        where = yield self.backend.focus.focused()
        self.assertEqual(where, Place(BACKGROUND, self.other.root.id))

    @inlineCallbacks
    def test_the_background_of_one_screen_is_that_wherever_the_pointer_is(self) -> Steps:
        window = self.other.window()
        first = self.other.display.screen(0).root
        self.other.display.set_input_focus(first, X.RevertToNone, X.CurrentTime)
        self.other.root.warp_pointer(10, 10)
        self.other.display.sync()
        where, _ = yield self.typed(tap(A))
        self.assertEqual((where, self.other.got(window)), (Place(BACKGROUND, first.id), []))

    @inlineCallbacks
    def test_while_the_focus_goes_with_the_pointer_it_is_the_program_there(self) -> Steps:
        window = self.other.window()
        self.other.display.set_input_focus(X.PointerRoot, X.RevertToNone, X.CurrentTime)
        for x, expected in ((10, window_place(window.id)), (500, Place(BACKGROUND, self.other.root.id))):
            self.other.root.warp_pointer(x, 10)
            self.other.display.sync()
            where, _ = yield self.typed(tap(A))
            self.assertEqual(where, expected)


class LockTest(Stage):
    @inlineCallbacks
    def test_a_lock_that_is_taken_off_for_a_key_is_on_again(self) -> Steps:
        window = self.other.window()
        lock_modifiers(self.environ, LOCK)
        self.addCleanup(lock_modifiers, self.environ, 0)
        yield self.backend.keyboard.read()
        _, confirmed = yield self.typed(tap(A))
        self.assertEqual((confirmed, self.other.got(window)), ([True, True], [(A, 0)]))
        self.assertEqual(locked_modifiers(self.environ), LOCK)

    @pytest.mark.promise("locks")
    @inlineCallbacks
    def test_a_lock_that_the_user_has_just_taken_off_stays_off(self) -> Steps:
        self.other.window()
        lock_modifiers(self.environ, LOCK | NUM_LOCK)
        self.addCleanup(lock_modifiers, self.environ, 0)
        yield self.backend.keyboard.read()
        for down in (True, False):
            self.other.finger(CAPS, down=down)
        # The announcement of that has not been read yet.
        _, confirmed = yield self.typed(tap(A))
        self.assertEqual(confirmed, [True, True])
        yield self.backend.keyboard.read()
        self.assertEqual(locked_modifiers(self.environ), NUM_LOCK)


class GroupTest(Stage):
    @inlineCallbacks
    def test_a_chord_of_another_group_switches_and_settling_switches_back(self) -> Steps:
        self.layout("us,ru")
        yield self.backend.keyboard.read()
        window = self.other.window()
        _, confirmed = yield self.typed(tap(A, group=1))
        self.assertEqual(confirmed, [True, True])
        self.assertEqual([keycode for keycode, _ in self.other.got(window)], [A])
        yield self.backend.keyer.settle()
        _, state = yield self.backend.keyboard.read()
        self.assertEqual(state.group, 0)

    @inlineCallbacks
    def test_a_held_group_key_is_reckoned_with_whatever_the_number_of_groups(self) -> Steps:
        for layout in ("us,ru", "us,ru,gr", "us,ru,gr,de"):
            self.layout(layout, "-option", "grp:switch")
            yield self.backend.focus.focused()
            self.other.window()
            self.other.finger(RIGHT_ALT, down=True)
            _, state = yield self.backend.keyboard.read()
            _, confirmed = yield self.typed(tap(A, group=0))
            yield self.backend.keyer.settle()
            self.other.finger(RIGHT_ALT, down=False)
            self.assertEqual((layout, state.group, confirmed), (layout, 1, [True, True]))

    @inlineCallbacks
    def test_the_next_of_us_switches_back_after_a_crash(self) -> Steps:
        self.layout("us,ru")
        yield self.backend.keyboard.read()
        self.other.window()
        yield self.typed(tap(A, group=1))
        self.backend.abandon()
        _, state = yield (yield self.open()).keyboard.read()
        self.assertEqual(state.group, 0)


class SweepTest(Stage):
    @pytest.mark.promise("users-keys-stay", "keys-down-at-start")
    @inlineCallbacks
    def test_keys_that_a_program_left_down_come_up_and_the_users_stay(self) -> Steps:
        yield self.backend.abandon()
        self.other.window()
        self.other.fake(SHIFT, down=True)
        self.other.finger(B, down=True)
        run(self.environ, "xset", "r", "off")
        self.addCleanup(run, self.environ, "xset", "r", "on")
        self.addCleanup(self.other.finger, B, down=False)
        self.assertEqual(self.other.down(), [SHIFT, B])
        yield self.open()
        self.assertEqual(self.other.down(), [B])

    @inlineCallbacks
    def test_a_clean_keyboard_is_left_alone(self) -> Steps:
        self.assertEqual((yield self.backend._inheritance.release_held_keys()), 0)
