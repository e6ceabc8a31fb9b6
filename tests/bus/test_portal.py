# SPDX-License-Identifier: MIT
"""The client of the portal: requests, sessions, forged answers; and a connection that receives descriptors."""

from __future__ import annotations

import os
from typing import Any

from bus_bench import BusCase, Peer
from jeepney import MessageType
from tests.helpers.raw_bus import DAEMON, RawPeer
from tests.helpers.raw_bus import message as raw_message
from twisted.internet import reactor
from twisted.internet.defer import CancelledError
from txdbus import message

from typewright.bus.connect import connect
from typewright.bus.descriptors import DescriptorConnection
from typewright.bus.message import Message
from typewright.bus.portal import CANCELLED, DONE, NAME, PATH, Outcome, Portal, uint

INTERFACE = "org.freedesktop.portal.Test"
REQUEST, SESSION = "org.freedesktop.portal.Request", "org.freedesktop.portal.Session"
SESSION_PATH = f"{PATH}/session/1_1/token"


class PortalTest(BusCase):
    async def opened(self) -> Portal:
        """A portal that records the calls, and a client of it over `self.client`."""
        self.server = await self.peer()
        self.calls: list[Message] = []
        self.server.connection.answer_with(self.called)
        await self.server.connection.call_daemon("RequestName", "su", NAME, 4)
        self.client = await connect(reactor, self.address, make=DescriptorConnection)
        self.addCleanup(self.client.close)
        return Portal(self.client)

    def called(self, call: Message) -> None:
        if call.member == "Ping":
            self.server.connection.reply(call, "", [])
            return
        self.calls.append(call)
        if call.member == "Fail":
            self.server.connection.refuse(call, "org.freedesktop.DBus.Error.UnknownMethod", "secret")
        elif call.member == "Close":
            self.server.connection.reply(call, "", [])
        else:
            self.server.connection.reply(call, "o", [self.path(call)])

    def path(self, call: Message) -> str:
        token = call.arguments()[-1]["handle_token"]
        return f"{PATH}/request/{call.sender[1:].replace('.', '_')}/{token}"

    def respond(self, by: Peer, path: str, code: int, results: dict[str, Any]) -> None:
        by.connection.sendMessage(
            message.SignalMessage(
                path, "Response", REQUEST, destination=self.client.unique_name, signature="ua{sv}", body=[code, results]
            )
        )

    async def settled(self, by: Peer) -> None:
        """Wait until all is there that `by` has sent before."""
        if by is not self.server:
            by.connection.answer_with(lambda call: by.connection.reply(call, "", []))
        await self.client.call(by.name, "/", "org.freedesktop.DBus.Peer", "Ping")

    async def test_a_request_fires_with_its_outcome(self) -> None:
        portal = await self.opened()
        waiting = portal.request(INTERFACE, "Start", "sa{sv}", ["x"], {"types": uint(1)})
        await self.settled(self.server)
        (call,) = self.calls
        self.assertEqual(call.arguments()[0], "x")
        self.assertEqual(call.arguments()[1]["types"], 1)
        self.assertFalse(waiting.called)
        self.respond(self.server, self.path(call), DONE, {"devices": uint(1)})
        self.assertEqual(await waiting, Outcome(DONE, {"devices": 1}))

    async def test_each_outcome_goes_to_its_own_request(self) -> None:
        portal = await self.opened()
        waiting = [portal.request(INTERFACE, "Start", "a{sv}", [], {}) for _ in range(2)]
        await self.settled(self.server)
        for call, code in zip(reversed(self.calls), (CANCELLED, DONE), strict=True):
            self.respond(self.server, self.path(call), code, {})
        self.assertEqual([(await each).code for each in waiting], [DONE, CANCELLED])

    async def test_an_answer_of_another_peer_is_no_answer(self) -> None:
        portal, forger = await self.opened(), await self.peer()
        closed: list[bool] = []
        portal.on_closed(SESSION_PATH, lambda: closed.append(True))
        waiting = portal.request(INTERFACE, "Start", "a{sv}", [], {})
        await self.settled(self.server)
        path = self.path(self.calls[0])
        self.respond(forger, path, DONE, {"devices": uint(1)})
        forger.connection.sendMessage(
            message.SignalMessage(
                SESSION_PATH, "Closed", SESSION, destination=self.client.unique_name, signature="a{sv}", body=[{}]
            )
        )
        await self.settled(forger)
        self.assertEqual((waiting.called, closed), (False, []))
        self.respond(self.server, path, CANCELLED, {})
        self.assertEqual((await waiting).code, CANCELLED)

    async def test_an_error_is_told_by_its_name_only(self) -> None:
        portal = await self.opened()
        problem = await self.refused(portal.request(INTERFACE, "Fail", "a{sv}", [], {}))
        self.assertEqual(str(problem), "org.freedesktop.DBus.Error.UnknownMethod")

    async def test_giving_up_closes_the_request_and_its_dialog(self) -> None:
        portal = await self.opened()
        waiting = portal.request(INTERFACE, "Start", "a{sv}", [], {})
        await self.settled(self.server)
        waiting.cancel()
        with self.assertRaises(CancelledError):
            await waiting
        await self.settled(self.server)
        closing = self.calls[-1]
        self.assertEqual((closing.member, closing.interface, closing.path), ("Close", REQUEST, self.path(self.calls[0])))

    async def test_a_session_that_is_closed_is_told_once(self) -> None:
        portal = await self.opened()
        closed: list[bool] = []
        portal.on_closed(SESSION_PATH, lambda: closed.append(True))
        stopped = portal.on_closed(f"{SESSION_PATH}2", lambda: closed.append(False))
        stopped()
        stopped()
        await portal.call(INTERFACE, "Call", "a{sv}", [{"handle_token": "x"}])
        for path in (SESSION_PATH, SESSION_PATH, f"{SESSION_PATH}2"):
            self.server.connection.emit(path, SESSION, "Closed", "a{sv}", [{}])
        await self.settled(self.server)
        self.assertEqual(closed, [True])

    async def test_a_descriptor_is_open_while_the_result_is_processed_and_closed_after_it(self) -> None:
        await self.opened()
        raw = RawPeer(self.address)
        self.addCleanup(raw.close)
        await self.client.call_daemon("GetId")
        before = sorted(os.listdir("/proc/self/fd"))
        numbers: list[int] = []

        def read(values: list[Any]) -> bytes:
            numbers.append(values[0])
            return os.pread(values[0], 100, 0)

        answered = self.client.call(raw.name, "/", "org.example", "Descriptor").addCallback(read)
        file = os.memfd_create("test", os.MFD_CLOEXEC)
        os.pwrite(file, b"from the portal", 0)
        raw.send(self.descriptor_message(MessageType.method_return, reply_serial=max(self.client._calls._waiting)), [file])
        os.close(file)
        self.assertEqual(await answered, b"from the portal")
        await self.client.call_daemon("GetId")
        self.assertEqual(len(numbers), 1)
        self.assertEqual(sorted(os.listdir("/proc/self/fd")), before)

    async def test_descriptors_that_nobody_asked_for_are_closed_unseen(self) -> None:
        await self.opened()
        raw = RawPeer(self.address)
        self.addCleanup(raw.close)
        await self.client.call_daemon("GetId")
        before = sorted(os.listdir("/proc/self/fd"))
        file = os.memfd_create("test", os.MFD_CLOEXEC)
        for _ in range(100):
            raw.send(self.descriptor_message(MessageType.method_call, path="/", member="Any"), [file])
            raw.send(self.descriptor_message(MessageType.signal, path="/", member="Any", interface="org.example"), [file])
        os.close(file)
        raw.ask(raw_message("Ping", path="/", interface="org.freedesktop.DBus.Peer", destination=DAEMON))
        await self.client.call_daemon("GetId")
        self.assertEqual(sorted(os.listdir("/proc/self/fd")), before)

    def descriptor_message(self, kind: MessageType, **fields: Any) -> Any:
        """A message to the client with a descriptor."""
        given = {"path": "", "member": "", "interface": "", **fields}
        member = given.pop("member")
        return raw_message(member, "h", [0], kind=kind, destination=self.client.unique_name, **given)

    async def test_the_main_connection_goes_on_refusing_them(self) -> None:
        await self.opened()
        plain = await self.peer()
        plain.connection.answer_with(lambda call: plain.connection.reply(call, "", []))
        file = os.memfd_create("test", os.MFD_CLOEXEC)
        call = message.MethodCallMessage("/", "Any", destination=plain.name, signature="h", body=[file], oobFDs=[])
        answered = self.client._calls.made(call.serial, plain.name)
        self.client.sendMessage(call)
        problem = await self.refused(answered)
        os.close(file)
        self.assertEqual(problem.name, "org.freedesktop.DBus.Error.NotSupported")
