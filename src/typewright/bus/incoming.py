# SPDX-License-Identifier: MIT
"""
A message from the bus, of which only the header is read until someone wants the body.

txdbus unmarshals every body before anybody has looked at the method or signature (4 MiB of bytes: a second), drops the
header's flags, and hides what type a variant had.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from txdbus import marshal

CALL, RETURN, ERROR, SIGNAL = 1, 2, 3, 4

_HEADER = "yyyyuua(yv)"
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

    A bus sets `sender` itself; nobody can forge it.
    """

    kind: int
    serial: int
    expects_reply: bool
    little_endian: bool
    raw_body: bytes
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
        length, header = marshal.unmarshal(_HEADER, raw, 0, little_endian, [])
        fields = {_FIELDS[code]: value for code, value in header[6] if code in _FIELDS}
        return cls(
            kind=header[1],
            serial=header[5],
            expects_reply=header[1] == CALL and not header[2] & _NO_REPLY_EXPECTED,
            little_endian=little_endian,
            raw_body=raw[length + -length % 8 :],
            **fields,
        )

    def arguments(self) -> list[Any]:
        """The body's values; of a variant, its content. Raises whatever it likes when the body is not as it says."""
        return self._unmarshalled(self.signature)[1]

    def variant_signature(self, leading: str) -> str:
        """The type of the variant that stands behind the arguments of the signature `leading`."""
        offset, _ = self._unmarshalled(leading)
        _, signature = marshal.unmarshal_signature("g", self.raw_body, offset, self.little_endian, [])
        return str(signature)

    def _unmarshalled(self, signature: str) -> tuple[int, list[Any]]:
        length, values = marshal.unmarshal(signature, self.raw_body, 0, self.little_endian, [])
        return length, values
