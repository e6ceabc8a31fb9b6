# SPDX-License-Identifier: MIT
"""All sources of the screen lock as one object: started, heard and closed together."""

from __future__ import annotations

from unittest import mock

from bus_bench import BusCase, Peer
from twisted.internet import reactor
from twisted.internet.defer import DeferredQueue
from twisted.internet.task import Clock
from txdbus import marshal

from typewright.bus.message import Message
from typewright.screenlock.logind import NAME
from typewright.screenlock.sources import ScreenLocks

_SAVER = "org.gnome.ScreenSaver"
_DO_NOT_QUEUE = 4


class ScreenLocksTest(BusCase):
    """The private bus is both the session bus and the system bus."""

    def locks(self, time: Clock) -> ScreenLocks:
        self.heard: list[tuple[str, bool]] = []
        return ScreenLocks(time, self.session_bus, lambda name, locked: self.heard.append((name, locked)))

    async def owner(self, name: str) -> tuple[Peer, DeferredQueue[Message]]:
        """Return the owner of a bus name, and the calls that it gets."""
        peer, calls = await self.peer(), DeferredQueue[Message]()
        peer.connection.answer_with(calls.put)
        self.assertEqual(await peer.connection.call_daemon("RequestName", "su", name, _DO_NOT_QUEUE), [1])
        return peer, calls

    async def test_each_source_is_asked_and_none_delays_the_start_for_long(self) -> None:
        self.session_bus = await self.connected()
        (saver, saver_calls), (logind, logind_calls) = await self.owner(_SAVER), await self.owner(NAME)
        clock = Clock()
        clock.connectUNIX = reactor.connectUNIX  # type: ignore[attr-defined]
        locks = self.locks(clock)
        with mock.patch.dict("os.environ", DBUS_SYSTEM_BUS_ADDRESS=self.address):
            started = locks.start()
        saver_call, logind_call = await saver_calls.get(), await logind_calls.get()
        self.assertNoResult(started)
        clock.advance(1.0)
        self.assertIsNone(await started)
        # A late answer counts.
        saver.connection.reply(saver_call, "b", [True])
        logind.connection.reply(logind_call, "v", [marshal.variantClassMap["b"](True)])
        while len(self.heard) < 2:
            await self.session_bus.call_daemon("GetId")
        self.assertEqual(sorted(self.heard), [(NAME, True), (_SAVER, True)])
        await locks.close()
        self.heard.clear()
        saver.connection.emit("/org/gnome/ScreenSaver", _SAVER, "ActiveChanged", "b", [False])
        await saver.connection.call_daemon("GetId")
        await self.session_bus.call_daemon("GetId")
        self.assertEqual(self.heard, [])

    async def test_where_there_is_no_source_the_start_is_done_at_once(self) -> None:
        self.session_bus = await self.connected()
        locks = self.locks(Clock())
        with mock.patch.dict("os.environ", DBUS_SYSTEM_BUS_ADDRESS="unix:path=/nonexistent/bus"):
            self.assertIsNone(await locks.start())
        self.assertEqual(self.heard, [])
        await locks.close()
