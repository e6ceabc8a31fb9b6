# SPDX-License-Identifier: MIT
"""
Where the compositor listens, and whether it may be trusted.

Source: wl_display_connect(3): $WAYLAND_SOCKET is a descriptor that is connected already, for one use; $WAYLAND_DISPLAY is a
name in $XDG_RUNTIME_DIR, or a path.
"""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import MutableMapping

from typewright.errors import NoDisplay
from typewright.peer import OVERFLOW_USER, is_trusted, peer_of

_LONGEST_PATH = 107


def open_socket(name: str | None, environ: MutableMapping[str, str]) -> socket.socket:
    """
    A socket that is connected to the compositor, and whose other end may be trusted; never blocks.

    `name` goes before $WAYLAND_SOCKET, and that, which is taken out of `environ`, before $WAYLAND_DISPLAY. Raises NoDisplay.
    """
    given = environ.pop("WAYLAND_SOCKET", None) if not name else None
    connected = _inherited(given) if given else _dialled(socket_path(name, environ))
    try:
        check_peer(connected)
    except BaseException:
        connected.close()
        raise
    return connected


def socket_path(name: str | None, environ: MutableMapping[str, str]) -> str:
    """The path of the compositor's socket, for `name` or $WAYLAND_DISPLAY. Raises NoDisplay."""
    name = name or environ.get("WAYLAND_DISPLAY", "")
    if not name:
        raise NoDisplay("There is no Wayland display: WAYLAND_DISPLAY is not set.")
    if "\0" in name:
        raise NoDisplay("The name of the Wayland display has a NUL inside.")
    runtime = environ.get("XDG_RUNTIME_DIR", "")
    if not os.path.isabs(name) and not os.path.isabs(runtime):
        raise NoDisplay(f"The Wayland display {name} is in XDG_RUNTIME_DIR, and that is not set to an absolute path.")
    path = os.path.join(runtime, name)
    if len(os.fsencode(path)) > _LONGEST_PATH:
        raise NoDisplay(f"The Wayland display can't be opened: the path {path} is longer than a socket's may be.")
    return path


def check_peer(connected: socket.socket) -> None:
    """Raise NoDisplay when the other end belongs neither to root nor to us: it could read all that is typed."""
    user = peer_of(connected).user
    if is_trusted(user):
        return
    hint = " Under --sandbox, root looks like that user: install without --sandbox." if user == OVERFLOW_USER else ""
    raise NoDisplay(
        f"The compositor's socket belongs to user {user}, neither you nor root; Typewright does not type there.{hint}"
    )


def _dialled(path: str) -> socket.socket:
    connected = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        connected.connect(path)
    except OSError as problem:
        connected.close()
        reason = "it accepts no connection" if isinstance(problem, BlockingIOError) else os.strerror(problem.errno or 0)
        raise NoDisplay(f"The Wayland display {path} can't be opened: {reason}.") from None
    return connected


def _inherited(number: str) -> socket.socket:
    try:
        descriptor = int(number)
        if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
            raise ValueError
        os.set_inheritable(descriptor, False)
        connected = socket.socket(fileno=descriptor)
    except (OSError, ValueError, OverflowError):
        raise NoDisplay("WAYLAND_SOCKET is not the number of an open socket.") from None
    if (connected.family, connected.type) != (socket.AF_UNIX, socket.SOCK_STREAM):
        connected.close()
        raise NoDisplay("WAYLAND_SOCKET is not a local stream socket.")
    connected.setblocking(False)
    return connected
