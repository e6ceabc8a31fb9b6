# SPDX-License-Identifier: MIT
"""The session's Xwayland: where its programs are connected, and the sockets by which it reads what the compositor sends."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

_DISPLAY = re.compile(r":(\d+)(\.\d+)?")
_SOCKET = re.compile(r"socket:\[(\d+)\]")
_COMMAND = b"Xwayland"


class Xwayland:
    """The one that `$DISPLAY` names, if there is one; it may come and go."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        found = _DISPLAY.fullmatch(environ.get("DISPLAY", ""))
        self._number = found[1] if found else ""
        self._pid = 0

    @property
    def paths(self) -> Sequence[str]:
        """Where it listens."""
        return [f"/tmp/.X11-unix/X{self._number}"] if self._number else []

    def sockets(self) -> Sequence[int]:
        """Return the inodes of its sockets; none while it does not run, or where that cannot be told."""
        if not self._number:
            return []
        if not self._is_it(self._pid):
            self._pid = next((pid for pid in _processes() if self._is_it(pid)), 0)
        return list(_sockets_of(self._pid)) if self._pid else []

    def _is_it(self, pid: int) -> bool:
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return words[0].rpartition(b"/")[2] == _COMMAND and f":{self._number}".encode() in words[1:]


def _processes() -> Iterator[int]:
    for entry in os.scandir("/proc"):
        try:
            if entry.name.isdigit() and entry.stat().st_uid == os.getuid():
                yield int(entry.name)
        except OSError:
            continue


def _sockets_of(pid: int) -> Iterator[int]:
    try:
        for entry in os.scandir(f"/proc/{pid}/fd"):
            found = _SOCKET.fullmatch(os.readlink(entry.path))
            if found:
                yield int(found[1])
    except OSError:
        return
