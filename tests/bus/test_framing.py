# SPDX-License-Identifier: MIT
"""Framing: whole messages in whatever pieces they arrive, and long ones refused without being kept (T1, T2)."""

from __future__ import annotations

import struct

import pytest
from txdbus import message

from typewright.bus.framing import LIMIT, BrokenStream, MessageStream, Oversized
from typewright.bus.message import Message


def _call(text: str, path: str = "/p") -> bytes:
    outgoing = message.MethodCallMessage(path, "Insert", interface="a.b", destination=":1.9", signature="s", body=[text])
    outgoing.sender = ":1.7"
    outgoing._marshal()
    return bytes(outgoing.rawMessage)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 16, 17, 100, 4096])
def test_messages_come_whole_however_the_bytes_arrive(size: int) -> None:
    sent = [_call("a"), _call(""), _call("bc" * 40)]
    wire = b"".join(sent)
    stream = MessageStream()
    got = [frame for at in range(0, len(wire), size) for frame in stream.feed(wire[at : at + size])]
    assert got == sent
    assert stream.held == 0


def test_many_messages_in_one_read_need_no_stack() -> None:
    stream = MessageStream()
    assert len(stream.feed(_call("x") * 20_000)) == 20_000


@pytest.mark.parametrize("size", [1, 8, 65536])
@pytest.mark.parametrize("order", ["<", ">"])
def test_a_long_body_is_skipped_and_its_sender_known(size: int, order: str) -> None:
    long = _oversized(order, b"z" * LIMIT)
    stream = MessageStream()
    after = _call("after")
    wire = long + after
    step = size if size > 1 else 997  # An odd size, which cuts every kind of field.
    got = []
    for at in range(0, len(wire), step):
        got += stream.feed(wire[at : at + step])
        assert stream.held <= LIMIT
    assert got == [Oversized(kind=1, flags=1, serial=77, reply_serial=5, sender=":1.42"), after]


def test_the_header_of_a_long_message_may_come_byte_by_byte() -> None:
    stream = MessageStream()
    wire = _oversized("<", bytes(LIMIT))
    head, body = wire[:-LIMIT], wire[-LIMIT:]
    got = []
    for byte in head:
        got += stream.feed(bytes([byte]))
        assert stream.held <= 32
    assert got == [Oversized(kind=1, flags=1, serial=77, reply_serial=5, sender=":1.42")]
    assert stream.feed(body) == []
    assert stream.held == 0


def test_the_header_itself_may_be_what_is_too_long() -> None:
    wire = _call("short", path="/" + "p" * 2 * LIMIT)
    stream = MessageStream()
    got = [frame for at in range(0, len(wire), 1000) for frame in stream.feed(wire[at : at + 1000])]
    assert got == [Oversized(kind=1, flags=0, serial=Message.parse(wire).serial, reply_serial=0, sender=":1.7")]
    after = _call("after")
    assert stream.feed(after) == [after]


@pytest.mark.promise("T1")
def test_127_mebibytes_are_never_held() -> None:
    body = 127 << 20
    fixed = struct.pack("<BBBBIII", ord("l"), 1, 0, 1, body, 3, 0)
    chunk = bytes(1 << 16)
    stream = MessageStream()
    frames = stream.feed(fixed)
    for _ in range(body // len(chunk)):
        frames += stream.feed(chunk)
        assert stream.held == 0
    assert frames == [Oversized(kind=1, flags=0, serial=3, reply_serial=0, sender="")]
    after = _call("after")
    assert stream.feed(after) == [after]


def test_the_limit_is_exact() -> None:
    text = LIMIT - len(_call(""))
    [whole] = MessageStream().feed(_call("x" * text))
    assert isinstance(whole, bytes)
    [turned_away] = MessageStream().feed(_call("x" * (text + 1)))
    assert isinstance(turned_away, Oversized)


@pytest.mark.parametrize(
    "wire",
    [
        b"x" * 16,
        b"l\1\0\2" + bytes(12),
        struct.pack("<BBBBIII", ord("l"), 1, 0, 1, 1 << 27, 3, 0),
        struct.pack("<BBBBIII", ord("l"), 1, 0, 1, LIMIT, 3, 16) + b"\7\1s\0" + struct.pack("<I", 200) + bytes(300),
    ],
    ids=["byte order", "version", "length", "field longer than the header"],
)
def test_what_is_no_message_is_said_to_be_none(wire: bytes) -> None:
    with pytest.raises(BrokenStream):
        MessageStream().feed(wire)


def _oversized(order: str, body: bytes) -> bytes:
    # Before the wanted field: one of every type, and a name that is too long to be kept.
    fields = b""
    for field in (
        b"\1\1o\0" + struct.pack(order + "I", 2) + b"/a\0",
        b"\5\1u\0" + struct.pack(order + "I", 5),
        b"\x08\1g\0\1s\0",
        b"\3\1s\0" + struct.pack(order + "I", 300) + b"M" * 300 + b"\0",
        b"\7\1s\0" + struct.pack(order + "I", 5) + b":1.42\0",
    ):
        fields += bytes(-len(fields) % 8) + field
    head = b"l" if order == "<" else b"B"
    padding = bytes(-len(fields) % 8)
    return head + struct.pack(order + "BBBIII", 1, 1, 1, len(body), 77, len(fields)) + fields + padding + body
