# SPDX-License-Identifier: MIT
"""Reading of messages: headers that are cached, and bodies of which only the beginning is read."""

from __future__ import annotations

import struct

import pytest
from txdbus import message

from typewright.bus.message import SIGNAL, Message


def signal(text: str, serial: int, path: str = "/p", member: str = "Told") -> bytes:
    said = message.SignalMessage(path, member, "a.b", signature="sii", body=[text, 1, 2])
    said.sender = ":1.7"
    said._marshal()
    raw = bytearray(said.rawMessage)
    raw[8:12] = struct.pack("<I", serial)
    return bytes(raw)


def test_the_header_of_a_signal_is_its_own_though_another_had_the_same() -> None:
    for serial, text, path in [(1, "one", "/p"), (2, "", "/p"), (3, "three", "/longer/path"), (4, "four" * 99, "/p")]:
        for member in ("Told", "Moved"):
            read = Message.parse(signal(text, serial, path, member))
            assert (read.kind, read.serial, read.path, read.member) == (SIGNAL, serial, path, member)
            assert (read.interface, read.sender, read.signature) == ("a.b", ":1.7", "sii")
            assert read.arguments() == [text, 1, 2]


def test_a_long_header_is_read_as_well() -> None:
    path = "/" + "long" * 500
    assert [Message.parse(signal("x", 1, path)).path for _ in range(2)] == [path] * 2


def test_in_the_other_byte_order() -> None:
    fields = b"\x01\x01o\0\0\0\0\x02/p\0" + bytes(5) + b"\x03\x01s\0\0\0\0\x01M\0" + bytes(6) + b"\x02\x01s\0\0\0\0\x03a.b\0"
    raw = b"B\x04\0\x01" + struct.pack(">III", 0, 77, len(fields)) + fields + bytes(-len(fields) % 8)
    for _ in range(2):
        read = Message.parse(raw)
        assert (read.serial, read.path, read.member, read.interface, read.raw_body) == (77, "/p", "M", "a.b", b"")


def test_the_leading_values_are_only_those_that_were_asked_for() -> None:
    read = Message.parse(signal("text", 1))
    assert read.leading("si") == ["text", 1]
    with pytest.raises(ValueError, match="sii"):
        read.leading("ss")
