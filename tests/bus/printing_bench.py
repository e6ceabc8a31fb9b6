# SPDX-License-Identifier: MIT
"""The whole service as a child process, on the printing backend and a private bus, and a client that calls it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from bus_bench import Daemon
from jeepney import (
    DBusAddress,
    DBusErrorResponse,
    HeaderFields,
    MatchRule,
    Message,
    MessageType,
    Properties,
    message_bus,
    new_method_call,
)
from jeepney.io.blocking import Proxy, open_dbus_connection
from tests.helpers.desktop import PATIENCE_S, Child

NAME, PATH = "org.typewright.Typist1", "/org/typewright/Typist1"
TYPIST = DBusAddress(PATH, NAME, NAME)
DICTATION = DBusAddress(PATH, NAME, "org.typewright.Dictation1")
LONG = "all work and no play " * 900


class Caller:
    """A peer on the bus, that keeps every answer and every signal `Finished` that it receives."""

    def __init__(self, address: str) -> None:
        self._connection = open_dbus_connection(address)
        self.name = self._connection.unique_name
        self._answers: dict[int, Message] = {}
        self._finished: list[Message] = []
        rule = MatchRule(type="signal", interface=NAME, member="Finished", path=PATH)
        self.answer(self.send(message_bus.AddMatch(rule)))

    def send(self, call: Message) -> int:
        """Make a call, and return its number for `answer`."""
        serial = next(self._connection.outgoing_serial)
        self._connection.send(call, serial=serial)
        return serial

    def answer(self, serial: int) -> object:
        """The answer of a call: its first value. Raises DBusErrorResponse."""
        while serial not in self._answers:
            message = self._connection.receive(timeout=PATIENCE_S)
            if message.header.fields.get(HeaderFields.member) == "Finished":
                self._finished.append(message)
            elif HeaderFields.reply_serial in message.header.fields:
                self._answers[message.header.fields[HeaderFields.reply_serial]] = message
        reply = self._answers.pop(serial)
        if reply.header.message_type is MessageType.error:
            raise DBusErrorResponse(reply)
        return reply.body[0] if reply.body else None

    def begin(self, member: str, signature: str = "", *arguments: object, on: DBusAddress = TYPIST) -> int:
        """Call a method of the service, and return the call's number for `answer`."""
        return self.send(new_method_call(on, member, signature or None, arguments))

    def call(self, member: str, signature: str = "", *arguments: object, on: DBusAddress = TYPIST) -> object:
        """The answer of a method of the service."""
        return self.answer(self.begin(member, signature, *arguments, on=on))

    def report(self, member: str, signature: str, *arguments: object, on: DBusAddress = TYPIST) -> dict[str, object]:
        """The report of a method with options."""
        return {name: value for name, (_, value) in self.call(member, signature, *arguments, on=on).items()}

    def get(self, name: str, on: DBusAddress = TYPIST) -> object:
        """The value of a property."""
        return self.answer(self.send(Properties(on).get(name)))[1]

    def set(self, name: str, value: bool, on: DBusAddress = TYPIST) -> None:
        """Set a property."""
        self.answer(self.send(Properties(on).set(name, "b", value)))

    def finished(self) -> list[tuple[object, ...]]:
        """Of each job that has ended since the last call: kind, whether it was confirmed, typed, total, level, code."""
        self.get("Version")  # Every signal that was sent before this answer has arrived.
        told = [message.body for message in self._finished if message.body[0] == self.name]
        self._finished.clear()
        return [(kind, confirmed, typed, total, level, code) for _, kind, confirmed, typed, total, level, _, _, code in told]

    def close(self) -> None:
        self._connection.close()


class Served:
    """The service, its bus, and what it has printed."""

    def __init__(self, directory: Path, stdout: int | None = None) -> None:
        self.bus = Daemon(directory)
        self.home = directory
        self.printed = directory / "printed"
        self._seen = 0
        with self.printed.open("wb") as file:
            self.child = Child(
                [sys.executable, "-m", "typewright", "serve", "--backend", "printing"],
                env=self.environ, stdout=file if stdout is None else stdout, stderr=subprocess.PIPE,
            )  # fmt: skip

    @property
    def environ(self) -> Mapping[str, str]:
        """No display, no system bus, no configuration."""
        kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG") if name in os.environ}
        system_bus = f"unix:path={self.home}/none"
        return {
            **kept, "HOME": str(self.home), "DBUS_SESSION_BUS_ADDRESS": self.bus.address,
            "DBUS_SYSTEM_BUS_ADDRESS": system_bus,
        }  # fmt: skip

    def wait(self) -> None:
        """Return when the service has its name."""
        connection = open_dbus_connection(self.bus.address)
        owners = MatchRule(type="signal", sender=message_bus.bus_name, member="NameOwnerChanged")
        daemon = Proxy(message_bus, connection)
        daemon.AddMatch(owners)
        with connection.filter(owners, bufsize=10) as signals:
            while not daemon.NameHasOwner(NAME)[0]:
                connection.recv_until_filtered(signals, timeout=PATIENCE_S)
        connection.close()

    def lines(self) -> list[str]:
        """The lines printed since the last call."""
        printed = self.printed.read_text("utf-8").splitlines()
        lines, self._seen = printed[self._seen :], len(printed)
        return lines

    def text(self) -> str:
        """What the lines printed since the last call have typed, and deleted of that."""
        text = ""
        for line in self.lines():
            _, _, done = line.partition(": ")
            what, _, quoted = done.partition(" ")
            if what == "types":
                text += json.loads(quoted)
            elif what == "deletes":
                deleted = json.loads(quoted)
                assert text.endswith(deleted)
                text = text.removesuffix(deleted)
        return text

    def end(self) -> None:
        self.child.process.kill()
        self.child.process.communicate()
        self.bus.kill()
