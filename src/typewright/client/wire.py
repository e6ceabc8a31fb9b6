# SPDX-License-Identifier: MIT
"""
D-Bus messages as bytes: method calls out, replies and errors in.

Only the types that the contract uses can be written and read. What comes in is believed no more than the specification
allows: every length is checked before it is used.

Source: D-Bus specification, "Message Protocol".
"""

from __future__ import annotations

import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

HEAD = 16
"""Bytes at the start of each message, from which `size` knows how long it is."""

METHOD_CALL, METHOD_RETURN, ERROR = 1, 2, 3
_LONGEST = 1 << 20
"""Bytes in one message. The replies of the contract have some hundred; the bus itself allows 128 MiB."""
_DEEPEST = 8
_PATH, _INTERFACE, _MEMBER, _ERROR_NAME, _REPLY_SERIAL, _DESTINATION, _SIGNATURE = 1, 2, 3, 4, 5, 6, 8
_ALIGNMENT = {"y": 1, "g": 1, "v": 1, "n": 2, "q": 2, "x": 8, "t": 8, "d": 8, "(": 8, "{": 8}  # of all others 4
_FIXED = {"y": "B", "n": "h", "q": "H", "i": "i", "u": "I", "b": "I", "h": "I", "x": "q", "t": "Q", "d": "d"}


class Malformed(Exception):
    """What came in is not a message of D-Bus, or none that can be believed."""


class Reply:
    """What is needed of a message that came in: `serial` is that of the call that it answers, 0 for a signal."""

    def __init__(self, kind: int, serial: int, error: str, values: list[Any]) -> None:
        self.kind = kind
        self.serial = serial
        self.error = error
        self.values = values


# --- Out -------------------------------------------------------------------------------------------------------------


def method_call(
    serial: int, destination: str, path: str, interface: str, member: str, signature: str, arguments: Sequence[object]
) -> bytes:
    """
    Return a method call as bytes.

    Accepts the types u, b, d, s, v and a{sv}; a value in a variant is a bool, an int (as u), a float or a string. Raises
    UnicodeEncodeError for half a surrogate pair, ValueError for a NUL, and struct.error for a number out of range.
    """
    body = bytearray()
    for kind, value in zip(_complete_types(signature), arguments, strict=True):
        _write(body, kind, value)
    header = bytearray(b"l\1\0\1")
    _write(header, "u", len(body))
    _write(header, "u", serial)
    fields = bytearray()
    for code, kind, value in (
        (_PATH, "o", path),
        (_INTERFACE, "s", interface),
        (_MEMBER, "s", member),
        (_DESTINATION, "s", destination),
        (_SIGNATURE, "g", signature),
    ):
        if value:
            _pad(fields, 8)
            fields.append(code)
            _write(fields, "g", kind)
            _write(fields, kind, value)
    _write(header, "u", len(fields))
    header += fields
    _pad(header, 8)
    return bytes(header + body)


def _write(out: bytearray, kind: str, value: Any) -> None:
    if kind == "v":
        kind = (
            "b" if isinstance(value, bool) else "u" if isinstance(value, int) else "d" if isinstance(value, float) else "s"
        )
        _write(out, "g", kind)
        _write(out, kind, value)
    elif kind == "a{sv}":
        _write_options(out, value)
    elif kind in _FIXED:
        _pad(out, _ALIGNMENT.get(kind, 4))
        out += struct.Struct("<" + _FIXED[kind]).pack(value)
    else:
        data = value.encode("utf-8")
        if b"\0" in data:
            raise ValueError("a NUL")
        if kind == "g":
            out.append(len(data))
        else:
            _write(out, "u", len(data))
        out += data + b"\0"


def _write_options(out: bytearray, options: Mapping[str, object]) -> None:
    _write(out, "u", 0)
    place = len(out) - 4
    _pad(out, 8)  # before the first entry, and not counted
    start = len(out)
    for name, value in options.items():
        _pad(out, 8)
        _write(out, "s", name)
        _write(out, "v", value)
    out[place : place + 4] = (len(out) - start).to_bytes(4, "little")


def _pad(out: bytearray, alignment: int) -> None:
    out += bytes(-len(out) % alignment)


# --- In --------------------------------------------------------------------------------------------------------------


def size(head: bytes) -> int:
    """Return how many bytes the message has that begins with `head` (of `HEAD` bytes). Raises Malformed."""
    if head[:1] not in (b"l", b"B") or head[3] != 1:
        raise Malformed
    body, _, fields = struct.Struct(("<" if head[:1] == b"l" else ">") + "III").unpack(head[4:])
    whole: int = HEAD + fields + -fields % 8 + body
    if whole > _LONGEST:
        raise Malformed
    return whole


def parse(data: bytes) -> Reply:
    """Return the message `data`, of as many bytes as `size` says. Raises Malformed."""
    try:
        reader = _Reader(data)
        reader.place = 4
        body_size, _, told = reader.read("u"), reader.read("u"), {}
        fields_end = HEAD + reader.read("u")
        while reader.place < fields_end:
            reader.align(8)
            code = reader.read("y")
            told[code] = reader.read("v")
        if reader.place != fields_end:
            raise Malformed
        reader.align(8)
        start = reader.place
        serial, error = told.get(_REPLY_SERIAL, 0), told.get(_ERROR_NAME, "")
        # A signal answers no call, and may have types that are not read.
        signature = told.get(_SIGNATURE, "") if data[1] in (METHOD_RETURN, ERROR) else ""
        if not isinstance(serial, int) or not isinstance(error, str) or not isinstance(signature, str):
            raise Malformed
        values = [reader.read(kind) for kind in _complete_types(signature)]
        if signature and reader.place != start + body_size:
            raise Malformed
        return Reply(data[1], serial, error, values)
    except (struct.error, UnicodeDecodeError, IndexError):
        raise Malformed from None


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.place = 0
        self._data = data
        self._order = "<" if data[:1] == b"l" else ">"

    def align(self, alignment: int) -> None:
        self.place += -self.place % alignment

    def read(self, kind: str, depth: int = 0) -> Any:
        if depth > _DEEPEST:
            raise Malformed
        if kind in _FIXED:
            self.align(_ALIGNMENT.get(kind, 4))
            form = struct.Struct(self._order + _FIXED[kind])
            (value,) = form.unpack_from(self._data, self.place)
            self.place += form.size
            return bool(value) if kind == "b" else value
        if kind in ("s", "o", "g"):
            return self._take(self.read("y" if kind == "g" else "u"))
        if kind == "v":
            types = _complete_types(self.read("g"))
            if len(types) != 1:
                raise Malformed
            return self.read(types[0], depth + 1)
        if kind[0] == "a":
            return self._array(kind[1:], depth)
        if kind[0] in "({":
            self.align(8)
            return tuple(self.read(each, depth + 1) for each in _complete_types(kind[1:-1]))
        raise Malformed

    def _take(self, length: int) -> str:
        end = self.place + length
        if self._data[end : end + 1] != b"\0":  # It is empty beyond the message, too.
            raise Malformed
        text = self._data[self.place : end].decode("utf-8")
        self.place = end + 1
        return text

    def _array(self, of: str, depth: int) -> Any:
        end = self.read("u")
        self.align(_ALIGNMENT.get(of[0], 4))
        end += self.place
        values: list[Any] = []
        if end > len(self._data):
            raise Malformed
        while self.place < end:
            values.append(self.read(of, depth + 1))
        if self.place != end:
            raise Malformed
        if of[0] != "{":
            return values
        if any(len(entry) != 2 or isinstance(entry[0], (dict, list)) for entry in values):
            raise Malformed
        return dict(values)


def _complete_types(signature: str) -> list[str]:
    """Return the complete types of a signature: `s` and `a{sv}` for `sa{sv}`. Raises Malformed."""
    types = []
    start = depth = 0
    for place, kind in enumerate(signature):
        depth += (kind in "({") - (kind in ")}")
        if depth < 0:
            raise Malformed
        if depth == 0 and kind != "a":
            types.append(signature[start : place + 1])
            start = place + 1
    if start != len(signature):
        raise Malformed
    return types
