# SPDX-License-Identifier: MIT
"""
A private dbus-broker. Its own launcher wants systemd's journal and a user manager, so its controller is played here: by one
call it gets a socket to listen on, and a policy that allows everything.
"""

from __future__ import annotations

import array
import contextlib
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

from jeepney import MessageType, Parser

from tests.helpers.desktop import Child
from tests.helpers.raw_bus import message

_BATCH = "bta(btbs)a(btssssuutt)a(btssssuutt)"
_POLICY = f"(a(u({_BATCH}))a(buu({_BATCH}))a(ss)bs)"
_ANYBODY = 0xFFFFFFFF
_ANYTHING = (True, 1, "", "", "", "", 0, 0, 0, (1 << 64) - 1)
_ALLOWED = (True, 1, [(True, 1, True, "")], [_ANYTHING], [_ANYTHING])
_GREETING = b"\0AUTH EXTERNAL\r\nDATA\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n"
_GREETED = 3


@contextlib.contextmanager
def broker() -> Iterator[str]:
    """A private dbus-broker; the value is its address."""
    with contextlib.ExitStack() as stack:
        home = stack.enter_context(tempfile.TemporaryDirectory(prefix="typewright-broker-"))
        path = str(Path(home) / "bus")
        listening = stack.enter_context(socket.socket(socket.AF_UNIX))
        listening.bind(path)
        listening.listen(128)
        listening.setblocking(False)
        controller, theirs = map(stack.enter_context, socket.socketpair())
        command = ["dbus-broker", "--controller", str(theirs.fileno()), "--machine-id", "0" * 32]
        running = Child(command, pass_fds=[theirs.fileno()])
        try:
            _listen(controller, listening)
            yield f"unix:path={path}"
        finally:
            assert running.end() == 0, "the broker crashed"


def _listen(controller: socket.socket, listening: socket.socket) -> None:
    controller.sendall(_GREETING)
    greeted = b""
    while greeted.count(b"\n") < _GREETED:
        greeted += controller.recv(1)
    policy = (_POLICY, ([(_ANYBODY, _ALLOWED)], [], [], False, "session"))
    add = message(
        "AddListener",
        "ohv",
        ("/org/bus1/DBus/Listener/0", listening, policy),
        path="/org/bus1/DBus/Broker",
        interface="org.bus1.DBus.Broker",
        destination="org.bus1.DBus.Broker",
    )
    passed = array.array("i")
    data = add.serialise(1, fds=passed)
    controller.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, passed)])
    parser = Parser()
    parser.add_data(controller.recv(4096))
    answer = parser.get_next_message()
    assert answer.header.message_type is MessageType.method_return, answer.body
