# SPDX-License-Identifier: MIT
"""The parts of the wlroots backend on compositors that differ: each as the sources in docs/wayland.md tell of it."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import Deferred, inlineCallbacks
from twisted.internet.task import deferLater

from tests.helpers.fake_compositor import GLOBALS
from tests.helpers.fake_seat import FakeSeat
from tests.helpers.wire_stage import Steps
from tests.wayland.stage import Stage
from typewright.backends.wlroots import toplevels
from typewright.backends.wlroots.backend import WlrootsBackend
from typewright.backends.wlroots.keymap import SLOT_KEYCODES
from typewright.backends.wlroots.opening import open_backend
from typewright.backends.wlroots.virtual_keyboard import PAUSE_S
from typewright.errors import DisplayLost, NoWayToType
from typewright.interfaces.backend import (
    ANY_TEXT,
    FOCUS,
    GONE,
    LEVEL_APPLICATION,
    LEVEL_SERVER,
    LOCKS,
    NOWHERE,
    SHORTCUTS,
    UNKNOWN,
    IBackend,
    Place,
    Stray,
    window_place,
    wire,
)
from typewright.keymap.chords import KeyEvent
from typewright.keymap.key_coder import KeyCoder

SHIFT_L = 50
HARD = "aA1! é漢Жβ👍\u200d"


class Listener:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[Any] = []

    def lost(self) -> None:
        self.told.append("lost")

    def layout_changed(self, name: str) -> None:
        self.told.append(("layout", name))

    def key_seen(self, stray: Stray) -> None:
        self.told.append(stray)

    def clicked(self) -> None:
        self.told.append("touched")

    def window_gone(self, window: int) -> None:
        self.told.append(("gone", window))

    def consent_changed(self, state: str) -> None:
        raise AssertionError("nobody asks for consent here")


class BackendStage(Stage):
    """Each test has a seat, and a backend that it starts."""

    backend: WlrootsBackend

    @inlineCallbacks
    def begin(self, *, linger_s: float = 60.0, window: bool = True, **behaviour: Any) -> Steps:
        """Open and start the backend, on a seat that behaves so; with a window that has the focus."""
        self.connection.close()
        self.seat = FakeSeat(self.compositor, **behaviour)
        self.backend = yield open_backend(reactor, self.path, linger_s=linger_s)
        self.listener = Listener()
        self.addCleanup(lambda: self.backend.abandon())
        yield self.backend.start(self.listener)
        if window:
            self.first = self.seat.window()
        yield self.backend.focus.focused()

    @inlineCallbacks
    def type(self, text: str) -> Generator[Deferred[Any], Any, tuple[list[bool], list[Place]]]:
        """Type as the engine does; the confirmations, and the places that keys went to."""
        backend = self.backend
        place = yield backend.focus.focused()
        yield backend.barrier.begin(place)
        confirmed, places = [], []
        for segment in KeyCoder(backend.keyboard.layout, group=0, locked=0).segments(text, backend.slots.packing()):
            loan = yield backend.slots.lend(segment.lend)
            if loan.barrier:
                yield backend.barrier.reach(place, settle=True)
            for chord in KeyCoder(loan.layout, group=0, locked=0).text_to_keys(segment.text):
                asked = [backend.observer.confirm(event) for event in chord.events]
                places.append((yield backend.keyer.send(chord.events)))
                for each in asked:
                    confirmed.append((yield each))
        backend.barrier.end()
        return confirmed, places

    def asked(self, name: str) -> list[tuple[Any, ...]]:
        return self.seat.client.asked(f"zwp_virtual_keyboard_v1.{name}")


class TypingTest(BackendStage):
    @inlineCallbacks
    def test_it_has_the_shape_of_a_backend(self) -> Steps:
        yield self.begin()
        wire(self.backend, IBackend)
        self.assertEqual(self.backend.capabilities, {ANY_TEXT, FOCUS, LOCKS, SHORTCUTS})

    @inlineCallbacks
    def test_every_character_is_typed_where_levels_come_from_the_modifiers(self) -> Steps:
        yield self.begin()
        confirmed, places = yield self.type(HARD)
        self.assertEqual((self.seat.text, set(confirmed)), (HARD, {True}))
        self.assertEqual(set(places), {window_place(1)})

    @inlineCallbacks
    def test_every_character_is_typed_where_levels_come_from_the_keys(self) -> Steps:
        yield self.begin(heeds_modifiers=False)
        yield self.type(HARD)
        self.assertEqual(self.seat.text, HARD)

    @inlineCallbacks
    def test_a_text_with_more_characters_than_slots_is_typed_in_parts(self) -> Steps:
        yield self.begin()
        text = "".join(map(chr, range(0x4E00, 0x4E00 + 200)))
        yield self.type(text)
        self.assertEqual(self.seat.text, text)
        self.assertEqual(len(self.seat.keymaps), 1 + 3)

    @inlineCallbacks
    def test_one_keyboard_serves_all_jobs(self) -> Steps:
        yield self.begin()
        yield self.type("one")
        yield self.type("two")
        self.assertEqual((self.seat.devices, self.seat.text), (1, "onetwo"))
        self.assertEqual(len(self.seat.keymaps), 1)

    @inlineCallbacks
    def test_a_chord_and_its_sync_are_one_write_and_no_key_is_down_after_it(self) -> Steps:
        yield self.begin()
        yield self.type("a")
        self.seat.client.reads.clear()
        yield self.type("A")
        # Two keys, each with two events; the modifiers twice; and the sync.
        self.assertIn(4 * 20 + 2 * 24 + 12, self.seat.client.reads)
        yield self.type("é")
        self.assertEqual(self.seat.held_over, [])

    @inlineCallbacks
    def test_a_held_key_comes_up_in_whichever_window(self) -> Steps:
        yield self.begin()
        yield self.backend.barrier.begin(window_place(1))
        yield self.backend.keyer.send([KeyEvent(SHIFT_L, True, None)])
        self.assertEqual(self.seat.down, [SHIFT_L - 8])
        self.seat.focus(0)
        yield self.backend.focus.focused()
        confirmation = self.backend.observer.confirm(KeyEvent(SHIFT_L, False, None))
        place = yield self.backend.keyer.send([KeyEvent(SHIFT_L, False, None)])
        self.assertEqual((place, (yield confirmation), self.seat.down), (NOWHERE, True, []))
        self.assertEqual([arguments[0] for arguments in self.asked("modifiers")][-2:], [1, 0])

    @inlineCallbacks
    def test_it_leaves_no_keyboard_behind(self) -> Steps:
        yield self.begin()
        yield self.backend.close()
        self.assertEqual(len(self.asked("destroy")), 1)
        yield self.until(lambda: self.seat.client.gone)


class ForceTest(BackendStage):
    """Another keyboard of the seat is in force after the user has pressed a key on it."""

    @inlineCallbacks
    def test_the_users_key_is_told_of_once_and_the_next_key_waits_for_the_keymap(self) -> Steps:
        yield self.begin()
        yield self.type("a")
        self.seat.other_keyboard()
        yield self.backend.focus.focused()
        self.assertEqual(self.listener.told, ["touched"])
        self.assertFalse(self.backend._device.ready)
        began = reactor.seconds()
        yield self.type("b")
        self.assertGreaterEqual(reactor.seconds() - began, PAUSE_S)
        self.assertEqual((self.seat.text, self.listener.told), ("ab", ["touched"]))
        # No key brought it back, which a program would have heard of.
        self.assertEqual(len(self.asked("key")), 4)

    @inlineCallbacks
    def test_keys_in_a_row_wait_for_nothing(self) -> Steps:
        yield self.begin()
        yield self.type("a")
        began = reactor.seconds()
        yield self.type("bcdef")
        self.assertLess(reactor.seconds() - began, PAUSE_S)

    @inlineCallbacks
    def test_where_keymaps_are_not_told_each_job_begins_with_the_wait(self) -> Steps:
        yield self.begin(tells_keymaps=False)
        yield self.type("a")
        began = reactor.seconds()
        yield self.type("b")
        self.assertGreaterEqual(reactor.seconds() - began, PAUSE_S)
        self.assertEqual((self.seat.text, self.listener.told), ("ab", []))


class FocusTest(BackendStage):
    @inlineCallbacks
    def test_the_activated_window_has_the_focus(self) -> Steps:
        yield self.begin(window=False)
        self.assertEqual((yield self.backend.focus.focused()), NOWHERE)
        first = self.seat.window("foot")
        self.assertEqual((yield self.backend.focus.focused()), window_place(1))
        self.seat.window("org.gnome.TextEditor")
        place = yield self.backend.focus.focused()
        self.assertEqual(place, window_place(2))
        self.assertEqual((yield self.backend.programs.program(place)), ("org.gnome.TextEditor", ""))
        self.assertEqual((yield self.backend.programs.process(place)), 0)
        self.seat.focus(first)
        self.assertEqual((yield self.backend.focus.focused()), window_place(1))
        self.seat.focus(0)
        self.assertEqual((yield self.backend.focus.focused()), NOWHERE)

    @inlineCallbacks
    def test_a_key_for_a_window_that_has_lost_the_focus_is_not_sent(self) -> Steps:
        yield self.begin()
        yield self.backend.barrier.begin(window_place(1))
        self.seat.window("thief")
        yield self.backend.focus.focused()
        chord = KeyCoder(self.backend.keyboard.layout, group=0, locked=0).text_to_keys("A")[0]
        asked = [self.backend.observer.confirm(event) for event in chord.events]
        place = yield self.backend.keyer.send(chord.events)
        self.assertEqual(place, window_place(2))
        for each in asked:
            self.assertFalse((yield each))
        self.assertEqual(self.asked("key"), [])

    @inlineCallbacks
    def test_a_focus_that_moves_meanwhile_is_told_with_the_key(self) -> Steps:
        yield self.begin()
        self.compositor.react["zwp_virtual_keyboard_v1.key"] = lambda client, request: self.seat.focus(0)
        _, places = yield self.type("ab")
        self.assertEqual((places[0], len(self.asked("key"))), (NOWHERE, 2))

    @inlineCallbacks
    def test_a_window_that_is_closed_is_gone(self) -> Steps:
        yield self.begin()
        place = yield self.backend.focus.focused()
        self.assertEqual((yield self.backend.barrier.reach(place, settle=False)), LEVEL_SERVER)
        self.seat.close(self.first)
        yield self.backend.focus.focused()
        self.assertEqual((yield self.backend.barrier.reach(place, settle=False)), GONE)
        self.assertEqual(self.listener.told, [("gone", 1)])

    @inlineCallbacks
    def test_a_compositor_that_tells_of_no_windows_has_no_focus(self) -> Steps:
        self.compositor.globals = dict(enumerate([each for each in GLOBALS if each[0] != toplevels.MANAGER], 1))
        yield self.begin(window=False)
        self.assertNotIn(FOCUS, self.backend.capabilities)
        _, places = yield self.type("a")
        self.assertEqual((places, self.seat.text), ([UNKNOWN], "a"))


class SlotsTest(BackendStage):
    @inlineCallbacks
    def test_what_is_lent_stays_until_the_room_is_needed(self) -> Steps:
        yield self.begin()
        slots = self.backend.slots
        loan = yield slots.lend([("é", "è")])
        self.assertTrue(loan.barrier)
        self.assertEqual(loan.layout.lent, {"é", "è"})
        self.assertIs(slots.layout, loan.layout)
        again = yield slots.lend([("é", "è")])
        self.assertFalse(again.barrier)
        others = [(chr(0x4E00 + number),) * 2 for number in range(len(SLOT_KEYCODES))]
        self.assertFalse(slots.reuses(others[:-1]))
        self.assertTrue(slots.reuses(others))
        self.assertNotIn("é", (yield slots.lend(others)).layout.lent)
        self.assertIsNone((yield slots.lend([*others, ("x", "x")])))

    @inlineCallbacks
    def test_it_is_taken_back_after_a_while_but_not_from_a_job(self) -> Steps:
        yield self.begin(linger_s=0.05)
        slots = self.backend.slots
        slots.keep()
        yield slots.lend([("é", "è")])
        yield deferLater(reactor, 0.1)
        self.assertEqual(len(self.seat.keymaps), 2)
        slots.done()
        yield self.until(lambda: len(self.seat.keymaps) == 3)
        self.assertNotIn(b"U00E9", self.seat.keymaps[2])
        self.assertEqual(slots.layout.lent, frozenset())


class InputMethodTest(BackendStage):
    """What a program takes from no key is handed to it by an input method: Chromium cuts what a key types off to 16 bits."""

    @inlineCallbacks
    def began(self, app_id: str = "chromium", **behaviour: Any) -> Steps:
        """A job has begun in a window of that app id."""
        yield self.begin(window=False, **behaviour)
        self.seat.window(app_id)
        self.place = yield self.backend.focus.focused()
        yield self.backend.barrier.begin(self.place)

    def reached(self, character: str) -> bool:
        coder = KeyCoder(self.backend.keyboard.layout, group=0, locked=0)
        return coder.reaches(character, self.backend.slots.packing())

    @inlineCallbacks
    def test_it_is_one_only_while_a_job_for_chromium_lasts(self) -> Steps:
        yield self.began()
        self.assertEqual(self.seat.input_methods, 1)
        self.assertTrue(self.backend.committer.takes("👍"))
        self.assertEqual((self.reached("👍"), self.reached("漢"), self.reached("a")), (False, True, True))
        self.backend.barrier.end()
        yield self.backend.focus.focused()
        self.assertEqual((self.seat.input_methods, self.backend.committer.takes("👍")), (0, False))
        self.assertTrue(self.reached("👍"))

    @inlineCallbacks
    def test_other_programs_get_all_by_keys(self) -> Steps:
        yield self.began("foot")
        self.assertEqual((self.seat.input_methods, self.reached("👍")), (0, True))

    @inlineCallbacks
    def test_what_a_slot_still_holds_from_another_program_is_no_way_into_chromium(self) -> Steps:
        yield self.began()
        yield self.backend.slots.lend([("👍", "é")])
        self.assertEqual((self.reached("👍"), self.reached("é")), (False, True))

    @inlineCallbacks
    def test_a_text_is_handed_over_and_the_programs_answer_confirms_it(self) -> Steps:
        yield self.began()
        level = yield self.backend.committer.commit("👍🏽", self.place)
        self.assertEqual((level, self.seat.text), (LEVEL_APPLICATION, "👍🏽"))

    @inlineCallbacks
    def test_without_an_answer_it_is_only_the_compositors(self) -> Steps:
        yield self.began()
        self.compositor.react.pop("zwp_input_method_v2.commit")
        self.assertEqual((yield self.backend.committer.commit("👍", self.place)), LEVEL_SERVER)

    @inlineCallbacks
    def test_nothing_is_handed_to_another_window(self) -> Steps:
        yield self.began()
        self.seat.window("chromium")
        yield self.backend.focus.focused()
        self.assertEqual((yield self.backend.committer.commit("👍", self.place)), "")
        self.assertEqual(self.seat.text, "")

    @inlineCallbacks
    def test_another_input_method_is_left_alone(self) -> Steps:
        yield self.began(taken=True)
        self.assertFalse(self.backend.committer.takes("👍"))
        self.assertEqual((yield self.backend.committer.commit("👍", self.place)), "")

    @inlineCallbacks
    def test_without_a_field_nothing_is_taken(self) -> Steps:
        began = reactor.seconds()
        yield self.began(field=None)
        self.assertFalse(self.backend.committer.takes("👍"))
        self.assertLess(reactor.seconds() - began, 1)

    @inlineCallbacks
    def test_a_password_field_and_a_long_text_are_not_taken(self) -> Steps:
        yield self.began(field=8)
        self.assertFalse(self.backend.committer.takes("👍"))
        self.backend.barrier.end()
        self.seat.field = 0
        yield self.backend.barrier.begin(self.place)
        self.assertEqual([self.backend.committer.takes("👍" * count) for count in (950, 951)], [True, False])


class EndTest(BackendStage):
    @inlineCallbacks
    def test_the_compositors_death_is_told_at_once(self) -> Steps:
        yield self.begin()
        self.compositor.react["zwp_virtual_keyboard_v1.key"] = lambda client, request: client.close()
        yield self.assertFailure(self.type("a"), DisplayLost)
        yield self.until(lambda: self.listener.told)
        self.assertEqual(self.listener.told, ["lost"])
        yield self.backend.close()

    @inlineCallbacks
    def test_a_refusal_is_told_in_the_compositors_words(self) -> Steps:
        self.compositor.react["zwp_virtual_keyboard_manager_v1.create_virtual_keyboard"] = lambda client, request: (
            client.refuse(request.target, 0, "not for you")
        )
        self.connection.close()
        backend = yield open_backend(reactor, self.path, linger_s=1.0)
        problem = yield self.assertFailure(backend.start(Listener()), DisplayLost)
        self.assertIn("zwp_virtual_keyboard_manager_v1 error 0 (unauthorized): not for you", str(problem))
        yield backend.close()

    @inlineCallbacks
    def test_a_compositor_without_virtual_keyboards_is_refused_by_name(self) -> Steps:
        self.compositor.globals = {1: ("wl_seat", 7)}
        problem = yield self.assertFailure(open_backend(reactor, self.path, linger_s=1.0), NoWayToType)
        # The compositor is this process.
        self.assertRegex(
            str(problem), r"^\w\S* does not let programs type: it does not offer zwp_virtual_keyboard_manager_v1,"
        )
        self.assertIn(
            "What helps: log in to a session of sway, labwc, river, Wayfire, Hyprland, COSMIC or niri", str(problem)
        )
