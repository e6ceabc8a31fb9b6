# SPDX-License-Identifier: MIT
"""The stream of bytes, cut into messages. At most one message that is not complete yet is held."""

from __future__ import annotations

from collections.abc import Iterator

from typewright.wire.codec import Dialect


class Framer:
    """Takes bytes as they come, and gives the messages that they complete."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._header = dialect.header.size
        self._kept = bytearray()
        self._wanted = self._header

    def feed(self, data: bytes) -> Iterator[tuple[int, int, bytes]]:
        """
        Yield the object, the opcode and the body of each message that `data` completes, oldest first.

        Raises Malformed in place of the first message that can't be one; what follows it is lost.
        """
        if self._kept:
            self._kept += data
            if len(self._kept) < self._wanted:
                return
            data = bytes(self._kept)
            self._kept.clear()
        at, end = 0, len(data)
        while True:
            left = end - at
            if left < self._header:
                self._wanted = self._header
                break
            target, opcode, size = self._dialect.read_head(data, at)
            if left < size:
                self._wanted = size
                break
            body = data[at + self._header : at + size]
            at += size
            yield target, opcode, body
        self._kept += data[at:]

    @property
    def held(self) -> int:
        """How many bytes of an incomplete message are in memory."""
        return len(self._kept)
