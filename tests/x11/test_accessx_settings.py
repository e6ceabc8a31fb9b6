# SPDX-License-Identifier: MIT
"""
The user's accessibility settings on a real X server: what they do to keys, and that shaped chords get through.

The delays are short, to keep the tests short; the server does the same with any.
"""

from __future__ import annotations

from typing import Any

from tests.helpers import accessx
from tests.helpers.accessx import ACCESSX_KEYS, BOUNCE_KEYS, LATCH_TO_LOCK, REPEAT_KEYS, SLOW_KEYS, STICKY_KEYS, TWO_KEYS
from tests.x11.stage import SHIFT, A, B, Stage, Steps, press, release, tap
from twisted.internet.defer import inlineCallbacks

from typewright.backends.x11.accessx import AccessX, Controls
from typewright.interfaces.backend import SWALLOWED, Stray
from typewright.keymap.key_coder import KeyCoder

TEXT = "aabAABaBb ÄÄöß@@€{[]}"
SLOW_MS, BOUNCE_MS, REPEAT_MS = 60, 300, 100


class ControlsStage(Stage):
    """A keyboard of the German layout, whose user may have accessibility settings; they are restored for the next test."""

    @inlineCallbacks
    def setUp(self) -> Steps:
        yield super().setUp()
        self.layout("de")
        before = accessx.read(self.other.display)
        self.addCleanup(lambda: accessx.write(self.other.display, before))
        self.window = self.other.window()
        yield self.typed(tap(B))
        self.other.got(self.window)

    @property
    def accessx(self) -> AccessX:
        return self.backend.keyer._accessx

    @inlineCallbacks
    def user_sets(self, enabled: int, **others: int) -> Steps:
        """Set these controls and no others, as a settings program does; fires with the server's settings then."""
        now = accessx.switch(self.other.display, enabled, slow_delay=SLOW_MS, **others)
        yield self.backend.keyboard.read()
        return now

    @inlineCallbacks
    def types(self, text: str) -> Steps:
        """Type `text` chord by chord; fires with what the window received, by its own keymap."""
        layout, state = yield self.backend.keyboard.read()
        for chord in KeyCoder(layout, group=state.group, locked=state.locked).text_to_keys(text):
            shape = self.backend.keyer.shape(chord)
            _, confirmed = yield self.typed(list(shape.events))
            self.assertEqual(confirmed, [True] * len(shape.events))
        return self.read()

    def read(self) -> str:
        keys: dict[Any, str] = {}
        for character in set(TEXT):
            position = self.backend.keyboard.layout.find_character(character, group=0, locked=0)
            assert position is not None
            keys[position.keycode, position.modifiers] = character
        modifiers = self.backend.keyboard.layout.modifiers
        return "".join(keys[key] for key in self.other.got(self.window) if key[0] not in modifiers)


class FollowingTest(ControlsStage):
    @inlineCallbacks
    def test_they_are_read_at_the_start_and_followed(self) -> Steps:
        self.assertEqual(self.accessx.controls, Controls(two_keys=True))
        yield self.user_sets(SLOW_KEYS | BOUNCE_KEYS | STICKY_KEYS, bounce_delay=250, options=0)
        expected = Controls(slow_s=0.06, bounce_s=0.25, sticky=True, two_keys=False)
        self.assertEqual(self.accessx.controls, expected)
        another = yield self.open()
        self.assertEqual(another.keyer._accessx.controls, expected)

    @inlineCallbacks
    def test_a_gesture_on_a_keyboard_is_not_in_force_for_ours(self) -> Steps:
        yield self.user_sets(ACCESSX_KEYS)
        for _ in range(5):
            self.other.finger(SHIFT, down=True)
            self.other.finger(SHIFT, down=False)
        self.assertTrue(accessx.read(self.other.display).enabled & STICKY_KEYS)
        yield self.backend.keyboard.read()
        self.assertFalse(self.accessx.controls.sticky)
        self.other.finger(B, down=True)
        self.other.finger(B, down=False)
        self.other.got(self.window)
        self.assertEqual((yield self.types("Aa")), "Aa")


class TypingTest(ControlsStage):
    @inlineCallbacks
    def exact(self, enabled: int, **others: int) -> Steps:
        before = yield self.user_sets(enabled, **others)
        self.assertEqual((yield self.types(TEXT)), TEXT)
        _, state = yield self.backend.keyboard.read()
        self.assertEqual((state.held, state.locked, self.other.down()), (0, 0, []))
        self.assertEqual(accessx.read(self.other.display), before)

    def test_bounce_keys(self) -> Steps:
        return self.exact(BOUNCE_KEYS, bounce_delay=BOUNCE_MS)

    def test_slow_keys(self) -> Steps:
        return self.exact(SLOW_KEYS)

    def test_slow_keys_and_a_quick_repeat(self) -> Steps:
        return self.exact(SLOW_KEYS, repeat_delay=30, repeat_interval=5)

    def test_sticky_keys_that_two_keys_switch_off(self) -> Steps:
        return self.exact(STICKY_KEYS, options=TWO_KEYS | LATCH_TO_LOCK)

    def test_sticky_keys(self) -> Steps:
        return self.exact(STICKY_KEYS, options=LATCH_TO_LOCK)

    def test_gestures(self) -> Steps:
        return self.exact(ACCESSX_KEYS | STICKY_KEYS, options=TWO_KEYS | LATCH_TO_LOCK)

    def test_bounce_and_sticky_keys(self) -> Steps:
        return self.exact(BOUNCE_KEYS | STICKY_KEYS, bounce_delay=BOUNCE_MS, options=TWO_KEYS | LATCH_TO_LOCK)

    def test_all_of_them(self) -> Steps:
        return self.exact(SLOW_KEYS | BOUNCE_KEYS | STICKY_KEYS, bounce_delay=BOUNCE_MS, options=TWO_KEYS | LATCH_TO_LOCK)


class ServerTest(ControlsStage):
    """What the server does to keys that are not shaped: the reasons for shaping them."""

    def sends(self, *events: tuple[int, bool]) -> list[tuple[int, int]]:
        for keycode, down in events:
            self.other.fake(keycode, down=down)
        return self.other.got(self.window)

    @inlineCallbacks
    def test_bounce_keys_swallow_the_key_that_came_up_last(self) -> Steps:
        yield self.user_sets(BOUNCE_KEYS, bounce_delay=BOUNCE_MS)
        a, b = [(A, True), (A, False)], [(B, True), (B, False)]
        self.assertEqual(self.sends(*a, *a, *b, *a), [(A, 0), (B, 0), (A, 0)])

    @inlineCallbacks
    def test_slow_keys_swallow_what_is_not_held(self) -> Steps:
        yield self.user_sets(SLOW_KEYS)
        self.assertEqual(self.sends((A, True), (A, False)), [])

    @inlineCallbacks
    def test_two_keys_switch_sticky_keys_off(self) -> Steps:
        yield self.user_sets(STICKY_KEYS, options=TWO_KEYS)
        self.sends((SHIFT, True), (A, True), (A, False), (SHIFT, False))
        self.assertFalse(accessx.read(self.other.display).enabled & STICKY_KEYS)
        yield self.backend.keyboard.read()
        self.assertFalse(self.accessx.controls.sticky)

    @inlineCallbacks
    def test_a_press_that_slow_keys_let_through_is_known_for_ours(self) -> Steps:
        yield self.user_sets(SLOW_KEYS)
        strays: list[Stray] = []
        self.backend.observer.on_stray = strays.append
        _, confirmed = yield self.typed(tap(A))
        self.assertEqual((confirmed, strays), ([True, True], []))

    @inlineCallbacks
    def test_what_a_setting_swallowed_before_we_knew_of_it_is_not_confirmed(self) -> Steps:
        """The race can't be provoked, so the keyer is made to know no settings."""
        for enabled in (BOUNCE_KEYS, SLOW_KEYS):
            yield self.user_sets(enabled, bounce_delay=BOUNCE_MS)
            self.accessx.controls = Controls()
            self.sends((A, True), (A, False))
            events = [press(SHIFT), press(A, 1), release(A, 1), release(SHIFT, 1)]
            _, confirmed = yield self.typed(events)
            through = enabled == BOUNCE_KEYS
            self.assertEqual(confirmed, [through, False, False, through])
            strays = [stray for stray in self.backend.observer.strays() if stray.source == SWALLOWED]
            self.assertEqual(len(strays), confirmed.count(False))
            self.assertEqual(self.other.got(self.window), [(SHIFT, 0)] if through else [])

    @inlineCallbacks
    def test_a_repeat_of_a_key_confirms_nothing(self) -> Steps:
        yield self.user_sets(REPEAT_KEYS, repeat_delay=REPEAT_MS, repeat_interval=20)
        yield self.typed([press(A)])
        waiting = self.backend.observer.confirm(press(A))
        got: list[tuple[int, int]] = []
        while len(got) < 3:
            yield self.backend.focus.focused()
            got += self.other.got(self.window)
        self.assertNoResult(waiting)
        self.backend.observer.forget()
        yield self.typed([release(A)])
