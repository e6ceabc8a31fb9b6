# SPDX-License-Identifier: MIT
"""
Signs of life of the programs on a display: how much of what its server has sent them they have not read yet.

A server writes events into a program's socket. When that is full, libwayland up to 1.22 ends the program, after some 280
small writes: of a program that hangs, and of one that reads more slowly than keys come. The kernel tells any process how
full sockets are, so typing can wait in time. What was read may not yet be processed: this is no answer of the program.

Source: sock_diag(7), "UNIX sockets"; linux/unix_diag.h. The figure is what counts against the limit (`sk_wmem_alloc`).
"""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

_SOCK_DIAG_BY_FAMILY, _DONE, _ERROR = 20, 3, 2
_REQUEST, _DUMP = 0x001, 0x300
_SHOW_NAME, _SHOW_PEER, _SHOW_QUEUE = 1 << 0, 1 << 2, 1 << 4
_NAME, _PEER, _QUEUE = 0, 2, 4
_ANY_COOKIE = 0xFFFFFFFF
_ESTABLISHED = 1 << 1
_NETLINK_SOCK_DIAG = 4
_PATIENCE_S = 0.5
"""The kernel answers at once; a system where it does not must not stop the service."""

_HEADER, _QUERY, _FOUND, _ATTRIBUTE = (struct.Struct(form) for form in ("=IHHII", "=BBHIIIII", "=BBBBIII", "=HH"))


class _Socket(NamedTuple):
    """`waiting` is what came and was not read, in bytes; `unread` what went and the other end has not read."""

    inode: int
    name: bytes
    peer: int
    waiting: int
    unread: int


class Unread:
    """
    The sockets of a display server, one a program; `Unread.of` finds it by a connection to it.

    `names` are those of its listening sockets, which the sockets of its programs have as well. `readers` gives the inodes of
    sockets of programs that were connected in another way: those without a name count.
    """

    def __init__(
        self, asked: socket.socket, names: Collection[bytes], readers: Callable[[], Collection[int]] = tuple
    ) -> None:
        self._asked = asked
        self._names = frozenset(names)
        self._readers = readers
        self._inodes: list[int] = []
        self._read_by: list[int] = []
        self._serial = 0

    @classmethod
    def of(
        cls, connected: int, others: Collection[str] = (), readers: Callable[[], Collection[int]] = tuple
    ) -> Unread | None:
        """
        Return the programs of the server that the descriptor `connected` is connected to, and of those that listen at the
        paths `others`; None where the kernel does not tell.
        """
        try:
            asked = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, _NETLINK_SOCK_DIAG)
        except OSError:
            return None
        asked.settimeout(_PATIENCE_S)
        found = cls(asked, (), readers)
        try:
            peer = next(found._ask(os.fstat(connected).st_ino, _SHOW_PEER)).peer
            name = next(found._ask(peer, _SHOW_NAME)).name
        except (OSError, StopIteration):
            name = b""
        if not name:
            asked.close()
            return None
        found._names = frozenset([name, *map(os.fsencode, others), *(b"\0" + os.fsencode(other) for other in others)])
        return found

    def look(self) -> Mapping[int, int]:
        """Find the programs that there are now; return how much each of them has not read, by a number of its own."""
        self._inodes, self._read_by = [], []
        readers = frozenset(self._readers())
        try:
            for each in self._ask(0, _SHOW_NAME | _SHOW_QUEUE):
                if each.name in self._names:
                    self._inodes.append(each.inode)
                elif each.inode in readers and not each.name:
                    self._read_by.append(each.inode)
        except OSError:
            return {}
        return self.look_again()

    def look_again(self) -> Mapping[int, int]:
        """Return the same of the programs that `look` found; those that are gone are left out."""
        sent = {each.inode: each.unread for inode in self._inodes for each in self._queue_of(inode)}
        return sent | {-each.inode: each.waiting for inode in self._read_by for each in self._queue_of(inode)}

    def close(self) -> None:
        """Look no more."""
        self._asked.close()

    def _queue_of(self, inode: int) -> Sequence[_Socket]:
        try:
            return tuple(self._ask(inode, _SHOW_QUEUE))
        except OSError:
            return ()

    def _ask(self, inode: int, show: int) -> Iterator[_Socket]:
        """Yield the socket of that inode, or for 0 all that are connected. Raises OSError, for one that is gone as well."""
        self._serial += 1
        flags = _REQUEST if inode else _REQUEST | _DUMP
        query = _QUERY.pack(socket.AF_UNIX, 0, 0, _ESTABLISHED, inode, show, _ANY_COOKIE, _ANY_COOKIE)
        head = _HEADER.pack(_HEADER.size + len(query), _SOCK_DIAG_BY_FAMILY, flags, self._serial & 0xFFFFFFFF, 0)
        self._asked.send(head + query)
        while True:
            data = self._asked.recv(1 << 17)
            at = 0
            while at + _HEADER.size <= len(data):
                size, kind, _, serial, _ = _HEADER.unpack_from(data, at)
                if serial == self._serial & 0xFFFFFFFF:  # Else it is an answer that came too late.
                    if kind == _ERROR:
                        raise OSError(-struct.unpack_from("=i", data, at + _HEADER.size)[0], "sock_diag")
                    if kind == _DONE:
                        return
                    yield _parsed(data, at + _HEADER.size, at + size)
                    if inode:
                        return
                at += size + -size % 4


def _parsed(data: bytes, at: int, end: int) -> _Socket:
    inode = _FOUND.unpack_from(data, at)[4]
    at += _FOUND.size
    name, peer, waiting, unread = b"", 0, 0, 0
    while at + _ATTRIBUTE.size <= end:
        size, kind = _ATTRIBUTE.unpack_from(data, at)
        value = data[at + _ATTRIBUTE.size : at + size]
        if kind == _NAME:
            name = value.rstrip(b"\0")
        elif kind == _PEER:
            (peer,) = struct.unpack("=I", value)
        elif kind == _QUEUE:
            waiting, unread = struct.unpack("=II", value)
        at += max(size, _ATTRIBUTE.size) + -size % 4
    return _Socket(inode, name, peer, waiting, unread)
