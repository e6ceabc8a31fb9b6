# SPDX-License-Identifier: MIT
"""
Bus addresses: which sockets an address of a message bus names.

txdbus's parser is not used: it does not unescape, fails on `unix:runtime=yes`, and invents a path for `unix:tmpdir=`. Only
unix sockets are accepted, so that no text to be typed crosses a network.

The command line imports this for each call, so it imports next to nothing (`typewright.client`).

Source: D-Bus specification, "Server Addresses".
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST = 107  # Bytes in the name of a socket, a limit of the kernel. Twisted never reports a failure for a longer one.
_DIGITS = b"0123456789abcdefABCDEF"


def session_sockets(environ: Mapping[str, str]) -> list[str]:
    """
    Return the sockets of the session bus, in the order in which to try them; possibly none.

    The address is that of DBUS_SESSION_BUS_ADDRESS, by default the bus of the user's runtime directory. A name in the
    abstract namespace begins with a NUL.
    """
    address = environ.get("DBUS_SESSION_BUS_ADDRESS") or "unix:runtime=yes"
    return sockets(address, environ)


def sockets(address: str, environ: Mapping[str, str]) -> list[str]:
    """
    Return the unix sockets in `address`, a list separated by semicolons; skip what no client can connect to.

    `environ` is needed for `runtime=yes`.
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
    # An escape is a byte, not a character: one letter of a path may need several.
    first, *others = os.fsencode(value).split(b"%")
    return os.fsdecode(first + b"".join(_byte(other) for other in others))


def _byte(escape: bytes) -> bytes:
    """Return what follows a percent sign, with its two digits as a byte; if there are none, it is no escape."""
    if len(escape) < 2 or escape[:2].strip(_DIGITS):
        return b"%" + escape
    return bytes([int(escape[:2], 16)]) + escape[2:]
