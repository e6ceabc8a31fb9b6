# SPDX-License-Identifier: MIT
"""The keyboard: layouts as XKB describes them, changes followed, keycodes lent and given back."""

from __future__ import annotations

import pytest
from tests.helpers.desktop import keymap, run
from tests.x11.stage import FINGERS, SHIFT, A, Stage, Steps, tap
from twisted.internet import reactor
from twisted.internet.defer import CancelledError, Deferred, TimeoutError, inlineCallbacks  # noqa: A004
from twisted.internet.task import deferLater
from Xlib import X, Xatom

from typewright.backends.x11.xkb import get_map
from typewright.interfaces.backend import window_place
from typewright.keymap.key_coder import KeyCoder

CAPS = 66
SHIFT_MASK, LOCK = 1, 2
XF86_MAIL = 0x1008FF19


class LayoutTest(Stage):
    @inlineCallbacks
    def test_levels_that_altgr_reaches(self) -> Steps:
        self.layout("de")
        layout, state = yield self.backend.keyboard.read()
        at = layout.find_character("@", group=state.group, locked=state.locked)
        self.assertEqual((at.keycode, at.modifiers), (24, 1 << 7))
        self.assertEqual(layout.modifier_keys[1 << 7], 92)

    @pytest.mark.promise("X12")
    @inlineCallbacks
    def test_the_server_agrees_on_every_latin_character_of_a_layout(self) -> Steps:
        for name in ("us", "de", "fr", "it", "es", "cz", "se", "dvorak", "ru", "gr"):
            self.layout(name)
            layout, _ = yield self.backend.keyboard.read()
            self.assertEqual(self.backend.keyboard.name, name)
            # xmodmap's columns are g1l1 g1l2 g2l1 g2l2 g1l3 g1l4: another reading of the same map.
            for line in run(self.environ, "xmodmap", "-pke").splitlines():
                code, _, names = line.removeprefix("keycode").partition("=")
                columns = names.split()
                if columns and columns[0] in "abcdefghijklmnopqrstuvwxyz" and len(columns[0]) == 1:
                    at = layout.find_character(columns[0], group=0, locked=0)
                    self.assertEqual((at.keycode, at.modifiers), (int(code), 0), f"{name}: {line}")

    @pytest.mark.promise("X13")
    @inlineCallbacks
    def test_a_change_of_layout_is_followed(self) -> Steps:
        layout, _ = yield self.backend.keyboard.read()
        self.assertEqual(layout.find_character("z", group=0, locked=0).keycode, 52)
        names: list[str] = []
        self.backend.keyboard.on_layout = names.append
        self.layout("de")
        # The round trip of a later reply brings the announcement with it.
        yield self.backend.focus.focused()
        layout, _ = yield self.backend.keyboard.read()
        self.assertEqual(layout.find_character("z", group=0, locked=0).keycode, 29)
        self.assertEqual(names, ["de"])

    @inlineCallbacks
    def test_names_have_their_variants_and_follow_the_group(self) -> Steps:
        self.layout("us,ru,de", "-variant", "dvorak,,nodeadkeys")
        yield self.backend.focus.focused()
        layout, _ = yield self.backend.keyboard.read()
        self.assertEqual([layout.name(group) for group in range(4)], ["us(dvorak)", "ru", "de(nodeadkeys)", ""])

    @inlineCallbacks
    def test_names_that_are_set_behind_the_map_are_followed(self) -> Steps:
        """`setxkbmap` sets them after the map, and both may have been read by then."""
        for at_work in (False, True):
            yield self.backend.barrier.begin(window_place(self.other.window().id))  # listens to the root window too
            if not at_work:
                self.backend.barrier.end()
            named: Deferred[str] = Deferred()
            self.backend.keyboard.on_layout = named.callback
            name = "fr" if at_work else "de"
            self.name(name)
            self.assertEqual((yield named.addTimeout(10, reactor)), name)
        self.backend.barrier.end()

    @inlineCallbacks
    def test_names_that_are_set_while_the_group_is_ours_are_followed(self) -> Steps:
        """The group is the user's again by then: at the end nothing changes that the server would announce."""
        self.layout("us,ru")
        yield self.backend.keyboard.read()
        self.other.window()
        for group in (1, 0):
            yield self.typed(tap(A, group))
        self.name("de,ru")
        yield self.backend.focus.focused()
        yield self.backend.keyboard.read()
        yield self.backend.keyer.settle()
        self.assertEqual(self.backend.keyboard.name, "de")

    @inlineCallbacks
    def test_names_that_are_set_while_the_map_is_read_are_followed(self) -> Steps:
        keyboard, request = self.backend.keyboard, self.backend.keyboard._connection.ask
        names = ["fr"]

        def ask(packed: bytes, *rest: object) -> object:
            if packed == get_map(keyboard._extension.major, keyboard._device) and names:
                self.name(names.pop())
            return request(packed, *rest)

        self.patch(keyboard._connection, "ask", ask)
        self.other.display.change_keyboard_mapping(A, [(X.NoSymbol, X.NoSymbol)])
        self.other.display.sync()
        yield self.backend.focus.focused()
        yield keyboard.read()
        self.assertEqual((names, keyboard.name), ([], "fr"))

    @inlineCallbacks
    def test_what_is_announced_to_a_reader_who_gives_up_is_read_all_the_same(self) -> Steps:
        keyboard, request = self.backend.keyboard, self.backend.keyboard._connection.ask
        silent: list[Deferred[bytes]] = [Deferred()]
        self.patch(keyboard._connection, "ask", lambda *asked: silent.pop() if silent else request(*asked))
        reading = keyboard.read()
        self.layout("de")
        for _ in range(2):
            yield self.backend.focus.focused()
        named: Deferred[str] = Deferred()
        keyboard.on_layout = named.callback
        reading.cancel()
        self.failureResultOf(reading, CancelledError)
        self.assertEqual((yield named.addTimeout(10, reactor)), "de")

    def name(self, layout: str) -> None:
        """Set the name of the layout, and nothing else."""
        atom = self.other.display.intern_atom("_XKB_RULES_NAMES")
        names = f"evdev\0pc105\0{layout}\0\0\0".encode()
        self.other.root.change_property(atom, Xatom.STRING, 8, names)
        self.other.display.sync()

    @pytest.mark.promise("map-storm")
    @inlineCallbacks
    def test_a_storm_of_announcements_is_one_reading(self) -> Steps:
        reads = []
        request = self.backend.keyboard._connection.ask

        def counting(packed: bytes, *rest: object) -> object:
            reads.append(packed[1]) if packed[0] == self.backend.keyboard._extension.major else None
            return request(packed, *rest)

        self.patch(self.backend.keyboard._connection, "ask", counting)
        for _ in range(200):
            self.other.display.change_keyboard_mapping(248, [(X.NoSymbol, X.NoSymbol)])
        self.other.display.sync()
        yield self.backend.focus.focused()
        yield self.backend.keyboard.read()
        self.assertLess(reads.count(8), 20)

    @inlineCallbacks
    def test_caps_lock_and_num_lock_are_told_as_locked(self) -> Steps:
        self.other.fake(CAPS, down=True)
        self.other.fake(CAPS, down=False)
        _, state = yield self.backend.keyboard.read()
        self.other.fake(CAPS, down=True)
        self.other.fake(CAPS, down=False)
        self.assertEqual((state.locked, state.held), (2, 0))

    @inlineCallbacks
    def test_a_held_modifier_is_waited_for(self) -> Steps:
        self.other.finger(SHIFT, down=True)
        waiting = self.backend.keyboard.unmodified()
        yield self.backend.focus.focused()
        yield self.backend.focus.focused()
        self.assertNoResult(waiting)
        self.other.finger(SHIFT, down=False)
        state = yield waiting
        self.assertEqual(state.held, 0)

    @pytest.mark.promise("user-modifier")
    @inlineCallbacks
    def test_caps_lock_that_comes_up_is_noticed_though_it_locks(self) -> Steps:
        """The effective modifiers are the same before and after."""
        for _ in range(2):
            self.other.finger(CAPS, down=True)
            waiting = self.backend.keyboard.unmodified()
            yield self.backend.focus.focused()
            yield self.backend.focus.focused()
            self.assertNoResult(waiting)
            self.other.finger(CAPS, down=False)
            state = yield waiting.addTimeout(10, reactor)
            self.assertEqual(state.held, 0)

    @inlineCallbacks
    def test_waiting_for_a_modifier_can_be_given_up(self) -> Steps:
        self.other.finger(SHIFT, down=True)
        waiting = self.backend.keyboard.unmodified().addTimeout(0.05, reactor)
        yield self.assertFailure(waiting, TimeoutError)
        self.other.finger(SHIFT, down=False)
        state = yield self.backend.keyboard.unmodified()
        self.assertEqual(state.held, 0)


class BorrowingTest(Stage):
    WANTED = (("é", "É", "漢", "ç"), ("字", "字"), ("ß", "ŉ"))

    @inlineCallbacks
    def test_borrowed_characters_are_typed_and_the_map_is_as_before(self) -> Steps:
        before = keymap(self.environ)
        layout = yield self.lend(self.WANTED)
        self.assertEqual(len(layout.borrowed), 3)
        self.assertNotIn(8, layout.borrowed)
        coder = KeyCoder(layout, group=0, locked=0)
        self.other.window()
        for chord in coder.text_to_keys("éÉ漢ç字ßŉ"):
            _, confirmed = yield self.typed(list(chord.events))
            self.assertEqual(set(confirmed), {True})
        self.assertNotEqual(keymap(self.environ), before)
        yield self.backend.slots.give_back()
        self.assertEqual(keymap(self.environ), before)

    @inlineCallbacks
    def test_borrowed_letters_under_caps_lock(self) -> Steps:
        layout = yield self.lend(self.WANTED)
        level3 = layout.modifiers[92]
        positions = [layout.find_character(character, group=0, locked=LOCK).modifiers for character in "éÉ漢çßŉ字"]
        self.assertEqual(positions, [SHIFT_MASK, 0, SHIFT_MASK | level3, level3, SHIFT_MASK, 0, 0])

    @inlineCallbacks
    def test_without_a_key_for_the_third_level_there_are_two(self) -> Steps:
        self.assertEqual(self.backend.keyboard.layout.levels, 4)
        run(self.environ, "xmodmap", "-e", "clear mod5", "-e", "keycode 92 = F1")
        yield self.backend.focus.focused()
        layout, _ = yield self.backend.keyboard.read()
        self.assertEqual(layout.levels, 2)
        layout = yield self.lend([("漢", "字"), ("ß", "ŉ")])
        positions = [layout.find_character(character, group=0, locked=0).modifiers for character in "漢字ßŉ"]
        self.assertEqual(positions, [0, SHIFT_MASK, 0, SHIFT_MASK])

    @pytest.mark.promise("one-map-change")
    @inlineCallbacks
    def test_one_announcement_for_all_borrowed_keycodes_and_none_the_second_time(self) -> Steps:
        announced = []
        self.other.display.sync()
        for _ in range(2):
            yield self.lend(self.WANTED)
            self.other.display.sync()
            events = [self.other.display.next_event() for _ in range(self.other.display.pending_events())]
            announced.append(sum(event.type == X.MappingNotify for event in events))
        self.assertEqual(announced, [1, 0])

    @inlineCallbacks
    def test_a_barrier_is_due_if_the_layout_has_changed(self) -> Steps:
        barriers = []
        for _ in range(2):
            loan = yield self.backend.slots.lend(self.WANTED)
            self.assertIs(loan.layout, self.backend.keyboard.layout)
            barriers.append(loan.barrier)
        self.assertEqual(barriers, [True, False])

    @inlineCallbacks
    def test_more_than_there_are_is_refused_and_changes_nothing(self) -> Steps:
        lent = yield self.lend(self.WANTED)
        before, count = keymap(self.environ), self.backend.slots.packing().slots
        self.assertIsNone((yield self.backend.slots.lend([(chr(0x4E00 + number),) * 4 for number in range(count + 1)])))
        self.assertEqual(keymap(self.environ), before)
        self.assertEqual((yield self.lend(self.WANTED)), lent)

    @inlineCallbacks
    def test_more_than_there_are_reuses_the_least_recently_used(self) -> Steps:
        spare = self.backend.slots.packing().slots
        first = [(chr(0x4E00 + number),) * 4 for number in range(spare)]
        layout = yield self.lend(first)
        self.assertEqual(len(layout.borrowed), spare)
        oldest = layout.find_character(first[0][0], group=0, locked=0).keycode
        yield self.lend(first[1:])
        layout = yield self.lend([("語",) * 4])
        self.assertEqual(layout.find_character("語", group=0, locked=0).keycode, oldest)
        self.assertIsNone(layout.find_character(first[0][0], group=0, locked=0))

    @inlineCallbacks
    def test_what_a_crash_left_borrowed_is_returned_at_the_next_start(self) -> Steps:
        before = keymap(self.environ)
        yield self.lend(self.WANTED)
        self.backend.abandon()
        self.assertNotEqual(keymap(self.environ), before)
        yield self.open()
        self.assertEqual(keymap(self.environ), before)

    @pytest.mark.promise("loan-while-reading")
    @inlineCallbacks
    def test_a_map_that_was_asked_for_before_the_loan_does_not_undo_it(self) -> Steps:
        """Another program changes a key, and the map with that change is still on its way when keycodes are borrowed."""
        keyboard, request = self.backend.keyboard, self.backend.keyboard._connection.ask
        reading: Deferred[None] = Deferred()

        def ask(packed: bytes, *rest: object) -> object:
            reply = request(packed, *rest)
            if packed == get_map(keyboard._extension.major, keyboard._device) and not reading.called:
                reading.callback(None)
            return reply

        self.patch(keyboard._connection, "ask", ask)
        self.other.display.change_keyboard_mapping(A, [(X.NoSymbol, X.NoSymbol)])
        self.other.display.sync()
        before = keymap(self.environ)
        yield reading
        layout = yield self.lend(self.WANTED)
        self.assertEqual(len(layout.borrowed), 3)
        yield self.backend.slots.give_back()
        self.assertEqual(keymap(self.environ), before)

    @inlineCallbacks
    def test_another_keyboards_map_without_the_loan_does_not_undo_it(self) -> Steps:
        """A keyboard that is plugged in has a map of its own, and the core keyboard takes that on with the first key."""
        yield self.backend.keyboard.read()
        before = keymap(self.environ)
        yield self.borrow_beside_another_keyboard()
        yield self.backend.slots.give_back()
        yield self.backend.keyboard.read()
        self.assertEqual(keymap(self.environ), before)

    @inlineCallbacks
    def test_what_a_crash_left_borrowed_is_returned_though_another_keyboards_map_is_without_it(self) -> Steps:
        yield self.backend.keyboard.read()
        before = keymap(self.environ)
        yield self.borrow_beside_another_keyboard()
        self.backend.abandon()
        yield (yield self.open()).keyboard.read()
        self.assertEqual(keymap(self.environ), before)

    @inlineCallbacks
    def borrow_beside_another_keyboard(self) -> Steps:
        """Borrow keycodes, and press a key on a keyboard that got its map afterwards."""
        yield self.lend(self.WANTED)
        run(self.environ, "setxkbmap", "-device", str(FINGERS), "de")
        pressed: Deferred[None] = Deferred()
        self.backend.observer.on_stray = lambda stray: None if stray.pressed else pressed.callback(None)
        self.other.finger(A, down=True)
        self.other.finger(A, down=False)
        yield pressed
        yield self.backend.focus.focused()
        yield self.backend.keyboard.refresh()

    @inlineCallbacks
    def test_a_new_layout_takes_the_borrowed_keycodes_and_nobody_overwrites_it(self) -> Steps:
        yield self.lend(self.WANTED)
        self.layout("de")
        fresh = keymap(self.environ)
        yield self.backend.focus.focused()
        layout, _ = yield self.backend.keyboard.read()
        self.assertEqual(layout.borrowed, frozenset())
        yield self.backend.slots.give_back()
        self.assertEqual(keymap(self.environ), fresh)


class FullLayoutTest(Stage):
    """A layout that has no empty keycode at all."""

    @inlineCallbacks
    def setUp(self) -> Steps:
        yield super().setUp()
        for keycode, key in self.backend.keyboard.layout.keys.items():
            if not key.groups:
                self.other.display.change_keyboard_mapping(keycode, [(XF86_MAIL, X.NoSymbol)])
        self.other.display.sync()
        yield self.backend.focus.focused()
        yield self.backend.keyboard.read()
        self.before = keymap(self.environ)

    @pytest.mark.promise("keycodes-returned")
    @inlineCallbacks
    def test_keys_that_no_desktop_binds_are_lent_and_put_back(self) -> Steps:
        spare = self.backend.slots.packing().slots
        self.assertGreaterEqual(spare, 8)
        layout = yield self.lend([(chr(0x4E00 + number),) * 4 for number in range(spare)])
        self.assertEqual(self.backend.slots.packing().slots, spare)
        self.assertEqual(len(layout.borrowed), spare)
        self.assertGreater(min(layout.borrowed), 135)
        self.other.window()
        for chord in KeyCoder(layout, group=0, locked=0).text_to_keys("\u4e00\u4e01"):
            _, confirmed = yield self.typed(list(chord.events))
            self.assertEqual(set(confirmed), {True})
        yield self.backend.slots.give_back()
        self.assertEqual(keymap(self.environ), self.before)
        self.assertEqual(self.backend.slots.packing().slots, spare)

    @inlineCallbacks
    def test_what_a_crash_left_lent_gets_its_own_keysym_back(self) -> Steps:
        yield self.lend(BorrowingTest.WANTED)
        self.backend.abandon()
        self.assertNotEqual(keymap(self.environ), self.before)
        yield self.open()
        self.assertEqual(keymap(self.environ), self.before)


class LingerTest(Stage):
    linger_s = 0.05

    @pytest.mark.promise("keycodes-returned")
    @inlineCallbacks
    def test_keycodes_return_by_themselves_after_the_last_use(self) -> Steps:
        before = keymap(self.environ)
        yield self.lend(BorrowingTest.WANTED)
        self.backend.slots.done()
        while self.backend.keyboard.layout.borrowed:
            yield self.backend.focus.focused()
        self.assertEqual(keymap(self.environ), before)

    @inlineCallbacks
    def test_they_stay_while_a_job_is_typed(self) -> Steps:
        keyboard, slots = self.backend.keyboard, self.backend.slots
        yield self.lend(BorrowingTest.WANTED)
        slots.done()
        slots.keep()
        yield deferLater(reactor, 3 * self.linger_s)
        self.assertNotEqual(keyboard.layout.borrowed, frozenset())
        slots.done()
        while keyboard.layout.borrowed:
            yield self.backend.focus.focused()
