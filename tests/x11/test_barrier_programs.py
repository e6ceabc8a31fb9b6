# SPDX-License-Identifier: MIT
"""The barrier with real programs that announce no ping: an answer proves that they have handled the keys before it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator

import pytest
from tests.helpers import desktop
from tests.x11.stage import A, B, Stage, Steps, tap
from twisted.internet import reactor
from twisted.internet.defer import TimeoutError, inlineCallbacks  # noqa: A004

SLOW_TK = """
import os, time, tkinter
root = tkinter.Tk()
root.title("target")
text = tkinter.Text(root)
text.pack()
def slowly(event):
    time.sleep(0.005)
    os.write(1, b"k")
text.bind("<Key>", slowly)
text.bind("<Map>", lambda event: os.write(1, b"ready\\n"))
text.focus_set()
root.mainloop()
"""
BUSY_EMACS = """
(progn
  (defun tell (what) (princ (concat what "\n") #'external-debugging-output))
  (defun be-busy ()
    (interactive)
    (tell "busy")
    (let ((end (+ (float-time) 0.5)))
      (while (< (float-time) end)))
    (tell "done"))
  (global-set-key "a" #'be-busy)
  (run-with-idle-timer 0.1 nil #'tell "ready"))
"""
EDITOR = ["emacs-lucid", "-Q", "--title", "target", "--eval", BUSY_EMACS]


@contextlib.contextmanager
def tk(environ: dict[str, str]) -> Iterator[desktop.Child]:
    """Run a Tk program with the focus that takes 5 ms for a key and then writes a `k`."""
    child = desktop.Child(["/usr/bin/python3", "-c", SLOW_TK], env=environ, stdout=subprocess.PIPE)
    try:
        assert child.line() == "ready"
        focus(environ)
        os.set_blocking(child.process.stdout.fileno(), False)
        yield child
    finally:
        child.end()
        child.process.stdout.close()


@contextlib.contextmanager
def emacs(environ: dict[str, str]) -> Iterator[desktop.Child]:
    """Run an Emacs with Athena's widgets that has the focus, and is busy for half a second after an `a`."""
    child = desktop.Child(EDITOR, env=environ, stderr=subprocess.PIPE)
    child.process.stdout = child.process.stderr
    try:
        while child.line() != "ready":
            pass
        focus(environ)
        yield child
    finally:
        child.kill()  # it does not always end when asked to
        child.process.stdout.close()


def focus(environ: dict[str, str]) -> None:
    desktop.run(environ, "xdotool", "windowfocus", "--sync", desktop.window(environ, "--name", "^target$"))


PROGRAMS = {"xterm": desktop.terminal, "tk": tk, "emacs": emacs}


class ProgramsTest(Stage):
    settle_s = 20.0
    """Too long for a barrier to be reached by waiting."""

    def environment(self) -> dict[str, str]:
        return {**self.environ, "LC_ALL": "C.UTF-8", "XAUTHORITY": "/dev/null", "HOME": os.environ["HOME"]}

    @pytest.mark.promise("barrier")
    @inlineCallbacks
    def test_they_answer_and_not_while_they_are_stopped(self) -> Steps:
        for name, opened in PROGRAMS.items():
            with opened(self.environment()) as program:
                window = yield self.backend.focus.focused()
                self.assertEqual((name, (yield self.backend.barrier.reach(window, settle=False))), (name, "application"))
                program.process.send_signal(signal.SIGSTOP)
                os.waitid(os.P_PID, program.process.pid, os.WSTOPPED | os.WNOWAIT)
                yield self.typed(tap(B) * 20)
                stopped = [self.backend.barrier.reach(window, settle=settle) for settle in (True, False)]
                given_up = self.backend.barrier.reach(window, settle=False).addTimeout(0.1, reactor)
                yield self.assertFailure(given_up, TimeoutError)
                for reaching in stopped:
                    self.assertNoResult(reaching)
                program.process.send_signal(signal.SIGCONT)
                for reaching in stopped:
                    self.assertEqual((name, (yield reaching)), (name, "application"))
                self.backend.barrier.end()

    @pytest.mark.promise("barrier")
    @inlineCallbacks
    def test_at_the_answer_a_slow_program_has_handled_every_key(self) -> Steps:
        with tk(self.environment()) as program:
            window = yield self.backend.focus.focused()
            yield self.backend.barrier.begin(window)
            for _ in range(10):
                yield self.typed(tap(A) * 10)
                yield self.backend.barrier.reach(window, settle=False)
                self.assertEqual(os.read(program.process.stdout.fileno(), 100), b"k" * 10)

    @inlineCallbacks
    def test_an_emacs_that_is_busy_does_not_answer_though_it_reads_on(self) -> Steps:
        with emacs(self.environment()) as program:
            window = yield self.backend.focus.focused()
            yield self.backend.barrier.begin(window)
            yield self.typed(tap(A))
            self.assertEqual(program.line(), "busy")
            yield self.typed(tap(A))
            self.assertEqual((yield self.backend.barrier.reach(window, settle=False)), "application")
            os.set_blocking(program.process.stdout.fileno(), False)
            self.assertEqual(os.read(program.process.stdout.fileno(), 5), b"done\n")

    @inlineCallbacks
    def test_a_change_of_the_keyboard_map_is_no_answer(self) -> Steps:
        """Programs then make many requests by themselves, which look like progress with the keys and are not."""
        with tk(self.environment()) as program:
            window = yield self.backend.focus.focused()
            yield self.backend.barrier.begin(window)
            yield self.typed(tap(A) * 50)
            self.layout("de")
            self.layout("us")
            yield self.backend.barrier.reach(window, settle=False)
            self.assertEqual(os.read(program.process.stdout.fileno(), 100), b"k" * 50)

    @inlineCallbacks
    def test_one_that_is_killed_while_it_is_asked_is_not_waited_for(self) -> Steps:
        with desktop.terminal(self.environment()) as program:
            window = yield self.backend.focus.focused()
            yield self.backend.barrier.reach(window, settle=False)
            program.process.send_signal(signal.SIGSTOP)
            reaching = self.backend.barrier.reach(window, settle=False)
            program.process.kill()
            self.assertEqual((yield reaching), "gone")
