# SPDX-License-Identifier: MIT
"""The observer: sees every key event that the server processes, by the RECORD extension, and confirms ours."""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Callable, Generator, Sequence
from typing import Any

from twisted.internet.defer import Deferred, TimeoutError, inlineCallbacks  # noqa: A004
from Xlib import X
from Xlib.ext import record

from typewright.backends.x11.connection import Connection
from typewright.backends.x11.event_sources import NO_DEVICE, Devices
from typewright.backends.x11.requests import GET_INPUT_FOCUS, Extension
from typewright.errors import DisplayLost, ExtensionMissing
from typewright.interfaces.backend import OURS, PROGRAM, REPEAT, SWALLOWED, USER, IClock, IDelayed, Stray
from typewright.keymap.chords import ANY_STATE, GROUP_MASK, MODIFIERS_MASK, KeyEvent

NAME = record.extname
_FROM_SERVER, _START_OF_DATA = 0, 4
_HEADER = 32
_EVENT = struct.Struct("=BB2xI20xH2x")
_COMPARED = MODIFIERS_MASK | GROUP_MASK
_START_TIMEOUT_S = 2.0
_DOUBT_S = 0.1
_KEPT = 256
KEY_EVENTS_ONLY = {
    "core_requests": (0, 0),
    "core_replies": (0, 0),
    "ext_requests": (0, 0, 0, 0),
    "ext_replies": (0, 0, 0, 0),
    "delivered_events": (0, 0),
    "device_events": (X.KeyPress, X.KeyRelease),
    "errors": (0, 0),
    "client_started": False,
    "client_died": False,
}


class Observer:
    """
    I confirm key events in the order in which I was asked to.

    An event counts as ours when its key, its direction and its source, the XTEST keyboard, are those of the next one that
    I wait for. The others are strays: kept as long as somebody types, and no longer, for they may be what the user types.
    `on_stray(stray)` is called for each event that is not ours, whether anybody types or not, and `on_click()` when a button
    of the pointer is pressed.
    """

    def __init__(self, control: Connection, data: Connection, extension: Extension, devices: Devices, clock: IClock) -> None:
        self._clock: Any = clock  # the type checker can't see that a clock is Twisted's IReactorTime
        self._control = control
        self._data = data
        self._major = extension.major
        self._devices = devices
        self._expected: deque[tuple[KeyEvent, Deferred[bool]]] = deque()
        self._strays: deque[Stray] = deque(maxlen=_KEPT)
        self._look_call: IDelayed | None = None
        self._doubted: object = None
        self._started: Deferred[None] = Deferred()
        self.on_stray: Callable[[Stray], None] = lambda stray: None
        self.on_click: Callable[[], None] = lambda: None
        devices.on_key = self._on_key
        devices.on_button = lambda: self.on_click()
        devices.on_swallowed = self._on_swallowed

    @inlineCallbacks
    def start(self) -> Generator[Deferred[Any], Any, None]:
        """
        Fires when the server records. `data` belongs to RECORD from then on.

        Errbacks with ExtensionMissing when the recording does not begin within 2 s.
        """
        context = self._control.new_id()
        create = record.CreateContext._request.to_binary(
            opcode=self._major,
            context=context,
            element_header=0,
            clients=[record.AllClients],
            ranges=[KEY_EVENTS_ONLY],
        )
        self._control.send(create)
        # The server must know the context before the other connection names it; any reply proves that.
        yield self._control.ask(GET_INPUT_FOCUS)
        self._data.stream(struct.pack("=BBHI", self._major, 5, 2, context), self._on_data)
        try:
            yield self._started.addTimeout(_START_TIMEOUT_S, self._clock)
        except TimeoutError:
            raise ExtensionMissing(f"{NAME} (it does not begin to record)") from None

    def confirm(self, event: KeyEvent) -> Deferred[bool]:
        """See `IObserver`."""
        confirmation: Deferred[bool] = Deferred()
        self._expected.append((event, confirmation))
        if self._look_call is None:
            self._look_call = self._clock.callLater(_DOUBT_S, self._look)
        return confirmation

    def strays(self) -> Sequence[Stray]:
        """See `IObserver`."""
        if not self._strays:
            return ()
        strays = tuple(self._strays)
        self._strays.clear()
        return strays

    def forget(self) -> None:
        """See `IObserver`."""
        self._stop_looking()
        self._strays.clear()
        expected, self._expected = self._expected, deque()
        for _, confirmation in expected:
            if not confirmation.called:
                confirmation.callback(False)

    def lost(self) -> None:
        """The display is gone: who waits for a confirmation hears of it."""
        self._stop_looking()
        expected, self._expected = self._expected, deque()
        for _, confirmation in expected:
            if not confirmation.called:
                confirmation.errback(DisplayLost())

    def _look(self) -> None:
        """When one confirmation has been waited for since the last look, find out whether the server swallowed its event."""
        waiting = self._expected[0] if self._expected else None
        if waiting is not None and waiting is self._doubted:
            settle = self._devices.over()
            # At the first reply RECORD's data has left the server, at the second one it has been read.
            asked = self._control.ask(GET_INPUT_FOCUS).addCallback(lambda reply: self._control.ask(GET_INPUT_FOCUS))
            asked.addCallbacks(lambda reply: settle(), lambda failure: None)
        self._doubted = waiting
        self._look_call = self._clock.callLater(_DOUBT_S, self._look)

    def _stop_looking(self) -> None:
        if self._look_call is not None:
            self._look_call.cancel()
            self._look_call = None

    def _on_data(self, reply: bytes) -> None:
        category = reply[1]
        if category == _START_OF_DATA:
            self._started.callback(None)
        elif category == _FROM_SERVER:
            for at in range(_HEADER, len(reply), 32):
                kind, keycode, time, state = _EVENT.unpack_from(reply, at)
                self._devices.recorded(keycode, kind & 0x7F == X.KeyPress, time, state)

    def _on_key(self, keycode: int, pressed: bool, state: int, device: int) -> None:
        if device == self._devices.xtest and self._expected:
            (wanted, down, required), confirmation = self._expected[0]
            if wanted == keycode and down == pressed:
                self._expected.popleft()
                as_sent = required == ANY_STATE or (required ^ state) & _COMPARED == 0
                if not as_sent:
                    self._strays.append(Stray(keycode, pressed, state, OURS))
                if not confirmation.called:
                    confirmation.callback(as_sent)
                return
        source = REPEAT if device == NO_DEVICE else PROGRAM if device == self._devices.xtest else USER
        stray = Stray(keycode, pressed, state, source)
        if self._look_call is not None:
            self._strays.append(stray)
        self.on_stray(stray)

    def _on_swallowed(self, keycode: int, pressed: bool, device: int) -> None:
        if device != self._devices.xtest or not self._expected:
            return
        (wanted, down, _), confirmation = self._expected[0]
        if wanted == keycode and down == pressed:
            self._expected.popleft()
            self._strays.append(Stray(keycode, pressed, ANY_STATE, SWALLOWED))
            if not confirmation.called:
                confirmation.callback(False)
