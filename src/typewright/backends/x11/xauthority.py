# SPDX-License-Identifier: MIT
"""
The authority file: the cookie that a client shows to an X server.

Source: Xau's XauGetBestAuthByAddr, which all C clients use. The first entry counts whose family is wild or the server's, and
whose address and display number are the server's or, for the number, empty. python-xlib keeps the last one, and knows no
wild family: display managers write those, so that clients still get in after a change of the host name.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from typewright.errors import NoDisplay
from typewright.trusted_file import Untrusted, read_regular

_INTERNET, _INTERNET6, _LOCAL, _WILD = 0, 6, 256, 65535
_METHOD = b"MIT-MAGIC-COOKIE-1"


class Entry(NamedTuple):
    """One entry of the file."""

    family: int
    address: bytes
    number: bytes
    name: bytes
    data: bytes


def cookie(connected: socket.socket, number: int, environ: Mapping[str, str]) -> tuple[bytes, bytes]:
    """Return the authority's name and data for the server of display `number` at the other end; empty if there is none."""
    entries = list(_entries(_read(_file(environ))))
    for family, address in _peers(connected):
        for entry in entries:
            if _matches(entry, family, address, number):
                return entry.name, entry.data
    return b"", b""


def _matches(entry: Entry, family: int, address: bytes, number: int) -> bool:
    there = entry.family == _WILD or (entry.family, entry.address) == (family, address)
    return there and entry.number in (b"", str(number).encode()) and entry.name == _METHOD


def _peers(connected: socket.socket) -> Iterator[tuple[int, bytes]]:
    """Yield what the server may be entered as; a forwarded display of this machine (ssh) is entered as a local one."""
    local = _LOCAL, socket.gethostname().encode()
    if connected.family == socket.AF_UNIX:
        yield local
        return
    import ipaddress  # most displays are local, and both processes start sooner without it

    address = ipaddress.ip_address(connected.getpeername()[0].partition("%")[0])
    address = getattr(address, "ipv4_mapped", None) or address
    if address.is_loopback:
        yield local
    yield _INTERNET if address.version == 4 else _INTERNET6, address.packed


def _file(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("XAUTHORITY") or Path(environ.get("HOME", "/"), ".Xauthority"))


def _read(path: Path) -> bytes:
    """Return what is in the file; nothing if there is none, or none to be read. Raises NoDisplay."""
    try:
        return read_regular(path)
    except Untrusted as problem:
        raise NoDisplay(
            f"The authority file {path} is not read: {problem} Set XAUTHORITY to the file of the X session."
        ) from None
    except OSError:
        return b""


def _entries(data: bytes) -> Iterator[Entry]:
    """Yield the entries in `data`, up to one that is cut short."""
    at = 0
    with suppress(struct.error):
        while at < len(data):
            (family,) = struct.unpack_from(">H", data, at)
            at += 2
            fields = []
            for _ in range(4):
                (length,) = struct.unpack_from(">H", data, at)
                fields.append(data[at + 2 : at + 2 + length])
                at += 2 + length
            if at <= len(data):
                yield Entry(family, *fields)
