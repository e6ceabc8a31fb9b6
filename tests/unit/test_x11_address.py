# SPDX-License-Identifier: MIT
"""The names of displays, and the cookie for one."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from typewright.backends.x11.address import Address, address_of
from typewright.backends.x11.xauthority import cookie
from typewright.errors import NoDisplay

LOCAL, INTERNET, INTERNET6, WILD = 256, 0, 6, 65535
HOST = socket.gethostname().encode()
LOOPBACK, LOOPBACK6 = bytes((127, 0, 0, 1)), bytes(15) + b"\x01"
METHOD = b"MIT-MAGIC-COOKIE-1"


@pytest.mark.parametrize(
    ("name", "address"),
    [
        (":4", Address("", 4, 0)),
        (":4.1", Address("", 4, 1)),
        ("unix:4", Address("", 4, 0)),
        ("unix/:4", Address("", 4, 0)),
        ("myhost/unix:4", Address("", 4, 0)),
        ("localhost:10.0", Address("localhost", 10, 0)),
        ("tcp/localhost:4", Address("localhost", 4, 0)),
        ("inet/127.0.0.1:4", Address("127.0.0.1", 4, 0)),
        ("inet6/::1:4.2", Address("::1", 4, 2)),
        ("[::1]:4", Address("::1", 4, 0)),
        ("tcp/[fe80::1%eth0]:4", Address("fe80::1%eth0", 4, 0)),
    ],
)
def test_a_name(name: str, address: Address) -> None:
    assert address_of(name) == address


@pytest.mark.parametrize(
    "name", ["", "4", ":", ":x", "tcp/:4", "host:70000", "nonsense", "[::1]", "::1:4", "dec/host:4", "host::4"]
)
def test_no_name(name: str) -> None:
    with pytest.raises(NoDisplay):
        address_of(name)


def entry(family: int, address: bytes, number: bytes, data: bytes, name: bytes = METHOD) -> bytes:
    fields = (struct.pack(">H", len(field)) + field for field in (address, number, name, data))
    return struct.pack(">H", family) + b"".join(fields)


OTHER = entry(LOCAL, b"elsewhere", b"4", b"other")
RIGHT = entry(LOCAL, HOST, b"4", b"right")
STALE = entry(LOCAL, HOST, b"4", b"stale")


@pytest.fixture
def local() -> Iterator[socket.socket]:
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        yield ours


@pytest.mark.parametrize(
    ("entries", "data"),
    [
        ([], b""),
        ([OTHER], b""),
        ([OTHER, RIGHT, STALE], b"right"),
        ([entry(WILD, b"", b"4", b"right"), STALE], b"right"),
        ([entry(WILD, b"", b"", b"right")], b"right"),
        ([entry(WILD, b"old name", b"4", b"right")], b"right"),
        ([entry(LOCAL, HOST, b"", b"right"), STALE], b"right"),
        ([entry(LOCAL, HOST, b"5", b"wrong"), RIGHT], b"right"),
        ([entry(LOCAL, b"old name", b"4", b"wrong"), RIGHT], b"right"),
        ([entry(INTERNET, LOOPBACK, b"4", b"wrong"), RIGHT], b"right"),
        ([entry(WILD, b"", b"4", b"wrong", b"XDM-AUTHORIZATION-1"), RIGHT], b"right"),
        ([RIGHT, RIGHT[:-2]], b"right"),
        ([RIGHT[:-2]], b""),
    ],
)
def test_the_first_entry_that_fits_is_shown(local: socket.socket, tmp_path: Path, entries: list[bytes], data: bytes) -> None:
    file = tmp_path / "authority"
    file.write_bytes(b"".join(entries))
    assert cookie(local, 4, {"XAUTHORITY": str(file)}) == ((METHOD, data) if data else (b"", b""))


@pytest.mark.parametrize(
    ("host", "entries"),
    [
        ("127.0.0.1", [RIGHT]),
        ("127.0.0.1", [entry(INTERNET, LOOPBACK, b"4", b"right")]),
        ("::1", [RIGHT]),
        ("::1", [entry(INTERNET6, LOOPBACK6, b"4", b"right")]),
        ("::ffff:127.0.0.1", [entry(INTERNET, LOOPBACK, b"4", b"right")]),
    ],
)
def test_a_server_over_tcp(tmp_path: Path, host: str, entries: list[bytes]) -> None:
    file = tmp_path / "authority"
    file.write_bytes(b"".join(entries))
    with ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True))
        connected = stack.enter_context(socket.create_connection((host, listening.getsockname()[1])))
        assert cookie(connected, 4, {"XAUTHORITY": str(file)})[1] == b"right"


def test_a_file_that_has_no_end_or_is_not_there(local: socket.socket, tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    for path in (fifo, Path("/dev/zero"), tmp_path):
        with pytest.raises(NoDisplay, match=f"The authority file {path} is not read: it is a .* Set XAUTHORITY"):
            cookie(local, 4, {"XAUTHORITY": str(path)})
    for path in (tmp_path / "none", Path(os.devnull)):
        assert cookie(local, 4, {"XAUTHORITY": str(path)}) == (b"", b"")
    (tmp_path / ".Xauthority").write_bytes(RIGHT)
    assert cookie(local, 4, {"HOME": str(tmp_path)})[1] == b"right"
