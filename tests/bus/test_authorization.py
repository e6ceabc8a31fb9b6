# SPDX-License-Identifier: MIT
"""Authorization: callers as the bus and the kernel know them, the order of their calls, and the audit log."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace

import pytest
from bus_bench import REPORT, BusCase, Daemon
from tests.helpers.broker import broker
from twisted.internet.defer import Deferred, succeed
from twisted.logger import LogEvent, formatEvent, globalLogPublisher

from typewright.access import Identity, Rule
from typewright.bus.connection import DAEMON
from typewright.bus.contract import DICTATION, PATH, TYPIST
from typewright.bus.credentials import Credentials
from typewright.bus.message import CALL, Message

_DENIED = "org.freedesktop.DBus.Error.AccessDenied"
_CALL = ("call", "--session", "--dest", TYPIST, "--object-path", PATH, "--method", f"{TYPIST}.Insert", "hunter2")
_DISABLE = (*_CALL[:7], "org.freedesktop.DBus.Properties.Set", TYPIST, "TypingEnabled", "<false>")
_AS_ROOT = () if os.getuid() == 0 else ("sudo", "--preserve-env")
_AS_NOBODY = (*_AS_ROOT, "setpriv", "--reuid=nobody", "--clear-groups")
_NOBODY_TYPES, _NOBODY_ENABLES = Rule(type=False), Rule(enable=False)


class AuthorizationTest(BusCase):
    async def told(self) -> list[str]:
        """Return a list to which each line is appended that is logged from now on."""
        lines: list[str] = []

        def note(event: LogEvent) -> None:
            lines.append(formatEvent(event))

        globalLogPublisher.addObserver(note)
        self.addCleanup(globalLogPublisher.removeObserver, note)
        return lines

    @pytest.mark.promise("rules", "rule-by-path")
    async def test_only_the_program_of_a_rule_may_type(self) -> None:
        """The same program at two paths: the path that the kernel knows counts, not the name that a program gives itself."""
        trusted, other = (self.directory / name for name in ("trusted", "other"))
        for copy in (trusted, other):
            shutil.copy(shutil.which("gdbus"), copy)
        service = await self.served(Rule(str(trusted), type=True), _NOBODY_TYPES)
        lines = await self.told()
        self.assertEqual(await self.outside(str(trusted), *_CALL), ("(true,)\n", "", 0))
        out, err, status = await self.outside("bash", "-c", f'exec -a "{trusted}" "$@"', "bash", str(other), *_CALL)
        self.assertEqual((out, status), ("", 1))
        self.assertIn("Rule 2 of [[callers]]", err)
        self.assertIn(f"({other}, pid ", err)
        self.assertEqual(sum(entry[0] == "insert" for entry in service.log), 1)
        self.assertTrue(any(line.startswith("refused to type for :") and str(other) in line for line in lines), lines)
        self.assertNotIn("hunter2", repr(lines))

    @pytest.mark.promise("rule-by-path")
    async def test_so_it_is_on_the_other_bus(self) -> None:
        """dbus-broker has its own implementation of credentials."""
        with broker() as self.address:
            await self.test_only_the_program_of_a_rule_may_type()

    @pytest.mark.promise("rules", "every-member")
    async def test_every_member_is_behind_the_door(self) -> None:
        service = await self.served(_NOBODY_TYPES, _NOBODY_ENABLES)
        peer = await self.peer()
        calls = [
            peer.call("Insert", "s", "a"), peer.call("Backspace", "u", 1), peer.call("Type", "sa{sv}", "a", {}),
            peer.call("BackspaceWithOptions", "ua{sv}", 1, {}), peer.call("PressWithOptions", "sa{sv}", "a", {}),
            peer.call("ReviseWithOptions", "sa{sv}", "a", {}, interface=DICTATION),
            peer.call("UndoWithOptions", "a{sv}", {}, interface=DICTATION),
            peer.call("Press", "s", "a"), peer.call("PressAndHold", "sd", "a", 1.0), peer.call("Release", "s", "a"),
            peer.call("Cancel"), peer.call("Allow"), peer.properties("Set", "ssv", TYPIST, "TypingEnabled", True),
            peer.properties("Set", "ssv", DICTATION, "ContextAdjust", True),
            peer.call("Revise", "s", "a", interface=DICTATION), peer.call("Commit", interface=DICTATION),
            peer.call("Undo", interface=DICTATION), peer.call("Forget", interface=DICTATION),
        ]  # fmt: skip
        skeletons = [part for part in self.dispatcher._objects[PATH] if part.interface.name in (TYPIST, DICTATION)]
        methods = [name for part in skeletons for name in part.methods]
        self.assertEqual(len(calls), len(methods) - len(["CancelAll"]) + len(["TypingEnabled", "ContextAdjust"]))
        for call in calls:
            self.assertEqual((await self.refused(call)).name, _DENIED)
        self.assertEqual((service.log, self.dictation.log), ([], []))

    @pytest.mark.promise("rules", "all-may-disable")
    async def test_anyone_may_cancel_everything(self) -> None:
        service = await self.served(_NOBODY_TYPES, _NOBODY_ENABLES)
        self.assertEqual(await (await self.peer()).call("CancelAll"), [3])
        self.assertEqual([entry[0] for entry in service.log], ["cancel_all"])

    @pytest.mark.promise("rules", "all-may-disable")
    async def test_anyone_may_switch_off_and_only_some_may_switch_on(self) -> None:
        service = await self.served(_NOBODY_ENABLES)
        peer = await self.peer()
        lines = await self.told()
        await peer.properties("Set", "ssv", TYPIST, "TypingEnabled", False)
        self.assertTrue(
            lines[0].startswith(f"TypingEnabled set to False by {peer.name} ({os.path.realpath('/proc/self/exe')}")
        )
        refusal = await self.refused(peer.properties("Set", "ssv", TYPIST, "TypingEnabled", True))
        self.assertEqual(refusal.name, _DENIED)
        self.assertIn('enable = "allow"', refusal.sentence)
        self.assertEqual(service.log, [("set_typing_enabled", peer.name, False)])
        self.assertEqual(await peer.call("Insert", "s", "a"), [True])
        self.assertEqual((await self.refused(peer.call("Allow"))).name, _DENIED)

    @pytest.mark.promise("rules", "other-user")
    async def test_another_user_is_refused(self) -> None:
        """On a bus that lets other users connect, which a session bus does not."""
        daemon = Daemon(self.directory, f"unix:abstract={self.directory}/bus")
        self.addCleanup(daemon.kill)
        self.address = daemon.address
        service = await self.served(Rule(type=True, enable=True))
        out, err, status = await self.outside(*_AS_NOBODY, "gdbus", *_CALL)
        self.assertEqual((out, status), ("", 1))
        self.assertIn(f"{_DENIED}: Typewright serves only user {os.getuid()}, who runs it", err)
        out, err, status = await self.outside(*_AS_NOBODY, "gdbus", *_DISABLE)
        self.assertEqual((out, status), ("", 1))
        self.assertIn(_DENIED, err)
        self.assertEqual(service.log, [])
        self.assertEqual(await self.outside("gdbus", *_CALL), ("(true,)\n", "", 0))

    @pytest.mark.promise("order-kept")
    async def test_calls_come_in_as_they_were_made(self) -> None:
        service = await self.served()
        peer = await self.peer()
        calls = [peer.call("Insert", "s", "1"), peer.call("Cancel"), peer.call("Press", "s", "2")]
        calls.append(peer.properties("Set", "ssv", TYPIST, "TypingEnabled", False))
        calls.append(peer.call("Insert", "s", "3"))
        for call in calls:
            await call
        self.assertEqual([entry[0] for entry in service.log], ["insert", "cancel", "press", "set_typing_enabled", "insert"])

    @pytest.mark.promise("left-before-known")
    async def test_one_who_has_left_before_it_was_known_has_nothing_typed(self) -> None:
        """Nor is typing enabled for it, but disabled: a keyboard shortcut may run dbus-send, which does not wait."""
        service = await self.served()
        leaver, witness = await self.peer(), await self.peer()
        call_daemon = self.served_on.call_daemon
        left: Deferred[None] = Deferred()

        def after_it_has_left(member: str, *rest: object) -> Deferred[list[object]]:
            if member == "NameHasOwner":
                return left.addCallback(lambda _: call_daemon(member, *rest))
            return call_daemon(member, *rest)

        self.patch(self.served_on, "call_daemon", after_it_has_left)
        leaver.call("Insert", "s", "a").addErrback(lambda _: None)
        for enabled in (True, False):
            leaver.properties("Set", "ssv", TYPIST, "TypingEnabled", enabled).addErrback(lambda _: None)
        await self.seen_leaving(witness, leaver)
        left.callback(None)
        await witness.ping()
        self.assertEqual(service.log, [("set_typing_enabled", leaver.name, False)])

    async def test_a_caller_without_a_name_is_refused(self) -> None:
        service = await self.served()
        refusals: list[str] = []
        self.patch(self.served_on, "refuse", lambda call, name, sentence: refusals.append(name))
        self.dispatcher.dispatch(
            Message(CALL, 1, True, True, b"\1\0\0\0a\0", path=PATH, interface=TYPIST, member="Insert", signature="s")
        )
        self.assertEqual((refusals, service.log), ([_DENIED], []))

    def test_a_call_hides_its_body(self) -> None:
        self.assertNotIn("hunter2", repr(Message(CALL, 1, True, True, b"hunter2", member="Insert")))

    @pytest.mark.promise("audit")
    async def test_the_audit_names_the_caller_and_never_the_text(self) -> None:
        service = await self.served()
        lines = await self.told()
        service.answers["insert"] = lambda caller, _: service.finished(caller, "insert", REPORT) or succeed(REPORT)
        peer = await self.peer()
        await peer.call("Insert", "s", "hunter2")
        who = f"{peer.name} ({os.path.realpath('/proc/self/exe')}, pid {os.getpid()}, "
        [line] = [line for line in lines if line.startswith("insert for")]
        self.assertIn(f"insert for {who}", line)
        self.assertTrue(line.endswith(": 3 of 3, confirmed (application) in 0.250 s"), line)
        self.assertNotIn("hunter2", repr(lines))

    async def test_the_audit_says_by_code_and_sentence_why_a_job_was_not_confirmed(self) -> None:
        service = await self.served()
        lines = await self.told()
        failed = replace(REPORT, confirmed=False, typed=1, code="moved", reason="the focus moved to another window")
        service.finished(":1.7", "insert", failed)
        self.assertEqual(len(lines), 1)
        self.assertTrue(
            lines[0].endswith(": 1 of 3, not confirmed (moved): the focus moved to another window in 0.250 s"), lines[0]
        )


class CredentialsTest(BusCase):
    async def test_a_name_is_asked_for_once(self) -> None:
        connection, peer = await self.connected(), await self.peer()
        credentials = Credentials(connection)
        said: list[object] = []
        call_daemon = connection.call_daemon
        self.patch(connection, "call_daemon", lambda *what: said.append(what[0]) or call_daemon(*what))
        first, second = credentials.identify(peer.name), credentials.identify(peer.name)
        known = await first
        self.assertEqual((known.uid, known.pid), (os.getuid(), os.getpid()))
        self.assertIs(await second, known)
        self.assertIs(await credentials.identify(peer.name), known)
        self.assertIs(credentials.known(peer.name), known)
        self.assertEqual(said, ["GetConnectionCredentials", "NameHasOwner"])

    async def test_of_one_who_is_not_there_nothing_is_known_or_kept(self) -> None:
        credentials = Credentials(await self.connected())
        self.assertEqual(await credentials.identify(":1.99999"), Identity(":1.99999"))
        self.assertEqual(credentials._known, {})

    async def test_the_end_of_the_bus_is_told_to_all_who_asked(self) -> None:
        connection = await self.connected()
        credentials = Credentials(connection)
        asked = [credentials.identify(DAEMON), credentials.identify(DAEMON)]
        connection.abort()
        for one in asked:
            with self.assertRaises(Exception) as lost:
                await one
            self.assertEqual(type(lost.exception).__name__, "BusLost")
