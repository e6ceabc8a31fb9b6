# SPDX-License-Identifier: MIT
"""The barrier of a program that sends its keys through an XIM server, with a fake of each."""

from __future__ import annotations

from typing import Any

import pytest
from tests.x11.program import PING, Program
from tests.x11.stage import A, Other, Stage, Steps, tap
from twisted.internet import reactor
from twisted.internet.defer import Deferred, TimeoutError, inlineCallbacks  # noqa: A004
from Xlib import X, Xatom

from typewright.backends.x11.traits import INPUT_METHOD
from typewright.interfaces.backend import Pace, window_place

CONVERSATION = (0, 0, 1, 1, 1)
"""The window that libX11 opens for its conversation with an XIM server: place, size, border."""


class Server(Program):
    """An XIM server, which tells its transport; notes that in the `log` of the program that it serves."""

    def __init__(self, other: Other, served: Program) -> None:
        super().__init__(other)
        self.log = served.log
        self.name = self.display.intern_atom("@server=fake")
        self.window.set_selection_owner(self.name, X.CurrentTime)
        servers = self.display.intern_atom("XIM_SERVERS")
        self.root.change_property(servers, Xatom.ATOM, 32, [self.name])
        served.window.set_input_focus(X.RevertToNone, X.CurrentTime)
        self.display.sync()

    def refuse(self, requestor: Any, selection: int, time: int) -> None:
        """Answer, rather, with what is asked for."""
        self.log[-1] = "server"
        if not self.mute:
            transport = self.display.intern_atom("TRANSPORT")
            requestor.change_property(selection, Xatom.STRING, 8, b"@transport=X/")
            self.notify(requestor, selection, time, transport, selection)


class InputMethodTest(Stage):
    @inlineCallbacks
    def setUp(self) -> Steps:
        yield super().setUp()
        self.program = Program(self.other, PING)
        self.addCleanup(self.program.rest)
        self.serving = Other(self.display)
        self.server: Server | None = Server(self.serving, self.program)
        self.addCleanup(self.end)
        yield self.backend.focus.focused()

    def end(self) -> None:
        """Have the server end, if it has not."""
        if self.server is not None:
            self.server.rest()
            self.serving.close()
        self.server = None

    def converse(self) -> Any:
        window = self.other.root.create_window(*CONVERSATION, X.CopyFromParent)
        self.other.display.sync()
        return window

    def reach(self, *, settle: bool = False) -> Deferred[str]:
        return self.backend.barrier.reach(window_place(self.program.window.id), settle=settle)

    @pytest.mark.promise("barrier")
    @inlineCallbacks
    def test_the_server_is_asked_after_the_program_and_then_the_program_again(self) -> Steps:
        self.converse()
        pace = yield self.backend.barrier.begin(window_place(self.program.window.id))
        yield self.typed(tap(A))
        level = yield self.reach()
        self.program.rest()
        self.assertEqual((pace, level), (INPUT_METHOD.pace, "server"))
        self.assertEqual(self.program.log, ["key", "ping", *["server", "ping"] * INPUT_METHOD.rounds])

    @inlineCallbacks
    def test_a_server_that_has_answered_is_waited_for(self) -> Steps:
        self.converse()
        yield self.reach()
        self.server.mute = True
        yield self.assertFailure(self.reach().addTimeout(0.5, reactor), TimeoutError)

    @inlineCallbacks
    def test_one_that_never_answers_is_left_out(self) -> Steps:
        self.converse()
        self.server.mute = True
        self.assertEqual((yield self.reach()), "server")
        self.assertEqual(self.program.log.count("server"), 1)
        yield self.reach()
        self.assertEqual(self.program.log.count("server"), 1)

    @inlineCallbacks
    def test_keycodes_are_kept_for_a_while_after_the_answer(self) -> Steps:
        self.converse()
        yield self.reach()
        before = reactor.seconds()
        self.assertEqual((yield self.reach(settle=True)), "server")
        self.assertGreaterEqual(reactor.seconds() - before, self.settle_s)

    @inlineCallbacks
    def test_a_program_that_does_not_converse_with_it_is_a_plain_one(self) -> Steps:
        for place in ((0, 0, 1, 1, 0), (5, 0, 1, 1, 1), (0, 0, 2, 1, 1)):
            self.other.root.create_window(*place, X.CopyFromParent)
        self.converse().map()
        self.other.display.sync()
        pace = yield self.backend.barrier.begin(window_place(self.program.window.id))
        self.assertEqual((pace, (yield self.reach())), (Pace(), "application"))
        self.assertEqual(self.program.log, ["ping"])

    @inlineCallbacks
    def test_after_a_server_has_ended_its_programs_are_plain_ones(self) -> Steps:
        self.converse()
        self.assertEqual((yield self.reach()), "server")
        self.end()
        self.backend.barrier.end()
        self.assertEqual((yield self.reach()), "application")

    @inlineCallbacks
    def test_a_property_with_nonsense_names_no_servers(self) -> Steps:
        self.converse()
        servers = self.other.display.intern_atom("XIM_SERVERS")
        self.other.root.change_property(servers, Xatom.ATOM, 32, [0, 0x1FFFFFFF] * 500)
        self.other.display.sync()
        self.assertEqual((yield self.reach()), "application")
