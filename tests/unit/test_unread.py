# SPDX-License-Identifier: MIT
"""How much the programs on a display have not read, as the kernel tells of sockets."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from typewright.backends.shared import unread
from typewright.backends.shared.unread import Unread


class Server:
    """A listening socket, and a connection to it from each of two programs: `programs`, and their ends here: `ends`."""

    def __init__(self, path: str | bytes) -> None:
        self.listening = socket.socket(socket.AF_UNIX)
        self.listening.bind(path)
        self.listening.listen()
        self.programs, self.ends = [], []
        for _ in range(2):
            program = socket.socket(socket.AF_UNIX)
            program.connect(path)
            self.programs.append(program)
            self.ends.append(self.listening.accept()[0])

    def close(self) -> None:
        for each in (self.listening, *self.programs, *self.ends):
            each.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    serving = Server(str(tmp_path / "display"))
    yield serving
    serving.close()


@pytest.fixture
def looking(server: Server) -> Iterator[Unread]:
    found = Unread.of(server.programs[0].fileno())
    assert found is not None
    yield found
    found.close()


def test_what_is_sent_is_unread_until_it_is_read(server: Server, looking: Unread) -> None:
    assert sorted(looking.look().values()) == [0, 0]
    server.ends[1].send(b"a key")
    ((program, before),) = [item for item in looking.look_again().items() if item[1]]
    server.ends[1].send(b"a key")
    assert looking.look_again()[program] == 2 * before
    server.programs[1].recv(100)
    assert sorted(looking.look_again().values()) == [0, 0]


def test_the_figure_comes_near_the_limit_before_the_socket_is_full(server: Server, looking: Unread) -> None:
    server.ends[1].setblocking(False)
    limit = server.ends[1].getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
    looking.look()
    with contextlib.suppress(BlockingIOError):
        while True:
            server.ends[1].send(bytes(48))
    assert max(looking.look_again().values()) >= limit - 1024


def test_a_program_that_is_gone_is_left_out(server: Server, looking: Unread) -> None:
    looking.look()
    server.programs[1].close()
    server.ends[1].close()
    assert list(looking.look_again().values()) == [0]


def test_the_programs_of_another_server_are_not_seen(server: Server, looking: Unread, tmp_path: Path) -> None:
    other = Server(str(tmp_path / "other"))
    try:
        assert len(looking.look()) == 2
        with_others = Unread.of(server.programs[0].fileno(), [str(tmp_path / "other")])
        assert with_others is not None
        assert len(with_others.look()) == 4
        with_others.close()
    finally:
        other.close()


def test_abstract_sockets_count_as_well(server: Server, tmp_path: Path) -> None:
    other = Server(f"\0{tmp_path}/abstract".encode())
    found = Unread.of(server.programs[0].fileno(), [f"{tmp_path}/abstract"])
    try:
        assert found is not None
        assert len(found.look()) == 4
    finally:
        found.close()
        other.close()


def test_a_program_on_a_pair_of_sockets_is_seen_by_its_own_end(server: Server) -> None:
    """Xwayland is connected so: the compositor made the pair."""
    ours, theirs = socket.socketpair()
    inodes = [os.fstat(theirs.fileno()).st_ino, os.fstat(server.ends[0].fileno()).st_ino]
    found = Unread.of(server.programs[0].fileno(), (), lambda: inodes)
    with ours, theirs:
        assert found is not None
        assert len(found.look()) == 3
        ours.send(b"a key")
        assert sorted(found.look_again().values()) == [0, 0, 5]
        theirs.recv(100)
        assert sorted(found.look_again().values()) == [0, 0, 0]
        found.close()


def test_where_the_kernel_does_not_tell_there_is_none(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*arguments: object) -> None:
        raise PermissionError

    monkeypatch.setattr(unread.socket, "socket", refused)
    assert Unread.of(server.programs[0].fileno()) is None


def test_a_socket_without_a_server_has_no_programs() -> None:
    one, other = socket.socketpair()
    with one, other:
        found = Unread.of(one.fileno())
        assert found is None
