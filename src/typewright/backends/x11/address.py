# SPDX-License-Identifier: MIT
"""Which X display to open, and whether the server that listens there can be trusted."""

from __future__ import annotations

import os
import re
import socket
import struct
from collections.abc import Mapping
from pathlib import Path

from typewright.errors import NoDisplay, WaylandOnly

_NAME = re.compile(r"(?:unix/?)?:(?P<number>\d+)(?:\.\d+)?")
_OVERFLOW_USER = 65534
"""The id that the kernel shows for users that have no number in a user namespace."""
_SOCKETS = Path("/tmp/.X11-unix")


def display_name(name: str | None, environ: Mapping[str, str]) -> str:
    """
    Return the name to give to python-xlib for the display `name`, or for `$DISPLAY`.

    A local display is named `unix/:N`. For a plain `:N` whose socket is gone, python-xlib would go on to an abstract socket
    and to TCP, and send the authentication cookie to whatever listens there. Raises NoDisplay or WaylandOnly.
    """
    name = name or environ.get("DISPLAY", "")
    if not name:
        if environ.get("WAYLAND_DISPLAY"):
            raise WaylandOnly
        raise NoDisplay
    local = _NAME.fullmatch(name)
    if local is None:
        if not re.fullmatch(r"[\w.-]+:\d+(\.\d+)?", name):
            raise NoDisplay(f"{name!r} is not the name of an X display; one looks like :0, or host:10.0.")
        return name
    path = _SOCKETS / f"X{local['number']}"
    if not path.exists():
        raise NoDisplay(f"No X server listens at {path}: start one, or set DISPLAY to a running one.")
    return f"unix/:{local['number']}"


def check_peer(connected: socket.socket) -> None:
    """Raise NoDisplay if a local socket's other end runs as neither root nor this user: it could read all that is typed."""
    if connected.family != socket.AF_UNIX:
        return
    _, uid, _ = struct.unpack("3i", connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))
    if uid in (0, os.getuid()):
        return
    hint = " Under --sandbox, root looks like that user: install without --sandbox." if uid == _OVERFLOW_USER else ""
    raise NoDisplay(
        f"The X server's socket belongs to user {uid}, who is neither you nor root; Typewright does not type there.{hint}"
    )
