# SPDX-License-Identifier: MIT
"""
Bus addresses: where the sockets of a message bus are.

Our own reading of them, since txdbus's does not unescape, falls over `unix:runtime=yes` and makes up a path for
`unix:tmpdir=`. Only unix sockets are taken: a text to be typed has no business on a network.

Source: D-Bus specification, "Server Addresses".
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

_LONGEST = 107  # Bytes in a socket's name, as the kernel has it. Twisted never comes back from an attempt at a longer one.


def session_sockets(environ: Mapping[str, str]) -> list[str]:
    """
    The sockets of the session bus, in the order in which to try them; possibly none.

    They stand in DBUS_SESSION_BUS_ADDRESS; without it, the bus of the user's runtime directory is meant. A name in the
    abstract namespace begins with a NUL.
    """
    address = environ.get("DBUS_SESSION_BUS_ADDRESS") or "unix:runtime=yes"
    return sockets(address, environ)


def sockets(address: str, environ: Mapping[str, str]) -> list[str]:
    """
    The unix sockets that `address`, a list separated by semicolons, names; what no client can connect to is skipped.

    `environ` serves `runtime=yes`.
    """
    found = (_socket(entry, environ) for entry in address.split(";"))
    return [socket for socket in found if socket is not None and len(os.fsencode(socket)) <= _LONGEST]


def _socket(entry: str, environ: Mapping[str, str]) -> str | None:
    transport, colon, settings = entry.strip().partition(":")
    if transport != "unix" or not colon:
        return None
    named = {}
    for setting in settings.split(","):
        key, equals, value = setting.partition("=")
        if equals:
            named[key] = _unescaped(value)
    if named.get("path"):
        return named["path"]
    if named.get("abstract"):
        return "\0" + named["abstract"]
    if named.get("runtime") == "yes" and environ.get("XDG_RUNTIME_DIR"):
        return environ["XDG_RUNTIME_DIR"] + "/bus"
    return None


def _unescaped(value: str) -> str:
    # An escape is a byte, not a character: a path may need several of them for one letter.
    return os.fsdecode(unquote_to_bytes(os.fsencode(value)))
