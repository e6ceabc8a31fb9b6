# SPDX-License-Identifier: MIT
"""logind is asked whether the session is locked, and asked again whenever it may have changed."""

from __future__ import annotations

from unittest import mock

import pytest
from bus_bench import BusCase, Daemon, Peer
from twisted.internet import reactor
from twisted.internet.defer import Deferred, DeferredQueue
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import Clock
from txdbus import marshal

from typewright.bus.message import Message
from typewright.screenlock.logind import NAME, SESSION_PATH, Logind

_PROPERTIES = "org.freedesktop.DBus.Properties"
_SESSION = "org.freedesktop.login1.Session"
_DO_NOT_QUEUE = 4


class LoginTest(BusCase):
    async def logind(self, *, locked: bool) -> Peer:
        """Start a logind on the private bus, which answers `self.locked`."""
        self.locked = locked
        peer = await self.peer()

        def answer(call: Message) -> None:
            asked = (call.path, call.interface, call.member, call.arguments())
            self.assertEqual(asked, (SESSION_PATH, _PROPERTIES, "Get", [_SESSION, "LockedHint"]))
            peer.connection.reply(call, "v", [marshal.variantClassMap["b"](self.locked)])

        peer.connection.answer_with(answer)
        self.assertEqual(await peer.connection.call_daemon("RequestName", "su", NAME, _DO_NOT_QUEUE), [1])
        return peer

    async def followed(self, address: str | None = None) -> Logind:
        self.heard: list[tuple[str, bool]] = []
        login = Logind(reactor, lambda name, locked: self.heard.append((name, locked)))
        self.addCleanup(login.close)
        with mock.patch.dict("os.environ", DBUS_SYSTEM_BUS_ADDRESS=address or self.address):
            await login.start()
        return login

    async def changes(self, peer: Peer, locked: bool) -> None:
        """Have `peer` broadcast a change, and wait until logind has been asked again."""
        self.locked = locked
        changed = [_SESSION, {"LockedHint": marshal.variantClassMap["b"](locked)}, []]
        count = len(self.heard)
        peer.connection.emit("/org/freedesktop/login1/session/_31", _PROPERTIES, "PropertiesChanged", "sa{sv}as", changed)
        while len(self.heard) == count:
            await peer.connection.call_daemon("GetId")

    async def test_a_session_that_is_locked_already_is_known_from_the_beginning(self) -> None:
        await self.logind(locked=True)
        await self.followed()
        self.assertEqual(self.heard, [(NAME, True)])

    async def test_changes_are_heard(self) -> None:
        logind = await self.logind(locked=False)
        await self.followed()
        await self.changes(logind, locked=True)
        await self.changes(logind, locked=False)
        self.assertEqual(self.heard, [(NAME, False), (NAME, True), (NAME, False)])

    @pytest.mark.promise("T9")
    async def test_a_forged_change_gets_it_asked_and_no_more(self) -> None:
        await self.logind(locked=True)
        login = await self.followed()
        forger = await self.peer()
        told = [_SESSION, {"LockedHint": marshal.variantClassMap["b"](False)}, []]
        forger.connection.emit(SESSION_PATH, _PROPERTIES, "PropertiesChanged", "sa{sv}as", told)
        await forger.connection.call_daemon("GetId")
        await login._ask()
        self.assertEqual({locked for _, locked in self.heard}, {True})

    async def test_one_that_comes_later_is_asked(self) -> None:
        await self.followed()
        self.assertEqual(self.heard, [])
        logind = await self.logind(locked=True)
        while not self.heard:
            await logind.connection.call_daemon("GetId")
        self.assertEqual(self.heard, [(NAME, True)])

    @pytest.mark.promise("late-lock")
    async def test_what_is_answered_late_counts(self) -> None:
        """Also the answer to the question at start, which waits for one second only."""
        logind, asked = await self.logind(locked=False), DeferredQueue[Message]()
        logind.connection.answer_with(asked.put)
        self.heard = []
        clock = Clock()
        clock.connectUNIX = reactor.connectUNIX  # type: ignore[attr-defined]
        login = Logind(clock, lambda name, locked: self.heard.append((name, locked)))
        self.addCleanup(login.close)
        with mock.patch.dict("os.environ", DBUS_SYSTEM_BUS_ADDRESS=self.address):
            started = login.start()
        calls = [await asked.get()]
        self.assertNoResult(started)
        clock.advance(10)
        await started
        changed = [_SESSION, {"LockedHint": marshal.variantClassMap["b"](True)}, []]
        logind.connection.emit("/org/freedesktop/login1/session/_31", _PROPERTIES, "PropertiesChanged", "sa{sv}as", changed)
        calls.append(await asked.get())
        clock.advance(10)
        for call, locked in zip(calls, (False, True), strict=True):
            logind.connection.reply(call, "v", [marshal.variantClassMap["b"](locked)])
        logind.connection.answer_with(lambda call: logind.connection.reply(call, "", []))
        assert login._connection is not None
        await login._connection.call(NAME, "/", "a.b", "Behind")
        self.assertEqual(self.heard, [(NAME, False), (NAME, True)])

    @pytest.mark.promise("late-lock")
    async def test_a_bus_that_is_gone_for_longer_is_tried_again(self) -> None:
        daemon = Daemon(self.directory)
        self.address = daemon.address
        clock, tries = Clock(), list[Deferred[None]]()
        clock.connectUNIX = reactor.connectUNIX  # type: ignore[attr-defined]
        self.heard = []
        login = Logind(clock, lambda name, locked: self.heard.append((name, locked)))
        self.addCleanup(login.close)
        start, lost = login.start, Deferred[None]()

        def retry() -> None:
            tries.append(start())

        with (
            mock.patch.dict("os.environ", DBUS_SYSTEM_BUS_ADDRESS=self.address),
            mock.patch.object(login, "start", retry),
        ):
            await start()
            assert login._connection is not None
            login._connection.on_lost(lambda: lost.callback(None))
            daemon.kill()
            await lost
            clock.advance(60)
            await tries[0]
            again = Daemon(self.directory)
            self.addCleanup(again.kill)
            await self.logind(locked=True)
            clock.advance(60)
            await tries[1]
        self.assertEqual(self.heard, [(NAME, True)])

    async def test_a_bus_that_is_slow_at_first_is_tried_again(self) -> None:
        mute = reactor.listenUNIX(str(self.directory / "socket"), Factory.forProtocol(Protocol))  # type: ignore[attr-defined]
        clock, heard = Clock(), DeferredQueue[tuple[str, bool]]()
        clock.connectUNIX = reactor.connectUNIX  # type: ignore[attr-defined]
        login = Logind(clock, lambda name, locked: heard.put((name, locked)))
        self.addCleanup(login.close)
        with mock.patch.dict("os.environ", DBUS_SYSTEM_BUS_ADDRESS=f"unix:path={self.directory}/socket"):
            started = login.start()
            clock.advance(10)
            await started
            await mute.stopListening()
            daemon = Daemon(self.directory)
            self.addCleanup(daemon.kill)
            self.address = daemon.address
            await self.logind(locked=True)
            clock.advance(60)
            self.assertEqual(await heard.get().addTimeout(5, reactor), (NAME, True))

    async def test_without_a_system_bus_nothing_is_said(self) -> None:
        await self.followed("unix:path=/nonexistent/bus")
        self.assertEqual(self.heard, [])
