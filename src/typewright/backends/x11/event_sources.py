# SPDX-License-Identifier: MIT
"""
The sources of key events: XInput2's raw events name the device, which tells the XTEST keyboard from the user's.

Source: XI2proto 2.2. python-xlib asks for version 2.0, whose raw events stop while another client holds a grab, so the few
requests are packed here. Raw events must not travel on the connection that RECORD writes to: with events of its own pending
there, Xvfb 21.1.7 frees an output buffer twice (docs/design-decisions.md).
"""

from __future__ import annotations

import math
import struct
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from twisted.internet.defer import Deferred

from typewright.backends.x11.connection import Connection
from typewright.backends.x11.requests import GET_INPUT_FOCUS, Extension
from typewright.backends.x11.xtest import NO_KEY, keyboard
from typewright.interfaces.backend import PROGRAM, REPEAT, USER
from typewright.keymap.chords import State

_RAW_KEY_PRESS, _RAW_KEY_RELEASE, _RAW_BUTTON_PRESS, _RAW_TOUCH_BEGIN = 13, 14, 15, 22
_WHEEL = range(4, 8)
_ALL_MASTERS = 1
_RAW = struct.Struct("=8xH2xIIH")
_KEPT = 256
_LATEST = 1 << 32


class _Recorded(NamedTuple):
    """A key event that RECORD has shown; `fresh` tells a press of a key that was up from a repeat."""

    keycode: int
    pressed: bool
    time: int
    state: State
    fresh: bool


@dataclass(eq=False, slots=True)
class _Sent:
    """A key event that a device has sent; `up` is when it released the key again. Times are the server's milliseconds."""

    keycode: int
    pressed: bool
    time: int
    device: int
    up: float = math.inf

    def is_over_by(self, time: float) -> bool:
        """Return whether the server has processed this by `time`, or never will: SlowKeys may yet accept a held key."""
        return not self.pressed or self.up <= time

    def matches(self, recorded: _Recorded) -> bool:
        """Return whether RECORD may have shown this event; SlowKeys let a press through later than it was sent."""
        keycode, pressed, time, _, fresh = recorded
        if keycode != self.keycode or pressed != self.pressed:
            return False
        return time == self.time or (pressed and fresh and self.time < time <= self.up)


class EventSources:
    """
    Joins each key event that RECORD shows with the raw event that it came from, and so finds its source.

    The two come on two connections, each in the order of the server; either may arrive first. When both are there,
    `on_key(keycode, pressed, state, source)` is called, with USER or PROGRAM; PROGRAM is the XTEST keyboard, used by any
    client. An event that RECORD shows and no device sent is the server's auto-repeat: it is known for that, with the source
    REPEAT, when a later event has been joined. An event that a device sent and RECORD does not show was swallowed, by
    SlowKeys or BounceKeys: `on_swallowed(keycode, pressed)` is called when that is certain, for those of the XTEST keyboard.
    `on_button()` is called when a button other than the wheel is pressed, or the screen is touched. Wait for `start` first.
    """

    def __init__(self, connection: Connection, extension: Extension) -> None:
        self._connection = connection
        self._extension = extension
        self._sent: deque[_Sent] = deque(maxlen=_KEPT)
        self._recorded: deque[_Recorded] = deque(maxlen=_KEPT)
        self._down: set[int] = set()
        self._no_key_down = False
        self.xtest = 0
        """The device number of the XTEST keyboard."""
        self.on_key: Callable[[int, bool, State, str], None] = lambda keycode, pressed, state, source: None
        self.on_swallowed: Callable[[int, bool], None] = lambda keycode, pressed: None
        self.on_button: Callable[[], None] = lambda: None

    def start(self) -> Deferred[Any]:
        """Fires when the XTEST keyboard's number is known and raw events are selected."""
        major, root = self._extension.major, self._connection.root

        def found(number: int) -> None:
            self.xtest = number
            # A touch has no raw button event: it becomes a click only where it is delivered.
            mask = 1 << _RAW_KEY_PRESS | 1 << _RAW_KEY_RELEASE | 1 << _RAW_BUTTON_PRESS | 1 << _RAW_TOUCH_BEGIN
            self._connection.listen_generic(major, self._on_raw)
            self._connection.send(struct.pack("=BBHIH2xHHI", major, 46, 5, root, 1, _ALL_MASTERS, 1, mask))

        return self._connection.carry_out(keyboard(self._extension)).addCallback(found)

    def recorded(self, keycode: int, pressed: bool, time: int, state: State) -> None:
        """Take in a key event that RECORD has shown."""
        recorded = _Recorded(keycode, pressed, time, state, keycode not in self._down)
        (self._down.add if pressed else self._down.discard)(keycode)
        for index, sent in enumerate(self._sent):
            if sent.matches(recorded):
                del self._sent[index]
                if index:
                    self._pass(index, recorded)
                if sent.time == time:
                    self._report_repeats(len(self._recorded))
                self._report(recorded, sent.device)
                return
        self._recorded.append(recorded)

    def find_swallowed(self) -> None:
        """
        Have `on_swallowed` called for what was sent up to now and swallowed, as soon as that is certain.

        It is when RECORD has shown all that it will ever show of it: at the first reply RECORD's data have left the server,
        at the second they have been read.
        """
        over = [sent for sent in self._sent if sent.is_over_by(_LATEST)]

        def settle(reply: bytes) -> None:
            for sent in over:
                if sent in self._sent:
                    self._sent.remove(sent)
                    self._report_swallowed(sent)

        asked = self._connection.ask(GET_INPUT_FOCUS).addCallback(lambda reply: self._connection.ask(GET_INPUT_FOCUS))
        asked.addCallbacks(settle, lambda failure: None)

    def _on_raw(self, event: bytes) -> None:
        kind, time, keycode, device = _RAW.unpack_from(event)
        if kind == _RAW_TOUCH_BEGIN or (kind == _RAW_BUTTON_PRESS and keycode not in _WHEEL):
            self.on_button()
        if kind not in (_RAW_KEY_PRESS, _RAW_KEY_RELEASE):
            return
        if keycode == NO_KEY:
            # This service only releases it, to wake the keyboard. Another program may press it: xcape puts space there.
            pressed_before, self._no_key_down = self._no_key_down, kind == _RAW_KEY_PRESS
            if not (pressed_before or self._no_key_down):
                return
        sent = _Sent(keycode, kind == _RAW_KEY_PRESS, time, device)
        if not sent.pressed:
            for earlier in self._sent:
                if earlier.keycode == keycode and earlier.pressed and earlier.device == device:
                    earlier.up = min(earlier.up, time)
        for index, recorded in enumerate(self._recorded):
            if sent.matches(recorded):
                del self._recorded[index]
                self._pass(len(self._sent), recorded)
                if sent.time == recorded.time:
                    self._report_repeats(index)
                self._report(recorded, device)
                return
        self._sent.append(sent)

    def _pass(self, count: int, recorded: _Recorded) -> None:
        """
        Take the first `count` events that were sent before `recorded` as swallowed, except a press that SlowKeys may still
        let through. Before another press there is none such: SlowKeys let only the last press through.
        """
        passed = [self._sent.popleft() for _ in range(count)]
        kept = [] if recorded.pressed else [each for each in passed if not each.is_over_by(recorded.time)]
        self._sent.extendleft(reversed(kept))
        for each in passed:
            if each not in kept:
                self._report_swallowed(each)

    def _report_repeats(self, count: int) -> None:
        """Report the `count` oldest recorded events as repeats: an event sent after them is there, and they are not."""
        for _ in range(count):
            repeat = self._recorded.popleft()
            self.on_key(repeat.keycode, repeat.pressed, repeat.state, REPEAT)

    def _report(self, recorded: _Recorded, device: int) -> None:
        self.on_key(recorded.keycode, recorded.pressed, recorded.state, PROGRAM if device == self.xtest else USER)

    def _report_swallowed(self, sent: _Sent) -> None:
        if sent.device == self.xtest:
            self.on_swallowed(sent.keycode, sent.pressed)
