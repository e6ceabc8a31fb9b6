# SPDX-License-Identifier: MIT
"""
Many callers at once, and whether each of them got what was promised.

Each has a connection of its own, on dbus-fast. Every text begins with `<` and the caller's number and the call's, and has no
other `<`; so what arrives in the window can be told apart again, and checked against the answers.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from tests.helpers import desktop

NAME, PATH = "org.typewright.Typist1", "/org/typewright/Typist1"
TRUE, FALSE, VANISHED, UNANSWERED = "true", "false", "vanished", "unanswered"
FULL = "org.freedesktop.DBus.Error.LimitsExceeded"

_REASONS = ("", "typing is disabled (TypingEnabled is false)", "cancelled by its caller")
_PATIENCE_S = 120.0
_GREEDY_AT_ONCE = 16
_SWITCHED_EVERY = 1_000
_LETTERS = "".join(chr(code) for code in range(0x20, 0x7E) if chr(code) not in "<`")
_RARE = "éßжω漢字😀"
_LENGTHS = ((700, range(20)), (250, range(20, 60)), (49, range(60, 300)), (1, range(2_500, 3_000)))
"""How often in a thousand a text has one of these lengths."""


@dataclass
class Call:
    """One call, and its end. `typed` and `reason` are what the report of a `Type` says; None and empty for an `Insert`."""

    caller: int
    number: int
    text: str = field(repr=False)
    outcome: str = UNANSWERED
    typed: int | None = None
    reason: str = ""


@dataclass
class Crowd:
    """
    Callers, a fifth of whom bring 16 calls at once and the others one, until `left` texts were accepted.

    `typed` texts were answered with true. `passed` is the largest number of them while one of the latter waited for one of
    its own, refusals included; `refusals` the longest series of these. `surplus` counts replies beyond the first,
    `switched` how often typing was disabled. `on_progress(texts left)` is called now and then.
    """

    address: str
    callers: int
    left: int
    seed: int
    on_progress: Callable[[int], None] = lambda left: None
    calls: list[Call] = field(default_factory=list)
    typed: int = 0
    passed: int = 0
    refusals: int = 0
    surplus: int = 0
    switched: int = 0

    async def run(self, terminal: desktop.Terminal) -> None:
        """All of it, while what the terminal gets is taken."""
        loop = asyncio.get_running_loop()
        loop.add_reader(terminal.fileno(), terminal.take)
        chance = random.Random(self.seed)
        members = [_Member(self, number, number % 5 == 0, chance.getrandbits(64)) for number in range(self.callers)]
        try:
            await asyncio.gather(*(member.run() for member in members))
        finally:
            loop.remove_reader(terminal.fileno())

    def take(self) -> bool:
        """Whether there is a text left to be typed, which is the caller's then."""
        if self.left:
            self.left -= 1
            if self.left % 100 == 0:
                self.on_progress(self.left)
            return True
        return False

    def count(self) -> Counter[str]:
        """How many calls had which outcome."""
        return Counter(call.outcome for call in self.calls)


class _Member:
    def __init__(self, crowd: Crowd, number: int, greedy: bool, seed: int) -> None:
        self._crowd = crowd
        self._number = number
        self._greedy = greedy
        self._chance = random.Random(seed)
        self._numbers = itertools.count()
        self._replies: Counter[int] = Counter()

    async def run(self) -> None:
        self._bus = await self._connect()
        await asyncio.gather(*(self._work() for _ in range(_GREEDY_AT_ONCE if self._greedy else 1)))
        await self._leave()

    async def _work(self) -> None:
        while self._crowd.take():
            if self._crowd.left % _SWITCHED_EVERY == 0:
                await self._switch()
            content, luck, began, refusals = self._content(), self._chance.random(), self._crowd.typed, 0
            while (call := await self._call(content, luck + self._greedy)).outcome == FULL:
                refusals += 1
                await asyncio.sleep(self._chance.uniform(0.5, 1.5))
            if not self._greedy:
                self._crowd.refusals = max(self._crowd.refusals, refusals)
                if call.outcome == TRUE:
                    self._crowd.passed = max(self._crowd.passed, self._crowd.typed - began - 1)

    async def _call(self, content: str, luck: float) -> Call:
        """One call; with bad luck, cancelled, or its caller vanishes."""
        call = Call(self._number, number := next(self._numbers), f"<{self._number}.{number}:{content}")
        self._crowd.calls.append(call)
        reported = self._chance.random() < 0.25
        member, signature = ("Type", "sa{sv}") if reported else ("Insert", "s")
        answer = asyncio.ensure_future(self._ask(member, signature, call.text, *([{}] if reported else [])))
        if luck < 0.02:
            await asyncio.sleep(self._chance.uniform(0, 0.05))
            if luck < 0.01:
                call.outcome = VANISHED
                answer.cancel()
                await self._leave()
                self._bus = await self._connect()
                return call
            await self._ask("Cancel", "")
        reply = await answer
        if reply.message_type is MessageType.ERROR:
            call.outcome = str(reply.error_name)
            return call
        confirmed = reply.body[0]
        if reported:
            call.typed = reply.body[0]["typed"].value
            call.reason = reply.body[0]["reason"].value
            confirmed = reply.body[0]["confirmed"].value
        call.outcome = TRUE if confirmed else FALSE
        self._crowd.typed += confirmed
        return call

    async def _switch(self) -> None:
        self._crowd.switched += 1
        for enabled in (False, True):
            value = Variant("b", enabled)
            await self._ask("Set", "ssv", NAME, "TypingEnabled", value, interface="org.freedesktop.DBus.Properties")

    async def _ask(self, member: str, signature: str, *body: object, interface: str = NAME) -> Message:
        message = Message(
            destination=NAME, path=PATH, interface=interface, member=member, signature=signature, body=list(body)
        )
        reply = await asyncio.wait_for(self._bus.call(message), _PATIENCE_S)
        assert reply is not None
        return reply

    async def _connect(self) -> MessageBus:
        bus = await MessageBus(bus_address=self._crowd.address).connect()
        self._replies.clear()
        bus.add_message_handler(self._note)
        return bus

    def _note(self, message: Message) -> None:
        if message.message_type in (MessageType.METHOD_RETURN, MessageType.ERROR):
            self._replies[message.reply_serial] += 1

    async def _leave(self) -> None:
        self._bus.disconnect()
        await self._bus.wait_for_disconnect()
        self._crowd.surplus += sum(count - 1 for count in self._replies.values())

    def _content(self) -> str:
        (length,) = self._chance.choices(_LENGTHS, [share for share, _ in _LENGTHS])
        letters = _LETTERS + _RARE if self._chance.random() < 0.05 else _LETTERS
        return "".join(self._chance.choices(letters, k=self._chance.choice(length[1])))


def problems(got: str, calls: Sequence[Call]) -> list[str]:
    """
    What is wrong with `got`, as the window holds it, in view of the calls and their answers; never more than their numbers.

    What was answered with true stands there whole, once, and each caller's in its order; what was stopped, or left by its
    caller, stands there up to some character; of what was refused there is nothing.
    """
    nothing, *fragments = got.split("<")
    found = ["something stands before the first text"] if nothing else []
    waiting = {(call.caller, call.number): call for call in calls}
    latest: dict[int, int] = defaultdict(lambda: -1)
    torn = []
    for fragment in fragments:
        head = re.match(r"(\d+)\.(\d+):", fragment)
        if head is None:
            torn.append("<" + fragment)
            continue
        caller, number = int(head[1]), int(head[2])
        call = waiting.pop((caller, number), None)
        if call is None:
            found.append(f"a text of caller {caller} stands there twice, or was never sent: {number}")
            continue
        if number < latest[caller]:
            found.append(f"texts of caller {caller} are in another order: {number} behind {latest[caller]}")
        latest[caller] = number
        found.extend(_faults(call, "<" + fragment))
    for fragment in torn:
        # Stopped before even its numbers were typed: any of those that may have been, if need be one that did not count.
        able = [key for key, call in waiting.items() if call.text.startswith(fragment) and not _faults(call, fragment)]
        able.sort(key=lambda key: waiting[key].typed is None)
        if able:
            del waiting[able[0]]
        else:
            found.append("a beginning of a text that was not to be there")
    for call in waiting.values():
        found.extend(_faults(call, ""))
    return found


def _faults(call: Call, there: str) -> list[str]:
    if call.outcome == TRUE:
        right = there == call.text
    elif call.outcome in (FALSE, VANISHED):
        right = call.text.startswith(there) and call.typed in (None, len(there)) and call.reason in _REASONS
    else:
        right = not there and call.outcome != UNANSWERED
    return [] if right else [f"{call}: {len(there)} characters of {len(call.text)} stand there"]
