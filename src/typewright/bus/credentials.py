# SPDX-License-Identifier: MIT
"""
What the kernel tells of a peer's process: its executable, and by its control group the application that it belongs to.

Sources: proc(5); systemd's "Desktop Environment Integration", which says how desktops name the units of applications.
"""

from __future__ import annotations

import os
import re
from typing import NamedTuple

_GONE = " (deleted)"
_HIERARCHY = re.compile(r"^(?:0:|\d+:name=systemd):(?P<path>/.*)$", re.MULTILINE)
_APPLICATION = re.compile(r"app-(?:[^-]+-)?(?P<id>[^-@]+)(?:-[^-]+\.scope|(?:@.*)?\.service)")
_NO_APPLICATION = re.compile(r"(?:session-.+|init)\.scope|user@.+\.service")
_ESCAPED = re.compile(r"\\x([0-9a-f]{2})")


class Process(NamedTuple):
    """The executable, a path without links, and the application's id, empty if there is none. Unknown: None."""

    executable: str | None = None
    app: str | None = None


def look_at(pid: int) -> Process:
    """What is known of the process. Both facts are of one process, though the number may be another's a moment later."""
    try:
        # All is read below this directory, which stays that of the process and is empty when it has ended.
        directory = os.open(f"/proc/{pid}", os.O_PATH | os.O_DIRECTORY)
    except OSError:
        return Process()
    try:
        return Process(_executable(directory), _app(directory))
    finally:
        os.close(directory)


def app_of(cgroup: str) -> str | None:
    """The id of the application, from the text of /proc/PID/cgroup; empty if none, None if that does not say."""
    paths = [found["path"] for found in _HIERARCHY.finditer(cgroup)]
    if not paths:
        return None
    # Where both kinds of control groups are in use, the units stand in the longer path.
    for unit in reversed(max(paths, key=len).split("/")):
        if _NO_APPLICATION.fullmatch(unit):
            return ""
        if application := _APPLICATION.fullmatch(unit):
            return _unescaped(application["id"])
        if unit.endswith((".service", ".scope")):
            return _unescaped(unit.rpartition(".")[0])
    return ""


def _executable(directory: int) -> str | None:
    try:
        path = os.readlink("exe", dir_fd=directory)
    except OSError:  # It has ended; or is not ours to look at, as it is in a sandbox or has rights that we have not.
        return None
    # What stood there when it was started is gone. What stands there now is another program.
    return None if path.endswith(_GONE) else path


def _app(directory: int) -> str | None:
    try:
        with open(os.open("cgroup", os.O_RDONLY, dir_fd=directory), encoding="utf-8", errors="replace") as file:
            return app_of(file.read())
    except OSError:
        return None


def _unescaped(name: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), name)
