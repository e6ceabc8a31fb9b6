# SPDX-License-Identifier: MIT
"""The stage of the X11 tests: a backend in this process on a private Xvfb, and other clients and users of the display."""

from __future__ import annotations

import os
from collections.abc import Generator, Sequence
from typing import Any
from unittest import mock

import Xlib.ext.xtest
import Xlib.XK
from tests.helpers.desktop import run, xvfb
from twisted.internet import reactor
from twisted.internet.defer import Deferred, inlineCallbacks
from twisted.trial.unittest import TestCase
from Xlib import X
from Xlib.display import Display
from Xlib.protocol import rq

from typewright.backends.x11.backend import X11Backend
from typewright.backends.x11.opening import open_backend
from typewright.interfaces.backend import Loan, Place, Stray
from typewright.keymap.chords import KeyEvent, State
from typewright.keymap.packing import Lent

A, B, SHIFT = 38, 56, 50
"""Keycodes of an evdev keyboard."""
FINGERS = 7
"""The slave device that Xvfb calls its keyboard."""

Steps = Generator[Deferred[Any], Any, None]


def state(modifiers: int = 0, group: int = 0) -> State:
    return State(group, modifiers)


def press(keycode: int, modifiers: int = 0, group: int = 0) -> KeyEvent:
    return KeyEvent(keycode, True, state(modifiers, group))


def release(keycode: int, modifiers: int = 0, group: int = 0) -> KeyEvent:
    return KeyEvent(keycode, False, state(modifiers, group))


def tap(keycode: int, group: int = 0) -> list[KeyEvent]:
    return [press(keycode, group=group), release(keycode, group=group)]


class _OpenDevice(rq.ReplyRequest):
    _request = rq.Struct(rq.Card8("opcode"), rq.Opcode(3), rq.RequestLength(), rq.Card8("device"), rq.Pad(3))
    _reply = rq.Struct(
        rq.ReplyCode(), rq.Pad(1), rq.Card16("sequence_number"), rq.ReplyLength(), rq.Card8("classes"), rq.Pad(23)
    )


class _FakeDeviceInput(rq.Request):
    _request = rq.Struct(
        rq.Card8("opcode"), rq.Opcode(2), rq.RequestLength(), rq.Card8("event_type"), rq.Card8("detail"), rq.Pad(2),
        rq.Card32("time"), rq.Card32("root"), rq.Pad(8), rq.Int16("x"), rq.Int16("y"), rq.Pad(7), rq.Card8("device"),
    )  # fmt: skip


class Other:
    """Another client of the display: creates windows, takes the focus, holds keys, grabs."""

    def __init__(self, display: str) -> None:
        self.display = Display(display)
        self.root = self.display.screen().root

    def window(self, mask: int = X.KeyPressMask) -> Any:
        """Return a mapped window with the focus."""
        window = self.root.create_window(0, 0, 40, 40, 0, X.CopyFromParent, event_mask=mask | X.StructureNotifyMask)
        window.map()
        while self.display.next_event().type != X.MapNotify:
            pass
        window.set_input_focus(X.RevertToNone, X.CurrentTime)
        self.display.sync()
        return window

    def fake(self, keycode: int, *, down: bool) -> None:
        """Send a key by XTEST, as any program may."""
        Xlib.ext.xtest.fake_input(self.display, X.KeyPress if down else X.KeyRelease, keycode)
        self.display.sync()

    def finger(self, keycode: int, *, down: bool) -> None:
        """Send a key from the keyboard itself: no program can tell it from a finger."""
        xinput = self.display.query_extension("XInputExtension")
        _OpenDevice(display=self.display.display, opcode=xinput.major_opcode, device=FINGERS)
        _FakeDeviceInput(
            display=self.display.display,
            opcode=self.display.query_extension("XTEST").major_opcode,
            event_type=xinput.first_event + (1 if down else 2), detail=keycode, time=0, root=0, x=0, y=0, device=FINGERS,
        )  # fmt: skip
        self.display.sync()

    def down(self) -> list[int]:
        """Return the keycodes that are down."""
        bits = self.display.query_keymap()
        return [code for code in range(256) if bits[code // 8] >> (code % 8) & 1]

    def got(self, window: Any) -> list[tuple[int, int]]:
        """Return the key presses, as (keycode, state), that the window's program has received."""
        self.display.sync()
        events = [self.display.next_event() for _ in range(self.display.pending_events())]
        return [(event.detail, event.state) for event in events if event.type == X.KeyPress and event.window == window]

    def close(self) -> None:
        self.display.close()


class Listener:
    """Notes what a backend tells."""

    def __init__(self, told: list[object]) -> None:
        self._told = told

    def lost(self) -> None:
        self._told.append("lost")

    def layout_changed(self, name: str) -> None:
        self._told.append(("layout", name))

    def key_seen(self, stray: Stray) -> None:
        self._told.append(("key", stray.keycode, stray.pressed, stray.source))

    def clicked(self) -> None:
        self._told.append("click")

    def window_gone(self, window: int) -> None:
        self._told.append(("gone", window))

    def consent_changed(self, state: str) -> None:
        raise AssertionError("nobody asks for consent here")


class Stage(TestCase):
    """A private Xvfb for each test class, a backend and another client for each test."""

    timeout = 30
    server_options: tuple[str, ...] = ()
    settle_s = 0.05
    linger_s = 5.0
    display: str
    backend: X11Backend

    @classmethod
    def setUpClass(cls) -> None:
        cls._server = xvfb(*cls.server_options)
        cls.display = cls._server.__enter__()

    @classmethod
    def tearDownClass(cls) -> None:
        cls._server.__exit__(None, None, None)

    @inlineCallbacks
    def setUp(self) -> Steps:
        self.environ = {"PATH": os.environ["PATH"], "DISPLAY": self.display}
        self.layout("us")
        self.other = Other(self.display)
        self.addCleanup(self.other.close)
        self.backend = yield self.open()

    @inlineCallbacks
    def open(self) -> Steps:
        with mock.patch.dict(os.environ, XAUTHORITY="/dev/null"):
            backend = yield open_backend(reactor, self.display, linger_s=self.linger_s, settle_s=self.settle_s)
        self.addCleanup(backend.abandon)
        return backend

    def layout(self, *options: str) -> None:
        run(self.environ, "setxkbmap", "-option", "", *options)

    @inlineCallbacks
    def lend(self, wanted: Sequence[Lent]) -> Steps:
        """Have keycodes lent to these characters; fires with the layout then."""
        loan: Loan = yield self.backend.slots.lend(wanted)
        return loan.layout

    @inlineCallbacks
    def typed(self, events: list[KeyEvent]) -> Steps:
        """Send the events in one write; fires with the place that they went to, and the confirmations."""
        confirmations = [self.backend.observer.confirm(event) for event in events]
        place: Place = yield self.backend.keyer.send(events)
        results = []
        for confirmation in confirmations:
            results.append((yield confirmation))
        return place, results
