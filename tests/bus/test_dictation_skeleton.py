# SPDX-License-Identifier: MIT
"""The interface Dictation1: calls reach the dictation service, its changes reach peers, and both halves learn who left."""

from __future__ import annotations

from bus_bench import REPORT, BusCase
from twisted.internet.defer import Deferred, fail, succeed

from typewright import errors
from typewright.bus.connection import DAEMON
from typewright.bus.contract import DICTATION, TYPIST
from typewright.bus.message import Message
from typewright.interfaces.services import Report

_STANDARD = "org.freedesktop.DBus.Error."
_PROPERTIES = "org.freedesktop.DBus.Properties"
_REPORTED = {
    "confirmed": True,
    "typed": 3,
    "total": 3,
    "level": "application",
    "code": "",
    "reason": "",
    "elapsed": 0.25,
    "window": 7,
}


class DictationTest(BusCase):
    async def test_every_method_reaches_the_service_and_its_answer_the_caller(self) -> None:
        typing, peer = await self.served(), await self.peer()
        for member, signature, arguments, answer in (
            ("Revise", "s", ["däß \U0001f3b9"], [True]),
            ("Revise", "s", [""], [True]),
            ("Commit", "", [], []),
            ("Undo", "", [], [True]),
            ("ReviseWithOptions", "sa{sv}", ["a", {"context_adjust": True}], [_REPORTED]),
            ("UndoWithOptions", "a{sv}", [{"timeout": 1.5}], [_REPORTED]),
            ("Forget", "", [], []),
        ):
            self.assertEqual(await peer.call(member, signature, *arguments, interface=DICTATION), answer)
        name = peer.name
        expected: list[object] = [("revise", name, "däß \U0001f3b9"), ("revise", name, ""), ("commit", name), ("undo", name)]
        expected += [("revise", name, "a", {"context_adjust": True}), ("undo", name, {"timeout": 1.5})]
        self.assertEqual(self.dictation.log, [*expected, ("forget", name)])
        self.assertEqual(typing.log, [])

    async def test_what_did_not_succeed_is_false_and_no_error(self) -> None:
        await self.served()
        peer = await self.peer()
        failed = Report(confirmed=False, typed=0, total=4, level="", reason="The focus moved.", elapsed_s=0, code="moved")
        for member in ("revise", "undo"):
            self.dictation.answers[member] = lambda *_: succeed(failed)
        self.assertEqual(await peer.call("Revise", "s", "text", interface=DICTATION), [False])
        self.assertEqual(await peer.call("Undo", interface=DICTATION), [False])
        [revised] = await peer.call("ReviseWithOptions", "sa{sv}", "text", {}, interface=DICTATION)
        [undone] = await peer.call("UndoWithOptions", "a{sv}", {}, interface=DICTATION)
        self.assertEqual([(entries["confirmed"], entries["code"]) for entries in (revised, undone)], [(False, "moved")] * 2)

    async def test_the_errors_of_the_service_go_out_under_their_names(self) -> None:
        await self.served()
        peer = await self.peer()
        self.dictation.answers["revise"] = lambda *_: fail(errors.LimitsExceeded("Too long."))
        error = await self.refused(peer.call("Revise", "s", "text", interface=DICTATION))
        self.assertEqual((error.name, error.sentence), (_STANDARD + "LimitsExceeded", "Too long."))

    async def test_one_revision_does_not_wait_for_another(self) -> None:
        await self.served()
        peer = await self.peer()
        slow: Deferred[Report] = Deferred()
        self.dictation.answers["revise"] = lambda *_: slow if len(self.dictation.log) == 1 else succeed(REPORT)
        first = peer.call("Revise", "s", "a", interface=DICTATION)
        self.assertEqual(await peer.call("Revise", "s", "ab", interface=DICTATION), [True])
        slow.callback(REPORT)
        self.assertEqual(await first, [True])

    async def test_the_property_is_set_and_its_change_announced_under_its_interface(self) -> None:
        typing, peer = await self.served(), await self.peer()
        heard: list[Message] = []
        peer.connection.listen(_PROPERTIES, "PropertiesChanged", heard.append)
        await peer.connection.add_match(f"type='signal',interface='{_PROPERTIES}'")
        for adjust in (False, True, True):
            self.assertEqual(await peer.properties("Set", "ssv", DICTATION, "ContextAdjust", adjust), [])
        self.assertEqual(await peer.properties("Get", "ss", DICTATION, "ContextAdjust"), [True])
        self.assertEqual([signal.arguments() for signal in heard], [[DICTATION, {"ContextAdjust": True}, []]])
        self.assertEqual(self.dictation.log[-1], ("set_context_adjust", peer.name, True))
        error = await self.refused(peer.properties("Set", "ssv", DICTATION, "ContextAdjust", "true"))
        self.assertEqual(error.name, _STANDARD + "InvalidArgs")
        error = await self.refused(peer.properties("Get", "ss", TYPIST, "ContextAdjust"))
        self.assertEqual(error.name, _STANDARD + "UnknownProperty")
        self.assertEqual(typing.log, [])


class FarewellTest(BusCase):
    """A caller that has a draft or holds a key is watched even if it has no job."""

    async def leave_behind(self, member: str, signature: str, *arguments: object, interface: str) -> str:
        leaver = await self.peer()
        [answer] = await leaver.call(member, signature, *arguments, interface=interface)
        self.assertIn(answer, (True, _REPORTED))
        name = leaver.name
        await leaver.connection.close()
        return name

    async def test_both_halves_hear_of_a_draft_whose_caller_left(self) -> None:
        typing = await self.served()
        name = await self.leave_behind("Revise", "s", "text", interface=DICTATION)
        await self.dictation.noted(2)
        self.assertEqual(self.dictation.log[1:], [("caller_left", name)])
        self.assertEqual(typing.log, [("caller_left", name)])

    async def test_a_draft_that_was_begun_with_options_is_no_other(self) -> None:
        await self.served()
        name = await self.leave_behind("ReviseWithOptions", "sa{sv}", "text", {}, interface=DICTATION)
        await self.dictation.noted(2)
        self.assertEqual(self.dictation.log[1:], [("caller_left", name)])

    async def test_a_held_key_whose_caller_left(self) -> None:
        typing = await self.served()
        name = await self.leave_behind("PressAndHold", "sd", "shift", 5.0, interface=TYPIST)
        await typing.noted(2)
        self.assertEqual(typing.log[1:], [("caller_left", name)])

    async def test_one_who_stays_costs_the_bus_one_rule(self) -> None:
        await self.served()
        peer = await self.peer()
        said: list[object] = []
        call_daemon = self.served_on.call_daemon
        self.patch(self.served_on, "call_daemon", lambda *what: said.append(what[0]) or call_daemon(*what))
        for text in ("a", "ab", "abc"):
            await peer.call("Revise", "s", text, interface=DICTATION)
        self.assertEqual(said.count("AddMatch"), 1)
        self.assertNotIn("RemoveMatch", said)

    async def test_a_refused_revision_leaves_nothing_to_watch(self) -> None:
        await self.served()
        woken: list[object] = []
        self.served_on.listen(DAEMON, "NameOwnerChanged", lambda signal: woken.append(signal.arguments()))

        def refuse(*_: object) -> None:
            raise errors.InvalidArgs

        self.dictation.answers["revise"] = refuse
        peer, witness = await self.peer(), await self.peer()
        await self.refused(peer.call("Revise", "s", "x", interface=DICTATION))
        await self.seen_leaving(witness, peer)
        await witness.ping()
        self.assertEqual(woken, [])
