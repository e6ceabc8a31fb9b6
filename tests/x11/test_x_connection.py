# SPDX-License-Identifier: MIT
"""
The X connection, and what python-xlib's would do wrong (the X rows; each is named where it is tested).

X5 and X15 can't happen: after the handshake no code of python-xlib reads or writes, so no flush returns early, and there is
no thread. X12's table is our own; see tests/unit. X13 is in test_keyboard.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from tests.helpers.desktop import server_pid, xvfb
from tests.helpers.open_files import beyond_select
from tests.x11.stage import A, B, Listener, Stage, Steps, press, tap
from twisted.internet import reactor
from twisted.internet.defer import inlineCallbacks
from twisted.internet.task import deferLater
from twisted.trial.unittest import SynchronousTestCase, TestCase

from typewright.backends.x11.address import display_name
from typewright.backends.x11.connection import Connection
from typewright.backends.x11.opening import open_backend
from typewright.backends.x11.requests import GET_INPUT_FOCUS, RequestError
from typewright.errors import DisplayLost, ExtensionMissing, NoDisplay
from typewright.interfaces.backend import USER, Stray
from typewright.keymap.chords import State


class LivingTest(Stage):
    @pytest.mark.promise("X1", "bad-value")
    @inlineCallbacks
    def test_x1_a_bad_value_is_an_error_of_its_request_and_no_more(self) -> Steps:
        connection = self.backend._control
        bad_keycode = struct.pack("=BBHBBHI", 101, 0, 2, 3, 1, 0, 0)[:8]
        yield self.assertFailure(connection.ask(bad_keycode), RequestError)
        self.other.window()
        _, confirmed = yield self.typed(tap(A))
        self.assertEqual(confirmed, [True, True])

    @pytest.mark.promise("X2")
    @inlineCallbacks
    def test_x2_an_error_of_a_request_without_reply_is_logged_by_number(self) -> Steps:
        logged: list[str] = []
        self.patch(
            __import__("typewright.backends.x11.connection", fromlist=["log"]).log,
            "warn",
            lambda form, **values: logged.append(str(values["problem"])),
        )
        self.backend._control.send(struct.pack("=BBHI", 10, 0, 2, 0xDEAD))
        yield self.backend.focus.focused()
        self.assertEqual(logged, ["X error 3 for request 10.0"])

    @inlineCallbacks
    def test_records_connection_gets_no_events_of_its_own(self) -> Steps:
        # With such events pending there, Xvfb 21.1.7 frees an output buffer twice, and aborts when it exits.
        events: list[int] = []
        for code in range(2, 36):
            self.backend._data.listen(code, lambda event: events.append(event[0]))
        self.other.window()
        self.layout("de")
        yield self.typed(tap(A))
        self.layout("us")
        yield self.lend([("é", "É")])
        yield self.typed(tap(A))
        self.assertEqual(events, [])

    @pytest.mark.promise("X9")
    @inlineCallbacks
    def test_x9_descriptors_beyond_select_are_no_matter(self) -> Steps:
        connection = Connection(reactor, display_name(self.display, {}))
        with beyond_select():
            high = os.dup(connection._socket.fileno())
            self.assertGreater(high, 1023)
            connection._reactor.removeReader(connection)
            connection._socket.close()
            connection._socket = socket.socket(fileno=high)
            connection._socket.setblocking(False)
            reactor.addReader(connection)
            reply = yield connection.ask(GET_INPUT_FOCUS)
            self.assertEqual(reply[0], 1)
            connection.close()

    @pytest.mark.promise("X11")
    @inlineCallbacks
    def test_x11_raw_events_come_under_a_grab_as_well(self) -> Steps:
        window = self.other.window()
        heard: list[Stray] = []
        waiting = self.backend.observer.confirm(press(B))
        window.grab_keyboard(False, 1, 1, 0)
        self.other.finger(A, down=True)
        self.other.finger(A, down=False)
        while len(heard) < 2:
            yield self.backend.focus.focused()
            heard += self.backend.observer.strays()
        self.backend.observer.forget()
        self.assertIs(self.successResultOf(waiting), False)
        self.other.display.ungrab_keyboard(0)
        self.other.display.sync()
        self.assertEqual(heard, [Stray(A, True, State(0, 0), USER), Stray(A, False, State(0, 0), USER)])


class DyingTest(TestCase):
    timeout = 30

    @pytest.mark.promise("X3")
    @inlineCallbacks
    def test_x3_nothing_blocks_while_the_server_stands_still(self) -> Steps:
        with xvfb() as display, mock.patch.dict(os.environ, XAUTHORITY="/dev/null"):
            backend = yield open_backend(reactor, display, linger_s=1, settle_s=0)
            server = server_pid(display)
            os.kill(server, signal.SIGSTOP)
            try:
                before = reactor.seconds()
                for _ in range(20_000):
                    backend._control.send(struct.pack("=BBH", 127, 0, 1))
                self.assertGreater(len(backend._control._out), 0)
                self.assertLess(reactor.seconds() - before, 5)
            finally:
                os.kill(server, signal.SIGCONT)
            yield backend.focus.focused()
            self.assertEqual(backend._control._out, b"")
            backend.abandon()

    @pytest.mark.promise("X6", "X7")
    @inlineCallbacks
    def test_x6_x7_a_dead_server_is_told_once_and_leaves_no_reader(self) -> Steps:
        told: list[str] = []
        with xvfb() as display, mock.patch.dict(os.environ, XAUTHORITY="/dev/null"):
            backend = yield open_backend(reactor, display, linger_s=1, settle_s=0)
            yield backend.start(Listener(told))
            confirmation = backend.observer.confirm(press(A))
            os.kill(server_pid(display), signal.SIGKILL)
            yield self.assertFailure(backend.keyer.send(tap(A)), DisplayLost)
            yield self.assertFailure(confirmation, DisplayLost)
            yield self.assertFailure(backend.focus.focused(), DisplayLost)
            yield deferLater(reactor, 0)  # both connections notice it in this turn
            self.assertEqual(told, ["lost"])
            yield backend.abandon()
        self.assertEqual([reader for reader in reactor.getReaders() if isinstance(reader, Connection)], [])

    @pytest.mark.promise("X14")
    @inlineCallbacks
    def test_a_server_that_dies_before_the_start_is_told_by_that(self) -> Steps:
        told: list[str] = []
        with xvfb() as display, mock.patch.dict(os.environ, XAUTHORITY="/dev/null"):
            backend = yield open_backend(reactor, display, linger_s=1, settle_s=0)
            os.kill(server_pid(display), signal.SIGKILL)
            yield self.assertFailure(backend.focus.focused(), DisplayLost)
            yield deferLater(reactor, 0)
            yield self.assertFailure(backend.start(Listener(told)), DisplayLost)
            self.assertEqual(told, [])
            backend.abandon()

    @inlineCallbacks
    def test_x14_a_missing_extension_is_named(self) -> Steps:
        for option, name in (("RECORD", "XTEST|RECORD"), ("XTEST", "XTEST|RECORD"), ("XInputExtension", "XInputExtension")):
            with xvfb("-extension", option) as display, mock.patch.dict(os.environ, XAUTHORITY="/dev/null"):
                opening = open_backend(reactor, display, linger_s=1, settle_s=0)
                if option == "XInputExtension":
                    # The server refuses to leave this extension out, so it is there.
                    backend = yield opening
                    backend.abandon()
                    continue
                problem = yield self.assertFailure(opening, ExtensionMissing)
                self.assertRegex(str(problem), name)
        self.assertEqual([reader for reader in reactor.getReaders() if isinstance(reader, Connection)], [])


class SetUpTest(TestCase):
    timeout = 30

    @pytest.mark.promise("X4")
    @inlineCallbacks
    def test_x4_what_comes_right_behind_the_set_up_is_not_swallowed_by_it(self) -> Steps:
        # As in a storm of MappingNotify events, which go to every client, with half of one still on its way.
        first, second = (struct.pack("=BBHBBB25x", 34, 0, 0, 1, keycode, 1) for keycode in (100, 101))
        with xvfb() as display, mock.patch.dict(os.environ, XAUTHORITY="/dev/null"):
            setup = _setup_of(display)
        heard: list[bytes] = []
        with _false_server(setup + first + second[:20], second[20:]) as (name, go_on):
            connection = Connection(reactor, name)
            connection.listen(34, heard.append)
            go_on.set()
            while len(heard) < 2:
                yield deferLater(reactor, 0)
            connection.close()
        self.assertEqual(heard, [first, second])


def _setup_of(display: str) -> bytes:
    """Return the answer of a real X server to a new client."""
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(f"/tmp/.X11-unix/X{display[1:]}")
        client.sendall(struct.pack("=BxHHHH2x", ord("l"), 11, 0, 0, 0))
        head = client.recv(8, socket.MSG_WAITALL)
        return head + client.recv(4 * struct.unpack_from("=H", head, 6)[0], socket.MSG_WAITALL)


@contextlib.contextmanager
def _false_server(at_once: bytes, later: bytes) -> Iterator[tuple[str, threading.Event]]:
    """Run a server that answers its client in two parts, the second when the event is set; yields its name and that."""
    number = next(number for number in range(900, 990) if not Path(f"/tmp/.X11-unix/X{number}").exists())
    path = Path(f"/tmp/.X11-unix/X{number}")
    go_on = threading.Event()

    def serve(listening: socket.socket) -> None:
        client, _ = listening.accept()
        with client:
            client.recv(12, socket.MSG_WAITALL)
            client.sendall(at_once)
            go_on.wait(20)
            client.sendall(later)
            client.recv(1)  # until it hangs up

    with contextlib.closing(socket.socket(socket.AF_UNIX)) as listening:
        listening.bind(str(path))
        listening.listen()
        serving = threading.Thread(target=serve, args=(listening,))
        serving.start()
        try:
            yield f"unix/:{number}", go_on
        finally:
            serving.join(20)
            path.unlink()


class AddressTest(SynchronousTestCase):
    def test_no_display_and_wayland_are_told_apart(self) -> None:
        self.assertIs(type(self.assertRaises(NoDisplay, display_name, None, {})), NoDisplay)
        self.assertRaises(NoDisplay, display_name, None, {"WAYLAND_DISPLAY": "wayland-0"})
        self.assertIn("looks like :0", str(self.assertRaises(NoDisplay, display_name, "nonsense", {})))

    def test_a_remote_display_keeps_its_name(self) -> None:
        self.assertEqual(display_name("localhost:10.0", {}), "localhost:10.0")

    @pytest.mark.promise("X10")
    def test_x10_a_vanished_socket_is_not_looked_for_elsewhere(self) -> None:
        number = next(number for number in range(900, 990) if not Path(f"/tmp/.X11-unix/X{number}").exists())
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as abstract:
            abstract.bind(f"\0/tmp/.X11-unix/X{number}")
            abstract.listen()
            abstract.setblocking(False)
            self.assertRaises(NoDisplay, display_name, f":{number}", {})
            self.assertRaises(BlockingIOError, abstract.accept)

    @pytest.mark.promise("X10")
    def test_x10_a_socket_that_refuses_is_not_tried_over_tcp(self) -> None:
        number = next(number for number in range(900, 990) if not Path(f"/tmp/.X11-unix/X{number}").exists())
        path = Path(f"/tmp/.X11-unix/X{number}")
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as dead, contextlib.closing(socket.socket()) as tcp:
            path.parent.mkdir(exist_ok=True)
            dead.bind(str(path))
            self.addCleanup(path.unlink)
            tcp.bind(("127.0.0.1", 6000 + number))
            tcp.listen()
            tcp.setblocking(False)
            self.assertRaises(NoDisplay, Connection, reactor, display_name(f":{number}", {}))
            self.assertRaises(BlockingIOError, tcp.accept)

    @pytest.mark.promise("X10")
    def test_x10_a_strangers_server_is_not_typed_to(self) -> None:
        ours, theirs = socket.socketpair()
        self.addCleanup(ours.close)
        self.addCleanup(theirs.close)
        from typewright.backends.x11 import address

        address.check_peer(ours)
        self.patch(os, "getuid", lambda: 4711)
        uid = os.geteuid()
        if uid:
            self.assertRaises(NoDisplay, address.check_peer, ours)
        else:
            # Root's server is trusted by every user.
            address.check_peer(ours)
