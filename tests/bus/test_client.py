# SPDX-License-Identifier: MIT
"""Our own client: what a program that has Typewright type gets to see."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from bus_bench import REPORT, BusCase, Daemon
from twisted.internet import reactor
from twisted.internet.defer import Deferred, fail
from txdbus import message

from typewright import errors
from typewright.bus.client import Client
from typewright.bus.contract import TYPIST
from typewright.bus.publication import take_name
from typewright.bus.standard_errors import PropertyReadOnly, UnknownProperty
from typewright.interfaces.services import Report


class ClientTest(BusCase):
    async def client(self) -> Client:
        client = await Client.connect(reactor, self.address)
        self.addCleanup(client.close)
        return client

    async def test_every_call(self) -> None:
        service, client = await self.served(), await self.client()
        self.assertIs(await client.insert("däß \U0001f3b9"), True)
        self.assertIs(await client.backspace(3), True)
        self.assertIs(await client.press("ctrl+s"), True)
        self.assertEqual(await client.cancel(), 2)
        self.assertEqual(await client.cancel_all(), 3)
        report = await client.type("abc", {"timeout": 1.5})
        self.assertEqual((report["confirmed"], report["typed"], report["elapsed"]), (True, 3, 0.25))
        await client.type("abc")
        report = await client.backspace_with_options(2, {"timeout": 1.5})
        self.assertEqual((report["typed"], report["code"]), (3, ""))
        self.assertIs((await client.press_with_options("Tab"))["confirmed"], True)
        self.assertEqual(
            [(entry[0], *entry[2:]) for entry in service.log],
            [
                ("insert", "däß \U0001f3b9"),
                ("backspace", 3),
                ("press", "ctrl+s"),
                ("cancel",),
                ("cancel_all",),
                ("insert", "abc", {"timeout": 1.5}),
                ("insert", "abc", {}),
                ("backspace", 2, {"timeout": 1.5}),
                ("press", "Tab", {}),
            ],
        )

    async def test_every_call_of_dictation_and_of_held_keys(self) -> None:
        service, client = await self.served(), await self.client()
        self.assertIs(await client.revise("däß \U0001f3b9"), True)
        self.assertIsNone(await client.commit())
        self.assertIs(await client.undo(), True)
        self.assertIs((await client.revise_with_options("a", {"context_adjust": True}))["confirmed"], True)
        self.assertIs((await client.undo_with_options())["confirmed"], True)
        self.assertIsNone(await client.forget())
        self.assertIs(await client.get_property("ContextAdjust"), False)
        self.assertIsNone(await client.set_property("ContextAdjust", True))
        calls = [(entry[0], *entry[2:]) for entry in self.dictation.log]
        expected: list[object] = [("revise", "däß \U0001f3b9"), ("commit",), ("undo",)]
        expected += [("revise", "a", {"context_adjust": True}), ("undo", {}), ("forget",), ("set_context_adjust", True)]
        self.assertEqual(calls, expected)
        self.assertIs(await client.press_and_hold("shift", 0.5), True)
        self.assertIs(await client.release("shift"), True)
        calls = [(entry[0], *entry[2:]) for entry in service.log]
        self.assertEqual(calls, [("press_and_hold", "shift", 0.5), ("release", "shift")])
        with self.assertRaises(errors.InvalidArgs):
            await client.revise("hunter2\0")

    async def test_properties(self) -> None:
        service, client = await self.served(), await self.client()
        self.assertIs(await client.get_property("TypingEnabled"), True)
        self.assertIsNone(await client.set_property("TypingEnabled", False))
        self.assertIs(await client.get_property("TypingEnabled"), False)
        self.assertEqual(await client.get_property("Version"), "1.2.3")
        for name, value, expected in (
            ("TypingEnabled", "false", errors.InvalidArgs),
            ("TypingEnabled", 0, errors.InvalidArgs),
            ("Nothing", True, UnknownProperty),
            ("Busy", True, PropertyReadOnly),
        ):
            with self.assertRaises(expected):
                await client.set_property(name, value)
        with self.assertRaises(UnknownProperty):
            await client.get_property("Nothing")
        self.assertEqual(len(service.log), 1)

    async def test_the_errors_of_the_service_come_back_as_they_were(self) -> None:
        service, client = await self.served(), await self.client()
        for error in (
            errors.InvalidArgs("One."),
            errors.LimitsExceeded("Two."),
            errors.AccessDenied("Three."),
            errors.Stopping(),
            errors.DisplayLost(),
            errors.ExtensionMissing("RECORD"),
        ):
            service.answers["insert"] = lambda *_, error=error: fail(error)
            with self.assertRaises(errors.TypewrightError) as caught:
                await client.insert("text")
            self.assertIs(type(caught.exception), type(error))
            self.assertEqual(str(caught.exception), str(error))
        service.answers["insert"] = lambda *_: fail(ValueError("hunter2"))
        with self.assertRaises(errors.TypewrightError) as caught:
            await client.insert("text")
        self.assertIs(type(caught.exception), errors.TypewrightError)
        self.assertEqual(str(caught.exception), errors.TypewrightError.sentence)

    async def test_an_error_that_nobody_knows(self) -> None:
        await self.served_by("com.example.Surprise")
        client = await self.client()
        with self.assertRaises(errors.TypewrightError) as caught:
            await client.insert("text")
        self.assertIn("com.example.Surprise", str(caught.exception))
        self.assertNotIn("hunter2", str(caught.exception))

    async def test_what_can_not_be_sent_is_said_here(self) -> None:
        service, client = await self.served(), await self.client()
        calls: list[Any] = [
            lambda: client.insert("hunter2\0"),
            lambda: client.type("hunter2\ud800"),
            lambda: client.press("hunter2\0"),
            lambda: client.backspace(-1),
            lambda: client.backspace(1 << 32),
            lambda: client.type("hunter2", {"timeout": None}),
        ]
        for call in calls:
            with self.assertRaises(errors.InvalidArgs) as caught:
                await call()
            self.assertNotIn("hunter2", str(caught.exception))
        self.assertEqual(service.log, [])

    async def test_without_a_service(self) -> None:
        client = await self.client()
        for call in (client.insert("x"), client.cancel(), client.get_property("Busy")):
            with self.assertRaises(errors.ServiceAbsent) as caught:
                await call
            self.assertEqual(str(caught.exception), errors.ServiceAbsent.sentence)

    async def test_a_service_that_goes_away_in_the_middle(self) -> None:
        service, client = await self.served(), await self.client()
        service.answers["insert"] = lambda *_: Deferred()
        inserted = client.insert("x")
        await service.noted(1)
        await self.served_on.close()
        with self.assertRaisesRegex(errors.ServiceAbsent, "left the bus before"):
            await inserted

    @pytest.mark.promise("T9")
    async def test_an_answer_of_another_than_the_service_is_none(self) -> None:
        """Though it comes first: serials are easy to guess, and session buses let unrequested answers through."""
        service, client, forger = await self.served(), await self.client(), await self.peer()
        job = Deferred[Report]()
        service.answers["insert"] = lambda *_: job
        to, heard = client._connection.unique_name, Deferred[None]()
        client._connection.listen("a.b", "Last", lambda signal: heard.callback(None))
        inserted = client.insert("x")
        for serial in range(1, message.DBusMessage._nextSerial):
            forged = message.MethodReturnMessage(serial, destination=to, signature="b", body=[True])
            forger.connection.sendMessage(forged)
        forger.connection.sendMessage(message.SignalMessage("/", "Last", "a.b", destination=to))
        await heard
        self.assertNoResult(inserted)
        job.callback(replace(REPORT, confirmed=False))
        self.assertIs(await inserted, False)

    async def test_a_service_may_answer_when_it_has_given_its_name_away(self) -> None:
        service, client = await self.served(), await self.client()
        job = Deferred[Report]()
        service.answers["insert"] = lambda *_: job
        inserted = client.insert("x")
        await service.noted(1)
        await self.served_on.call_daemon("ReleaseName", "s", TYPIST)
        job.callback(REPORT)
        self.assertIs(await inserted, True)

    async def test_without_a_bus(self) -> None:
        with self.assertRaises(errors.NoBus):
            await Client.connect(reactor, f"unix:path={self.directory}/none")

    async def test_a_bus_that_dies_in_the_middle(self) -> None:
        daemon = Daemon(self.directory)
        self.address = daemon.address
        service, client = await self.served(), await self.client()
        service.answers["insert"] = lambda *_: daemon.kill() or Deferred()
        with self.assertRaises(errors.BusLost):
            await client.insert("x")

    async def served_by(self, error: str) -> None:
        """A service that answers everything with one error."""
        connection = await self.connected()
        connection.answer_with(lambda call: connection.refuse(call, error, "hunter2"))
        await take_name(connection, lambda: None)
