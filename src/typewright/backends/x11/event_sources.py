# SPDX-License-Identifier: MIT
"""
Whose key was that? XInput2's raw events carry the source device, so our XTEST keyboard can be told from fingers.

Source: XI2proto 2.2. python-xlib asks for version 2.0, whose raw events stop while another client holds a grab, so the few
requests are packed here. The raw events must not travel on the connection that RECORD writes to: with events of its own
pending there, Xvfb 21.1.7 frees an output buffer twice (docs/why.md).
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
from typewright.backends.x11.requests import Extension
from typewright.backends.x11.xtest import NO_KEY, keyboard

_RAW_KEY_PRESS, _RAW_KEY_RELEASE, _RAW_BUTTON_PRESS, _RAW_TOUCH_BEGIN = 13, 14, 15, 22
_WHEEL = range(4, 8)
_ALL_MASTERS = 1
_RAW = struct.Struct("=8xH2xIIH")
_KEPT = 256
_LATEST = 1 << 32

NO_DEVICE = 0
"""The source of what the server made up by itself."""


class _Shown(NamedTuple):
    """What RECORD has shown; `fresh` tells a press of a key that was up from a repeat."""

    keycode: int
    pressed: bool
    time: int
    state: int
    fresh: bool


@dataclass(eq=False, slots=True)
class _Sent:
    """What a device has sent; `up` is when it let go of the key again. Times are the server's milliseconds."""

    keycode: int
    pressed: bool
    time: int
    device: int
    up: float = math.inf

    def is_over_by(self, time: float) -> bool:
        """Whether the server has processed this by `time` or never will: SlowKeys may yet let a key through that is down."""
        return not self.pressed or self.up <= time

    def is_shown_by(self, shown: _Shown) -> bool:
        """Whether this may be what RECORD has shown; SlowKeys let a press through later than it was sent."""
        keycode, pressed, time, _, fresh = shown
        if keycode != self.keycode or pressed != self.pressed:
            return False
        return time == self.time or (pressed and fresh and self.time < time <= self.up)


class Devices:
    """
    I join what RECORD shows with the raw event that it came from, and so know its source.

    The two come on two connections, each in the order of the server, and either may be first. `on_key(keycode, pressed,
    state, device)` is called when both are there. What RECORD shows and no device sent is the server's own auto-repeat: it
    is known as such, device 0, when a later event has been joined. What a device sent and RECORD doesn't show was swallowed,
    by SlowKeys or BounceKeys: `on_swallowed(keycode, pressed, device)` is called when that is certain. `on_button()` is
    called when a button is pressed, but for the wheel, or the screen is touched. Wait for `prepare`.
    """

    def __init__(self, connection: Connection, extension: Extension) -> None:
        self._connection = connection
        self._extension = extension
        self._sent: deque[_Sent] = deque(maxlen=_KEPT)
        self._recorded: deque[_Shown] = deque(maxlen=_KEPT)
        self._down: set[int] = set()
        self.xtest = 0
        self.on_key: Callable[[int, bool, int, int], None] = lambda keycode, pressed, state, device: None
        self.on_swallowed: Callable[[int, bool, int], None] = lambda keycode, pressed, device: None
        self.on_button: Callable[[], None] = lambda: None

    def prepare(self) -> Deferred[Any]:
        """Fires when the XTEST keyboard's number is known and raw events are on their way."""
        major, root = self._extension.major, self._connection.root

        def found(number: int) -> None:
            self.xtest = number
            # A touch becomes a click only where it is delivered: there is no raw button for it.
            mask = 1 << _RAW_KEY_PRESS | 1 << _RAW_KEY_RELEASE | 1 << _RAW_BUTTON_PRESS | 1 << _RAW_TOUCH_BEGIN
            self._connection.listen_generic(major, self._on_raw)
            self._connection.send(struct.pack("=BBHIH2xHHI", major, 46, 5, root, 1, _ALL_MASTERS, 1, mask))

        return self._connection.carry_out(keyboard(self._extension)).addCallback(found)

    def recorded(self, keycode: int, pressed: bool, time: int, state: int) -> None:
        """RECORD has shown a key event, under this state, at the server's `time` in milliseconds."""
        shown = _Shown(keycode, pressed, time, state, keycode not in self._down)
        (self._down.add if pressed else self._down.discard)(keycode)
        for index, sent in enumerate(self._sent):
            if sent.is_shown_by(shown):
                del self._sent[index]
                if index:
                    self._pass(index, shown)
                if sent.time == time:
                    self._repeated(len(self._recorded))
                self._join(shown, sent.device)
                return
        self._recorded.append(shown)

    def over(self) -> Callable[[], None]:
        """What to call once RECORD has shown all that it will ever show of what was sent up to now."""
        over = [sent for sent in self._sent if sent.is_over_by(_LATEST)]

        def settle() -> None:
            for sent in over:
                if sent in self._sent:
                    self._sent.remove(sent)
                    self.on_swallowed(sent.keycode, sent.pressed, sent.device)

        return settle

    def _on_raw(self, event: bytes) -> None:
        kind, time, keycode, device = _RAW.unpack_from(event)
        if kind == _RAW_TOUCH_BEGIN or (kind == _RAW_BUTTON_PRESS and keycode not in _WHEEL):
            self.on_button()
        if kind not in (_RAW_KEY_PRESS, _RAW_KEY_RELEASE) or keycode == NO_KEY:
            return
        sent = _Sent(keycode, kind == _RAW_KEY_PRESS, time, device)
        if not sent.pressed:
            for earlier in self._sent:
                if earlier.keycode == keycode and earlier.pressed and earlier.device == device:
                    earlier.up = min(earlier.up, time)
        for index, shown in enumerate(self._recorded):
            if sent.is_shown_by(shown):
                del self._recorded[index]
                self._pass(len(self._sent), shown)
                if sent.time == shown.time:
                    self._repeated(index)
                self._join(shown, device)
                return
        self._sent.append(sent)

    def _pass(self, count: int, shown: _Shown) -> None:
        """
        Of what was sent, the first `count` came before what is now `shown`, and were swallowed: but for a press that
        SlowKeys may still let through. Ahead of another press there is none such: they let through only the last one.
        """
        passed = [self._sent.popleft() for _ in range(count)]
        kept = [] if shown.pressed else [each for each in passed if not each.is_over_by(shown.time)]
        self._sent.extendleft(reversed(kept))
        for each in passed:
            if each not in kept:
                self.on_swallowed(each.keycode, each.pressed, each.device)

    def _repeated(self, count: int) -> None:
        """The `count` events that were recorded first will never be joined: what was sent after them has come."""
        for _ in range(count):
            self._join(self._recorded.popleft(), NO_DEVICE)

    def _join(self, shown: _Shown, device: int) -> None:
        self.on_key(shown.keycode, shown.pressed, shown.state, device)
