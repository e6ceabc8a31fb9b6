# SPDX-License-Identifier: MIT
"""
The peer of the engine in the benchmark: the least that lock-step typing can cost, on raw blocking sockets.

Sends one key event, waits until RECORD has shown it, sends the next. No reactor, no Deferred, no plan, no guard.
"""

from __future__ import annotations

import os
import socket
import struct
import sys
import time

import Xlib.protocol.request as core
from Xlib import X
from Xlib.ext import record

from typewright.backends.x11.address import display_name
from typewright.backends.x11.handshake import shake_hands
from typewright.backends.x11.record import KEY_EVENTS_ONLY
from typewright.backends.x11.requests import GET_INPUT_FOCUS
from typewright.backends.x11.xtest import fake_input


class Frames:
    """What one X connection receives, cut into replies and events; blocks."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._data = b""

    def next(self) -> bytes:
        """The next reply or event."""
        while True:
            if len(self._data) >= 32:
                size = 32 + (4 * struct.unpack_from("=I", self._data, 4)[0] if self._data[0] in (1, 35) else 0)
                if len(self._data) >= size:
                    frame, self._data = self._data[:size], self._data[size:]
                    return frame
            more = self._connection.recv(65536)
            if not more:
                raise ConnectionError("the X server hung up")
            self._data += more

    def reply(self) -> bytes:
        """The next reply; events before it are passed over."""
        while True:
            frame = self.next()
            if frame[0] == 0:
                raise ConnectionError(f"X error {frame[1]}")
            if frame[0] == 1:
                return frame


def confirmed_events_per_s(keycode: int, events: int) -> float:
    """Press and release `keycode` in strict lock-step, each event confirmed; events a second."""
    name = display_name(None, os.environ)
    (control, _, ids, _), (data, *_) = shake_hands(name), shake_hands(name)
    replies, recorded = Frames(control), Frames(data)
    majors = []
    for extension in ("XTEST", "RECORD"):
        control.sendall(core.QueryExtension._request.to_binary(name=extension))
        majors.append(replies.reply()[9])
    context = next(ids)
    control.sendall(
        record.CreateContext._request.to_binary(
            opcode=majors[1], context=context, element_header=0, clients=[record.AllClients], ranges=[KEY_EVENTS_ONLY]
        )
        + GET_INPUT_FOCUS
    )
    replies.reply()
    data.sendall(struct.pack("=BBHI", majors[1], 5, 2, context))
    recorded.reply()
    writes = [
        (X.KeyPress, fake_input(majors[0], keycode, True) + GET_INPUT_FOCUS),
        (X.KeyRelease, fake_input(majors[0], keycode, False) + GET_INPUT_FOCUS),
    ]
    started = time.perf_counter()
    for number in range(events):
        kind, request = writes[number % 2]
        control.sendall(request)
        shown = recorded.reply()
        assert (shown[32], shown[33], len(shown)) == (kind, keycode, 64), (shown[1], shown[32:34], len(shown))
        replies.reply()
    elapsed = time.perf_counter() - started
    control.close()
    data.close()
    return events / elapsed


if __name__ == "__main__":
    rate = confirmed_events_per_s(int(sys.argv[1]), int(sys.argv[2]))
    print(f"\n{rate:.0f}")
