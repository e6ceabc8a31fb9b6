# SPDX-License-Identifier: MIT
"""Runs on a real server: while one has begun, no other client acts; and a process that stands still then is ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from unittest import mock

import pytest
from tests.helpers.desktop import keymap, keys_down, until
from tests.x11.stage import A, B, Other, Stage, Steps, tap
from twisted.internet.defer import CancelledError, inlineCallbacks
from twisted.internet.threads import deferToThread
from Xlib import X

from typewright.backends.x11 import runs
from typewright.interfaces.backend import NOWHERE, window_place

# In its own process: what it lends, and the server's grab, must be gone with it.
BETWEEN_THE_PHASES = """
import os, signal, time
from twisted.internet import reactor, task
from twisted.internet.defer import inlineCallbacks
from typewright.backends.x11.opening import open_backend
from tests.x11.stage import Listener

@inlineCallbacks
def main(reactor):
    backend = yield open_backend(reactor, os.environ["DISPLAY"], linger_s=5, settle_s=0)
    yield backend.start(Listener([]))
    yield backend.slots.lend([("≠", "日")])
    place = yield backend.focus.focused()
    begun = yield backend.runs.begin(place)
    print(begun, flush=True)
    stand_still()
    backend.runs.drop()
    yield backend.close()

task.react(main)
"""
STOPPED, ASLEEP = "stand_still = lambda: os.kill(os.getpid(), signal.SIGSTOP)", "stand_still = lambda: time.sleep(60)"
SERVED_IN_S, ENDED_IN_S = 0.3, 10.0
TRIES = 2
"""A busy machine may let the other client wait as well."""


class RunTest(Stage):
    @inlineCallbacks
    def setUp(self) -> Steps:
        yield super().setUp()
        self.window = self.other.window()
        self.place = yield self.backend.focus.focused()

    @inlineCallbacks
    def begin(self) -> Steps:
        return (yield self.backend.runs.begin(self.place))

    @pytest.mark.promise("no-leak")
    @inlineCallbacks
    def test_no_client_moves_the_focus_between_the_question_and_the_last_key(self) -> Steps:
        with_focus = Other(self.display)
        self.addCleanup(with_focus.close)
        second = with_focus.window()
        self.window.set_input_focus(X.RevertToNone, X.CurrentTime)
        self.other.display.sync()
        assert (yield self.begin()) is True

        def move() -> None:
            second.set_input_focus(X.RevertToNone, X.CurrentTime)
            with_focus.display.sync()

        moving = deferToThread(move)
        place, confirmed = yield self.typed([*tap(A), *tap(B)] * 8)
        assert (place, confirmed) == (self.place, [True] * 32)
        yield moving
        assert [keycode for keycode, _ in self.other.got(self.window)] == [A, B] * 8
        assert with_focus.got(second) == []
        assert (yield self.backend.focus.focused()) == window_place(second.id)

    @inlineCallbacks
    def test_where_keys_go_elsewhere_it_has_not_begun_and_nothing_is_held(self) -> Steps:
        second = self.other.window()
        assert (yield self.begin()) is False
        self.assertFalse(self.backend.runs.holds)
        yield deferToThread(self.other.display.sync)
        assert (yield self.backend.focus.focused()) == window_place(second.id)

    @inlineCallbacks
    def test_nor_while_another_program_holds_the_keyboard(self) -> Steps:
        self.window.grab_keyboard(False, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)
        self.other.display.sync()
        assert (yield self.begin()) is False
        yield deferToThread(self.other.display.sync)

    @inlineCallbacks
    def test_nor_with_the_focus_nowhere(self) -> Steps:
        self.other.display.set_input_focus(X.NONE, X.RevertToNone, X.CurrentTime)
        self.other.display.sync()
        assert (yield self.begin()) is False
        assert (yield self.backend.focus.focused()) == NOWHERE

    @inlineCallbacks
    def test_one_that_is_cancelled_holds_nothing(self) -> Steps:
        beginning = self.begin()
        beginning.addErrback(lambda failure: failure.trap(CancelledError))
        beginning.cancel()
        yield beginning
        self.assertFalse(self.backend.runs.holds)
        yield deferToThread(self.other.display.sync)

    @inlineCallbacks
    def test_there_are_none_while_the_focus_follows_the_pointer(self) -> Steps:
        self.assertEqual(self.backend.runs.longest, 16)
        self.other.display.set_input_focus(X.PointerRoot, X.RevertToNone, X.CurrentTime)
        self.other.display.sync()
        yield self.backend.focus.focused()
        self.assertEqual(self.backend.runs.longest, 0)
        self.window.set_input_focus(X.RevertToNone, X.CurrentTime)
        self.other.display.sync()
        yield self.backend.focus.focused()
        self.assertEqual(self.backend.runs.longest, 16)

    @inlineCallbacks
    def test_a_server_that_is_slow_to_answer_is_not_held_and_a_blind_run_asks_afterwards(self) -> Steps:
        with mock.patch.object(runs, "_SLOW_LINE_S", -1.0):
            self.assertEqual(self.backend.runs.longest, 0)
            self.backend.runs._blind = True
            self.assertEqual((self.backend.runs.longest, self.backend.runs.asks), (16, False))
            assert (yield self.begin()) is True
            self.assertFalse(self.backend.runs.holds)
            place, confirmed = yield self.typed([*tap(A), *tap(B)])
            assert (place, confirmed) == (self.place, [True] * 4)
            yield deferToThread(self.other.display.sync)

    @pytest.mark.promise("dead-man")
    def test_a_process_that_is_stopped_between_the_phases_is_woken(self) -> None:
        waited = [self.stand_still(STOPPED, ends=0) for _ in range(TRIES)]
        assert min(waited) < SERVED_IN_S

    @pytest.mark.promise("dead-man")
    def test_one_that_can_not_be_woken_is_ended(self) -> None:
        assert self.stand_still(ASLEEP, ends=-signal.SIGKILL) < ENDED_IN_S

    def stand_still(self, how: str, ends: int) -> float:
        """
        Return how long another client had to wait for a service that stands still between the phases, and ends so.

        No key is down after it, and the keyboard map as it was.
        """
        before = keymap(self.environ)
        environ = {**self.environ, "XAUTHORITY": "/dev/null", "PYTHONPATH": os.getcwd()}
        script = BETWEEN_THE_PHASES.replace("\n\n", f"\n{how}\n\n", 1)
        with subprocess.Popen([sys.executable, "-c", script], env=environ, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout.readline() == "True\n"
            began = time.monotonic()
            self.other.display.sync()
            waited_s = time.monotonic() - began
            assert child.wait(20) == ends
        assert keys_down(self.environ) == []
        until(lambda: keymap(self.environ) == before)
        return waited_s
