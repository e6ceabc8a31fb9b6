# SPDX-License-Identifier: MIT
"""The connection set-up, which python-xlib does well: the authority file, the first exchange, the server's facts."""

from __future__ import annotations

import contextlib
import io
import itertools
import socket
from collections.abc import Iterator
from typing import NamedTuple

import Xlib.error
import Xlib.protocol.display

from typewright.errors import NoDisplay
from typewright.x11.address import check_peer


class Established(NamedTuple):
    """
    A connection that the server has accepted: its socket, the root window, and resource ids that are ours to use.

    `id_mask` has the bits in which the ids of one client differ.
    """

    socket: socket.socket
    root: int
    ids: Iterator[int]
    id_mask: int


class Handshake(Xlib.protocol.display.Display):
    """python-xlib's side of the set-up; resources are plain numbers to us, for it and for all that parses replies."""

    @staticmethod
    def get_resource_class(class_name: str, default: type | None = None) -> type | None:
        return default


def shake_hands(name: str) -> Established:
    """
    Connect to the display `name` (see `address.display_name`); blocks until it is done.

    Raises NoDisplay. Nothing of python-xlib holds on to the socket afterwards.
    """
    try:
        # python-xlib prints a warning where there is no authority file; standard output has a reader of its own.
        with contextlib.redirect_stdout(io.StringIO()):
            display = Handshake(name)
    except (Xlib.error.DisplayError, OSError) as problem:
        raise NoDisplay(f"The X display {name.removeprefix('unix/')} can't be opened: {problem}") from None
    check_peer(display.socket)
    root = display.info.roots[display.default_screen].root
    info = display.info
    return Established(display.socket, root, _ids(info.resource_id_base, info.resource_id_mask), info.resource_id_mask)


def _ids(base: int, mask: int) -> Iterator[int]:
    step = mask & -mask
    return (base | number for number in itertools.takewhile(lambda number: number <= mask, itertools.count(step, step)))
