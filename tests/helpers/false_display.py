# SPDX-License-Identifier: MIT
"""
An X server that lies: between a client and a real one it delays, mutes, cuts or changes what the server says; or there is no
real one behind it, and it says what it is told to say.
"""

from __future__ import annotations

import contextlib
import os
import queue
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

_SOCKETS = Path("/tmp/.X11-unix")
_NUMBERS = range(600, 700)
_REPLY, _GENERIC = 1, 35
_SETUP_HEADER = 8

Frame = Callable[[bytes], bytes]
"""What is sent in place of a frame (a reply, an event or an error) of the server."""


def honest(frame: bytes) -> bytes:
    return frame


def error(frame: bytes) -> bytes:
    """A reply becomes the error BadImplementation."""
    return struct.pack("=BBHIHB21x", 0, 17, *struct.unpack_from("=H", frame, 2), 0, 0, 43) if frame[0] == _REPLY else frame


def endless(frame: bytes) -> bytes:
    """A reply claims to be 16 GiB long."""
    return frame[:4] + b"\xff\xff\xff\xff" + frame[8:] if frame[0] == _REPLY else frame


def empty(frame: bytes) -> bytes:
    """A reply is cut down to nothing but zeros."""
    return frame[:4] + bytes(28) if frame[0] == _REPLY else frame


def noise(frame: bytes) -> bytes:
    """A reply is something else altogether, of the same length."""
    return bytes((at * 73 + 41) % 256 for at in range(len(frame))) if frame[0] == _REPLY else frame


def nothing(frame: bytes) -> bytes:
    """It says nothing any more."""
    return b""


def late(frame: bytes) -> bytes:
    """A reply comes a fiftieth of a second late, and what stands behind it, too."""
    if frame[0] == _REPLY:
        time.sleep(0.02)
    return frame


class Between:
    """I stand between clients and the server of a display; `act` is done with each frame from the moment it is set."""

    def __init__(self, real: str, act: Frame = honest) -> None:
        self.act = act
        self._real = str(_SOCKETS / f"X{real.removeprefix(':')}")

    def serve(self, client: socket.socket) -> None:
        """Serve one client until one end is closed, or `cut`."""
        with contextlib.suppress(OSError), client, socket.socket(socket.AF_UNIX) as server:
            server.connect(self._real)
            threading.Thread(target=_pass_on, args=(client, server), daemon=True).start()
            self._tell(client, server)

    def _tell(self, client: socket.socket, server: socket.socket) -> None:
        stream = server.makefile("rb")
        header = stream.read(_SETUP_HEADER)
        client.sendall(header + stream.read(4 * struct.unpack_from("=H", header, 6)[0]))
        while frame := stream.read(32):
            if frame[0] == _REPLY or frame[0] & 0x7F == _GENERIC:
                frame += stream.read(4 * struct.unpack_from("=I", frame, 4)[0])
            if self.act is cut:
                client.shutdown(socket.SHUT_RDWR)
                return
            client.sendall(self.act(frame))


class SlowLine:
    """I stand between clients and the server of a display; all that either says arrives `delay_s` seconds later."""

    def __init__(self, real: str, delay_s: float) -> None:
        self._real = str(_SOCKETS / f"X{real.removeprefix(':')}")
        self._delay_s = delay_s

    def serve(self, client: socket.socket) -> None:
        """Serve one client until one end is closed."""
        with contextlib.suppress(OSError), client, socket.socket(socket.AF_UNIX) as server:
            server.connect(self._real)
            threading.Thread(target=self._carry, args=(client, server), daemon=True).start()
            self._carry(server, client)

    def _carry(self, source: socket.socket, goal: socket.socket) -> None:
        under_way: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()

        def deliver() -> None:
            with contextlib.suppress(OSError):
                while True:
                    due, data = under_way.get()
                    time.sleep(max(0.0, due - time.monotonic()))
                    if not data:
                        goal.shutdown(socket.SHUT_RDWR)
                        return
                    goal.sendall(data)

        delivering = threading.Thread(target=deliver, daemon=True)
        delivering.start()
        data = b"."
        while data:
            with contextlib.suppress(OSError):
                data = b""
                data = source.recv(1 << 16)
            under_way.put((time.monotonic() + self._delay_s, data))
        delivering.join()


def cut(frame: bytes) -> bytes:
    """The connection is closed in place of the next frame."""
    return b""


def _pass_on(client: socket.socket, server: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := client.recv(1 << 16):
            server.sendall(data)
        server.shutdown(socket.SHUT_RDWR)


def saying(*pieces: bytes, then_close: bool, between_s: float = 0.0) -> Callable[[socket.socket], None]:
    """One that answers each client with these pieces, whatever it wants."""

    def serve(client: socket.socket) -> None:
        with contextlib.suppress(OSError), client:
            if pieces:
                client.recv(1 << 16)  # what is unread when it closes would cost the client what it said
            for piece in pieces:
                client.sendall(piece)
                time.sleep(between_s)
            while not then_close and client.recv(1 << 16):
                pass

    return serve


@contextlib.contextmanager
def false_display(serve: Callable[[socket.socket], None]) -> Iterator[str]:
    """A display whose clients are served so, each in a thread; the value is its DISPLAY."""
    with socket.socket(socket.AF_UNIX) as listening:
        number = next(number for number in _NUMBERS if not (_SOCKETS / f"X{number}").exists())
        path = _SOCKETS / f"X{number}"
        path.parent.mkdir(exist_ok=True)
        listening.bind(str(path))
        listening.listen()

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client, _ = listening.accept()
                    threading.Thread(target=serve, args=(client,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield f":{number}"
        finally:
            os.unlink(path)
            listening.shutdown(socket.SHUT_RDWR)
