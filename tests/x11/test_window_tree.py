# SPDX-License-Identifier: MIT
"""The program of a window: its own process and properties, and never those of a frame around it."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.helpers import desktop
from tests.x11.stage import Other, Stage, Steps
from twisted.internet.defer import inlineCallbacks
from Xlib import X, Xatom

from typewright.interfaces.backend import BACKGROUND, HELD, LOCKED, NOWHERE, UNKNOWN, Place, Program, window_place

XTERM, NO_PROGRAM = Program("XTerm", ""), Program("", "")
FRAME = """
import os, sys
sys.stdout = sys.stderr  # python-xlib prints its warnings there
from Xlib.display import Display
display = Display()
frame = display.screen().root.create_window(0, 0, 90, 90, 0, 0)
frame.set_wm_class("xterm", "XTerm")
frame.set_wm_protocols([display.intern_atom("WM_DELETE_WINDOW")])
frame.map()
display.create_resource_object("window", int(sys.argv[1])).reparent(frame, 0, 0)
display.sync()
os.write(1, b"%d\\n" % frame.id)
sys.stdin.read()
"""


class ProgramsTest(Stage):
    def framed(self, window: int) -> tuple[desktop.Child, int]:
        """Start another process that puts `window` into its frame, which has all properties of a program."""
        environ = {**os.environ, "DISPLAY": self.display, "XAUTHORITY": "/dev/null"}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        frame = desktop.Child([sys.executable, "-c", FRAME, str(window)], env=environ, **pipes)
        self.addCleanup(frame.process.stdout.close)
        self.addCleanup(frame.process.wait)
        self.addCleanup(frame.process.stdin.close)
        return frame, int(frame.line())

    @inlineCallbacks
    def test_a_frame_is_not_taken_for_the_program_in_it(self) -> Steps:
        window = self.other.window()
        manager, frame = self.framed(window.id)
        assert (yield self.backend.programs.process(window_place(window.id))) == os.getpid()
        assert (yield self.backend.programs.process(window_place(frame))) == manager.process.pid
        assert (yield self.backend.programs.program(window_place(window.id))) == NO_PROGRAM
        assert (yield self.backend.programs.program(window_place(frame))) == XTERM

    @inlineCallbacks
    def test_what_a_program_tells_on_its_outer_window_is_found_from_the_inner_one(self) -> Steps:
        outer = self.other.window()
        inner = outer.create_window(0, 0, 9, 9, 0, X.CopyFromParent)
        outer.change_property(Xatom.WM_CLASS, Xatom.STRING, 8, b"xterm\0XTerm\0")
        self.other.display.sync()
        assert (yield self.backend.programs.program(window_place(inner.id))) == XTERM

    @inlineCallbacks
    def test_java_has_the_focus_on_a_window_of_its_own_class(self) -> Steps:
        outer = self.other.window()
        outer.set_wm_class("main", "Main")
        proxy = outer.create_window(-1, -1, 1, 1, 0, X.CopyFromParent)
        proxy.set_wm_class("Focus-Proxy-Window", "FocusProxy")
        self.other.display.sync()
        assert (yield self.backend.programs.program(window_place(proxy.id))) == Program("Main", "java")

    @inlineCallbacks
    def test_the_process_is_what_the_server_knows_and_not_what_the_program_says(self) -> Steps:
        window = self.other.window()
        window.change_property(self.other.display.intern_atom("_NET_WM_PID"), Xatom.CARDINAL, 32, [1])
        self.other.display.sync()
        assert (yield self.backend.programs.process(window_place(window.id))) == os.getpid()

    @inlineCallbacks
    def test_where_the_focus_is_the_pointers_the_window_under_it_counts(self) -> Steps:
        window = self.other.window()
        window.set_wm_class("xterm", "XTerm")
        window.warp_pointer(1, 1)
        self.other.display.set_input_focus(X.PointerRoot, X.RevertToNone, X.CurrentTime)
        self.other.display.sync()
        place = yield self.backend.focus.focused()
        assert (yield self.backend.programs.process(place)) == os.getpid()
        assert (yield self.backend.programs.program(place)) == XTERM

    @inlineCallbacks
    def test_of_a_window_that_is_gone_nothing_is_known(self) -> Steps:
        other = Other(self.display)
        window = other.window()
        other.close()
        for gone in (window_place(window.id), NOWHERE):
            assert (yield self.backend.programs.process(gone)) == 0
            assert (yield self.backend.programs.program(gone)) == NO_PROGRAM

    @inlineCallbacks
    def test_of_whoever_holds_the_keyboard_nothing_is_known(self) -> Steps:
        for place in (HELD, LOCKED, UNKNOWN, Place(BACKGROUND, self.other.root.id)):
            assert (yield self.backend.programs.process(place)) == 0
            assert (yield self.backend.programs.program(place)) == NO_PROGRAM


class WithoutResourceTest(Stage):
    server_options = ("-extension", "X-Resource")

    @inlineCallbacks
    def test_a_server_that_knows_no_processes_is_no_trouble(self) -> Steps:
        window = self.other.window()
        assert (yield self.backend.programs.process(window_place(window.id))) == 0
