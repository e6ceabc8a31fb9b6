# SPDX-License-Identifier: MIT
"""The RECORD stream: every key event that the server processes, from whatever device."""

from __future__ import annotations

import struct
from collections.abc import Callable, Generator
from functools import cache
from typing import Any

from twisted.internet.defer import Deferred, TimeoutError, inlineCallbacks  # noqa: A004
from Xlib import X
from Xlib.ext import record

from typewright.backends.x11.connection import Connection
from typewright.backends.x11.requests import GET_INPUT_FOCUS, Extension
from typewright.errors import ExtensionMissing
from typewright.interfaces.backend import IClock
from typewright.keymap.chords import State

NAME = record.extname
_FROM_SERVER, _START_OF_DATA = 0, 4
_HEADER = 32
_EVENT = struct.Struct("=BB2xI20xH2x")
_MODIFIERS_MASK, _GROUP_MASK, _GROUP_SHIFT = 0xFF, 0x6000, 13
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


class Record:
    """
    Calls `on_key(keycode, pressed, time, state)` for each key event, in order; `time` is the server's, in milliseconds.

    The server sends this stream on only when it writes to some client: each write of keys is followed by a request with a
    reply for that reason. `data` is a connection of its own, which serves nothing else from `start` on.
    """

    def __init__(self, control: Connection, data: Connection, extension: Extension, clock: IClock) -> None:
        self._control = control
        self._data = data
        self._major = extension.major
        self._clock: Any = clock  # the type checker can't see that a clock is Twisted's IReactorTime
        self._started: Deferred[None] = Deferred()
        self.on_key: Callable[[int, bool, int, State], None] = lambda keycode, pressed, time, state: None

    @inlineCallbacks
    def start(self) -> Generator[Deferred[Any], Any, None]:
        """Fires when the server records. Errbacks with ExtensionMissing when it does not begin within 2 s."""
        context = self._control.new_id()
        create = record.CreateContext._request.to_binary(
            opcode=self._major,
            context=context,
            element_header=0,
            clients=[record.AllClients],
            ranges=[KEY_EVENTS_ONLY],
        )
        self._control.send(create)
        # The context must exist before the other connection names it; any reply proves that.
        yield self._control.ask(GET_INPUT_FOCUS)
        self._data.stream(struct.pack("=BBHI", self._major, 5, 2, context), self._on_data)
        try:
            yield self._started.addTimeout(_START_TIMEOUT_S, self._clock)
        except TimeoutError:
            raise ExtensionMissing(f"{NAME} (it does not begin to record)") from None

    def _on_data(self, reply: bytes) -> None:
        category = reply[1]
        if category == _START_OF_DATA:
            self._started.callback(None)
        elif category == _FROM_SERVER:
            for at in range(_HEADER, len(reply), 32):
                kind, keycode, time, packed = _EVENT.unpack_from(reply, at)
                self.on_key(keycode, kind & 0x7F == X.KeyPress, time, _state(packed & (_MODIFIERS_MASK | _GROUP_MASK)))


@cache
def _state(packed: int) -> State:
    """Return the keyboard state that the bits of an event's state stand for."""
    return State(packed >> _GROUP_SHIFT, packed & _MODIFIERS_MASK)
