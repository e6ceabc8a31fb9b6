# SPDX-License-Identifier: MIT
"""
Reads files that decide what the service does: never one that another user could have written, nor one that never ends.

Source: sshd(8), StrictModes, and Debian's reading of it: a group of one's own is not another user.
"""

from __future__ import annotations

import grp
import os
import pwd
import stat
from pathlib import Path

from typewright.peer import OVERFLOW_USER, is_trusted

_LONGEST = 1 << 20
_NULL = os.makedev(1, 3)
"""The device number of /dev/null on Linux. Source: the kernel's list of devices."""
_KINDS = {
    stat.S_IFDIR: "a directory",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class Untrusted(ValueError):
    """The file is not read; the message says why, and what to do about it, in sentences that begin with "it"."""


def read_regular(path: Path | str) -> bytes:
    """
    Return the contents of a regular file of reasonable size, or of /dev/null, which stands for an empty one.

    Raises OSError, or Untrusted. Never waits for a writer.
    """
    return _read(path)[0]


def read_trusted(path: Path) -> bytes:
    """
    Return the contents of a file as `read_regular` does, if only this user and root can have written it.

    Directories on the way count: who may write to one can put another file there. Raises OSError or Untrusted.
    """
    contents, status = _read(path)
    if status.st_rdev == _NULL:
        return contents
    _check_owner(status, "it", path)
    if _others_write(status):
        raise Untrusted(f"it can be written by other users, and is not obeyed; run `chmod go-w {path}`.")
    # The directory of the name, and that of the file which a link may lead to.
    for place in {path.absolute(), path.resolve()}:
        for directory in place.parents:
            _check_directory(directory)
    return contents


def _read(path: Path | str) -> tuple[bytes, os.stat_result]:
    file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    try:
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode) and status.st_rdev != _NULL:
            raise Untrusted(f"it is {_KINDS.get(stat.S_IFMT(status.st_mode), 'no file')}, and must be a regular file.")
        with os.fdopen(file, "rb", closefd=False) as opened:
            contents = opened.read(_LONGEST + 1)
    finally:
        os.close(file)
    if len(contents) > _LONGEST:
        raise Untrusted(f"it is longer than {_LONGEST} bytes, and cannot be what it should be.")
    return contents, status


def _check_owner(status: os.stat_result, what: str, path: Path) -> None:
    if not is_trusted(status.st_uid):
        raise Untrusted(
            f"{what} belongs to user {status.st_uid}, who is neither you nor root, and is not obeyed; as root, run "
            f"`chown {os.getuid()} {path}`."
        )


def _check_directory(directory: Path) -> None:
    status = directory.stat()
    if status.st_uid != OVERFLOW_USER or not _is_in_user_namespace():
        _check_owner(status, f"its directory {directory}", directory)
    # In a sticky directory, as /tmp is, only the owner of a file can replace it.
    if _others_write(status) and not status.st_mode & stat.S_ISVTX:
        raise Untrusted(
            f"its directory {directory} can be written by other users, who could replace it; run `chmod go-w {directory}`."
        )


def _others_write(status: os.stat_result) -> bool:
    if status.st_mode & stat.S_IWOTH:
        return True
    return bool(status.st_mode & stat.S_IWGRP) and not (status.st_gid == 0 or _is_own_group(status.st_gid))


def _is_own_group(gid: int) -> bool:
    """Return whether a group is this user's private one: it has the user's name, and no other member."""
    try:
        group, user = grp.getgrgid(gid), pwd.getpwuid(os.getuid())
    except KeyError:
        return False
    return group.gr_name == user.pw_name and not set(group.gr_mem) - {user.pw_name}


def _is_in_user_namespace() -> bool:
    try:
        return Path("/proc/self/uid_map").read_text("ascii").split() != ["0", "0", "4294967295"]
    except OSError:
        return False
