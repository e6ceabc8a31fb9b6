# SPDX-License-Identifier: MIT
"""Displays that ask for a cookie, under all names that X programs take."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.helpers import desktop

COOKIE = bytes(range(16))
WILD = 65535


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A display that listens on TCP as well and asks for a cookie; and the authority file, whose family is wild."""
    authority = tmp_path / "authority"
    fields = (b"", b"", b"MIT-MAGIC-COOKIE-1", COOKIE)
    authority.write_bytes(struct.pack(">H", WILD) + b"".join(struct.pack(">H", len(field)) + field for field in fields))
    with desktop.xvfb("-listen", "tcp", "-auth", str(authority)) as display:
        yield display, authority


def test_a_display_opens_under_all_its_names(guarded: tuple[str, Path]) -> None:
    display, authority = guarded
    with desktop.session_bus() as bus:
        environ = {**desktop.environment(display, bus), "XAUTHORITY": str(authority)}
        for name in ("{}", "unix{}", "localhost{}", "tcp/localhost{}", "inet/127.0.0.1{}", "[::1]{}"):
            told = desktop.cli({**environ, "DISPLAY": name.format(display)}, "explain", "a")
            assert told.returncode == 0, told.stderr
        told = desktop.cli({**environ, "XAUTHORITY": "/dev/null"}, "explain", "a")
        assert told.returncode == 3
