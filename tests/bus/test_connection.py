# SPDX-License-Identifier: MIT
"""
A connection to the bus: how it is made, which messages it ignores, and how it ends (T3, T9-T12, T20, T22).

T22: only EXTERNAL is ever offered, so the broken cookie mechanism cannot be reached, and since no descriptors are negotiated
there is no NEGOTIATE_UNIX_FD to be refused; `test_who_refuses_us_is_told_nothing_more` sees all that is sent.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bus_bench import BusCase, Daemon
from twisted.internet import reactor
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.endpoints import UNIXServerEndpoint
from twisted.internet.protocol import Factory, Protocol
from twisted.trial.unittest import TestCase
from txdbus import message

from typewright.bus.connect import connect
from typewright.bus.connection import DAEMON, DAEMON_PATH, BusConnection, ErrorReply
from typewright.errors import BusLost, InvalidArgs, LimitsExceeded, NoBus


class FalseBus(Protocol):
    """A server in place of a bus; `answer` is called with it and each piece of data from a client."""

    def __init__(self, answer: Callable[[FalseBus, bytes], None], greets: bool) -> None:
        self.heard = b""
        self._answer, self._greets = answer, greets
        self.gone: Deferred[None] = Deferred()

    def connectionMade(self) -> None:
        if not self._greets:
            self.transport.loseConnection()

    def dataReceived(self, data: bytes) -> None:
        self.heard += data
        self._answer(self, data)

    def connectionLost(self, reason: Any) -> None:
        self.gone.callback(None)


class DialTest(TestCase):
    timeout = 30

    def setUp(self) -> None:
        self.directory = Path(tempfile.mkdtemp())  # Short, since the path of a socket has a limit.
        self.addCleanup(shutil.rmtree, self.directory)
        self.clients: list[FalseBus] = []

    async def false_bus(self, answer: Callable[[FalseBus, bytes], None], greets: bool = True) -> str:
        """Start a false bus and return its address. Its connections are in `self.clients`, and are closed at the end."""

        def build() -> FalseBus:
            client = FalseBus(answer, greets)
            self.clients.append(client)
            self.addCleanup(lambda: client.gone)
            return client

        path = str(self.directory / "false")
        port = await UNIXServerEndpoint(reactor, path).listen(Factory.forProtocol(build))
        self.addCleanup(port.stopListening)
        return f"unix:path={path}"

    async def fails(self, address: str | None, timeout_s: float = 10.0) -> None:
        with self.assertRaises(NoBus):
            await connect(reactor, address, timeout_s)

    @pytest.mark.promise("T10")
    async def test_who_closes_at_once_is_no_bus(self) -> None:
        await self.fails(await self.false_bus(_mute, greets=False))

    @pytest.mark.promise("T10")
    async def test_who_is_mute_is_no_bus_in_time(self) -> None:
        await self.fails(await self.false_bus(_mute), timeout_s=0.1)

    async def test_who_closes_during_authentication_is_no_bus(self) -> None:
        await self.fails(await self.false_bus(lambda client, _: client.transport.loseConnection()))

    @pytest.mark.promise("T10", "T22")
    async def test_who_refuses_us_is_told_nothing_more(self) -> None:
        await self.fails(await self.false_bus(lambda client, _: client.transport.write(b"REJECTED EXTERNAL ANONYMOUS\r\n")))
        self.assertEqual(self.clients[0].heard, b"\0AUTH EXTERNAL\r\n")

    async def test_who_talks_nonsense_is_no_bus(self) -> None:
        for nonsense in (b"\xff\xfe\r\n", b"HELLO\r\n", b"OK nothex\r\n", b"ERROR\r\n", b"x" * 20000):
            with self.subTest(nonsense[:10]):
                directory = self.directory
                self.directory = Path(tempfile.mkdtemp(dir=directory))
                await self.fails(await self.false_bus(lambda client, _, say=nonsense: client.transport.write(say)))
                self.directory = directory

    async def test_who_does_not_answer_hello_is_no_bus_in_time(self) -> None:
        await self.fails(await self.false_bus(_mute_after_authentication), timeout_s=0.1)
        self.assertIn(b"BEGIN", self.clients[0].heard)
        self.assertNotIn(b"NEGOTIATE", self.clients[0].heard)

    async def test_a_bus_that_does_not_greet_us_is_left(self) -> None:
        def answer(client: FalseBus, data: bytes) -> None:
            _mute_after_authentication(client, data)
            if b"Hello" in data:
                (serial,) = struct.unpack_from("<I", data, data.index(b"l\1") + 8)
                refused = message.ErrorMessage("org.freedesktop.DBus.Error.LimitsExceeded", serial, sender=DAEMON)
                client.transport.write(refused.rawMessage)

        await self.fails(await self.false_bus(answer))
        await self.clients[0].gone.addTimeout(5, reactor)

    async def test_a_bus_that_breaks_the_protocol_is_left(self) -> None:
        def answer(client: FalseBus, data: bytes) -> None:
            _mute_after_authentication(client, data)
            if b"Hello" in data:
                client.transport.write(b"no message at all, by any means")

        await self.fails(await self.false_bus(answer))

    async def test_where_nobody_listens_is_no_bus(self) -> None:
        await self.fails(f"unix:path={self.directory}/nothing")

    async def test_a_path_that_is_too_long_is_no_bus(self) -> None:
        await self.fails("unix:path=/" + "p" * 300)

    async def test_an_address_without_a_socket_is_no_bus(self) -> None:
        await self.fails("tcp:host=localhost,port=1")

    @pytest.mark.promise("T11")
    async def test_without_any_address_there_is_no_bus(self) -> None:
        self.patch(os, "environ", {})
        await self.fails(None)

    async def test_a_mute_bus_leaves_time_for_the_next(self) -> None:
        mute = await self.false_bus(_mute)
        daemon = Daemon(self.directory)
        self.addCleanup(daemon.kill)
        connection = await connect(reactor, f"{mute};{daemon.address}", 4.0)
        self.assertRegex(connection.unique_name, r"^:\d+\.\d+$")
        await connection.close()

    @pytest.mark.promise("T11")
    async def test_the_runtime_directory_is_the_fallback(self) -> None:
        daemon = Daemon(self.directory, f"unix:path={self.directory}/bus")
        self.addCleanup(daemon.kill)
        self.patch(os, "environ", {"XDG_RUNTIME_DIR": str(self.directory)})
        connection = await connect(reactor)
        await connection.close()

    @pytest.mark.promise("T12")
    async def test_abstract_sockets_and_escapes(self) -> None:
        daemon = Daemon(self.directory, f"unix:abstract={self.directory}/a%2db")
        self.addCleanup(daemon.kill)
        connection = await connect(reactor, daemon.address)
        await connection.close()

    async def test_connecting_may_be_cancelled(self) -> None:
        address = await self.false_bus(_mute)
        connecting = connect(reactor, f"{address};{address}")
        connecting.cancel()
        with self.assertRaises(CancelledError):
            await connecting

    def test_the_global_reactor_is_not_imported(self) -> None:
        script = (
            "import sys, typewright.bus.publication, typewright.bus.client\n"
            "assert 'twisted.internet.reactor' not in sys.modules"
        )
        subprocess.run([sys.executable, "-c", script], check=True)


def _mute(client: FalseBus, data: bytes) -> None:
    pass


def _mute_after_authentication(client: FalseBus, data: bytes) -> None:
    if data.endswith(b"AUTH EXTERNAL\r\n"):
        client.transport.write(b"OK 0123456789abcdef0123456789abcdef\r\n")


class ConnectionTest(BusCase):
    async def test_a_call_and_its_answer(self) -> None:
        connection = await self.connected()
        [names] = await connection.call_daemon("ListNames")
        self.assertIn(connection.unique_name, names)

    async def test_an_error_comes_with_its_name_and_without_its_sentence(self) -> None:
        connection = await self.connected()
        error = await self.refused(connection.call_daemon("GetNameOwner", "s", "no.such.name"))
        self.assertEqual((error.name, str(error)), ("org.freedesktop.DBus.Error.NameHasNoOwner",) * 2)
        self.assertIn("no.such.name", error.sentence)

    @pytest.mark.promise("T13")
    async def test_what_can_not_be_sent_is_not_repeated(self) -> None:
        connection = await self.connected()
        for secret in ("hunter2\0", "hunter2\ud800", 5, None):
            with self.assertRaises(InvalidArgs) as caught:
                await connection.call_daemon("GetNameOwner", "s", secret)
            self.assertNotIn("hunter2", str(caught.exception))

    async def test_a_call_may_be_cancelled(self) -> None:
        connection = await self.connected()
        call = connection.call_daemon("ListNames")
        call.cancel()
        with self.assertRaises(CancelledError):
            await call
        self.assertEqual(len(await connection.call_daemon("GetId")), 1)

    @pytest.mark.promise("T9")
    async def test_forged_signals_of_the_bus_are_not_heard(self) -> None:
        """T9: the sender is compared; a unicast signal needs no match rule to arrive."""
        connection = await self.connected()
        heard: list[list[Any]] = []
        come: Deferred[None] = Deferred()
        connection.listen(DAEMON, "NameOwnerChanged", lambda signal: heard.append(signal.arguments()))
        connection.listen("a.b", "Last", lambda signal: come.callback(None))
        forger = await self.peer()
        for interface, member in ((DAEMON, "NameOwnerChanged"), ("a.b", "Last")):
            forger.connection.sendMessage(
                message.SignalMessage(
                    DAEMON_PATH,
                    member,
                    interface,
                    destination=connection.unique_name,
                    signature="sss",
                    body=[connection.unique_name, connection.unique_name, ""],
                )
            )
        await come
        self.assertEqual(heard, [])

    @pytest.mark.promise("forged-identity", "T9")
    async def test_answers_of_others_than_were_asked_are_not_taken(self) -> None:
        """Serials are easy to guess, and session buses let unrequested answers through."""
        connection = await self.connected()
        mute, forger = await self.peer(), await self.peer()
        mute.connection.answer_with(lambda call: None)
        asked = connection.call(mute.connection.unique_name, "/", "a.b", "Never")
        heard: Deferred[None] = Deferred()
        connection.listen("a.b", "Last", lambda signal: heard.callback(None))
        to = connection.unique_name
        for serial in range(1, 200):
            forger.connection.sendMessage(
                message.MethodReturnMessage(serial, destination=to, signature="s", body=["forged"])
            )
            forger.connection.sendMessage(message.ErrorMessage("a.Forged", serial, destination=to, signature="s", body=[""]))
        forger.connection.sendMessage(message.SignalMessage("/", "Last", "a.b", destination=to))
        of_the_bus = connection.call_daemon("GetNameOwner", "s", DAEMON)
        await heard
        self.assertNoResult(asked)
        self.assertEqual(await of_the_bus, [DAEMON])
        asked.cancel()
        await self.assertFailure(asked, CancelledError)

    async def test_signals_are_heard_until_one_stops(self) -> None:
        hearer, teller = await self.connected(), await self.connected()
        await hearer.add_match("type='signal',interface='a.b'")
        heard: list[tuple[str, list[Any]]] = []
        second: Deferred[None] = Deferred()
        stop = hearer.listen("a.b", "Told", lambda signal: heard.append((signal.sender, signal.arguments())))
        hearer.listen("a.b", "Told", lambda signal: second.callback(None) if signal.arguments() == ["two"] else None)
        teller.emit("/p", "a.b", "Told", "s", ["one"])
        teller.emit("/p", "a.b", "Other", "s", ["one"])
        await teller.call_daemon("GetId")
        while not heard:
            await hearer.call_daemon("GetId")
        stop()
        stop()
        teller.emit("/p", "a.b", "Told", "s", ["two"])
        await second
        self.assertEqual(heard, [(teller.unique_name, ["one"])])

    async def test_who_offers_nothing_says_so(self) -> None:
        other, peer = await self.connected(), await self.peer()
        error = await self.refused(peer.call("Insert", "s", "text", to=other.unique_name))
        self.assertEqual(error.name, "org.freedesktop.DBus.Error.UnknownObject")

    async def test_a_reply_over_the_limit_is_an_error_and_not_silence(self) -> None:
        server, client = await self.connected(), await self.peer()
        server.answer_with(lambda call: server.reply(call, "s", ["x" * (1 << 20)]))
        with self.assertRaises(LimitsExceeded):
            await client.call("Get", to=server.unique_name)
        self.assertEqual(len(await client.connection.call_daemon("GetId")), 1)

    async def test_a_failing_answerer_and_listener_harm_nobody_else(self) -> None:
        server, client = await self.connected(), await self.peer()
        calls: list[str] = []

        def answer(call: Any) -> None:
            calls.append(call.member)
            if call.member == "Bad":
                raise ValueError("hunter2")
            server.reply(call, "", [])

        server.answer_with(answer)
        unanswered = client.call("Bad", to=server.unique_name)
        self.assertEqual(await client.call("Good", to=server.unique_name), [])
        self.assertEqual(calls, ["Bad", "Good"])
        unanswered.cancel()
        await self.assertFailure(unanswered, CancelledError)

    @pytest.mark.promise("T3")
    def test_file_descriptors_that_come_all_the_same_are_closed(self) -> None:
        reading, writing = os.pipe()
        self.addCleanup(os.close, writing)
        BusConnection().fileDescriptorReceived(reading)
        with self.assertRaises(OSError):
            os.fstat(reading)


class LossTest(BusCase):
    """T20: what happens when the bus dies."""

    async def lost_bus(self) -> tuple[BusConnection, Daemon]:
        daemon = Daemon(self.directory)
        return await connect(reactor, daemon.address), daemon

    @pytest.mark.promise("T20")
    async def test_everyone_who_waits_is_told_once(self) -> None:
        connection, daemon = await self.lost_bus()
        told: list[str] = []
        last: Deferred[None] = Deferred()

        def raises() -> None:
            told.append("first")
            raise ValueError("hunter2")

        connection.on_lost(raises)
        connection.on_lost(lambda: told.append("second"))
        connection.on_lost(lambda: last.callback(None))
        server = await connect(reactor, daemon.address)
        never_answered = connection.call(server.unique_name, "/", "a.b", "Wait")
        server.answer_with(lambda call: daemon.kill())
        with self.assertRaises(BusLost):
            await never_answered
        await last
        self.assertEqual(told, ["first", "second"])

    async def test_afterwards_nothing_hangs(self) -> None:
        connection, daemon = await self.lost_bus()
        lost: Deferred[None] = Deferred()
        connection.on_lost(lambda: lost.callback(None))
        daemon.kill()
        await lost
        with self.assertRaises(BusLost):
            await connection.call_daemon("GetId")
        connection.emit("/", "a.b", "Told", "", [])
        later: list[str] = []
        connection.on_lost(lambda: later.append("at once"))
        self.assertEqual(later, ["at once"])
        await connection.close()

    async def test_our_own_end_is_no_loss(self) -> None:
        connection = await connect(reactor, self.address)
        told: list[str] = []
        connection.on_lost(lambda: told.append("lost"))
        pending = connection.call(connection.unique_name, "/", "a.b", "Never")
        connection.answer_with(lambda call: None)
        await connection.close()
        with self.assertRaises((BusLost, ErrorReply)):
            await pending
        self.assertEqual(told, [])
