# SPDX-License-Identifier: MIT
"""The connection without a reactor: each reply goes to its request, whatever comes between."""

from __future__ import annotations

import os
import signal
import struct
from collections.abc import Iterator

import pytest
import Xlib.protocol.request as core
from tests.helpers.desktop import server_pid, xvfb
from Xlib import X, Xatom

from typewright.backends.x11.blocking_connection import BlockingConnection
from typewright.backends.x11.requests import GET_INPUT_FOCUS, Request, RequestError, Requests, atom, extension, reply_to
from typewright.errors import DisplayLost, ExtensionMissing

NO_OPERATION = struct.pack("=BBH", 127, 0, 1)


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    with xvfb() as name:
        yield name


@pytest.fixture
def connection(display: str) -> BlockingConnection:
    return BlockingConnection(f"unix/{display}")


def test_a_listener_that_sends_does_not_confuse_the_reply_that_is_waited_for(connection: BlockingConnection) -> None:
    heard: list[bytes] = []

    def listener(event: bytes) -> None:
        heard.append(event)
        connection.send(NO_OPERATION)

    connection.listen(X.PropertyNotify, listener)
    connection.send(struct.pack("=BBHIII", 2, 0, 4, connection.root, X.CWEventMask, X.PropertyChangeMask))
    change = core.ChangeProperty._request.to_binary(
        mode=X.PropModeReplace, window=connection.root, property=Xatom.CUT_BUFFER0, type=Xatom.CARDINAL, data=(32, [1])
    )

    def steps() -> Requests[bytes]:
        yield Request(GET_INPUT_FOCUS, change, 1)
        return (yield Request(GET_INPUT_FOCUS))

    signal.alarm(20)  # it would hang
    try:
        assert connection.carry_out(steps())[0] == 1
    finally:
        signal.alarm(0)
    assert len(heard) == 1


def test_a_refusal_is_raised_where_it_was_asked_for(connection: BlockingConnection) -> None:
    with pytest.raises(RequestError, match="X error 9 for request 14.0"):
        connection.carry_out(reply_to(core.GetGeometry, drawable=0xDEAD))
    with pytest.raises(ExtensionMissing):
        connection.carry_out(extension("NO-SUCH"))
    assert connection.carry_out(atom("WM_PROTOCOLS")) > 0


def test_a_server_that_ends_is_an_error(tmp_path: str) -> None:
    with xvfb() as display:
        connection = BlockingConnection(f"unix/{display}")
        os.kill(server_pid(display), signal.SIGKILL)
        with pytest.raises(DisplayLost):
            connection.wait(lambda: False)
        with pytest.raises(DisplayLost):
            connection.carry_out(atom("WM_PROTOCOLS"))
