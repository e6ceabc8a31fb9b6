# SPDX-License-Identifier: MIT
"""The barrier, with fake programs that answer in each of the ways, late, wrongly, or never."""

from __future__ import annotations

from typing import Any

import pytest
from tests.x11.program import PING, Program
from tests.x11.stage import A, Other, Stage, Steps, tap
from twisted.internet import reactor
from twisted.internet.defer import Deferred, TimeoutError, inlineCallbacks  # noqa: A004
from Xlib import X, Xatom
from Xlib.protocol import event

from typewright.interfaces.backend import BACKGROUND, HELD, LOCKED, NOWHERE, UNKNOWN, Place, window_place


def place_of(program: Program) -> Place:
    return window_place(program.window.id)


class BarrierTest(Stage):
    settle_s = 0.3

    def program(self, announced: list[str] | None = None, mask: int = X.SubstructureNotifyMask) -> Program:
        program = Program(self.other, announced, mask)
        self.addCleanup(program.rest)
        return program

    def reach(self, program: Program, *, settle: bool = False) -> Deferred[str]:
        return self.backend.barrier.reach(place_of(program), settle=settle)

    @inlineCallbacks
    def test_an_answer_in_each_way_comes_behind_the_keys(self) -> Steps:
        ways = [
            (PING, X.SubstructureNotifyMask | X.SubstructureRedirectMask, "ping"),
            (PING, X.StructureNotifyMask, "ping"),
            ([], 0, "selection"),
            (None, 0, "selection"),
        ]
        for announced, mask, way in ways:
            program = self.program(announced, mask)
            yield self.typed([*tap(A), *tap(A)])
            level = yield self.reach(program)
            program.rest()
            self.assertEqual((level, program.log[:3]), ("application", ["key", "key", way]))

    @inlineCallbacks
    def test_the_focus_in_a_child_window_is_asked_about_at_the_top(self) -> Steps:
        program = self.program(PING)
        child = program.window.create_window(0, 0, 5, 5, 0, X.CopyFromParent)
        child.map()
        self.other.display.sync()
        level = yield self.backend.barrier.reach(window_place(child.id), settle=False)
        self.assertEqual((level, program.log), ("application", ["ping"]))

    @inlineCallbacks
    def test_a_frame_does_not_answer_for_the_window_in_it(self) -> Steps:
        manager = Other(self.display)
        self.addCleanup(manager.close)
        frame = Program(manager, PING)
        self.addCleanup(frame.rest)
        program = self.program()
        program.mute = True
        program.window.reparent(frame.window, 0, 0)
        self.other.display.sync()
        self.assertEqual((yield self.reach(program)), "server")
        self.assertEqual((frame.log, set(program.log)), ([], {"selection"}))

    @inlineCallbacks
    def test_with_the_focus_at_the_pointer_the_window_under_it_is_asked(self) -> Steps:
        program = self.program(PING)
        self.other.root.warp_pointer(10, 10)
        self.other.display.set_input_focus(X.PointerRoot, X.RevertToNone, X.CurrentTime)
        self.other.display.sync()
        level = yield self.backend.barrier.reach((yield self.backend.focus.focused()), settle=False)
        self.assertEqual((level, program.log), ("application", ["ping"]))

    @inlineCallbacks
    def test_where_nobody_can_have_the_keys_nobody_is_asked(self) -> Steps:
        self.other.root.warp_pointer(500, 500)
        places = []
        for focus in (X.NONE, X.PointerRoot, self.other.root):
            self.other.display.set_input_focus(focus, X.RevertToNone, X.CurrentTime)
            self.other.display.sync()
            places.append((yield self.backend.focus.focused()))
        self.assertEqual(places, [NOWHERE, *[Place(BACKGROUND, self.other.root.id)] * 2])
        for place in (*places, HELD, LOCKED, UNKNOWN):
            level = yield self.backend.barrier.reach(place, settle=False)
            self.assertEqual(level, "server")
        gone = window_place(0x3FFFFF)
        self.assertEqual((yield self.backend.barrier.reach(gone, settle=False)), "gone")
        before = reactor.seconds()
        yield self.backend.barrier.reach(gone, settle=True)
        self.assertGreaterEqual(reactor.seconds() - before, self.settle_s)

    @inlineCallbacks
    def test_several_are_reached_in_the_order_of_asking(self) -> Steps:
        program = self.program(PING)
        program.rest()
        reached: list[int] = []
        barriers = [
            self.reach(program).addCallback(lambda level, number=number: reached.append(number)) for number in range(3)
        ]
        yield self.backend.barrier.begin(place_of(program))
        for number in (3, 4):
            yield self.typed(tap(A))
            barriers.append(self.reach(program).addCallback(lambda level, number=number: reached.append(number)))
        self.assertEqual(reached, [])
        program.read()
        yield barriers[-1]
        self.assertEqual((reached, program.log), ([0, 1, 2, 3, 4], ["ping"] * 3 + ["key", "ping"] * 2))

    @inlineCallbacks
    def test_with_the_window_that_is_asked_goes_what_is_known_of_those_in_it(self) -> Steps:
        """The focus, and so the history, may be in a child window, as in GTK 3 and Emacs."""
        gone: list[int] = []
        self.backend.barrier.on_gone = gone.append
        program = self.program(PING)
        child = program.window.create_window(0, 0, 5, 5, 0, X.CopyFromParent)
        self.other.display.sync()
        yield self.backend.barrier.reach(window_place(child.id), settle=False)
        program.window.destroy()
        self.other.display.sync()
        yield self.backend.focus.focused()  # brings the announcement with it
        self.assertEqual(gone, [child.id], "its history would be undone in the next window of that number")

    @inlineCallbacks
    def test_a_begun_window_is_asked_in_the_very_call(self) -> Steps:
        program = self.program(PING)
        yield self.backend.barrier.begin(place_of(program))
        reaching = self.reach(program)
        yield self.typed(tap(A))
        self.assertEqual((yield reaching), "application")
        self.assertEqual(program.log[0], "ping")

    @inlineCallbacks
    def test_a_program_that_hangs_is_given_up_by_who_asks(self) -> Steps:
        program = self.program(PING)
        program.mute = True
        yield self.assertFailure(self.reach(program).addTimeout(0.1, reactor), TimeoutError)
        program.mute = False
        self.assertEqual((yield self.reach(program)), "application")

    @inlineCallbacks
    def test_the_answer_to_another_question_does_not_count(self) -> Steps:
        program = self.program([])
        self.assertEqual((yield self.reach(program)), "application")
        program.mute = True
        waiting = self.reach(program)
        yield self.backend.focus.focused()
        ours, theirs = self.barrier_window(), self.other.display.intern_atom("PRIMARY")
        program.mute = False
        program.refuse(ours, theirs, 3)
        program.refuse(ours, self.other.display.intern_atom("_TYPEWRIGHT_BARRIER"), 999)
        program.pong([self.other.display.intern_atom("_NET_WM_PING"), 999, program.window.id, 0, 0])
        self.other.display.sync()
        program.mute = True
        yield self.backend.focus.focused()
        self.assertNoResult(waiting)
        program.mute = False
        self.assertEqual((yield self.reach(program)), "application")
        self.assertEqual(self.successResultOf(waiting), "application")

    def barrier_window(self) -> Any:
        return self.other.display.create_resource_object("window", self.backend.focus.window)

    @inlineCallbacks
    def test_what_is_given_in_place_of_a_refusal_is_thrown_away(self) -> Steps:
        program = self.program([])
        yield self.reach(program)
        window, given = self.barrier_window(), self.other.display.intern_atom("_TYPEWRIGHT_BARRIER")
        window.change_property(given, Xatom.STRING, 8, b"secret")
        window.send_event(event.SelectionNotify(time=9, requestor=window, selection=given, target=given, property=given))
        self.other.display.sync()
        self.assertEqual((yield self.reach(program)), "application")
        yield self.backend.focus.focused()
        token = self.other.display.intern_atom("_TYPEWRIGHT_TOKEN")  # the backend's own
        self.assertEqual(list(window.list_properties()), [token])

    @inlineCallbacks
    def test_a_program_that_never_answers_is_waited_for_once_and_then_where_that_matters(self) -> Steps:
        program = self.program()
        program.mute = True
        for settle, waits in ((False, True), (False, False), (True, True), (True, True)):
            before = reactor.seconds()
            reaching = self.reach(program, settle=settle)
            if waits:
                self.assertEqual((yield reaching), "server")
                self.assertGreaterEqual(reactor.seconds() - before, self.settle_s)
            else:
                self.assertEqual(self.successResultOf(reaching), "server")

    @inlineCallbacks
    def test_an_answer_that_comes_late_tells_that_there_will_be_others(self) -> Steps:
        program = self.program([])
        program.rest()
        self.assertEqual((yield self.reach(program)), "server")
        self.assertEqual(self.successResultOf(self.reach(program)), "server")
        program.read()
        self.assertEqual((yield self.reach(program, settle=True)), "application")
        program.rest()
        yield self.assertFailure(self.reach(program).addTimeout(2 * self.settle_s, reactor), TimeoutError)

    @inlineCallbacks
    def test_a_program_that_dies_while_it_is_asked_is_not_waited_for(self) -> Steps:
        for announced in (PING, []):
            mortal = Other(self.display)
            program = Program(mortal, announced)
            self.assertEqual((yield self.reach(program)), "application")
            program.rest()
            waiting = [self.reach(program), self.reach(program)]
            yield self.backend.focus.focused()
            mortal.close()
            for reaching in waiting:
                self.assertEqual((yield reaching), "gone")
            self.assertEqual((yield self.reach(program)), "gone")

    @inlineCallbacks
    def test_the_next_program_with_the_same_window_number_is_found_out_anew(self) -> Steps:
        first = Other(self.display)
        program = Program(first, [])
        gone: list[int] = []
        self.backend.barrier.on_gone = gone.append
        self.assertEqual((yield self.reach(program)), "application")
        self.backend.barrier.end()
        program.rest()
        first.close()
        second = Other(self.display)
        self.addCleanup(second.close)
        successor = Program(second, None)
        self.addCleanup(successor.rest)
        successor.mute = True
        self.assertEqual(successor.window.id, program.window.id)
        self.assertEqual((yield self.reach(successor)), "server")
        self.assertEqual(gone, [program.window.id])

    @inlineCallbacks
    def test_programs_that_were_asked_long_ago_are_forgotten(self) -> Steps:
        for _ in range(40):
            program = self.program([])
            program.rest()
            yield self.backend.barrier.begin(place_of(program))
        self.assertEqual(len(self.backend.barrier._known), 32)
        for _ in range(300):
            self.reach(program, settle=True).addErrback(lambda failure: None).cancel()
        self.assertEqual(len(self.backend.barrier._asked), 256)

    @pytest.mark.promise("idle")
    @inlineCallbacks
    def test_nothing_of_the_root_window_is_heard_between_jobs(self) -> Steps:
        program = self.program(PING)
        yield self.reach(program)
        self.backend.barrier.end()
        program.rest()
        heard: list[int] = []
        for code in (X.MapNotify, X.ConfigureNotify, X.CreateNotify):
            self.backend._control.listen(code, lambda frame: heard.append(frame[0]))
        self.other.window()
        yield self.backend.focus.focused()
        self.assertEqual(heard, [])
