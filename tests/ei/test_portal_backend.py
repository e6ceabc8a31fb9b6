# SPDX-License-Identifier: MIT
"""The portal backend's parts on a fake EIS: keys, layouts, modifiers, pauses and ends."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import Deferred, inlineCallbacks
from twisted.trial.unittest import SynchronousTestCase

from tests.ei.stage import Stage
from tests.helpers.fake_eis import FakeEis
from tests.helpers.wire_stage import Steps
from typewright.backends.portal.consent import Consent
from typewright.backends.portal.keyboard import Keyboard, NoSlots
from typewright.backends.portal.keyer import Keyer
from typewright.backends.portal.session import Failed, Refused
from typewright.backends.portal.token import TokenFile, token_path
from typewright.backends.shared.synced_observer import SyncedObserver
from typewright.errors import DisplayLost
from typewright.interfaces.backend import (
    CONSENT_ASKING,
    CONSENT_ENDED,
    CONSENT_FAILED,
    CONSENT_GIVEN,
    CONSENT_REFUSED,
    CONSENT_UNASKED,
    HELD,
    OURS,
    UNKNOWN,
    IKeyboard,
    IKeyer,
    IObserver,
    ISlots,
    KeyboardState,
    wire,
)
from typewright.keymap.key_coder import KeyCoder
from typewright.keymap.keysyms import keysym_named
from typewright.keymap.layout import Untypeable, no_sequences

KEYMAP = b"""xkb_keymap {
xkb_keycodes { minimum = 8; maximum = 255; <LFSH> = 50; <CAPS> = 66; <AC01> = 38; <AC02> = 39; <SPCE> = 65; };
xkb_types { include "complete" };
xkb_compat { include "complete" };
xkb_symbols {
    name[group1] = "Latin"; name[group2] = "Russian";
    key <LFSH> { [ Shift_L ] }; key <CAPS> { [ Caps_Lock ] };
    key <AC01> { type[group1] = "ALPHABETIC", type[group2] = "ALPHABETIC",
                 symbols[group1] = [ a, A ], symbols[group2] = [ Cyrillic_ef, Cyrillic_EF ] };
    key <AC02> { type = "ONE_LEVEL", [ s ] };
    key <SPCE> { [ space ] };
    modifier_map Shift { Shift_L }; modifier_map Lock { Caps_Lock };
};
};
"""
A, S, SHIFT, CAPS = 38, 39, 50, 66
SHIFT_MASK, LOCK = 1, 2


class PartsTest(Stage):
    def fake(self) -> FakeEis:
        return FakeEis(reactor, keymap=KEYMAP)

    @inlineCallbacks
    def setUp(self) -> Steps:
        yield super().setUp()
        self.layouts: list[str] = []
        self.keyboard = wire(Keyboard(no_sequences), IKeyboard)
        self.keyboard.on_layout = self.layouts.append
        self.observer = wire(SyncedObserver(), IObserver)
        self.keyer = wire(Keyer(self.keyboard, self.observer, reactor), IKeyer)
        self.keyboards.on_modifiers = self.keyboard.update
        self.keyboards.on_change = self.use
        self.use()

    def use(self) -> None:
        device = self.keyboards.current
        device = device if device is not None and device.ready else None
        self.keyer.use(self.connection, device)
        self.keyboard.use(self.connection, device)

    def coder(self) -> KeyCoder:
        state = self.keyboard.state
        return KeyCoder(self.keyboard.layout, group=state.group, locked=state.locked)

    @inlineCallbacks
    def strike(self, text: str) -> Any:
        """Send the chords of `text`; the places, confirmations and strays."""
        places, confirmed = [], []
        for chord in self.coder().text_to_keys(text):
            events = self.keyer.shape(chord).events
            confirmations = [self.observer.confirm(event) for event in events]
            places.append((yield self.keyer.send(events)))
            for each in confirmations:
                confirmed.append((yield each))
        return places, confirmed, list(self.observer.strays())

    @inlineCallbacks
    def test_each_event_of_a_chord_is_confirmed(self) -> Steps:
        places, confirmed, strays = yield self.strike("aA")
        self.assertEqual((places, confirmed, strays), ([UNKNOWN] * 2, [True] * 6, []))
        self.assertEqual(
            self.eis.keys,
            [(A, True), (A, False), (SHIFT, True), (A, True), (A, False), (SHIFT, False)],
        )

    def test_what_the_layout_lacks_is_refused_before_the_first_key(self) -> None:
        slots = wire(NoSlots(self.keyboard), ISlots)
        with self.assertRaises(Untypeable):
            self.coder().segments("a漢", slots.packing())
        self.assertFalse(slots.reuses([]))

    @inlineCallbacks
    def test_only_the_group_in_force_is_there_since_no_request_changes_it(self) -> Steps:
        self.assertEqual((self.keyboard.name, self.keyboard.layout.groups), ("Latin", 1))
        with self.assertRaises(Untypeable):
            self.coder().text_to_keys("ф")
        before = self.keyboard.layout
        self.eis.modifiers(group=1)
        layout, _ = yield self.keyboard.read()
        self.assertEqual((self.keyboard.name, self.layouts), ("Russian", ["Latin", "Russian"]))
        self.assertIsNot(layout, before)
        yield self.strike("Ф")
        self.assertEqual(self.eis.keys[1], (A, True))
        self.eis.modifiers(group=0)
        layout, _ = yield self.keyboard.read()
        self.assertIs(layout, before)

    @inlineCallbacks
    def test_the_state_is_what_the_compositor_tells(self) -> Steps:
        self.eis.modifiers(depressed=SHIFT_MASK | 1 << 12, locked=LOCK, latched=4)
        _, state = yield self.keyboard.read()
        self.assertEqual(state, KeyboardState(0, LOCK, SHIFT_MASK | 4))
        unmodified = self.keyboard.unmodified()
        self.eis.modifiers(locked=LOCK)
        self.assertEqual((yield unmodified), KeyboardState(0, LOCK, 0))
        self.assertEqual((yield self.keyboard.unmodified()), KeyboardState(0, LOCK, 0))

    @inlineCallbacks
    def test_under_caps_lock_shift_types_a_small_letter(self) -> Steps:
        self.eis.modifiers(locked=LOCK)
        yield self.keyboard.read()
        _, confirmed, _ = yield self.strike("aA")
        self.assertEqual(confirmed, [True] * 6)
        self.assertEqual(
            self.eis.keys,
            [(SHIFT, True), (A, True), (A, False), (SHIFT, False), (A, True), (A, False)],
        )

    @inlineCallbacks
    def test_where_no_key_types_it_under_caps_lock_that_is_off_for_the_moment(self) -> Steps:
        self.eis.modifiers(locked=LOCK)
        yield self.keyboard.read()
        _, confirmed, _ = yield self.strike("s")
        self.assertEqual(confirmed, [True] * 2)
        tap = [(CAPS, True), (CAPS, False)]
        self.assertEqual(self.eis.keys, [*tap, (S, True), (S, False), *tap])

    @inlineCallbacks
    def test_a_modifier_of_the_users_that_comes_with_a_key_leaves_it_unconfirmed(self) -> Steps:
        self.eis.react["ei_device.frame"] = lambda request: self.eis.modifiers(depressed=4)
        _, confirmed, strays = yield self.strike("a")
        self.assertEqual(confirmed, [False] * 2)
        self.assertEqual([(stray.keycode, stray.state, stray.source) for stray in strays], [(A, None, OURS)])

    @inlineCallbacks
    def test_caps_lock_that_comes_with_a_key_leaves_it_unconfirmed(self) -> Steps:
        self.eis.react["ei_device.frame"] = lambda request: self.eis.modifiers(locked=LOCK)
        _, confirmed, strays = yield self.strike("a")
        self.assertEqual((confirmed, len(strays)), ([False] * 2, 1))

    @inlineCallbacks
    def test_our_own_shift_that_is_told_late_is_not_taken_for_the_users(self) -> Steps:
        seen: list[int] = []

        def frame(request: Any) -> None:
            seen.append(1)
            if len(seen) == 4:
                self.eis.modifiers(depressed=SHIFT_MASK)
                reactor.callLater(0.01, self.eis.modifiers)

        self.eis.react["ei_device.frame"] = frame
        _, confirmed, strays = yield self.strike("A")
        self.assertEqual((confirmed, strays), ([True] * 4, []))

    @inlineCallbacks
    def test_while_the_device_is_paused_nothing_is_sent(self) -> Steps:
        self.eis.pause()
        yield self.connection.sync()
        places, confirmed, _ = yield self.strike("a")
        self.assertEqual((places, confirmed, self.eis.keys), ([HELD], [False] * 2, []))
        self.eis.resume()
        yield self.connection.sync()
        places, confirmed, _ = yield self.strike("a")
        self.assertEqual((places, confirmed), ([UNKNOWN], [True] * 2))

    @inlineCallbacks
    def test_a_pause_while_keys_are_on_their_way_leaves_them_unconfirmed(self) -> Steps:
        self.eis.react["ei_keyboard.key"] = lambda request: self.eis.pause()
        places, confirmed, _ = yield self.strike("a")
        self.assertEqual((places, confirmed), ([HELD], [False] * 2))

    @inlineCallbacks
    def test_a_device_with_another_keymap_is_another_layout(self) -> Steps:
        before = self.keyboard.layout
        self.eis.remove(self.eis.newest("ei_device"))
        yield self.connection.sync()
        self.assertIs(self.keyboard.layout, before)  # Until another one is known.
        self.eis.add_device("other", keymap=KEYMAP.replace(b"[ s ]", b"[ d ]"))
        yield self.connection.sync()
        self.assertNotEqual(self.keyboard.layout, before)
        _, confirmed, _ = yield self.strike("d")
        self.assertEqual(confirmed, [True] * 2)

    @inlineCallbacks
    def test_a_keymap_that_is_none_has_no_characters(self) -> Steps:
        self.eis.remove(self.eis.newest("ei_device"))
        self.eis.add_device("other", keymap=b"nonsense")
        yield self.connection.sync()
        self.assertIsNone(self.keyboard.layout.find(keysym_named("a"), group=0, locked=0))

    @inlineCallbacks
    def test_a_compositor_that_dies_with_keys_on_their_way_is_a_lost_display(self) -> Steps:
        self.eis.answers = False
        (chord,) = self.coder().text_to_keys("a")
        confirmation = self.observer.confirm(chord.events[0])
        sent = self.keyer.send(chord.events)
        yield self.until(lambda: self.eis.unanswered)
        self.eis.close()
        yield self.assertFailure(sent, DisplayLost)
        self.observer.lost()
        yield self.assertFailure(confirmation, DisplayLost)

    @inlineCallbacks
    def test_a_session_that_is_ended_with_keys_on_their_way_only_leaves_them_unconfirmed(self) -> Steps:
        self.eis.answers = False
        (chord,) = self.coder().text_to_keys("a")
        confirmations = [self.observer.confirm(event) for event in chord.events]
        sent, read = self.keyer.send(chord.events), self.keyboard.read()

        def ended(reason: Any) -> None:
            self.assertTrue(reason.orderly)
            self.keyer.use(None, None)
            self.keyboard.use(None, None)
            self.connection.close()

        self.connection.on_disconnected = ended
        yield self.until(lambda: self.eis.unanswered)
        self.eis.disconnect(0)
        self.assertEqual((yield sent), HELD)
        for each in confirmations:
            self.assertFalse((yield each))
        self.assertIs((yield read)[0], self.keyboard.layout)
        self.assertEqual(self.lost, [])


class ConsentTest(SynchronousTestCase):
    def setUp(self) -> None:
        self.opening: list[Deferred[None]] = []
        self.consent = Consent(self.open)
        self.states: list[str] = []
        self.consent.on_change = self.states.append

    def open(self) -> Deferred[None]:
        self.opening.append(Deferred())
        return self.opening[-1]

    def test_however_many_ask_there_is_one_dialog(self) -> None:
        self.assertEqual(self.consent.state, CONSENT_UNASKED)
        waiting = [self.consent.ask() for _ in range(3)]
        waiting[1].addErrback(lambda failure: None)
        waiting[1].cancel()
        self.assertEqual((len(self.opening), self.states), (1, [CONSENT_ASKING]))
        self.opening[0].callback(None)
        self.assertEqual(self.successResultOf(waiting[0]), CONSENT_GIVEN)
        self.assertEqual(self.successResultOf(waiting[2]), CONSENT_GIVEN)
        self.assertEqual(self.successResultOf(self.consent.ask()), CONSENT_GIVEN)
        self.assertEqual((len(self.opening), self.states), (1, [CONSENT_ASKING, CONSENT_GIVEN]))

    def test_after_a_no_nobody_is_asked_until_told(self) -> None:
        for problem, state in ((Refused(), CONSENT_REFUSED), (Failed("Start"), CONSENT_FAILED)):
            asked = self.consent.ask(again=True)
            self.opening.pop().errback(problem)
            self.assertEqual(self.successResultOf(asked), state)
            self.assertEqual(self.successResultOf(self.consent.ask()), state)
            self.assertEqual(self.opening, [])

    def test_what_the_desktop_has_ended_begins_anew_only_when_told(self) -> None:
        self.consent.ask()
        self.opening.pop().callback(None)
        self.consent.end(CONSENT_ENDED)
        self.assertEqual(self.successResultOf(self.consent.ask()), CONSENT_ENDED)
        asked = self.consent.ask(again=True)
        self.opening.pop().callback(None)
        self.assertEqual(self.successResultOf(asked), CONSENT_GIVEN)

    def test_leaving_closes_the_dialog(self) -> None:
        asked = self.consent.ask()
        self.consent.close()
        self.assertEqual(self.successResultOf(asked), CONSENT_UNASKED)


class TokenTest(SynchronousTestCase):
    def test_it_is_kept_for_the_user_alone_and_replaced_whole(self) -> None:
        home = tempfile.TemporaryDirectory(prefix="typewright-token-")
        self.addCleanup(home.cleanup)
        path = Path(home.name) / "typewright" / "portal-token"
        token = TokenFile(path)
        self.assertEqual(token.read(), "")
        token.write("")
        for each in ("first", "second"):
            token.write(each)
            self.assertEqual((token.read(), path.stat().st_mode & 0o777), (each, 0o600))
        self.assertEqual([each.name for each in path.parent.iterdir()], ["portal-token"])
        token.write("")
        self.assertFalse(path.exists())
        path.write_bytes(b"\xff\xfe")
        self.assertEqual(token.read(), "")

    def test_where_it_is(self) -> None:
        self.assertEqual(token_path({"XDG_STATE_HOME": "/s"}), Path("/s/typewright/portal-token"))
        self.assertEqual(token_path({"XDG_STATE_HOME": "s", "HOME": "/h"}), Path("/h/.local/state/typewright/portal-token"))
