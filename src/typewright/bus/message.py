# SPDX-License-Identifier: MIT
"""
A message from the bus. Only its header is read until the body is asked for.

txdbus unmarshals every body before the method or signature is checked (a second for 4 MiB of bytes), drops the header's
flags, and hides the type of a variant.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from txdbus import marshal

CALL, RETURN, ERROR, SIGNAL = 1, 2, 3, 4

_FIELDS_AT = 12
_LONGEST_KNOWN = 512
_NO_REPLY_EXPECTED = 1
_FIELDS = {
    1: "path",
    2: "interface",
    3: "member",
    4: "error_name",
    5: "reply_serial",
    6: "destination",
    7: "sender",
    8: "signature",
    9: "descriptor_count",
}


@dataclass(frozen=True)
class Message:
    """
    A message. `kind` is `CALL`, `RETURN`, `ERROR` or `SIGNAL`; a header field that the message lacks is empty, or 0.
    The body is not in `repr`: it may contain a text to be typed.

    The bus sets `sender`, so no peer can forge it. `descriptors` are the file descriptors that came with it, where the
    connection receives any; among the arguments they stand for themselves.
    """

    kind: int
    serial: int
    expects_reply: bool
    little_endian: bool
    raw_body: bytes = field(repr=False)
    path: str = ""
    interface: str = ""
    member: str = ""
    error_name: str = ""
    reply_serial: int = 0
    destination: str = ""
    sender: str = ""
    signature: str = ""
    descriptor_count: int = 0
    descriptors: tuple[int, ...] = ()

    @classmethod
    def parse(cls, raw: bytes) -> Message:
        """Read the header of a complete message. Raises any exception if `raw` is not one."""
        little_endian = raw[:1] == b"l"
        _, kind, flags, _, _, serial, length = struct.unpack_from("<cBBBIII" if little_endian else ">cBBBIII", raw)
        end = _FIELDS_AT + 4 + length
        known = kind == SIGNAL and length <= _LONGEST_KNOWN
        return cls(
            kind=kind,
            serial=serial,
            expects_reply=kind == CALL and not flags & _NO_REPLY_EXPECTED,
            little_endian=little_endian,
            raw_body=raw[end + -end % 8 :],
            **(_known_fields if known else _fields)(raw[_FIELDS_AT:end], little_endian),
        )

    def arguments(self) -> list[Any]:
        """Return the body's values, and of a variant its content. Raises any exception if the body is malformed."""
        return self._unmarshalled(self.signature)[1]

    def leading(self, signature: str) -> list[Any]:
        """Return the body's first values, which must have this signature. Raises any exception if they do not."""
        if not self.signature.startswith(signature):
            raise ValueError(self.signature)
        return self._unmarshalled(signature)[1]

    def variant_signature(self, leading: str) -> str:
        """Return the type of the variant that follows the arguments of the signature `leading`."""
        offset, _ = self._unmarshalled(leading)
        _, signature = marshal.unmarshal_signature("g", self.raw_body, offset, self.little_endian, [])
        return str(signature)

    def _unmarshalled(self, signature: str) -> tuple[int, list[Any]]:
        length, values = marshal.unmarshal(signature, self.raw_body, 0, self.little_endian, list(self.descriptors))
        return length, values


def _fields(array: bytes, little_endian: bool) -> dict[str, Any]:
    """Return the header's fields. `array` begins with its own length, and is at an offset of 4 modulo 8 bytes."""
    _, values = marshal.unmarshal("a(yv)", bytes(4) + array, 4, little_endian, [])
    return {_FIELDS[code]: value for code, value in values[0] if code in _FIELDS}


_known_fields = lru_cache(maxsize=64)(_fields)
"""For signals: an object that sends one for each key sends the same header each time, apart from the serial."""
