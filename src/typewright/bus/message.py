# SPDX-License-Identifier: MIT
"""
A message from the bus, of which only the header is read until someone wants the body.

txdbus unmarshals every body before anybody has looked at the method or signature (4 MiB of bytes: a second), drops the
header's flags, and hides what type a variant had.
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
}


@dataclass(frozen=True)
class Incoming:
    """
    A message. `kind` is `CALL`, `RETURN`, `ERROR` or `SIGNAL`; a field that it does not have is empty, or 0.
    The body is left out of `repr`: it may be a text.

    A bus sets `sender` itself; nobody can forge it.
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

    @classmethod
    def parse(cls, raw: bytes) -> Incoming:
        """Read the header of a complete message. Raises whatever it likes when `raw` is none."""
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
        """The body's values; of a variant, its content. Raises whatever it likes when the body is not as it says."""
        return self._unmarshalled(self.signature)[1]

    def leading(self, signature: str) -> list[Any]:
        """The body's first values, if these have that signature. Raises whatever it likes when they don't."""
        if not self.signature.startswith(signature):
            raise ValueError(self.signature)
        return self._unmarshalled(signature)[1]

    def variant_signature(self, leading: str) -> str:
        """The type of the variant that stands behind the arguments of the signature `leading`."""
        offset, _ = self._unmarshalled(leading)
        _, signature = marshal.unmarshal_signature("g", self.raw_body, offset, self.little_endian, [])
        return str(signature)

    def _unmarshalled(self, signature: str) -> tuple[int, list[Any]]:
        length, values = marshal.unmarshal(signature, self.raw_body, 0, self.little_endian, [])
        return length, values


def _fields(array: bytes, little_endian: bool) -> dict[str, Any]:
    """The header's fields. `array` begins with its own length, and stands behind a multiple of eight bytes, and four."""
    _, values = marshal.unmarshal("a(yv)", bytes(4) + array, 4, little_endian, [])
    return {_FIELDS[code]: value for code, value in values[0] if code in _FIELDS}


_known_fields = lru_cache(maxsize=64)(_fields)
"""For signals: an object that tells of each key does so with the same header, but for its serial."""
