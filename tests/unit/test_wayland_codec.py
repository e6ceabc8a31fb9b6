# SPDX-License-Identifier: MIT
"""Messages as bytes and back, for both dialects, whatever comes; and the tables of the Wayland interfaces."""

from __future__ import annotations

import random
import struct
from collections import deque
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from typewright.wayland.tables import INTERFACES
from typewright.wire.codec import EI, WAYLAND, Dialect, Malformed, Signature, Unsendable, uints
from typewright.wire.framing import Framer
from typewright.wire.tables import Interface

DIALECTS = [WAYLAND, EI]
SECRET = "correct horse battery staple"


def packed(dialect: Dialect, signature: str, *arguments: Any, target: int = 3, opcode: int = 1) -> bytes:
    return Signature(dialect, signature).pack(target, opcode, arguments)


def words(*numbers: int) -> bytes:
    return struct.pack(f"={len(numbers)}I", *numbers)


# --- known bytes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signature", "arguments", "body"),
    [
        ("", (), b""),
        ("uuu", (1, 30, 1), words(1, 30, 1)),
        ("i", (-1,), b"\xff\xff\xff\xff"),
        ("f", (1.5,), words(384)),
        ("f", (-0.5,), b"\x80\xff\xff\xff"),
        ("s", ("",), words(1) + b"\0\0\0\0"),
        ("s", ("abc",), words(4) + b"abc\0"),
        ("s", ("abcd",), words(5) + b"abcd\0\0\0\0"),
        ("s", ("é",), words(3) + b"\xc3\xa9\0\0"),
        ("?s", (None,), words(0)),
        ("?o", (None,), words(0)),
        ("?o", (7,), words(7)),
        ("a", (b"",), words(0)),
        ("a", (b"12345",), words(5) + b"12345\0\0\0"),
        ("uhu", (1, 0, 12), words(1, 12)),
        ("usun", (3, "wl_seat", 5, 4), words(3, 8) + b"wl_seat\0" + words(5, 4)),
    ],
)
def test_what_goes_over_the_wayland_wire(signature: str, arguments: tuple[Any, ...], body: bytes) -> None:
    size = 8 + len(body)
    assert packed(WAYLAND, signature, *arguments) == words(3, size << 16 | 1) + body


@pytest.mark.parametrize(
    ("signature", "arguments", "body"),
    [
        ("uu", (30, 1), words(30, 1)),
        ("t", (1 << 40,), struct.pack("=Q", 1 << 40)),
        ("x", (-1,), b"\xff" * 8),
        ("nu", (1 << 33, 1), struct.pack("=QI", 1 << 33, 1)),
        ("f", (1.5,), struct.pack("=f", 1.5)),
        ("s", ("ei_keyboard",), words(12) + b"ei_keyboard\0"),
        ("uhu", (1, 0, 12), words(1, 12)),
    ],
)
def test_what_goes_over_the_ei_wire(signature: str, arguments: tuple[Any, ...], body: bytes) -> None:
    target = 0xFF00_0000_0000_0001
    assert packed(EI, signature, *arguments, target=target) == struct.pack("=QII", target, 16 + len(body), 1) + body


# --- there and back ------------------------------------------------------------------------------------------------------

_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
_UINT, _INT = st.integers(0, (1 << 32) - 1), st.integers(-(1 << 31), (1 << 31) - 1)
_ID = {"Wayland": st.integers(1, (1 << 32) - 1), "EI": st.integers(1, (1 << 64) - 1)}


def _values(dialect: Dialect, letter: str) -> st.SearchStrategy[Any]:
    fixed = _INT.map(lambda number: number / 256) if dialect.fixed else st.floats(width=32, allow_nan=False)
    return {
        "u": _UINT,
        "i": _INT,
        "t": st.integers(0, (1 << 64) - 1),
        "x": st.integers(-(1 << 63), (1 << 63) - 1),
        "f": fixed,
        "s": _TEXT,
        "?s": st.none() | _TEXT,
        "o": _ID[dialect.name],
        "?o": st.just(0) | _ID[dialect.name],
        "n": _ID[dialect.name],
        "a": st.binary(max_size=40),
        "h": st.integers(3, 1000),
    }[letter]


@st.composite
def _messages(draw: st.DrawFn, dialect: Dialect) -> tuple[str, list[Any]]:
    letters = [*dialect.scalars, *dialect.others, "?s", "?o"]
    chosen = draw(st.lists(st.sampled_from(letters), max_size=6))
    return "".join(chosen), [draw(_values(dialect, letter)) for letter in chosen]


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
@given(data=st.data())
def test_a_message_comes_back_as_it_went_out(dialect: Dialect, data: st.DataObject) -> None:
    text, arguments = data.draw(_messages(dialect))
    signature = Signature(dialect, text)
    whole = signature.pack(9, 4, arguments)
    assert len(whole) % 4 == 0
    descriptors = deque(value for value, letter in zip(arguments, signature.letters, strict=True) if letter == "h")
    ((target, opcode, body),) = Framer(dialect).feed(whole)
    assert (target, opcode) == (9, 4)
    assert signature.unpack(body, descriptors) == arguments
    assert not descriptors


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
@given(data=st.data())
def test_a_stream_may_be_cut_anywhere(dialect: Dialect, data: st.DataObject) -> None:
    bodies = data.draw(st.lists(st.binary(max_size=6).map(lambda body: body * 4), max_size=6))
    stream = b"".join(dialect.head(at, at, dialect.header.size + len(body)) + body for at, body in enumerate(bodies))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    framer = Framer(dialect)
    parts = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    got = [frame for part in parts for frame in framer.feed(part)]
    assert got == [(at, at, body) for at, body in enumerate(bodies)]
    assert framer.held == 0


# --- what comes and is wrong ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signature", "body", "complaint"),
    [
        ("u", b"", "0 bytes of arguments where 4 belong"),
        ("u", words(1, 2), "8 bytes of arguments where 4 belong"),
        ("", words(1), "4 bytes of arguments where 0 belong"),
        ("o", b"", "ends before its arguments do"),
        ("o", words(0), "a null object"),
        ("n", words(0), "a null object"),
        ("ou", words(1), "ends before its arguments do"),
        ("o", words(1, 2), "8 bytes of arguments where 4 belong"),
        ("s", b"", "ends before its arguments do"),
        ("s", words(0), "a null string"),
        ("s", words(4) + b"abcd", "without a NUL at its end"),
        ("s", words(5) + b"abc\0", "after the end of its message"),
        ("s", words(3) + b"ab\0", "after the end of its message"),
        ("s", words(0xFFFFFFFF) + b"abc\0", "after the end of its message"),
        ("s", words(4) + b"abc\0" + words(0), "12 bytes of arguments where 8 belong"),
        ("a", words(5) + b"1234", "after the end of its message"),
        ("a", words(0xFFFFFFFE), "after the end of its message"),
        ("uhu", words(1, 2), "without its descriptor"),
        ("h", b"", "without its descriptor"),
    ],
)
def test_a_malformed_body_is_told_apart(signature: str, body: bytes, complaint: str) -> None:
    with pytest.raises(Malformed, match=complaint):
        Signature(WAYLAND, signature).unpack(body, deque())


def test_a_malformed_body_takes_no_descriptor() -> None:
    waiting = deque([7, 8])
    with pytest.raises(Malformed):
        Signature(WAYLAND, "uhu").unpack(words(1), waiting)
    assert waiting == deque([7, 8])
    with pytest.raises(Malformed):
        Signature(WAYLAND, "hhh").unpack(b"", waiting)
    assert waiting == deque([7, 8])


@pytest.mark.parametrize(
    ("dialect", "header", "complaint"),
    [
        (WAYLAND, words(1, 0), "0 bytes, shorter than its header"),
        (WAYLAND, words(1, 4 << 16), "4 bytes, shorter than its header"),
        (WAYLAND, words(1, 10 << 16), "10 bytes, not a multiple of 4"),
        (EI, struct.pack("=QII", 1, 8, 0), "8 bytes, shorter than its header"),
        (EI, struct.pack("=QII", 1, 18, 0), "18 bytes, not a multiple of 4"),
        (EI, struct.pack("=QII", 1, 1 << 31, 0), "2147483648 bytes, longer than 65535"),
    ],
)
def test_an_impossible_size_is_refused_at_once(dialect: Dialect, header: bytes, complaint: str) -> None:
    good = dialect.head(5, 6, dialect.header.size)
    frames = Framer(dialect).feed(good + header)
    assert next(frames) == (5, 6, b"")
    with pytest.raises(Malformed, match=complaint):
        next(frames)


def test_a_string_is_read_as_every_client_reads_it() -> None:
    signature = Signature(WAYLAND, "s")
    assert signature.unpack(words(8) + b"ab\0defg\0", deque()) == ["ab"]
    assert signature.unpack(words(3) + b"\xff\xfe\0\xee", deque()) == ["\ufffd\ufffd"]


def test_an_array_of_numbers_may_not_end_inside_one() -> None:
    assert uints(b"") == ()
    assert uints(words(2, 4)) == (2, 4)
    with pytest.raises(Malformed):
        uints(b"12345")


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
@given(text=st.lists(st.sampled_from("iuosnh"), max_size=5).map("".join), body=st.binary(max_size=64))
def test_noise_is_arguments_or_malformed(dialect: Dialect, text: str, body: bytes) -> None:
    waiting = deque([7, 8])
    try:
        arguments = Signature(dialect, text).unpack(body, waiting)
    except Malformed:
        assert waiting == deque([7, 8])
    else:
        assert len(arguments) == len(text)


def test_a_stream_of_noise_ends_in_malformed_or_waits_for_more() -> None:
    noise = random.Random(12)
    for _ in range(300):
        framer = Framer(WAYLAND)
        try:
            for _ in range(8):
                list(framer.feed(noise.randbytes(noise.randrange(60))))
        except Malformed:
            continue
        assert framer.held <= WAYLAND.longest_in


# --- what is asked for and can't be sent ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signature", "arguments", "complaint"),
    [
        ("u", (), "takes 1 arguments, not 0"),
        ("u", (1, 2), "takes 1 arguments, not 2"),
        ("uu", (1, -1), "argument 2 does not fit"),
        ("u", (1 << 32,), "argument 1 does not fit"),
        ("i", (1 << 31,), "argument 1 does not fit"),
        ("u", (SECRET,), "argument 1 does not fit"),
        ("u", (1.5,), "argument 1 does not fit"),
        ("f", (float("nan"),), "argument 1 does not fit"),
        ("f", (1e9,), "argument 1 does not fit"),
        ("s", (None,), "argument 1 does not fit"),
        ("s", (SECRET.encode(),), "argument 1 does not fit"),
        ("us", (1, SECRET + "\0"), "argument 2 is a string with a NUL"),
        ("s", (SECRET + "\ud800",), "argument 1 does not fit"),
        ("s", (SECRET * 200,), "5616 bytes, and 4096"),
        ("a", (SECRET,), "argument 1 does not fit"),
        ("o", (None,), "argument 1 may not be null"),
        ("o", (0,), "argument 1 may not be null"),
        ("n", (0,), "argument 1 may not be null"),
        ("?o", (-1,), "argument 1 does not fit"),
    ],
)
def test_what_can_not_be_sent_is_told_without_the_value(signature: str, arguments: tuple[Any, ...], complaint: str) -> None:
    with pytest.raises(Unsendable, match=complaint) as told:
        packed(WAYLAND, signature, *arguments)
    assert SECRET[:5] not in str(told.value)
    assert told.value.__cause__ is None


def test_the_longest_message_is_sent() -> None:
    assert len(packed(WAYLAND, "s", "x" * (4096 - 8 - 4 - 1))) == 4096


@pytest.mark.parametrize(
    ("dialect", "text"), [(WAYLAND, "z"), (WAYLAND, "?"), (WAYLAND, "??s"), (WAYLAND, "?u"), (WAYLAND, "t"), (EI, "a")]
)
def test_a_signature_that_there_is_not(dialect: Dialect, text: str) -> None:
    with pytest.raises(ValueError, match="is not a signature of"):
        Signature(dialect, text)


# --- the tables ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("interface", INTERFACES.values(), ids=lambda interface: interface.name)
def test_a_table_is_consistent(interface: Interface) -> None:
    for rows in (interface.requests, interface.events):
        assert [message.opcode for message in rows] == list(range(len(rows)))
        assert len({message.name for message in rows}) == len(rows)
        for message in rows:
            assert 1 <= message.since <= interface.version
            assert (message.new_id >= 0) == bool(message.makes) or message.name == "bind"
            assert message.signature.letters.count("n") <= 1
    assert all(message.makes in INTERFACES for message in interface.events if message.makes)


@pytest.mark.parametrize(
    ("interface", "requests", "events"),
    [
        ("wl_display", 2, 2),
        ("wl_registry", 1, 2),
        ("wl_callback", 0, 1),
        ("wl_seat", 4, 2),
        ("wl_keyboard", 1, 6),
        ("zwp_virtual_keyboard_manager_v1", 1, 0),
        ("zwp_virtual_keyboard_v1", 4, 0),
        ("zwlr_foreign_toplevel_manager_v1", 1, 2),
        ("zwlr_foreign_toplevel_handle_v1", 10, 8),
        ("zwp_input_method_manager_v2", 2, 0),
        ("zwp_input_method_v2", 7, 7),
        ("zwp_input_method_keyboard_grab_v2", 1, 4),
    ],
)
def test_how_many_messages_an_interface_has(interface: str, requests: int, events: int) -> None:
    table = INTERFACES[interface]
    assert (len(table.requests), len(table.events)) == (requests, events)


def test_the_opcodes_that_typing_uses() -> None:
    opcodes = {
        f"{name}.{message.name}": (message.opcode, message.signature.text)
        for name, interface in INTERFACES.items()
        for message in (*interface.requests, *interface.events)
    }
    assert {name: opcodes[name] for name in KNOWN} == KNOWN


KNOWN = {
    "wl_display.sync": (0, "n"),
    "wl_display.get_registry": (1, "n"),
    "wl_display.delete_id": (1, "u"),
    "wl_registry.bind": (0, "usun"),
    "wl_seat.get_keyboard": (1, "n"),
    "wl_keyboard.keymap": (0, "uhu"),
    "zwp_virtual_keyboard_manager_v1.create_virtual_keyboard": (0, "on"),
    "zwp_virtual_keyboard_v1.keymap": (0, "uhu"),
    "zwp_virtual_keyboard_v1.key": (1, "uuu"),
    "zwp_virtual_keyboard_v1.modifiers": (2, "uuuu"),
    "zwlr_foreign_toplevel_handle_v1.state": (4, "a"),
    "zwlr_foreign_toplevel_handle_v1.destroy": (7, ""),
    "zwp_input_method_v2.grab_keyboard": (5, "n"),
}
