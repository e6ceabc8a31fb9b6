# SPDX-License-Identifier: MIT
"""
The credentials of peers: what the bus knows about a name, and the kernel about its process.

The bus gives a unique name to one connection only, ever, so each name is asked for once.

Sources: D-Bus specification, GetConnectionCredentials; proc(5); systemd's "Desktop Environment Integration", for the names
of the units in which desktops start applications.
"""

from __future__ import annotations

import os
import re
from collections.abc import Generator
from typing import Any, NamedTuple

from twisted.internet.defer import Deferred, inlineCallbacks

from typewright.access import Identity
from typewright.bus.connection import BusConnection, ErrorReply

_REMEMBERED = 1_000
_DELETED = " (deleted)"
_HIERARCHY = re.compile(r"^(?:0:|\d+:name=systemd):(?P<path>/.*)$", re.MULTILINE)
_APPLICATION = re.compile(r"app-(?:[^-]+-)?(?P<id>[^-@]+)(?:-[^-]+\.scope|(?:@.*)?\.service)")
_NO_APPLICATION = re.compile(r"(?:session-.+|init)\.scope|user@.+\.service")
_ESCAPED = re.compile(r"\\x([0-9a-f]{2})")


class Credentials:
    """Identifies the peers of a connection by their unique names."""

    def __init__(self, connection: BusConnection) -> None:
        self._connection = connection
        self._known: dict[str, Identity] = {}
        self._asked: dict[str, list[Deferred[Identity]]] = {}

    def known(self, name: str) -> Identity:
        """Return what is already known about `name`."""
        return self._known.get(name, Identity(name))

    def identify(self, name: str) -> Deferred[Identity]:
        """
        Find out the identity of `name`.

        Fires at once if it is known; several requests for one name fire in their order. Of a peer that has left the bus,
        only the name is known. Errbacks with BusLost.
        """
        answer: Deferred[Identity] = Deferred()
        if name in self._known:
            answer.callback(self._known[name])
        elif name in self._asked:
            self._asked[name].append(answer)
        else:
            self._asked[name] = [answer]
            self._ask(name).addBoth(self._answer, name)
        return answer

    @inlineCallbacks
    def _ask(self, name: str) -> Generator[Deferred[Any], Any, Identity]:
        try:
            (told,) = yield self._connection.call_daemon("GetConnectionCredentials", "s", name)
        except ErrorReply:
            return Identity(name)
        uid, pid = told.get("UnixUserID"), told.get("ProcessID")
        process = process_of(pid) if pid else Process()
        # As long as the name has an owner, its process has not ended, so the number was not reused before it was read;
        # unless the process has handed its connection to a child, which only the kernel could tell.
        (owned,) = yield self._connection.call_daemon("NameHasOwner", "s", name)
        if not owned or uid is None:
            return Identity(name)
        identity = Identity(name, uid, pid, *process)
        self._known[name] = identity
        while len(self._known) > _REMEMBERED:
            del self._known[next(iter(self._known))]
        return identity

    def _answer(self, result: Any, name: str) -> None:
        for answer in self._asked.pop(name):
            answer.callback(result)  # With a Failure this is an errback.


class Process(NamedTuple):
    """A process: its executable, as a path without links, and its application's id, empty if it has none. Unknown: None."""

    executable: str | None = None
    app: str | None = None


def process_of(pid: int) -> Process:
    """Return what is known about the process. Both facts are about the same process, even if it ends meanwhile."""
    try:
        # An open directory stays the one of this process, and is empty after its end.
        directory = os.open(f"/proc/{pid}", os.O_PATH | os.O_DIRECTORY)
    except OSError:
        return Process()
    try:
        return Process(_executable(directory), _app(directory))
    finally:
        os.close(directory)


def app_of(cgroup: str) -> str | None:
    """Return the application's id from the text of /proc/PID/cgroup: empty if there is none, None if it cannot be told."""
    paths = [found["path"] for found in _HIERARCHY.finditer(cgroup)]
    if not paths:
        return None
    # Where both versions of control groups are in use, the longer path has the units.
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
    except OSError:  # It has ended, or this process may not look at it: it is in a sandbox, or has more rights.
        return None
    # The file from which it was started has been deleted. What is at that path now may be another program.
    return None if path.endswith(_DELETED) else path


def _app(directory: int) -> str | None:
    try:
        with open(os.open("cgroup", os.O_RDONLY, dir_fd=directory), encoding="utf-8", errors="replace") as file:
            return app_of(file.read())
    except OSError:
        return None


def _unescaped(name: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), name)
