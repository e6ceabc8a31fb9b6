# SPDX-License-Identifier: MIT
"""Callers that leave during a job (T9, and the failure mode "caller leaves mid-call")."""

from __future__ import annotations

import pytest
from bus_bench import REPORT, BusCase
from twisted.internet.defer import Deferred
from txdbus import message

from typewright.bus.caller_watch import CallerWatch
from typewright.bus.connection import DAEMON, DAEMON_PATH
from typewright.interfaces.services import Report

_CHANGED = "NameOwnerChanged"


class CallersTest(BusCase):
    async def test_a_caller_who_leaves_is_told_of_once(self) -> None:
        service, peer, leaver = await self.served(), await self.peer(), await self.peer()
        jobs: list[Deferred[Report]] = [Deferred(), Deferred()]
        service.answers["insert"] = lambda *_: jobs[len(service.log) - 1]
        calls = [leaver.call("Insert", "s", "one"), leaver.call("Insert", "s", "two")]
        await service.noted(2)
        for call in calls:
            call.addErrback(lambda _: None)
        await self.seen_leaving(peer, leaver)
        await service.noted(3)
        for job in jobs:
            job.callback(REPORT)
        await peer.ping()
        self.assertEqual(service.log[2:], [("caller_left", leaver.name)])

    async def test_a_caller_who_stays_is_not_told_of(self) -> None:
        service, peer, other = await self.served(), await self.peer(), await self.peer()
        job: Deferred[Report] = Deferred()
        service.answers["insert"] = lambda *_: job
        inserted = peer.call("Insert", "s", "text")
        await service.noted(1)
        await self.seen_leaving(peer, other)
        job.callback(REPORT)
        self.assertEqual(await inserted, [True])
        self.assertEqual(service.log, [("insert", peer.name, "text")])

    async def test_a_caller_may_have_left_before_it_was_watched(self) -> None:
        connection, leaver, witness = await self.connected(), await self.peer(), await self.peer()
        await self.seen_leaving(witness, leaver)
        left: Deferred[str] = Deferred()
        callers = CallerWatch(connection, left.callback)
        callers.watch(leaver.name, Deferred())
        self.assertEqual(await left, leaver.name)
        self.assertEqual(callers.watched, frozenset())

    @pytest.mark.promise("T9")
    async def test_a_forged_farewell_ends_nobodys_job(self) -> None:
        """T9."""
        service, peer, forger = await self.served(), await self.peer(), await self.peer()
        job: Deferred[Report] = Deferred()
        service.answers["insert"] = lambda *_: job
        inserted = peer.call("Insert", "s", "text")
        await service.noted(1)
        forger.connection.sendMessage(
            message.SignalMessage(
                DAEMON_PATH,
                _CHANGED,
                DAEMON,
                destination=self.served_on.unique_name,
                signature="sss",
                body=[peer.name, peer.name, ""],
            )
        )
        await forger.ping()
        job.callback(REPORT)
        self.assertEqual(await inserted, [True])
        self.assertEqual(service.log, [("insert", peer.name, "text")])

    @pytest.mark.promise("idle")
    async def test_an_idle_service_is_not_woken(self) -> None:
        """No signal about other peers arrives while a job runs, and none about its caller after the job."""
        service, former, witness = await self.served(), await self.peer(), await self.peer()
        woken: list[list[object]] = []
        self.served_on.listen(DAEMON, _CHANGED, lambda signal: woken.append(signal.arguments()))
        job: Deferred[Report] = Deferred()
        service.answers["insert"] = lambda *_: job
        inserted = former.call("Insert", "s", "text")
        await service.noted(1)
        await self.seen_leaving(witness, await self.peer())
        job.callback(REPORT)
        self.assertEqual(await inserted, [True])
        await former.ping()
        await self.seen_leaving(witness, former)
        await witness.ping()
        self.assertEqual(woken, [])

    async def test_a_job_that_is_over_at_once_costs_no_word_with_the_bus(self) -> None:
        connection = await self.connected()
        said: list[object] = []
        self.patch(connection, "call", lambda *arguments: said.append(arguments))
        job: Deferred[Report] = Deferred()
        job.callback(REPORT)
        self.assertIs(CallerWatch(connection, lambda _: None).watch(":1.1", job), job)
        self.assertEqual(said, [])

    async def test_the_end_of_the_bus_ends_the_watch_quietly(self) -> None:
        connection = await self.connected()
        callers = CallerWatch(connection, lambda _: self.fail("no caller left"))
        job: Deferred[Report] = Deferred()
        callers.watch(connection.unique_name, job)
        await connection.close()
        job.callback(REPORT)
        self.assertEqual(callers.watched, frozenset())
