# SPDX-License-Identifier: MIT
"""Shared by the tests of the bus room: a private bus, a service that types nothing, and a test case that serves it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from twisted.internet import reactor
from twisted.internet.defer import Deferred, succeed
from twisted.internet.utils import getProcessOutputAndValue
from twisted.trial.unittest import TestCase

from typewright.access import Access, Rule
from typewright.bus.connect import connect
from typewright.bus.connection import DAEMON, BusConnection, ErrorReply
from typewright.bus.contract import PATH, TYPIST
from typewright.bus.dispatch import Dispatcher
from typewright.bus.message import Message
from typewright.bus.publication import publish, take_name
from typewright.interfaces.backend import LEVEL_APPLICATION
from typewright.interfaces.services import Given, Report

_CONFIGURATION = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>{address}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
    <allow user="*"/>
  </policy>
  <limit name="max_incoming_bytes">1000000000</limit>
  <limit name="max_outgoing_bytes">1000000000</limit>
  <limit name="max_message_size">1000000000</limit>
</busconfig>
"""


class Daemon:
    """A dbus-daemon, which listens from the start."""

    def __init__(self, directory: Path, listen: str | None = None) -> None:
        configuration = directory / "bus.conf"
        configuration.write_text(_CONFIGURATION.format(address=listen or f"unix:path={directory}/socket"))
        self._process = subprocess.Popen(
            ["dbus-daemon", f"--config-file={configuration}", "--nofork", "--print-address"],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.address = self._process.stdout.readline().strip()

    def kill(self) -> None:
        """Kill it; it has ended on return."""
        self._process.kill()
        self._process.communicate()


_CHANGED = "NameOwnerChanged"
REPORT = Report(confirmed=True, typed=3, total=3, level=LEVEL_APPLICATION, reason="", elapsed_s=0.25, window=7)


class Recording:
    """
    Half of a service: records its calls, and answers as it is told.

    `answers` maps a member to a function that is called in its place; otherwise a job is confirmed at once.
    """

    def __init__(self, **values: object) -> None:
        self.log: list[tuple[object, ...]] = []
        self.answers: dict[str, Callable[..., Any]] = {}
        self.values = values
        self._awaited: list[tuple[int, Deferred[None]]] = []

    def caller_left(self, caller: str) -> None:
        self._noted("caller_left", caller)

    def get_property(self, name: str) -> object:
        if name in self.answers:
            return self.answers[name]()
        return self.values[name]

    def noted(self, count: int) -> Deferred[None]:
        """Fires when there are `count` entries in the log."""
        seen: Deferred[None] = Deferred()
        self._awaited.append((count, seen))
        self._look()
        return seen

    def _noted(self, member: str, *arguments: object, default: object = REPORT) -> Any:
        self.log.append((member, *arguments))
        self._look()
        if member in self.answers:
            return self.answers[member](*arguments)
        return succeed(default)

    def _look(self) -> None:
        for entry in list(self._awaited):
            if len(self.log) >= entry[0]:
                self._awaited.remove(entry)
                entry[1].callback(None)


class RecordingService(Recording):
    """A typing service."""

    def __init__(self) -> None:
        super().__init__(
            TypingEnabled=True,
            Busy=False,
            Backend="none",
            Capabilities=["focus"],
            Layout="us",
            Version="1.2.3",
            Consent="not-needed",
        )

    def insert(self, caller: str, text: str, options: Given = None) -> Deferred[Report]:
        return self._noted("insert", caller, text, *_given(options))

    def backspace(self, caller: str, count: int, options: Given = None) -> Deferred[Report]:
        return self._noted("backspace", caller, count, *_given(options))

    def press(self, caller: str, chords: str, options: Given = None) -> Deferred[Report]:
        return self._noted("press", caller, chords, *_given(options))

    def press_and_hold(self, caller: str, chord: str, lease_s: float) -> Deferred[Report]:
        return self._noted("press_and_hold", caller, chord, lease_s)

    def release(self, caller: str, chord: str) -> Deferred[Report]:
        return self._noted("release", caller, chord)

    def cancel(self, caller: str) -> Deferred[int]:
        return self._noted("cancel", caller, default=2)

    def cancel_all(self, caller: str) -> Deferred[int]:
        return self._noted("cancel_all", caller, default=3)

    def allow(self, caller: str) -> Deferred[bool]:
        return self._noted("allow", caller, default=True)

    def set_typing_enabled(self, caller: str, enabled: bool) -> None:
        self._noted("set_typing_enabled", caller, enabled)
        self.values["TypingEnabled"] = enabled
        self.changed("TypingEnabled", enabled)

    def listen(self, changed: Callable[[str, object], None], finished: Callable[[str, str, Report], None]) -> None:
        self.changed, self.finished = changed, finished


class RecordingDictation(Recording):
    """A dictation service."""

    def __init__(self) -> None:
        super().__init__(ContextAdjust=False)

    def revise(self, caller: str, text: str, options: Given = None) -> Deferred[Report]:
        return self._noted("revise", caller, text, *_given(options))

    def commit(self, caller: str) -> None:
        self._noted("commit", caller)

    def undo(self, caller: str, options: Given = None) -> Deferred[Report]:
        return self._noted("undo", caller, *_given(options))

    def forget(self, caller: str) -> None:
        self._noted("forget", caller)

    def set_context_adjust(self, caller: str, adjust: bool) -> None:
        self._noted("set_context_adjust", caller, adjust)
        self.values["ContextAdjust"] = adjust
        self.changed("ContextAdjust", adjust)

    def listen_dictation(self, changed: Callable[[str, object], None]) -> None:
        self.changed = changed


def _given(options: Given) -> list[object]:
    return [] if options is None else [dict(options)]


class Peer:
    """A caller on the bus, with a record of every reply and signal that reaches it."""

    def __init__(self, connection: BusConnection) -> None:
        self.connection = connection
        self.name = connection.unique_name
        self.replies: list[Message] = []
        self.signals: list[Message] = []
        calls = connection._calls
        for told, method, notes in ((calls, "answered", self.replies), (connection, "_received_signal", self.signals)):
            setattr(told, method, self._noting(getattr(told, method), notes))

    def call(self, member: str, signature: str = "", *arguments: object, **where: str) -> Deferred[list[Any]]:
        """Call Typewright; `path` and `interface` may be others."""
        path, interface = where.get("path", PATH), where.get("interface", TYPIST)
        return self.connection.call(where.get("to", TYPIST), path, interface, member, signature, arguments)

    def properties(self, member: str, signature: str, *arguments: object) -> Deferred[list[Any]]:
        """Call a method of the interface Properties."""
        return self.call(member, signature, *arguments, interface="org.freedesktop.DBus.Properties")

    def ping(self) -> Deferred[list[Any]]:
        """Fires when everything has arrived that the service sent before its reply to this."""
        return self.call("Ping", interface="org.freedesktop.DBus.Peer")

    @staticmethod
    def _noting(act: Callable[[Message], None], notes: list[Message]) -> Callable[[Message], None]:
        def noting(message: Message) -> None:
            notes.append(message)
            act(message)

        return noting


class BusCase(TestCase):
    """A test on the private bus. `served` starts a service to call, `peer` returns a caller."""

    timeout = 60

    @pytest.fixture(autouse=True)
    def _on_the_bus(self, daemon: Daemon, tmp_path: Path) -> None:
        self.address = daemon.address
        self.directory = tmp_path

    async def connected(self) -> BusConnection:
        """Return a connection that is closed at the end of the test."""
        connection = await connect(reactor, self.address)
        self.addCleanup(connection.close)
        return connection

    async def peer(self) -> Peer:
        """Return a peer on the bus."""
        return Peer(await self.connected())

    async def served(self, *rules: Rule) -> RecordingService:
        """
        Return a typing service under Typewright's name, with a dictation service, `self.dictation`, on the same object; both
        for callers that `rules` allow.

        Their connection is `self.served_on`, their dispatcher `self.dispatcher`.
        """
        service = RecordingService()
        self.dictation = RecordingDictation()
        self.served_on = await self.connected()
        self.dispatcher: Dispatcher = publish(self.served_on, service, self.dictation, Access(rules)).dispatcher
        await take_name(self.served_on, lambda: None)
        return service

    async def refused(self, answer: Deferred[Any]) -> ErrorReply:
        """Return the error that a call was answered with."""
        with self.assertRaises(ErrorReply) as caught:
            await answer
        return caught.exception  # type: ignore[no-any-return]

    async def seen_leaving(self, witness: Peer, leaver: Peer) -> None:
        """Have `leaver` leave, and wait until the bus has told `witness`."""
        rule = f"type='signal',sender='{DAEMON}',member='{_CHANGED}',arg0='{leaver.name}'"
        await witness.connection.add_match(rule)
        gone: Deferred[None] = Deferred()
        stop = witness.connection.listen(DAEMON, _CHANGED, lambda signal: gone.callback(None))
        await leaver.connection.close()
        await gone
        stop()

    async def outside(self, *command: str) -> tuple[str, str, int]:
        """Run a program on the bus; return its output, its errors and its exit status."""
        executable, *arguments = command
        environment = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": self.address, "LC_ALL": "C.UTF-8"}
        out, err, status = await getProcessOutputAndValue(executable, arguments, environment, reactor=reactor)
        return out.decode(), err.decode(), status

    async def dbus_fast(self, scene: str, *arguments: str) -> Any:
        """Run a scene of `dbus_fast_scenes` in a process of its own; return what it printed."""
        script = str(Path(__file__).parent / "dbus_fast_scenes.py")
        out, err, status = await self.outside(sys.executable, script, scene, *arguments)
        self.assertEqual(status, 0, err)
        return json.loads(out)
