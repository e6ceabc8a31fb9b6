# SPDX-License-Identifier: MIT
"""Which X display to open, and whether to trust who listens there."""

from __future__ import annotations

import os
import re
import socket
import struct
from collections.abc import Mapping
from pathlib import Path

from typewright.errors import NoDisplay, WaylandOnly

_NAME = re.compile(r"(?:unix/?)?:(?P<number>\d+)(?:\.\d+)?")
_NOBODY = 65534
"""The user that the kernel shows for all those whom a user namespace has no number for."""
_SOCKETS = Path("/tmp/.X11-unix")


def display_name(name: str | None, environ: Mapping[str, str]) -> str:
    """
    The name to give to python-xlib for `name`, or for `$DISPLAY`.

    A local display is named `unix/:N`, because under a plain `:N` python-xlib goes on to an abstract socket and to TCP when
    the socket is gone, and hands the cookie to whoever listens there. Raises NoDisplay or WaylandOnly.
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
        raise NoDisplay(f"No X server listens at {path}: start one, or set DISPLAY to the one that runs.")
    return f"unix/:{local['number']}"


def check_peer(connected: socket.socket) -> None:
    """Raise NoDisplay when a local socket's other end belongs neither to root nor to us: it could read all we type."""
    if connected.family != socket.AF_UNIX:
        return
    _, uid, _ = struct.unpack("3i", connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))
    if uid in (0, os.getuid()):
        return
    hint = " Installed with --sandbox, it takes root for nobody: install it without." if uid == _NOBODY else ""
    raise NoDisplay(
        f"The X server's socket belongs to user {uid}, who is neither you nor root; Typewright does not type there.{hint}"
    )
