# SPDX-License-Identifier: MIT
"""What is noted on the root window is believed only where a service can have noted it, and given back by whoever can."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from itertools import product

import pytest
from tests.helpers import desktop
from tests.x11.stage import A, Stage, Steps, press
from tests.x11.test_guardian import guardians
from twisted.internet import reactor
from twisted.internet.defer import inlineCallbacks
from Xlib import Xatom

from typewright.backends.x11.borrowed_keycodes import could_be_lent
from typewright.backends.x11.ledger import Borrowed
from typewright.backends.x11.opening import recover_display
from typewright.backends.x11.recovery.supervisor import Supervisor
from typewright.keymap.keysyms import keysym_named

WANTED, OTHERS = [("語", "語", "語", "語")], [("漢", "漢", "漢", "漢")]
RETURN, SPACE = 36, 0x20
KEYCODES, GROUP = "_TYPEWRIGHT_KEYCODES", "_TYPEWRIGHT_GROUP"
TWO = (0x01008A9E, 0x01006F22)
CUT = ([200], [200, 0], [200, 0, 4], [200, 0, 4, 1], [200, 0, 2**32 - 1, 1, 2], [2**32 - 1] * 9, [0] * 60_000)
FORMS = ((Xatom.CARDINAL, 8), (Xatom.CARDINAL, 16), (Xatom.STRING, 8))


class _Stage(Stage):
    @inlineCallbacks
    def setUp(self) -> Steps:
        yield super().setUp()
        self.before = self.keymap()

    def keymap(self) -> str:
        return desktop.keymap(self.environ)

    def note(self, name: str, numbers: Sequence[int], kind: int = Xatom.CARDINAL, form: int = 32) -> None:
        root = self.other.root
        root.change_property(self.other.display.intern_atom(name), kind, form, numbers)
        self.addCleanup(root.delete_property, self.other.display.intern_atom(name))
        self.other.display.sync()


class BeliefTest(_Stage):
    @inlineCallbacks
    def recovers(self) -> Steps:
        """A sweep and a start go through and leave the keyboard as it is."""
        before = self.keymap()
        yield recover_display(reactor, self.display)
        yield (yield self.open()).close()
        self.assertEqual(self.keymap(), before)

    @pytest.mark.promise("forged-notes")
    @inlineCallbacks
    def test_what_is_cut_or_huge_or_of_another_kind_stops_nothing(self) -> Steps:
        yield self.backend.close()
        for suffix in ("", "_1", "_3"):
            for numbers in (
                [200],
                [200, 0],
                [200, 0, 4],
                [200, 0, 4, 1],
                [200, 0, 2**32 - 1, 1, 2],
                [2**32 - 1] * 9,
                [0] * 60_000,
            ):
                self.note(KEYCODES + suffix, numbers)
                yield self.recovers()
            for number in (4, 4_000_000_000):
                self.note(GROUP + suffix, [number])
                yield self.recovers()
            self.note(GROUP + suffix, [1, 1])
            for name, (kind, form) in product(
                (KEYCODES, GROUP), ((Xatom.CARDINAL, 8), (Xatom.CARDINAL, 16), (Xatom.STRING, 8))
            ):
                self.note(name + suffix, [200, 0, 2, 7, 7], kind, form)
                yield self.recovers()
        self.note("_XKB_RULES_NAMES", [300, 70_000], Xatom.STRING, 32)
        yield self.recovers()

    @pytest.mark.promise("forged-notes")
    @inlineCallbacks
    def test_a_key_that_was_never_lent_is_left_alone(self) -> Steps:
        yield self.backend.close()
        self.note(KEYCODES, [RETURN, SPACE, 1, keysym_named("Return")])
        yield self.recovers()
        self.note(KEYCODES, [A, 0, 2, ord("a"), ord("A")])
        yield self.recovers()

    @inlineCallbacks
    def test_a_long_note_is_read_whole(self) -> Steps:
        yield self.lend([(chr(0x4E00 + code),) * 4 for code in range(8)])
        lent = self.keymap()
        note = self.other.root.get_full_property(self.other.display.intern_atom(KEYCODES), Xatom.CARDINAL).value
        yield self.backend.abandon()
        self.note(KEYCODES, [*([9, 0, 4, *[0x01004E00] * 4] * 150), *note])
        self.assertEqual(self.keymap(), lent)
        yield recover_display(reactor, self.display)
        self.assertEqual(self.keymap(), self.before)


@pytest.mark.parametrize(
    ("keycode", "keysyms", "former", "believed"),
    [
        (200, TWO, 0, True),
        (200, (*TWO, ord("é"), ord("é")), keysym_named("XF86MailForward"), True),
        (8, TWO, 0, False),
        (256, TWO, 0, False),
        (200, (), 0, False),
        (200, TWO[:1], 0, False),
        (200, (*TWO, TWO[0]), 0, False),
        (200, (keysym_named("Return"),) * 2, 0, False),
        (200, (keysym_named("EuroSign"),) * 2, 0, False),
        (200, (0, 0), 0, False),
        (200, TWO, SPACE, False),
        (200, TWO, keysym_named("XF86AudioMute"), False),
    ],
)
def test_what_can_have_been_lent(keycode: int, keysyms: tuple[int, ...], former: int, believed: bool) -> None:
    assert could_be_lent(keycode, Borrowed(keysyms, former)) is believed


class TwoServicesTest(_Stage):
    """Two services on one display, each on a bus of its own; both lend, and the second dies."""

    @inlineCallbacks
    def setUp(self) -> Steps:
        yield super().setUp()
        yield self.lend(WANTED)
        self.first_lent = self.keymap()
        self.second = yield self.open()
        yield self.second.slots.lend(OTHERS)
        self.assertNotEqual(self.keymap(), self.first_lent)

    @pytest.mark.promise("leftovers")
    @inlineCallbacks
    def test_the_seconds_guardian_gives_back(self) -> Steps:
        guardian = Supervisor(reactor, f"unix/{self.display}", self.second.focus.window)
        self.addCleanup(guardian.end)
        yield guardian.start()
        self.other.window()
        yield self.typed([press(A)])
        self.second.abandon()
        yield guardian.end()
        self.assertEqual(self.keymap(), self.first_lent)
        self.assertEqual(self.other.down(), [A])
        yield self.backend.close()
        self.assertEqual((self.keymap(), self.other.down()), (self.before, []))

    @pytest.mark.promise("leftovers")
    @inlineCallbacks
    def test_so_does_the_first_at_its_stop(self) -> Steps:
        yield self.second.abandon()
        yield self.backend.close()
        self.assertEqual(self.keymap(), self.before)

    @pytest.mark.promise("leftovers")
    @inlineCallbacks
    def test_so_does_a_sweep(self) -> Steps:
        yield self.second.abandon()
        yield recover_display(reactor, self.display)
        self.assertEqual(self.keymap(), self.first_lent)

    @pytest.mark.promise("leftovers")
    @inlineCallbacks
    def test_so_does_the_next_one(self) -> Steps:
        yield self.second.abandon()
        third = yield self.open()
        self.assertEqual(self.keymap(), self.first_lent)
        yield third.slots.lend(OTHERS)
        yield self.backend.abandon()
        yield third.close()
        self.assertEqual(self.keymap(), self.before)

    @inlineCallbacks
    def test_more_than_there_are_seats_for(self) -> Steps:
        for character in "一二三":
            yield (yield self.open()).slots.lend([(character,) * 4])


class RecurringNumberTest(_Stage):
    @pytest.mark.promise("leftovers")
    @inlineCallbacks
    def test_a_stopped_guardian_leaves_the_next_service_with_the_same_window_number_alone(self) -> Steps:
        supervisor = Supervisor(reactor, f"unix/{self.display}", self.backend.focus.window)
        self.addCleanup(supervisor.end)
        yield supervisor.start()
        (guardian,) = guardians()
        os.kill(guardian, signal.SIGSTOP)
        number = self.backend.focus.window
        yield self.backend.abandon()
        self.backend = yield self.open()
        self.assertEqual(self.backend.focus.window, number)
        self.other.window()
        yield self.typed([press(A)])
        yield self.lend(WANTED)
        lent = self.keymap()
        os.kill(guardian, signal.SIGCONT)
        yield supervisor.end()
        self.assertEqual(guardians(), [])
        self.assertEqual((self.keymap(), self.other.down()), (lent, [A]))
