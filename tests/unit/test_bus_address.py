# SPDX-License-Identifier: MIT
"""Bus addresses, read by the specification (T11, T12)."""

from __future__ import annotations

import pytest

from typewright.bus.address import session_sockets, sockets

RUNTIME = {"XDG_RUNTIME_DIR": "/run/user/1000"}


@pytest.mark.promise("T12")
@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("unix:path=/tmp/bus", ["/tmp/bus"]),
        ("unix:path=/tmp/bus,guid=0123", ["/tmp/bus"]),
        ("unix:guid=0123,path=/tmp/bus", ["/tmp/bus"]),
        ("unix:abstract=/tmp/dbus-x,guid=0123", ["\0/tmp/dbus-x"]),
        ("unix:path=/a;unix:path=/b", ["/a", "/b"]),
        ("unix:path=/a;", ["/a"]),
        (";unix:path=/a", ["/a"]),
        ("unix:path=/with%2ddash%20space", ["/with-dash space"]),
        ("unix:path=/%C3%a4", ["/ä"]),
        ("unix:path=/%ff", ["/\udcff"]),
        ("unix:path=/a=b", ["/a=b"]),
        ("unix:path=/a%3bb%2cc", ["/a;b,c"]),
        ("unix:path=/ä", ["/ä"]),
        ("unix:runtime=yes", ["/run/user/1000/bus"]),
        ("unix:runtime=no", []),
        ("unix:dir=/tmp;unix:path=/b", ["/b"]),
        ("unix:tmpdir=/tmp", []),
        ("unix:path=", []),
        ("unix:", []),
        ("unix", []),
        ("tcp:host=localhost,port=1;unix:path=/b", ["/b"]),
        ("nonce-tcp:host=localhost,port=1,noncefile=/n", []),
        ("autolaunch:;unixexec:path=/bin/x;unix:path=/b", ["/b"]),
        ("unix:path=/" + "p" * 106, ["/" + "p" * 106]),
        ("unix:path=/" + "p" * 107 + ";unix:path=/b", ["/b"]),
        ("nonsense", []),
        ("", []),
    ],
)
def test_the_sockets_of_an_address(address: str, expected: list[str]) -> None:
    assert sockets(address, RUNTIME) == expected


def test_the_runtime_directory_may_be_unknown() -> None:
    assert sockets("unix:runtime=yes;unix:path=/b", {}) == ["/b"]


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"DBUS_SESSION_BUS_ADDRESS": "unix:path=/a", **RUNTIME}, ["/a"]),
        (RUNTIME, ["/run/user/1000/bus"]),
        ({"DBUS_SESSION_BUS_ADDRESS": "", **RUNTIME}, ["/run/user/1000/bus"]),
        ({}, []),
    ],
    ids=["address", "runtime directory", "empty address", "nothing"],
)
def test_where_the_session_bus_is(environ: dict[str, str], expected: list[str]) -> None:
    assert session_sockets(environ) == expected
