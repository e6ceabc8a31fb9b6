# SPDX-License-Identifier: MIT
"""The bus name: taken last, owned by one service only, released first."""

from __future__ import annotations

import pytest
from bus_bench import BusCase, Daemon
from twisted.internet import reactor
from txdbus import message

from typewright.bus.connect import connect
from typewright.bus.connection import DAEMON, DAEMON_PATH
from typewright.bus.contract import TYPIST
from typewright.bus.publication import take_name
from typewright.errors import BusLost, NameTaken, NoBus


class NameTest(BusCase):
    @pytest.mark.promise("started-twice")
    async def test_a_second_service_is_refused_and_the_first_goes_on(self) -> None:
        service, peer, second = await self.served(), await self.peer(), await self.connected()
        with self.assertRaises(NameTaken):
            await take_name(second, lambda: self.fail("it never had it"))
        self.assertEqual(await second.call_daemon("ListQueuedOwners", "s", TYPIST), [[self.served_on.unique_name]])
        self.assertEqual(await peer.call("Insert", "s", "x"), [True])
        self.assertEqual(service.log, [("insert", peer.name, "x")])

    async def test_nobody_takes_the_name_by_force_or_waits_for_it(self) -> None:
        lost: list[str] = []
        owner, other = await self.connected(), await self.connected()
        await take_name(owner, lambda: lost.append("lost"))
        in_queue, exists = 2, 3
        self.assertEqual(await other.call_daemon("RequestName", "su", TYPIST, 2 | 4), [exists])
        self.assertEqual(await other.call_daemon("RequestName", "su", TYPIST, 2), [in_queue])
        self.assertEqual(await owner.call_daemon("GetNameOwner", "s", TYPIST), [owner.unique_name])
        self.assertEqual(lost, [])

    async def test_a_name_given_back_is_free_and_not_lost(self) -> None:
        owner, other = await self.connected(), await self.connected()
        name = await take_name(owner, lambda: self.fail("it was given back"))
        await name.release()
        await take_name(other, lambda: None)
        await owner.call_daemon("GetId")
        await name.release()

    @pytest.mark.promise("T9")
    async def test_a_name_may_be_lost_but_only_by_the_word_of_the_bus(self) -> None:
        lost: list[str] = []
        owner, forger = await self.connected(), await self.connected()
        await take_name(owner, lambda: lost.append("lost"))
        for destination in (owner.unique_name, TYPIST):
            forger.sendMessage(
                message.SignalMessage(DAEMON_PATH, "NameLost", DAEMON, destination=destination, signature="s", body=[TYPIST])
            )
        await forger.call(owner.unique_name, "/", "", "Any").addErrback(lambda _: None)
        self.assertEqual(lost, [])
        # The bus sends the same signal when the name is released without the knowledge of `BusName`.
        await owner.call_daemon("ReleaseName", "s", TYPIST)
        self.assertEqual(lost, ["lost"])

    async def test_a_name_that_the_bus_does_not_grant(self) -> None:
        connection = await self.connected()
        with self.assertRaises(NoBus) as caught:
            await take_name(connection, lambda: None, name="org.freedesktop.DBus")
        self.assertIn("does not let", str(caught.exception))

    async def test_without_a_bus(self) -> None:
        daemon = Daemon(self.directory)
        connection = await connect(reactor, daemon.address)
        name = await take_name(connection, lambda: self.fail("the loss of the bus is told elsewhere"))
        await connection.close()
        daemon.kill()
        await name.release()
        with self.assertRaises(BusLost):
            await take_name(connection, lambda: None)
