# SPDX-License-Identifier: MIT
"""
The peer of a local socket: which process it is, and whether its user is trusted.

Source: unix(7), SO_PEERCRED; user_namespaces(7), "Unmapped user and group IDs".
"""

from __future__ import annotations

import os
import socket
import struct
from typing import NamedTuple

OVERFLOW_USER = 65534
"""The id that the kernel shows for users that have no number in a user namespace, as root in the sandbox."""
_CREDENTIALS = struct.Struct("3i")


class Peer(NamedTuple):
    """
    The id of the process that listened or connected at the other end of a socket, and the id of its user.

    Both are from the time of listen(2), connect(2) or socketpair(2). `user` is -1 where nothing is connected.
    """

    process: int
    user: int


def peer_of(connected: socket.socket) -> Peer:
    """Return the peer of a local socket. Raises OSError."""
    credentials = connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    process, user, _ = _CREDENTIALS.unpack(credentials)
    return Peer(process, user)


def is_trusted(user: int) -> bool:
    """Return whether `user` is root or that of this process: both have power over this process in any case."""
    return user in (0, os.getuid())
