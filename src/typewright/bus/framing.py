# SPDX-License-Identifier: MIT
"""
Cuts the stream of bytes from the bus into messages, in linear time and bounded memory.

A message over `LIMIT` is never kept: only its header is read, so that its sender can get an error. txdbus copies its whole
buffer for every 64 KiB that arrive, and unmarshals all of it.

Source: D-Bus specification, "Message Format".
"""

from __future__ import annotations

import struct
from collections.abc import Generator
from dataclasses import dataclass

LIMIT = 256 * 1024
"""The longest message that is accepted, in bytes: far above any text that is typed in one call."""

_PROTOCOL_LIMIT = 1 << 27
_FIXED = 16  # Bytes before the header fields.
_NAME_LIMIT = 255  # Bytes in a bus name.
_REPLY_SERIAL, _SENDER = 5, 7


class BrokenStream(Exception):
    """The bytes are no D-Bus messages, so the rest of the stream cannot be understood."""


@dataclass(frozen=True)
class Oversized:
    """What is known of a message over the limit: enough to refuse it. `sender` is empty if the message has none."""

    kind: int
    flags: int
    serial: int
    reply_serial: int
    sender: str


Frame = bytes | Oversized


class MessageStream:
    """Takes in bytes as they come, and returns the messages that are complete."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self._frames: list[Frame] = []
        self._reading = self._read()
        self._wanted, self._keep = next(self._reading)

    def feed(self, data: bytes) -> list[Frame]:
        """Return the messages that `data` completes, oldest first. Raises BrokenStream, and cannot be used after that."""
        rest = memoryview(data)
        while self._wanted <= len(self._kept) + len(rest):
            if self._keep:
                missing = self._wanted - len(self._kept)
                self._kept += rest[:missing]
                taken = bytes(self._kept)
                self._kept.clear()
                rest = rest[missing:]
            else:
                taken = b""
                rest = rest[self._wanted :]
            self._wanted, self._keep = self._reading.send(taken)
        if self._keep:
            self._kept += rest
        else:
            self._wanted -= len(rest)
        frames, self._frames = self._frames, []
        return frames

    @property
    def held(self) -> int:
        """How many bytes of an incomplete message are in memory."""
        return len(self._kept)

    def _read(self) -> Generator[tuple[int, bool], bytes, None]:
        # Yields how many bytes to read next, and whether to keep them; is sent the bytes that were kept.
        while True:
            fixed = yield _FIXED, True
            order = {ord("l"): "<", ord("B"): ">"}.get(fixed[0])
            if order is None or fixed[3] != 1:
                raise BrokenStream("not a message of version 1")
            body, serial, fields = struct.unpack(order + "III", fixed[4:])
            rest = fields + -fields % 8 + body
            if _FIXED + rest > _PROTOCOL_LIMIT:
                raise BrokenStream("a message longer than the protocol allows")
            if _FIXED + rest > LIMIT:
                reply_serial, sender, read = yield from self._walk(order, fields)
                self._frames.append(Oversized(fixed[1], fixed[2], serial, reply_serial, sender))
                yield rest - read, False
            else:
                remainder = yield rest, True
                self._frames.append(fixed + remainder)

    def _walk(self, order: str, length: int) -> Generator[tuple[int, bool], bytes, tuple[int, str, int]]:
        # A header field itself (a path) may be what is too long, so the fields are read one by one.
        reply_serial, sender, at = 0, "", 0
        while at < length:
            padding = -at % 8
            head = yield padding + 4, True
            at += padding + 4
            code, sort = head[padding], head[padding + 2 : padding + 3]
            if sort in (b"s", b"o"):
                (size,) = struct.unpack(order + "I", (yield 4, True))
                keep = code == _SENDER and size <= _NAME_LIMIT
                value = yield min(size + 1, length - at - 4), keep
                at += 4 + size + 1
                if keep:
                    sender = value[:-1].decode("ascii", "replace")
            elif sort == b"g":
                size = (yield 1, True)[0]
                yield size + 1, False
                at += 1 + size + 1
            elif sort == b"u":
                (number,) = struct.unpack(order + "I", (yield 4, True))
                at += 4
                reply_serial = number if code == _REPLY_SERIAL else reply_serial
            else:
                break  # A field of a later protocol. A bus removes such fields, so none of the known ones comes after it.
        if at > length:
            raise BrokenStream("a header field longer than its header")
        return reply_serial, sender, at
