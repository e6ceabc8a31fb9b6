# SPDX-License-Identifier: MIT
"""The messages of the light client, compared with those of another library; and what it makes of bad ones."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jeepney import DBusAddress, Endianness, Message, MessageType, Parser, new_error, new_method_call, new_method_return

from typewright.client.wire import ERROR, HEAD, METHOD_RETURN, Malformed, Reply, method_call, parse, size

WHERE = ("org.typewright.Typist1", "/org/typewright/Typist1", "org.typewright.Typist1")
ADDRESS = DBusAddress("/org/typewright/Typist1", "org.typewright.Typist1", "org.typewright.Typist1")
REPORT = {
    "confirmed": ("b", False), "typed": ("u", 3), "total": ("u", 7), "level": ("s", ""), "code": ("s", "moved"),
    "reason": ("s", "käme das Fenster"), "elapsed": ("d", 0.25), "window": ("u", 0xFFFFFFFF), "novel": ("as", ["a", "b"]),
}  # fmt: skip
_numbers = count(1)


def read_by_another(data: bytes) -> Message:
    parser = Parser()
    parser.add_data(data)
    message = parser.get_next_message()
    assert message is not None
    return message


def reply(signature: str | None, *body: object, order: Endianness = Endianness.little) -> bytes:
    """A reply to the call with the serial 7."""
    call = new_method_call(ADDRESS, "Type")
    call.header.serial = 7
    answer = new_method_return(call, signature, body)
    answer.header.endianness = order
    return answer.serialise(next(_numbers))


def taken(data: bytes) -> Reply:
    assert size(data[:HEAD]) == len(data)
    return parse(data)


OPTIONS = {"newline": "return", "timeout": 2.5, "window": 7, "context_adjust": True}


@pytest.mark.parametrize(
    ("signature", "arguments", "body"),
    [
        ("", (), ()),
        ("s", ("",), ("",)),
        ("s", ("Grüße 🎹",), ("Grüße 🎹",)),
        ("u", (0xFFFFFFFF,), (0xFFFFFFFF,)),
        ("sd", ("ctrl", 1.5), ("ctrl", 1.5)),
        ("ssv", ("a", "bc", True), ("a", "bc", ("b", True))),
        ("ua{sv}", (1, {}), (1, {})),
        (
            "sa{sv}",
            ("abc", OPTIONS),
            ("abc", {"newline": ("s", "return"), "timeout": ("d", 2.5), "window": ("u", 7), "context_adjust": ("b", True)}),
        ),
    ],
)
def test_a_call_is_what_another_library_reads(
    signature: str, arguments: tuple[object, ...], body: tuple[object, ...]
) -> None:
    message = read_by_another(method_call(9, *WHERE, "Type", signature, arguments))
    assert message.header.message_type is MessageType.method_call
    assert message.header.serial == 9
    assert {int(field): value for field, value in message.header.fields.items()} == {
        1: WHERE[1], 2: WHERE[2], 3: "Type", 6: WHERE[0], **({8: signature} if signature else {}),
    }  # fmt: skip
    assert message.body == body


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), st.integers(0, 0xFFFFFFFF))
def test_any_text_and_number(text: str, number: int) -> None:
    data = method_call(1, *WHERE, "Type", "sua{sv}", (text, number, {text: text}))
    assert read_by_another(data).body == (text, number, {text: ("s", text)})


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_what_is_no_string_of_dbus_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"NUL|surrogates"):
        method_call(1, *WHERE, "Insert", "s", (text,))


@pytest.mark.parametrize("order", list(Endianness))
def test_a_report_is_read_in_both_byte_orders(order: Endianness) -> None:
    read = taken(reply("a{sv}", REPORT, order=order))
    assert (read.kind, read.serial, read.error) == (METHOD_RETURN, 7, "")
    assert read.values == [{name: value for name, (_, value) in REPORT.items()}]


def test_other_replies() -> None:
    assert taken(reply(None)).values == []
    assert taken(reply("v", ("b", True))).values == [True]
    assert taken(reply("s", ":1.7")).values == [":1.7"]
    assert taken(reply("a(su)", [("a", 1), ("b", 2)])).values == [[("a", 1), ("b", 2)]]


def test_an_error() -> None:
    call = new_method_call(ADDRESS, "Type")
    call.header.serial = 3
    read = taken(new_error(call, "org.example.No", "s", ("because",)).serialise(1))
    assert (read.kind, read.serial, read.error, read.values) == (ERROR, 3, "org.example.No", ["because"])


GOOD = reply("a{sv}", REPORT)


@given(st.binary(max_size=200))
def test_noise_is_malformed_or_read(data: bytes) -> None:
    with suppress(Malformed):
        assert size(data[:HEAD].ljust(HEAD, b"\0")) <= 1 << 20
        parse(data.ljust(HEAD, b"\0"))


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_one_byte_that_is_wrong(place: int, byte: int) -> None:
    data = bytearray(GOOD)
    data[place] = byte
    with suppress(Malformed):
        parse(bytes(data))


@given(st.integers(HEAD, len(GOOD) - 1))
def test_what_is_cut_short_is_malformed(length: int) -> None:
    with pytest.raises(Malformed):
        parse(GOOD[:length])


@pytest.mark.parametrize(
    "head",
    [
        b"x" + GOOD[1:HEAD],  # no byte order
        GOOD[:3] + b"\2" + GOOD[4:HEAD],  # another version
        GOOD[:4] + b"\0\0\0\x10" + GOOD[8:HEAD],  # a body of 256 MiB
        GOOD[:12] + b"\xff\xff\xff\xff",  # fields of 4 GiB
    ],
)
def test_a_head_that_is_not_believed(head: bytes) -> None:
    with pytest.raises(Malformed):
        size(head)


def test_a_nest_of_variants_is_malformed() -> None:
    nest: tuple[str, object] = ("b", True)
    for _ in range(100):
        nest = ("v", nest)
    with pytest.raises(Malformed):
        parse(reply("v", nest))


def test_the_client_imports_next_to_nothing() -> None:
    code = (
        "import sys\nbefore = set(sys.modules)\nimport typewright.client.typist\nprint(*sorted(set(sys.modules) - before))"
    )
    source = next(path for path in sys.path if path.endswith("src"))
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {source!r})\n{code}"],
        capture_output=True, text=True, timeout=30, check=True,
    )  # fmt: skip
    assert {name for name in ran.stdout.split() if not name.startswith(("typewright", "_"))} <= {
        "os", "posixpath", "genericpath", "stat", "struct", "os.path",
    }  # fmt: skip
