# SPDX-License-Identifier: MIT
"""Which X display to open, and whether the server that listens there can be trusted."""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from typewright.errors import NoDisplay
from typewright.peer import OVERFLOW_USER, is_trusted, peer_of

_LOCAL = re.compile(r"(?:(?:unix/?)?|[\w.-]+/unix):(?P<number>\d+)(?:\.(?P<screen>\d+))?")
_REMOTE = re.compile(
    r"(?:(?:tcp|inet6?)/)?(?P<host>\[[\da-fA-F:.%\w]+\]|[\w.-]+|(?<=/)[\da-fA-F:.]+):(?P<number>\d+)(?:\.(?P<screen>\d+))?"
)
_FIRST_PORT, _LAST_PORT = 6000, 65535
_SOCKETS = Path("/tmp/.X11-unix")


class Address(NamedTuple):
    """Where an X server listens: on `host`, or on this machine's socket for an empty one; and the screen to use."""

    host: str
    number: int
    screen: int

    @property
    def path(self) -> Path:
        """The socket of a local server."""
        return _SOCKETS / f"X{self.number}"

    @property
    def port(self) -> int:
        """The port of a server on a host."""
        return _FIRST_PORT + self.number


def display_name(name: str | None, environ: Mapping[str, str]) -> str:
    """
    Return the name of the display `name`, or of `$DISPLAY`, as `address_of` takes it.

    For a plain `:N` whose socket is gone, python-xlib would go on to an abstract socket and to TCP, and send the
    authentication cookie to whatever listens there. Raises NoDisplay.
    """
    name = name or environ.get("DISPLAY", "")
    if not name:
        raise NoDisplay
    address = address_of(name)
    if not address.host and not address.path.exists():
        raise NoDisplay(f"No X server listens at {address.path}: start one, or set DISPLAY to a running one.")
    if address.host:
        return name
    return f"unix/:{address.number}.{address.screen}" if address.screen else f"unix/:{address.number}"


def address_of(name: str) -> Address:
    """
    Return the address that a display's name stands for (X(7), "DISPLAY NAMES", and libxcb): `:0`, `unix:0`, `host:10.0`,
    `tcp/host:10`, `inet/127.0.0.1:10`, `[::1]:10`. Raises NoDisplay.
    """
    local, remote = _LOCAL.fullmatch(name), _REMOTE.fullmatch(name)
    found = local or remote
    if found is None or _FIRST_PORT + int(found["number"]) > _LAST_PORT:
        raise NoDisplay(f"{name!r} is not the name of an X display; one looks like :0, or host:10.0.")
    host = "" if local else found["host"].strip("[]")
    return Address(host, int(found["number"]), int(found["screen"] or 0))


def check_peer(connected: socket.socket) -> None:
    """Raise NoDisplay if a local socket's other end runs as neither root nor this user: it could read all that is typed."""
    if connected.family != socket.AF_UNIX:
        return
    user = peer_of(connected).user
    if is_trusted(user):
        return
    hint = " Under --sandbox, root looks like that user: install without --sandbox." if user == OVERFLOW_USER else ""
    raise NoDisplay(
        f"The X server's socket belongs to user {user}, who is neither you nor root; Typewright does not type there.{hint}"
    )
