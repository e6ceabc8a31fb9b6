# SPDX-License-Identifier: MIT
"""
The connection set-up: socket, authority, the first exchange. It blocks, and for so long that a server that is there answers.

python-xlib knows the authority file and the forms. Its own Display waits for ever when nobody answers, where not even a
signal reaches us.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import socket
import struct
import sys
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import Xlib.error
from Xlib.protocol.display import ConnectionSetupRequest as Setup
from Xlib.support import connect

from typewright.backends.x11.address import check_peer
from typewright.errors import NoDisplay

_PATIENCE_S = 5.0
_ORDER = {"little": 0x6C, "big": 0x42}[sys.byteorder]
_SETUP_HEADER = 8
_ACCEPTED = 1


class Established(NamedTuple):
    """
    A connection that the server has accepted: its socket, the screens' root windows, and resource ids that are ours to use.

    That of the default screen is the first. `id_mask` has the bits in which the ids of one client differ.
    """

    socket: socket.socket
    roots: tuple[int, ...]
    ids: Iterator[int]
    id_mask: int


class Plain:
    """What python-xlib's parsers ask for: resources are plain numbers to us."""

    @staticmethod
    def get_resource_class(class_name: str, default: type | None = None) -> type | None:
        return default


def shake_hands(name: str) -> Established:
    """
    Connect to the display `name` (see `address.display_name`); blocks until it is done, for five seconds at most.

    Raises NoDisplay.
    """
    deadline = time.monotonic() + _PATIENCE_S
    try:
        connected, default, authority = _connect(name)
        try:
            check_peer(connected)
            info = _exchange(connected, authority, deadline)
            roots = [screen.root for screen in info.roots]
            roots.insert(0, roots.pop(min(default, len(roots) - 1)))
        except BaseException:
            connected.close()
            raise
    except TimeoutError:
        raise _refusal(name, "it does not answer") from None
    except ConnectionError:
        raise _refusal(name, "it has closed the connection") from None
    except (Xlib.error.DisplayError, OSError) as problem:
        raise _refusal(name, str(problem)) from None
    except (LookupError, ValueError, struct.error):
        raise _refusal(name, "what it answers is not the X protocol") from None
    return Established(connected, tuple(roots), _ids(info.resource_id_base, info.resource_id_mask), info.resource_id_mask)


def _connect(name: str) -> tuple[socket.socket, int, tuple[bytes, bytes]]:
    """The socket, the screen, and the authority's name and data."""
    name, protocol, host, number, screen = connect.get_display(name)
    usual = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_PATIENCE_S)
    try:
        connected = connect.get_socket(name, protocol, host, number)
    finally:
        socket.setdefaulttimeout(usual)
    # python-xlib prints a warning where there is no authority file; standard output has a reader of its own.
    with contextlib.redirect_stdout(io.StringIO()):
        return connected, screen, connect.get_auth(connected, name, protocol, host, number)


def _exchange(connected: socket.socket, authority: tuple[bytes, bytes], deadline: float) -> Any:
    """What the server tells of itself. Raises TimeoutError, OSError, or what parsing raises."""
    sent = Setup._request.to_binary(
        byte_order=_ORDER, protocol_major=11, protocol_minor=0, auth_prot_name=authority[0], auth_prot_data=authority[1]
    )
    connected.sendall(sent)
    header, _ = Setup._reply.parse_binary(_receive(connected, _SETUP_HEADER, deadline), Plain)
    told = _receive(connected, 4 * header.additional_length, deadline)
    if header.status != _ACCEPTED:
        raise OSError(told[: header.reason_length].decode("ascii", "replace").strip() or "it refuses us")
    return Setup._success_reply.parse_binary(told, Plain)[0]


def _receive(connected: socket.socket, length: int, deadline: float) -> bytes:
    data = b""
    while len(data) < length:
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        connected.settimeout(left_s)
        more = connected.recv(length - len(data))
        if not more:
            raise ConnectionError
        data += more
    return data


def _refusal(name: str, reason: str) -> NoDisplay:
    return NoDisplay(f"The X display {name.removeprefix('unix/')} can't be opened: {reason}.")


def _ids(base: int, mask: int) -> Iterator[int]:
    step = mask & -mask
    return (base | number for number in itertools.takewhile(lambda number: number <= mask, itertools.count(step, step)))
