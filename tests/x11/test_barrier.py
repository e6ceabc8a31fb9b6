# SPDX-License-Identifier: MIT
"""The barrier: windows that answer a ping, by either route, and windows that don't."""

from __future__ import annotations

from typing import Any

from tests.x11.stage import A, Other, Stage, Steps, tap
from twisted.internet import reactor
from twisted.internet.defer import TimeoutError, inlineCallbacks  # noqa: A004
from twisted.internet.interfaces import IReadDescriptor
from Xlib import X, Xatom
from Xlib.protocol import event
from zope.interface import implementer


@implementer(IReadDescriptor)
class Answering:
    """A program that announces the ping, and answers it with `mask` after all events that came before."""

    def __init__(self, other: Other, mask: int, *, mute: bool = False) -> None:
        self.display = other.display
        self.window = other.window()
        self.mask = mask
        self.mute = mute
        self.log: list[str] = []
        self.ping = self.display.intern_atom("_NET_WM_PING")
        self.protocols = self.display.intern_atom("WM_PROTOCOLS")
        self.window.change_property(self.protocols, Xatom.ATOM, 32, [self.ping])
        self.display.sync()
        reactor.addReader(self)

    def fileno(self) -> int:
        return self.display.fileno()

    def logPrefix(self) -> str:
        return "answering"

    def connectionLost(self, reason: object) -> None:
        pass

    def doRead(self) -> None:
        for _ in range(self.display.pending_events()):
            self._take(self.display.next_event())

    def _take(self, got: Any) -> None:
        if got.type == X.KeyPress:
            self.log.append("key")
        elif got.type == X.ClientMessage and not self.mute:
            self.log.append("ping")
            root = self.display.screen().root
            answer = event.ClientMessage(window=root, client_type=self.protocols, data=(32, list(got.data[1])))
            root.send_event(answer, event_mask=self.mask)
            self.display.flush()


class BarrierTest(Stage):
    @inlineCallbacks
    def test_an_answer_by_either_mask_comes_behind_the_keys(self) -> Steps:
        for mask in (X.SubstructureNotifyMask | X.SubstructureRedirectMask, X.StructureNotifyMask):
            program = Answering(self.other, mask)
            yield self.typed([*tap(A), *tap(A)])
            level = yield self.backend.barrier.reach(program.window.id, settle=False)
            reactor.removeReader(program)
            self.assertEqual((level, program.log), ("application", ["key", "key", "ping"]))

    @inlineCallbacks
    def test_the_focus_in_a_child_window_is_pinged_at_the_top(self) -> Steps:
        program = Answering(self.other, X.SubstructureNotifyMask)
        child = program.window.create_window(0, 0, 5, 5, 0, X.CopyFromParent)
        child.map()
        self.other.display.sync()
        level = yield self.backend.barrier.reach(child.id, settle=False)
        reactor.removeReader(program)
        self.assertEqual(level, "application")

    @inlineCallbacks
    def test_a_program_that_hangs_is_given_up_by_who_asks(self) -> Steps:
        program = Answering(self.other, X.SubstructureNotifyMask, mute=True)
        waiting = self.backend.barrier.reach(program.window.id, settle=False).addTimeout(0.1, reactor)
        yield self.assertFailure(waiting, TimeoutError)
        program.mute = False
        level = yield self.backend.barrier.reach(program.window.id, settle=False)
        reactor.removeReader(program)
        self.assertEqual(level, "application")

    @inlineCallbacks
    def test_a_window_that_cannot_answer_is_waited_for_where_that_matters(self) -> Steps:
        window = self.other.window()
        for settle, least in ((False, 0.0), (True, self.settle_s)):
            before = reactor.seconds()
            level = yield self.backend.barrier.reach(window.id, settle=settle)
            self.assertEqual(level, "server")
            self.assertGreaterEqual(reactor.seconds() - before, least)

    @inlineCallbacks
    def test_a_window_that_is_gone_is_no_error(self) -> Steps:
        level = yield self.backend.barrier.reach(0x3FFFFF, settle=False)
        self.assertEqual(level, "server")

    @inlineCallbacks
    def test_nothing_of_the_root_window_is_heard_between_pings(self) -> Steps:
        program = Answering(self.other, X.SubstructureNotifyMask)
        yield self.backend.barrier.reach(program.window.id, settle=False)
        reactor.removeReader(program)
        heard: list[int] = []
        for code in (X.MapNotify, X.ConfigureNotify, X.CreateNotify):
            self.backend._control.listen(code, lambda frame: heard.append(frame[0]))
        self.other.window()
        yield self.backend.focus.focused()
        self.assertEqual(heard, [])
