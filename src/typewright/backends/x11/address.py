# SPDX-License-Identifier: MIT
"""Which X display to open, and whether the server that listens there can be trusted."""

from __future__ import annotations

import os
import re
import socket
import stat
import struct
from collections.abc import Mapping
from pathlib import Path

from typewright.errors import NoDisplay

_NAME = re.compile(r"(?:unix/?)?:(?P<number>\d+)(?:\.\d+)?")
_OVERFLOW_USER = 65534
"""The id that the kernel shows for users that have no number in a user namespace."""
_SOCKETS = Path("/tmp/.X11-unix")


def display_name(name: str | None, environ: Mapping[str, str]) -> str:
    """
    Return the name to give to python-xlib for the display `name`, or for `$DISPLAY`.

    A local display is named `unix/:N`. For a plain `:N` whose socket is gone, python-xlib would go on to an abstract socket
    and to TCP, and send the authentication cookie to whatever listens there. Raises NoDisplay.
    """
    name = name or environ.get("DISPLAY", "")
    if not name:
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


def check_authority(environ: Mapping[str, str]) -> None:
    """
    Raise NoDisplay if $XAUTHORITY names something that is not a file: python-xlib would read a FIFO or a device for ever.

    /dev/null is an authority file without entries.
    """
    name = environ.get("XAUTHORITY") or os.path.join(environ.get("HOME", "/"), ".Xauthority")
    try:
        mode = os.stat(name).st_mode
    except OSError:
        return  # There is none, and the server may ask for none.
    if not (stat.S_ISREG(mode) or os.path.samefile(name, os.devnull)):
        raise NoDisplay(f"The authority file {name} is not a regular file: set XAUTHORITY to the one of the X session.")


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
