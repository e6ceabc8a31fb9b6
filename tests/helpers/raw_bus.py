# SPDX-License-Identifier: MIT
"""A peer on the bus that sends whatever bytes it is told to, and counts what comes back."""

from __future__ import annotations

import array
import select
import socket
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence

from jeepney import Endianness, Header, HeaderFields, Message, MessageFlag, MessageType, Parser

from tests.helpers.desktop import PATIENCE_S

DAEMON, DAEMON_PATH = "org.freedesktop.DBus", "/org/freedesktop/DBus"
NAME, PATH = "org.typewright.Typist1", "/org/typewright/Typist1"
PEER = "org.freedesktop.DBus.Peer"
_AUTHENTICATION = b"\0AUTH EXTERNAL\r\nDATA\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n"
_LINES = 3


class Gone(Exception):
    """The bus has closed the connection."""


def message(
    member: str,
    signature: str = "",
    body: Sequence[object] = (),
    *,
    kind: MessageType = MessageType.method_call,
    path: str = PATH,
    interface: str = NAME,
    destination: str = NAME,
    flags: int = 0,
    big_endian: bool = False,
    **others: object,
) -> Message:
    """A message. What is empty is not in its header; `others` are further header fields."""
    given = {"path": path, "member": member, "interface": interface, "destination": destination, "signature": signature}
    fields = {HeaderFields[name]: value for name, value in {**given, **others}.items() if value}
    order = Endianness.big if big_endian else Endianness.little
    return Message(Header(order, kind, MessageFlag(flags), 1, 0, 0, fields), tuple(body))


class RawPeer:
    """
    I am connected when made, under the unique `name`. `replies` counts the answers by the serial of their call; `errors` are
    the names and sentences of those that were errors. `on_answer(serial, answer)` is called with each.
    """

    def __init__(self, address: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(address.removeprefix("unix:path=").partition(",")[0])
        self._socket.sendall(_AUTHENTICATION)
        lines = b""
        while lines.count(b"\n") < _LINES:
            lines += self._socket.recv(1)
        self._socket.setblocking(False)
        self._parser = Parser()
        self._out: deque[memoryview] = deque()
        self._serial = 0
        self.replies: Counter[int] = Counter()
        self.errors: list[tuple[str, str]] = []
        self.on_answer: Callable[[int, Message], object] = lambda serial, answer: None
        self._bodies: dict[int, tuple[object, ...]] = {}
        (self.name,) = self.ask(message("Hello", path=DAEMON_PATH, interface=DAEMON, destination=DAEMON))

    def send(self, sent: Message, descriptors: Sequence[int] = ()) -> int:
        """Send a message, with file descriptors if it has any; its serial."""
        self._serial += 1
        passed = array.array("i", descriptors)
        data = sent.serialise(self._serial, fds=array.array("i") if descriptors else None)
        if descriptors:
            self.flush()
            self._socket.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, passed)])
        else:
            self.send_bytes(data)
        return self._serial

    def send_bytes(self, data: bytes) -> None:
        """Send whatever that is."""
        self._out.append(memoryview(data))
        self._write()

    def flush(self) -> None:
        """All has left when this returns; what comes meanwhile is read. Raises Gone."""
        while self._out:
            self.wait()

    def ask(self, asked: Message) -> tuple[object, ...]:
        """Send a call and wait for its answer; what that holds. Raises Gone, or AssertionError when none comes in time."""
        serial = self.send(asked)
        self._bodies[serial] = ()
        self.until_answered([serial])
        return self._bodies.pop(serial)

    def until_answered(self, serials: Sequence[int], patience_s: float = PATIENCE_S) -> None:
        """Wait for the answers to these calls. Raises Gone, or AssertionError when they do not come in time."""
        deadline = time.monotonic() + patience_s
        while missing := [serial for serial in serials if not self.replies[serial]]:
            assert time.monotonic() < deadline, f"{len(missing)} calls are not answered"
            self.wait()

    def wait(self, timeout_s: float = 0.1) -> None:
        """Read and write what can be, when something can. Raises Gone."""
        select.select([self._socket], [self._socket] if self._out else [], [], timeout_s)
        self._write()
        self.read()

    def read(self) -> None:
        """Take in what has come. Raises Gone."""
        try:
            while data := self._socket.recv(1 << 16):
                for got in self._parser.feed(data):
                    self._take(got)
        except BlockingIOError:
            return
        except OSError:
            raise Gone from None
        raise Gone

    def half_close(self) -> None:
        """Send nothing any more."""
        self._socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._socket.close()

    def _write(self) -> None:
        try:
            while self._out:
                sent = self._socket.send(self._out[0])
                if sent == len(self._out[0]):
                    self._out.popleft()
                else:
                    self._out[0] = self._out[0][sent:]
        except BlockingIOError:
            return
        except OSError:
            raise Gone from None

    def _take(self, got: Message) -> None:
        if got.header.message_type not in (MessageType.method_return, MessageType.error):
            return
        serial = got.header.fields[HeaderFields.reply_serial]
        self.replies[serial] += 1
        self.on_answer(serial, got)
        if serial in self._bodies:
            self._bodies[serial] = got.body
        if got.header.message_type is MessageType.error:
            sentence = got.body[0] if got.body and isinstance(got.body[0], str) else ""
            self.errors.append((got.header.fields[HeaderFields.error_name], sentence))
