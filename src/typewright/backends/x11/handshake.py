# SPDX-License-Identifier: MIT
"""
The connection set-up: socket, authentication, first exchange. It blocks, but never longer than a running server needs.

python-xlib supplies the formats of the messages. Its own Display is not used: it waits for ever for a
server that does not answer, and not even a signal interrupts that.
"""

from __future__ import annotations

import itertools
import os
import socket
import struct
import sys
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

from Xlib.protocol.display import ConnectionSetupRequest as Setup

from typewright.backends.x11.address import address_of, check_peer
from typewright.backends.x11.xauthority import cookie
from typewright.errors import NoDisplay

_LONGEST_S = 5.0
_ORDER = {"little": 0x6C, "big": 0x42}[sys.byteorder]
_SETUP_HEADER = 8
_ACCEPTED = 1


class Established(NamedTuple):
    """
    A connection that the server has accepted: its socket, the screens' root windows, and resource ids for this client.

    The default screen's root window is the first. `id_mask` has the bits in which the ids of one client differ.
    """

    socket: socket.socket
    roots: tuple[int, ...]
    ids: Iterator[int]
    id_mask: int


class PlainResources:
    """Makes python-xlib's parsers leave resources as plain numbers."""

    @staticmethod
    def get_resource_class(class_name: str, default: type | None = None) -> type | None:
        return default


def shake_hands(name: str) -> Established:
    """
    Connect to the display `name` (see `address.display_name`); blocks until that is done, for five seconds at most.

    Raises NoDisplay.
    """
    deadline = time.monotonic() + _LONGEST_S
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
        raise _no_display(name, "it does not answer") from None
    except ConnectionError:
        raise _no_display(name, "it has closed the connection") from None
    except OSError as problem:
        raise _no_display(name, str(problem)) from None
    except (LookupError, ValueError, struct.error):
        raise _no_display(name, "what it answers is not the X protocol") from None
    return Established(connected, tuple(roots), _ids(info.resource_id_base, info.resource_id_mask), info.resource_id_mask)


def _connect(name: str) -> tuple[socket.socket, int, tuple[bytes, bytes]]:
    """Return the socket, the screen's number, and the authority's name and data."""
    address = address_of(name)
    if address.host:
        connected = socket.create_connection((address.host, address.port), _LONGEST_S)
    else:
        connected = socket.socket(socket.AF_UNIX)
        connected.settimeout(_LONGEST_S)
    try:
        if not address.host:
            connected.connect(str(address.path))
        return connected, address.screen, cookie(connected, address.number, os.environ)
    except BaseException:
        connected.close()
        raise


def _exchange(connected: socket.socket, authority: tuple[bytes, bytes], deadline: float) -> Any:
    """Return the server's description of itself. Raises TimeoutError, OSError, or what parsing raises."""
    sent = Setup._request.to_binary(
        byte_order=_ORDER, protocol_major=11, protocol_minor=0, auth_prot_name=authority[0], auth_prot_data=authority[1]
    )
    connected.sendall(sent)
    header, _ = Setup._reply.parse_binary(_receive(connected, _SETUP_HEADER, deadline), PlainResources)
    data = _receive(connected, 4 * header.additional_length, deadline)
    if header.status != _ACCEPTED:
        raise OSError(data[: header.reason_length].decode("ascii", "replace").strip() or "it refuses the connection")
    return Setup._success_reply.parse_binary(data, PlainResources)[0]


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


def _no_display(name: str, reason: str) -> NoDisplay:
    return NoDisplay(f"The X display {name.removeprefix('unix/')} can't be opened: {reason}.")


def _ids(base: int, mask: int) -> Iterator[int]:
    step = mask & -mask
    return (base | number for number in itertools.takewhile(lambda number: number <= mask, itertools.count(step, step)))
