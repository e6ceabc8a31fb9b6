# SPDX-License-Identifier: MIT
"""The observer: sees every key event that the server processes, by the RECORD extension, and confirms ours."""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Callable, Generator
from typing import Any

from twisted.internet.defer import Deferred, TimeoutError, inlineCallbacks  # noqa: A004
from Xlib import X
from Xlib.ext import record

from typewright.errors import DisplayLost, ExtensionMissing
from typewright.plan.chords import ANY_STATE, GROUP_MASK, MODIFIERS_MASK, KeyEvent
from typewright.x11.connection import GET_INPUT_FOCUS, Connection, Extension
from typewright.x11.devices import Devices

NAME = record.extname
_FROM_SERVER, _START_OF_DATA = 0, 4
_HEADER = 32
_EVENT = struct.Struct("=BB2xI20xH2x")
_COMPARED = MODIFIERS_MASK | GROUP_MASK
_START_TIMEOUT_S = 2.0
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
    I wait for. Others pass by: `on_user_key(keycode, pressed)` hears of those from real keyboards.
    """

    def __init__(self, control: Connection, data: Connection, extension: Extension, devices: Devices) -> None:
        self._control = control
        self._data = data
        self._major = extension.major
        self._devices = devices
        self._expected: deque[tuple[KeyEvent, Deferred[bool]]] = deque()
        self._started: Deferred[None] = Deferred()
        devices.on_key = self._on_key
        self.on_user_key: Callable[[int, bool], None] = lambda keycode, pressed: None

    @inlineCallbacks
    def start(self, clock: Any) -> Generator[Deferred[Any], Any, None]:
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
            yield self._started.addTimeout(_START_TIMEOUT_S, clock)
        except TimeoutError:
            raise ExtensionMissing(f"{NAME} (it does not begin to record)") from None

    def confirm(self, event: KeyEvent) -> Deferred[bool]:
        """See `IObserver`."""
        confirmation: Deferred[bool] = Deferred()
        self._expected.append((event, confirmation))
        return confirmation

    def forget(self) -> None:
        """See `IObserver`."""
        expected, self._expected = self._expected, deque()
        for _, confirmation in expected:
            if not confirmation.called:
                confirmation.callback(False)

    def lost(self) -> None:
        """The display is gone: who waits for a confirmation hears of it."""
        expected, self._expected = self._expected, deque()
        for _, confirmation in expected:
            if not confirmation.called:
                confirmation.errback(DisplayLost())

    def _on_data(self, reply: bytes) -> None:
        category = reply[1]
        if category == _START_OF_DATA:
            self._started.callback(None)
        elif category == _FROM_SERVER:
            for at in range(_HEADER, len(reply), 32):
                kind, keycode, time, state = _EVENT.unpack_from(reply, at)
                self._devices.recorded((keycode, kind & 0x7F == X.KeyPress, time), state)

    def _on_key(self, keycode: int, pressed: bool, state: int, ours: bool) -> None:
        if not ours:
            self.on_user_key(keycode, pressed)
            return
        if not self._expected:
            return
        (wanted, down, required), confirmation = self._expected[0]
        if wanted != keycode or down != pressed:
            return
        self._expected.popleft()
        if not confirmation.called:
            confirmation.callback(required == ANY_STATE or (required ^ state) & _COMPARED == 0)
