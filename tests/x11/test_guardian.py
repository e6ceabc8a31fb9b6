# SPDX-License-Identifier: MIT
"""The guardian, in a process of its own, of a backend that ends without restoring anything."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from tests.helpers import desktop
from tests.x11.program import PING, Program
from tests.x11.stage import SHIFT, A, B, Stage, Steps, press, tap
from twisted.internet import reactor
from twisted.internet.defer import inlineCallbacks
from twisted.internet.task import deferLater
from Xlib import X

from typewright.backends.x11.opening import recover_display
from typewright.backends.x11.recovery.supervisor import Supervisor
from typewright.interfaces.backend import window_place

WANTED = [("語", "語", "語", "語")]


def guardians() -> list[int]:
    """Return the process ids of the guardians of this process."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [
        int(pid)
        for pid in children
        if b"typewright.backends.x11.recovery.guardian" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]


class GuardianTest(Stage):
    """`self.backend.abandon()` is the death of the service, since the backend is not started and has no guardian."""

    @inlineCallbacks
    def guard(self) -> Steps:
        """Start a guardian of the backend; fires with its supervisor."""
        supervisor = Supervisor(reactor, f"unix/{self.display}", self.backend.focus.window)
        self.addCleanup(supervisor.end)
        yield supervisor.start()
        self.assertEqual(len(guardians()), 1)
        return supervisor

    @inlineCallbacks
    def dies(self, supervisor: Supervisor) -> Steps:
        """End the backend, and wait for the guardian to restore the keyboard and end."""
        self.backend.abandon()
        yield supervisor.end()
        self.assertEqual(guardians(), [])

    def keymap(self) -> str:
        return desktop.keymap(self.environ)

    @pytest.mark.promise("users-keys-stay")
    @inlineCallbacks
    def test_keys_come_up_and_the_users_stay_down(self) -> Steps:
        self.other.window()
        supervisor = yield self.guard()
        yield self.typed([press(SHIFT), press(A, 1)])
        self.other.finger(B, down=True)
        self.addCleanup(self.other.finger, B, down=False)
        self.assertEqual(self.other.down(), [A, SHIFT, B])
        yield self.dies(supervisor)
        self.assertEqual(self.other.down(), [B])

    @inlineCallbacks
    def test_keycodes_and_group_are_given_back(self) -> Steps:
        self.layout("us,ru")
        before = self.keymap()
        self.other.window()
        supervisor = yield self.guard()
        yield self.typed(tap(A, group=1))
        yield self.lend(WANTED)
        self.assertNotEqual(self.keymap(), before)
        yield self.dies(supervisor)
        self.assertEqual(self.keymap(), before)
        _, state = yield (yield self.open()).keyboard.read()
        self.assertEqual(state.group, 0)

    @inlineCallbacks
    def test_the_program_takes_its_keys_first(self) -> Steps:
        before = self.keymap()
        program = Program(self.other, PING)
        self.addCleanup(program.rest)
        at_ping: list[bool] = []
        pong = program.pong

        def answer(data: list[int]) -> None:
            at_ping.append(self.keymap() == before)
            pong(data)

        program.pong = answer
        supervisor = yield self.guard()
        yield self.lend(WANTED)
        yield self.dies(supervisor)
        self.assertEqual(at_ping, [False])
        self.assertEqual(self.keymap(), before)

    @inlineCallbacks
    def test_a_program_that_hangs_is_not_waited_for_long(self) -> Steps:
        before = self.keymap()
        program = Program(self.other, PING)
        program.rest()
        supervisor = yield self.guard()
        yield self.lend(WANTED)
        died_at = reactor.seconds()
        yield self.dies(supervisor)
        self.assertGreaterEqual(reactor.seconds() - died_at, 0.3)
        self.assertEqual(self.keymap(), before)

    @inlineCallbacks
    def test_they_are_given_back_where_nothing_has_the_focus(self) -> Steps:
        before = self.keymap()
        self.other.display.set_input_focus(X.NONE, X.RevertToNone, X.CurrentTime)
        self.other.display.sync()
        supervisor = yield self.guard()
        yield self.lend(WANTED)
        yield self.dies(supervisor)
        self.assertEqual(self.keymap(), before)

    @inlineCallbacks
    def test_what_the_next_service_has_borrowed_is_left_to_it(self) -> Steps:
        before = self.keymap()
        supervisor = yield self.guard()
        yield self.lend(WANTED)
        (guardian,) = guardians()
        os.kill(guardian, signal.SIGSTOP)
        self.backend.abandon()
        successor = yield self.open()
        self.assertEqual(self.keymap(), before)
        yield successor.slots.lend([("漢", "漢", "漢", "漢")])
        lent = self.keymap()
        os.kill(guardian, signal.SIGCONT)
        yield supervisor.end()
        self.assertEqual(guardians(), [])
        self.assertEqual(self.keymap(), lent)
        yield successor.close()
        self.assertEqual(self.keymap(), before)

    @inlineCallbacks
    def test_a_second_start_and_a_sweep_leave_a_living_service_what_it_has_borrowed(self) -> Steps:
        yield self.lend(WANTED)
        lent = self.keymap()
        yield self.open()
        self.assertEqual(self.keymap(), lent)
        yield recover_display(reactor, self.display)
        self.assertEqual(self.keymap(), lent)

    @pytest.mark.promise("guardian")
    @inlineCallbacks
    def test_signals_for_a_whole_session_do_not_end_it(self) -> Steps:
        self.other.window()
        supervisor = yield self.guard()
        for ending in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
            os.kill(guardians()[0], ending)
        yield self.typed([press(A)])
        yield self.dies(supervisor)
        self.assertEqual(self.other.down(), [])

    @pytest.mark.promise("guardian")
    @inlineCallbacks
    def test_one_that_is_killed_is_replaced(self) -> Steps:
        self.other.window()
        supervisor = yield self.guard()
        (first,) = guardians()
        os.kill(first, signal.SIGKILL)
        while guardians() in ([], [first]):
            yield deferLater(reactor, 0.01)
        yield self.typed([press(A)])
        yield self.dies(supervisor)
        self.assertEqual(self.other.down(), [])

    @pytest.mark.promise("guardian")
    @inlineCallbacks
    def test_one_whose_connection_alone_is_lost_is_replaced(self) -> Steps:
        supervisor = yield self.guard()
        (first,) = guardians()
        for window in self.other.root.query_tree().children:
            if (yield self.backend.programs.process(window_place(window.id))) == first:
                window.kill_client()
        self.other.display.sync()
        while guardians() in ([], [first]):
            yield deferLater(reactor, 0.01)
        self.other.window()
        yield self.typed([press(A)])
        yield self.dies(supervisor)
        self.assertEqual(self.other.down(), [])

    @inlineCallbacks
    def test_one_that_comes_too_late_finds_its_window_gone(self) -> Steps:
        self.other.fake(A, down=True)
        yield self.backend.abandon()
        late = Supervisor(reactor, f"unix/{self.display}", self.backend.focus.window)
        yield late.start()
        yield late.end()
        self.assertEqual(guardians(), [])
        self.assertEqual(self.other.down(), [])

    @inlineCallbacks
    def test_one_that_can_not_start_is_said_and_stops_nobody(self) -> Steps:
        logged: list[str] = []
        self.patch(__import__("typewright.backends.x11.recovery.supervisor", fromlist=["log"]).log, "error", logged.append)
        for number, crowded in enumerate((False, True), 1):
            if crowded:
                self.patch(os, "fork", self._no_room)
            hopeless = Supervisor(reactor, "unix/:987", 1)
            yield hopeless.start()
            self.assertEqual(len(logged), number)
            yield hopeless.end()

    @staticmethod
    def _no_room() -> int:
        raise BlockingIOError
