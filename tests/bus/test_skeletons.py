# SPDX-License-Identifier: MIT
"""
Calls of the contract, their replies and their errors (T8, T13-T16, T18).

T18, second half: a Deferred that never fires keeps its caller waiting as long as the caller is there. That the Deferred of
every job fires in time is tested with the engine. T19: calls run as they come, and the order of jobs is tested with the
engine; here `test_answers_come_as_jobs_end` shows that no call waits for another. T21: there is one object and no
ObjectManager.
"""

from __future__ import annotations

from typing import Any

import pytest
from bus_bench import REPORT, BusCase, RecordingDictation, RecordingService
from twisted.internet.defer import Deferred, fail, succeed
from twisted.logger import globalLogPublisher
from txdbus import message

from typewright import errors
from typewright.access import Access
from typewright.bus.connection import DAEMON, BusConnection
from typewright.bus.contract import DICTATION, PATH, TYPIST
from typewright.bus.message import CALL, Message
from typewright.bus.publication import publish
from typewright.interfaces.services import Report

_STANDARD = "org.freedesktop.DBus.Error."
_PEER = "org.freedesktop.DBus.Peer"
_INTERNAL = "org.typewright.Error.Internal"


class MembersTest(BusCase):
    async def test_every_method_reaches_the_service_and_its_answer_the_caller(self) -> None:
        service, peer = await self.served(), await self.peer()
        self.assertEqual(await peer.call("Insert", "s", "däß \U0001f3b9\n"), [True])
        self.assertEqual(await peer.call("Backspace", "u", 4_000_000_000), [True])
        self.assertEqual(await peer.call("Press", "s", "ctrl+s Return"), [True])
        self.assertEqual(await peer.call("PressAndHold", "sd", "shift", 0.5), [True])
        self.assertEqual(await peer.call("Release", "s", "shift"), [True])
        self.assertEqual(await peer.call("Cancel"), [2])
        self.assertEqual(await peer.call("Allow"), [True])
        self.assertEqual(
            await peer.call("Type", "sa{sv}", "abc", {"timeout": 1.5}),
            [{**_detail(), "confirmed": True, "window": 7}],
        )
        self.assertEqual(await peer.call("Type", "sa{sv}", "abc", {}), [{**_detail(), "confirmed": True, "window": 7}])
        for member, signature, argument in (("BackspaceWithOptions", "ua{sv}", 2), ("PressWithOptions", "sa{sv}", "Tab")):
            self.assertEqual(
                await peer.call(member, signature, argument, {"grabs": "type"}),
                [{**_detail(), "confirmed": True, "window": 7}],
            )
        self.assertEqual(
            service.log,
            [
                ("insert", peer.name, "däß \U0001f3b9\n"),
                ("backspace", peer.name, 4_000_000_000),
                ("press", peer.name, "ctrl+s Return"),
                ("press_and_hold", peer.name, "shift", 0.5),
                ("release", peer.name, "shift"),
                ("cancel", peer.name),
                ("allow", peer.name),
                ("insert", peer.name, "abc", {"timeout": 1.5}),
                ("insert", peer.name, "abc", {}),
                ("backspace", peer.name, 2, {"grabs": "type"}),
                ("press", peer.name, "Tab", {"grabs": "type"}),
            ],
        )

    async def test_what_could_not_be_typed_is_false_and_no_error(self) -> None:
        service, peer = await self.served(), await self.peer()
        failed = Report(
            confirmed=False, typed=1, total=9, level="server", reason="The focus moved.", elapsed_s=2, code="moved"
        )
        for member in ("insert", "backspace", "press", "press_and_hold", "release"):
            service.answers[member] = lambda *_: succeed(failed)
        self.assertEqual(await peer.call("Insert", "s", "text"), [False])
        self.assertEqual(await peer.call("Backspace", "u", 1), [False])
        self.assertEqual(await peer.call("Press", "s", "a"), [False])
        self.assertEqual(await peer.call("PressAndHold", "sd", "a", 1.0), [False])
        self.assertEqual(await peer.call("Release", "s", "a"), [False])
        [report] = await peer.call("Type", "sa{sv}", "text", {})
        self.assertEqual((report["confirmed"], report["typed"], report["reason"]), (False, 1, "The focus moved."))
        [backspaced] = await peer.call("BackspaceWithOptions", "ua{sv}", 9, {})
        [pressed] = await peer.call("PressWithOptions", "sa{sv}", "a", {})
        self.assertEqual([entries["code"] for entries in (report, backspaced, pressed)], ["moved"] * 3)

    async def test_answers_come_as_jobs_end(self) -> None:
        service, peer = await self.served(), await self.peer()
        slow: Deferred[Report] = Deferred()
        service.answers["insert"] = lambda *_: slow
        inserted = peer.call("Insert", "s", "text")
        await service.noted(1)
        self.assertEqual(await peer.call("Press", "s", "a"), [True])
        slow.callback(REPORT)
        self.assertEqual(await inserted, [True])

    async def test_the_end_of_a_job_is_told_to_all(self) -> None:
        service, peer = await self.served(), await self.peer()
        told: Deferred[Message] = Deferred()
        peer.connection.listen(TYPIST, "Finished", told.callback)
        await peer.connection.add_match(f"type='signal',interface='{TYPIST}'")
        service.finished(":1.7", "insert", REPORT)
        signal = await told
        self.assertEqual((signal.path, signal.sender), (PATH, self.served_on.unique_name))
        self.assertEqual(signal.signature, "ssbuussds")
        self.assertEqual(signal.arguments(), [":1.7", "insert", True, 3, 3, "application", "", 0.25, ""])

    async def test_what_can_not_be_told_does_not_harm_the_service(self) -> None:
        service, peer = await self.served(), await self.peer()
        service.finished(":1.7", "insert", Report(True, -1, 3, "server", "", 1.0))
        service.changed("Busy", "yes")
        service.changed("NoSuchProperty", True)
        self.assertEqual(await peer.ping(), [])


class RefusalTest(BusCase):
    @pytest.mark.promise("T15", "T16", "T21")
    async def test_calls_of_what_is_not_there(self) -> None:
        _, peer = await self.served(), await self.peer()
        table: list[tuple[str, str, tuple[object, ...], dict[str, str], str]] = [
            ("Insert", "s", ("x",), {"path": "/org/typewright/Other"}, "UnknownObject"),
            ("Insert", "s", ("x",), {"path": "/org/typewright/Typist1/x"}, "UnknownObject"),
            ("Insert", "s", ("x",), {"path": "/org/typewright"}, "UnknownInterface"),
            ("Insert", "s", ("x",), {"interface": "org.typewright.Other1"}, "UnknownInterface"),
            ("Ping", "", (), {"interface": "org.typewright.Other1"}, "UnknownInterface"),
            ("GetManagedObjects", "", (), {"interface": "org.freedesktop.DBus.ObjectManager"}, "UnknownInterface"),
            ("Enter", "s", ("x",), {}, "UnknownMethod"),
            ("Pong", "", (), {"interface": _PEER}, "UnknownMethod"),
            ("Enter", "", (), {"interface": ""}, "UnknownMethod"),
            ("Insert", "", (), {}, "InvalidArgs"),
            ("Insert", "u", (5,), {}, "InvalidArgs"),
            ("Insert", "ss", ("x", "y"), {}, "InvalidArgs"),
            ("Insert", "v", ("x",), {}, "InvalidArgs"),
            ("Backspace", "i", (5,), {}, "InvalidArgs"),
            ("Type", "s", ("x",), {}, "InvalidArgs"),
            ("Type", "sa{ss}", ("x", {}), {}, "InvalidArgs"),
            ("PressWithOptions", "s", ("x",), {}, "InvalidArgs"),
            ("UndoWithOptions", "", (), {"interface": DICTATION}, "InvalidArgs"),
            ("PressAndHold", "su", ("x", 1), {}, "InvalidArgs"),
            ("Cancel", "s", ("x",), {}, "InvalidArgs"),
            ("Revise", "s", ("x",), {}, "UnknownMethod"),
            ("Insert", "s", ("x",), {"interface": DICTATION}, "UnknownMethod"),
            ("Revise", "u", (1,), {"interface": DICTATION}, "InvalidArgs"),
            ("Commit", "s", ("x",), {"interface": DICTATION}, "InvalidArgs"),
            ("Ping", "s", ("x",), {"interface": _PEER}, "InvalidArgs"),
            ("Introspect", "s", ("x",), {"interface": "org.freedesktop.DBus.Introspectable"}, "InvalidArgs"),
        ]
        for member, signature, arguments, where, expected in table:
            with self.subTest(member=member, signature=signature, **where):
                error = await self.refused(peer.call(member, signature, *arguments, **where))
                self.assertEqual(error.name, _STANDARD + expected)
                self.assertTrue(error.sentence.endswith("."), error.sentence)

    async def test_nothing_refused_reaches_the_service(self) -> None:
        service, peer = await self.served(), await self.peer()
        await self.refused(peer.call("Insert", "ss", "x", "y"))
        await self.refused(peer.call("Insert", "s", "x", interface="a.b"))
        self.assertEqual(service.log, [])

    async def test_the_errors_of_the_service_go_out_under_their_names(self) -> None:
        service, peer = await self.served(), await self.peer()
        for kind, name in (
            (errors.InvalidArgs, _STANDARD + "InvalidArgs"),
            (errors.LimitsExceeded, _STANDARD + "LimitsExceeded"),
            (errors.AccessDenied, _STANDARD + "AccessDenied"),
            (errors.DisplayLost, "org.typewright.Error.DisplayLost"),
            (errors.Stopping, "org.typewright.Error.Stopping"),
        ):
            for answer in (_raiser(kind("A sentence.")), lambda *_, kind=kind: fail(kind("A sentence."))):
                service.answers["insert"] = answer
                error = await self.refused(peer.call("Insert", "s", "x"))
                self.assertEqual((error.name, error.sentence), (name, "A sentence."))

    @pytest.mark.promise("T14")
    async def test_a_sentence_that_can_not_be_sent_gives_way_to_that_of_its_class(self) -> None:
        """T14: the caller is never left without an answer."""
        service, peer = await self.served(), await self.peer()
        for sentence in ("a\0b", "a\ud800b"):
            service.answers["insert"] = _raiser(errors.InvalidArgs(sentence))
            error = await self.refused(peer.call("Insert", "s", "x"))
            self.assertEqual((error.name, error.sentence), (_STANDARD + "InvalidArgs", errors.InvalidArgs.sentence))


class DefectTest(BusCase):
    """T13, T14, T18: every defect is the same error, its text goes nowhere, and the log says where it was raised."""

    async def internal(self, service: RecordingService, answer: Any, member: str = "Insert") -> list[str]:
        """Have a job end in `answer`; return what was logged."""
        peer = await self.peer()
        service.answers["insert"] = service.answers["cancel"] = answer
        logged: list[str] = []

        def observe(event: Any) -> None:
            logged.append(repr(event) + str(event.get("log_format")))

        globalLogPublisher.addObserver(observe)
        try:
            arguments = {"Insert": ("s", "hunter2"), "Type": ("sa{sv}", "hunter2", {}), "Cancel": ("",)}[member]
            error = await self.refused(peer.call(member, *arguments))
        finally:
            globalLogPublisher.removeObserver(observe)
        self.assertEqual((error.name, error.sentence), (_INTERNAL, errors.TypewrightError.sentence))
        self.assertNotIn("hunter2", "".join(logged))
        return logged

    @pytest.mark.promise("no-trace-in-defects", "T13")
    async def test_unforeseen_exceptions(self) -> None:
        service = await self.served()
        for exception in (ValueError("hunter2"), UnicodeEncodeError("x", "hunter2", 0, 1, "hunter2"), SystemExit(3)):
            for answer in (_raiser(exception), lambda *_, exception=exception: fail(exception)):
                logged = await self.internal(service, answer)
                self.assertEqual(len(logged), 1)
                self.assertIn(type(exception).__name__, logged[0])
        logged = await self.internal(service, _raiser(KeyError("hunter2")))
        self.assertRegex(logged[0], r"bus/skeletons\.py:\d+ \(insert\)")

    @pytest.mark.promise("T18")
    async def test_results_of_the_wrong_type(self) -> None:
        service = await self.served()
        for result in (None, True, "yes", Report(None, 1, 1, "server", "", 1.0), Report(1, 1, 1, "server", "", 1.0)):  # type: ignore[arg-type]
            await self.internal(service, lambda *_, result=result: succeed(result))
        await self.internal(service, lambda *_: None)
        for report in (
            Report(True, -1, 1, "server", "", 1.0),
            Report(True, 1 << 32, 1, "server", "", 1.0),
            Report(True, True, 1, "server", "", 1.0),
            Report(True, 1, 1, "server", "a\0b", 1.0),
            Report(True, 1, 1, "server", "", "1"),  # type: ignore[arg-type]
        ):
            await self.internal(service, lambda *_, report=report: succeed(report), "Type")
        for count in (None, -1, 1 << 32, "2", True):
            await self.internal(service, lambda *_, count=count: succeed(count), "Cancel")


class StandardTest(BusCase):
    async def test_ping_is_answered_everywhere(self) -> None:
        _, peer = await self.served(), await self.peer()
        for path in (PATH, "/", "/org", "/no/such/object"):
            self.assertEqual(await peer.call("Ping", interface=_PEER, path=path), [])
        self.assertEqual(await peer.call("Ping", interface=""), [])

    @pytest.mark.promise("T16")
    async def test_members_are_found_without_an_interface(self) -> None:
        service, peer = await self.served(), await self.peer()
        self.assertEqual(await peer.call("Insert", "s", "x", interface=""), [True])
        self.assertEqual(service.log, [("insert", peer.name, "x")])
        [xml] = await peer.call("Introspect", interface="")
        self.assertIn(TYPIST, xml)

    @pytest.mark.promise("T16")
    async def test_the_machine_id(self) -> None:
        _, peer = await self.served(), await self.peer()
        [machine] = await peer.call("GetMachineId", interface=_PEER)
        self.assertRegex(machine, r"^[0-9a-f]{32}$")

    @pytest.mark.promise("T8")
    async def test_who_wants_no_answer_gets_none(self) -> None:
        """T8, for a reply, an error of the dispatcher, an error of the service, and a call that is refused unread."""
        service, peer = await self.served(), await self.peer()
        service.answers["press"] = _raiser(errors.InvalidArgs())
        for member, signature, arguments in (
            ("Insert", "s", ["x"]),
            ("Enter", None, None),
            ("Press", "s", ["x"]),
            ("Insert", "s", ["x" * (1 << 20)]),
        ):
            peer.connection.sendMessage(
                message.MethodCallMessage(
                    PATH,
                    member,
                    interface=TYPIST,
                    destination=TYPIST,
                    signature=signature,
                    body=arguments,
                    expectReply=False,
                )
            )
        peer.replies.clear()
        await peer.ping()
        self.assertEqual(len([reply for reply in peer.replies if reply.sender != DAEMON]), 1)
        self.assertEqual(service.log, [("insert", peer.name, "x"), ("press", peer.name, "x")])


class RecordingConnection:
    """Records what a skeleton does with its connection."""

    def __init__(self) -> None:
        self.said: list[tuple[object, ...]] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *arguments: self.said.append((name, *arguments))


def test_a_caller_without_a_name_is_denied() -> None:
    connection, typing, dictation = RecordingConnection(), RecordingService(), RecordingDictation()
    dispatcher, _ = publish(connection, typing, dictation, Access())  # type: ignore[arg-type]
    for interface, member, signature, body in (
        (TYPIST, "Insert", "s", b"\1\0\0\0x\0"),
        (TYPIST, "Cancel", "", b""),
        (DICTATION, "Revise", "s", b"\1\0\0\0x\0"),
        (DICTATION, "Commit", "", b""),
        (DICTATION, "Undo", "", b""),
        (DICTATION, "Forget", "", b""),
    ):
        connection.said.clear()
        call = Message(CALL, 7, True, True, body, path=PATH, interface=interface, member=member, signature=signature)
        dispatcher.dispatch(call)
        [(said, about, name, _)] = connection.said
        assert (said, about, name) == ("refuse", call, _STANDARD + "AccessDenied")
    assert typing.log == dictation.log == []


def test_a_service_that_lacks_a_member_fails_at_start() -> None:
    class Half:
        def insert(self) -> None: ...

    with pytest.raises(TypeError, match="lacks .*backspace"):
        publish(BusConnection(), Half(), RecordingDictation(), Access())  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="lacks .*revise"):
        publish(BusConnection(), RecordingService(), Half(), Access())  # type: ignore[arg-type]


def _raiser(exception: BaseException) -> Any:
    def answer(*_: object) -> Any:
        raise exception

    return answer


def _detail() -> dict[str, object]:
    return {"typed": 3, "total": 3, "level": "application", "reason": "", "elapsed": 0.25, "code": ""}
