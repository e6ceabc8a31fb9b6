# SPDX-License-Identifier: MIT
"""The backend as a whole: its shape, what it tells its listener, and what the command line asks without it."""

from __future__ import annotations

import struct

import Xlib.ext.xtest
from tests.helpers.desktop import keymap
from tests.x11.program import PING, Program
from tests.x11.stage import A, B, Listener, Stage, Steps, tap
from twisted.internet import reactor
from twisted.internet.defer import inlineCallbacks
from Xlib import X

from typewright.backends.x11.opening import read_keyboard, recover_display
from typewright.interfaces.backend import (
    CAPABILITIES,
    PROGRAM,
    TEXT,
    USER,
    IBackend,
    IBarrier,
    IFocus,
    IKeyboard,
    IKeyer,
    IObserver,
    IPrograms,
    ISlots,
    window_place,
    wire,
)


class SeamTest(Stage):
    def test_the_backend_and_its_parts_have_the_shape_of_the_seam(self) -> None:
        backend = wire(self.backend, IBackend)
        wire(backend.keyer, IKeyer)
        wire(backend.observer, IObserver)
        wire(backend.keyboard, IKeyboard)
        wire(backend.slots, ISlots)
        wire(backend.barrier, IBarrier)
        wire(backend.focus, IFocus)
        wire(backend.programs, IPrograms)
        self.assertEqual(backend.capabilities, set(CAPABILITIES) - {TEXT})
        self.assertEqual((backend.name, backend.committer), ("x11", None))


class ListenerTest(Stage):
    @inlineCallbacks
    def setUp(self) -> Steps:
        yield super().setUp()
        self.told: list[object] = []
        yield self.backend.start(Listener(self.told))

    @inlineCallbacks
    def tearDown(self) -> Steps:
        yield self.backend.abandon()

    @inlineCallbacks
    def until(self, *expected: object) -> Steps:
        while len(self.told) < len(expected):
            yield self.backend.focus.focused()
        self.assertEqual(self.told, list(expected))
        self.told.clear()

    @inlineCallbacks
    def test_keys_that_are_not_its_own(self) -> Steps:
        self.other.window()
        yield self.typed(tap(B))
        self.other.finger(A, down=True)
        self.other.finger(A, down=False)
        self.other.fake(B, down=True)
        self.other.fake(B, down=False)
        yield self.until(
            ("key", A, True, USER), ("key", A, False, USER), ("key", B, True, PROGRAM), ("key", B, False, PROGRAM)
        )

    @inlineCallbacks
    def test_while_another_program_types_each_write_grabs_the_server(self) -> Steps:
        self.other.window()
        sent: list[bytes] = []
        control = self.backend._control
        write = control._write

        def writing(requests: bytes) -> None:
            sent.append(control._unflushed + requests)
            write(requests)

        self.patch(control, "_write", writing)
        yield self.typed(tap(A))
        alone, sent[:] = list(sent), []
        self.other.fake(B, down=True)
        self.other.fake(B, down=False)
        yield self.until(("key", B, True, PROGRAM), ("key", B, False, PROGRAM))
        yield self.typed(tap(A))
        grabs, last = struct.pack("=BBH", 36, 0, 1), struct.pack("=BBH", 37, 0, 1)
        self.assertFalse(any(requests.startswith(grabs) for requests in alone))
        (typed,) = [requests for requests in sent if requests.startswith(grabs)]
        self.assertTrue(typed.endswith(last))

    @inlineCallbacks
    def test_clicks_layouts_and_windows_that_are_gone(self) -> Steps:
        Xlib.ext.xtest.fake_input(self.other.display, X.ButtonPress, 1)
        Xlib.ext.xtest.fake_input(self.other.display, X.ButtonRelease, 1)
        self.other.display.sync()
        yield self.until("click")
        self.layout("de")
        yield self.until(("layout", "de"))
        program = Program(self.other, PING)
        self.addCleanup(program.rest)
        yield self.backend.barrier.begin(window_place(program.window.id))
        program.window.destroy()
        self.other.display.sync()
        yield self.until(("gone", program.window.id))


class CommandLineTest(Stage):
    @inlineCallbacks
    def test_the_keyboard_is_read_and_left_as_it_is(self) -> Steps:
        self.layout("de")
        before = keymap(self.environ)
        layout, state, packing = yield read_keyboard(reactor, self.display)
        self.assertEqual((layout.name(state.group), state.held), ("de", 0))
        self.assertGreaterEqual(packing.slots, 8)
        self.assertEqual(packing.keys, ())
        self.assertEqual(keymap(self.environ), before)

    @inlineCallbacks
    def test_recovery_releases_what_is_held_down(self) -> Steps:
        yield self.backend.abandon()
        self.other.window()
        self.other.fake(A, down=True)
        self.assertEqual((yield recover_display(reactor, self.display)), 1)
        self.assertEqual(self.other.down(), [])
