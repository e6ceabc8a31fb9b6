# SPDX-License-Identifier: MIT
"""Hours of typing in a short time, and whether the service holds more and more."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Iterator, Sequence

from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

from tests.helpers import desktop
from tests.helpers.held import UNDER, Held, held

NAME, PATH = "org.typewright.Typist1", "/org/typewright/Typist1"
DICTATION = "org.typewright.Dictation1"
_TEXT = "the quick brown fox jumps over a lazy dog and Then it Sleeps, IN THE SUN; 1,234 times (or so)! Who? Why: me"
_WORDS = _TEXT.split()
_RARE = ("naïve", "café", "Straße", "żółw", "Ωμέγα", "привет", "漢字", "😀", "→")


class Runner:
    """
    I have the service type, all kinds of calls by callers that come and go, and compare what arrives.

    `characters` have been confirmed and read so far. What arrives otherwise is an AssertionError.
    """

    def __init__(self, environ: dict[str, str], terminal: desktop.Terminal, service: desktop.Service, seed: int = 4) -> None:
        self._environ = environ
        self._terminal = terminal
        self.service = service
        self._chance = random.Random(seed)
        self.characters = 0

    async def run(self, characters: int) -> None:
        """Go on until there are so many."""
        while self.characters < characters:
            bus = await MessageBus(bus_address=self._environ["DBUS_SESSION_BUS_ADDRESS"]).connect()
            for _ in range(5):
                await self._insert(bus, self._text(2_000))
            await self._insert(bus, self._text(300, [*_WORDS, *_RARE]))
            await self._dictate(bus)
            bus.disconnect()
            await bus.wait_for_disconnect()

    async def _insert(self, bus: MessageBus, text: str) -> None:
        assert await self._call(bus, "Insert", text), "not confirmed"
        assert self._terminal.read(len(text)) == text, "what arrived is not what was sent"
        self.characters += len(text)

    async def _dictate(self, bus: MessageBus) -> None:
        """A hypothesis that grows and changes, an insertion taken back, a few characters deleted."""
        first, second = self._text(40), self._text(60)
        for text in (first, f"{first[:20]} {second}", second):
            assert await self._call(bus, "Revise", text, interface=DICTATION)
        await self._call(bus, "Commit", interface=DICTATION)
        assert await self._call(bus, "Insert", "never mind")
        assert await self._call(bus, "Undo", interface=DICTATION)
        assert await self._call(bus, "Backspace", 3)
        assert await self._call(bus, "Press", "a shift+b")
        assert await self._call(bus, "Insert", "~")
        assert desktop.edited(self._terminal.rest()) == second[:-3] + "aB", "what stands there is not what was dictated"
        self.characters += len(second)

    async def _call(self, bus: MessageBus, member: str, *body: object, interface: str = NAME) -> object:
        signature = {"": "", "str": "s", "int": "u"}[type(body[0]).__name__ if body else ""]
        reply = await bus.call(
            Message(destination=NAME, path=PATH, interface=interface, member=member, signature=signature, body=list(body))
        )
        assert reply is not None
        assert reply.message_type is MessageType.METHOD_RETURN, reply.error_name
        return reply.body[0] if reply.body else None

    def _text(self, length: int, words: Sequence[str] = _WORDS) -> str:
        text = " ".join(self._chance.choices(words, k=length // 2))
        return text[: length - 1].rstrip() + "."


@contextlib.contextmanager
def runner(environ: dict[str, str], terminal: desktop.Terminal) -> Iterator[Runner]:
    """A runner with a service of its own."""
    with desktop.service(environ, under=UNDER) as service:
        yield Runner(environ, terminal, service)


def run(running: Runner, characters: int) -> Held:
    """Have it go on until there are so many characters; what the service holds then."""
    asyncio.run(running.run(characters))
    return held(running.service)
