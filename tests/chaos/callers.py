# SPDX-License-Identifier: MIT
"""
Three callers, each with a connection of its own, who have all kinds of jobs done at random.

A caller's text begins with `<`, two letters of its own and a colon, and has nothing in it that the user or another program
types. So what a terminal got can be told apart again, and compared with the answers.
"""

from __future__ import annotations

import itertools
import random
import string
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from jeepney import HeaderFields, Message, MessageType

from tests.chaos.scene import Scene
from tests.helpers.raw_bus import NAME, RawPeer, message

BOUND_S = 25.0
"""How long an answer may take; no job here has more to wait for."""
LEASE_S = 0.5
"""The longest lease that anybody asks for."""
DICTATION, PROPERTIES = "org.typewright.Dictation1", "org.freedesktop.DBus.Properties"

_LETTERS = (string.ascii_letters + " " * 12 + ".,-" + "EINRST" * 2).replace("O", "")
_ALTGR = "@€µ|"
_BORROWED = "éżωжшæ漢字語仮名😀→ñЖΩ"
_CHORDS = ("Return", "ctrl+a", "ctrl+e Return", "Right Left", "shift+Right")
_HOLDS = ("shift", "ctrl", "Right", "ctrl+shift+Left", "altgr")

Planned = tuple[float, str, Callable[[], object]]
"""What is to be done how many seconds behind the beginning of the round, and what that is."""


@dataclass
class Call:
    """One call and its answer: `outcome` is what that says, the name of an error, or that its caller has left."""

    caller: int
    member: str
    text: str = field(repr=False, default="")
    mark: str = ""
    sent_s: float = 0.0
    outcome: str = "unanswered"
    reason: str = ""
    typed: int | None = None
    window: int = 0
    answers: int = 0
    took_s: float = 0.0


class Callers:
    """Three of them, each with a connection of its own."""

    def __init__(self, address: str, scene: Scene, kinds: Sequence[str] | None = None) -> None:
        self._address = address
        self._scene = scene
        self._peers = [RawPeer(address) for _ in range(3)]
        self._owed: dict[tuple[RawPeer, int], Call] = {}
        self._marks = itertools.cycle("".join(pair) for pair in itertools.product(string.ascii_lowercase, repeat=2))
        self._kinds = kinds or ["Type"] * 6 + ["Insert"] * 3 + [
            "Backspace", "Press", "hold", "hold", "dictate", "dictate", "Undo", "Cancel", "switch", "leave",
        ]  # fmt: skip
        self.calls: list[Call] = []
        self._chance = random.Random()

    def warm_up(self) -> None:
        """Have both terminals be known as programs that answer, which nobody is before its first answer."""
        for number in (0, 1):
            self._scene.focus(number)
            self._call(0, "Insert", "s", "x")
            self._until_answered()

    def begin(self) -> None:
        """Typing is enabled, and no draft is there."""
        self.calls, self._owed = [], {}
        for number in range(3):
            self._call(number, "Commit", interface=DICTATION)
        self._call(0, "Set", "ssv", NAME, "TypingEnabled", ("b", True), interface=PROPERTIES)
        self._until_answered()
        self.calls = []

    def plan(self, chance: random.Random, span_s: float) -> list[Planned]:
        """The calls of a round, as steps."""
        self._chance = chance
        steps: list[Planned] = []
        for _ in range(chance.choice((1, 2, 2, 3, 4, 6, 8))):
            number, at_s = chance.randrange(3), chance.uniform(0, span_s)
            steps += getattr(self, "_" + chance.choice(self._kinds).lower())(number, at_s)
        return steps

    def attend(self, until_s: float) -> None:
        """Take what comes until then."""
        while True:
            for peer in self._peers:
                peer.wait(0)
            self._scene.drain()
            left_s = until_s - time.monotonic()
            if left_s <= 0:
                return
            time.sleep(min(0.001, left_s))

    def finish(self) -> list[str]:
        """Wait until all is answered, no key is held, and the service rests; what is wrong. Then it must type a text."""
        found = self._until_answered()
        end = time.monotonic() + BOUND_S
        held = [call.sent_s + call.took_s for call in self.calls if call.member == "PressAndHold"]
        self.attend(max(held, default=0) + LEASE_S + 0.1)
        while True:
            call = self._call(0, "Get", "ss", NAME, "Busy", interface=PROPERTIES)
            found += self._until_answered()
            self.calls.remove(call)
            if call.outcome == "false" or found:
                break
            if time.monotonic() > end:
                found.append("it is still busy")
                break
        self._scene.focus(0)
        self._call(0, "Set", "ssv", NAME, "TypingEnabled", ("b", True), interface=PROPERTIES)
        found += self._until_answered()
        last = self._text_call(1, "Type", self._mark(), "behind all That ж")
        found += self._until_answered()
        if last.outcome != "true":
            found.append(f"a text behind all that is not typed: {last}")
        return found

    def outcomes(self) -> Iterator[str]:
        """Of each call of the round."""
        for call in self.calls:
            yield f"{call.member} {call.outcome}"

    def told(self) -> list[str]:
        """Each call of the round, with the beginning of its text."""
        return [f"{call} {call.text[:60]!r} ({len(call.text)})" for call in self.calls]

    # --- what they do ------------------------------------------------------------------------------------------------

    def _type(self, number: int, at_s: float) -> list[Planned]:
        mark, text = self._mark(), self._text()
        wait = self._chance.random() < 0.3
        what = f"{number} types <{mark}: ({len(text)} more{', wait' if wait else ''})"
        return [(at_s, what, lambda: self._text_call(number, "Type", mark, text, wait))]

    def _insert(self, number: int, at_s: float) -> list[Planned]:
        mark, text = self._mark(), self._text()
        what = f"{number} inserts <{mark}: ({len(text)} more)"
        return [(at_s, what, lambda: self._text_call(number, "Insert", mark, text))]

    def _backspace(self, number: int, at_s: float) -> list[Planned]:
        count = self._chance.choice((1, 3, 50))
        return [(at_s, f"{number} deletes {count}", lambda: self._call(number, "Backspace", "u", count))]

    def _press(self, number: int, at_s: float) -> list[Planned]:
        chords = self._chance.choice(_CHORDS)
        return [(at_s, f"{number} presses {chords}", lambda: self._call(number, "Press", "s", chords))]

    def _hold(self, number: int, at_s: float) -> list[Planned]:
        chord, lease_s = self._chance.choice(_HOLDS), self._chance.choice((0.001, 0.05, 0.3, LEASE_S))
        what = f"{number} holds {chord} for {lease_s}"
        steps = [(at_s, what, lambda: self._call(number, "PressAndHold", "sd", chord, lease_s))]
        if self._chance.random() < 0.6:
            at_s += self._chance.choice((0.0, 0.0, 0.05, lease_s, 0.4))
            steps.append((at_s, f"{number} lets go of {chord}", lambda: self._call(number, "Release", "s", chord)))
        return steps

    def _dictate(self, number: int, at_s: float) -> list[Planned]:
        chance, mark, text, steps = self._chance, self._mark(), "", []
        steps.append((at_s, f"{number} commits", lambda: self._call(number, "Commit", interface=DICTATION)))
        for _ in range(chance.randrange(1, 5)):
            text = text[: chance.randrange(len(text) + 1)] + self._text(60)
            steps.append((at_s, f"{number} revises to <{mark}: ({len(text)} more)",
                          lambda text=text: self._text_call(number, "Revise", mark, text)))  # fmt: skip
            at_s += chance.choice((0.0, 0.01, 0.1, 0.3))
        return [*steps, *(self._undo(number, at_s) if chance.random() < 0.3 else [])]

    def _undo(self, number: int, at_s: float) -> list[Planned]:
        return [(at_s, f"{number} undoes", lambda: self._call(number, "Undo", interface=DICTATION))]

    def _cancel(self, number: int, at_s: float) -> list[Planned]:
        return [(at_s, f"{number} cancels", lambda: self._call(number, "Cancel"))]

    def _switch(self, number: int, at_s: float) -> list[Planned]:
        def switch(enabled: bool) -> None:
            self._call(number, "Set", "ssv", NAME, "TypingEnabled", ("b", enabled), interface=PROPERTIES)

        behind_s = self._chance.choice((0.0, 0.02, 0.3))
        return [(at_s, f"{number} switches off", lambda: switch(False)),
                (at_s + behind_s, f"{number} switches on", lambda: switch(True))]  # fmt: skip

    def _leave(self, number: int, at_s: float) -> list[Planned]:
        def leave() -> None:
            peer = self._peers[number]
            for (whose, _), call in self._owed.items():
                if whose is peer and call.outcome == "unanswered":
                    call.outcome = "left"
            peer.close()
            self._peers[number] = RawPeer(self._address)

        return [(at_s, f"{number} leaves", leave)]

    # --- inside ------------------------------------------------------------------------------------------------------

    def _text(self, most: int = 2_000) -> str:
        length = min(most, self._chance.choice((self._chance.randrange(6), 30, 150, 600, 600, 2_000)))
        letters = self._chance.choice((_LETTERS, _LETTERS, _LETTERS + _ALTGR * 4, _LETTERS + _BORROWED, _BORROWED))
        if self._chance.random() < 0.1:
            letters = "".join(chr(0x4E00 + self._chance.randrange(3_000)) for _ in range(120))
        return "".join(self._chance.choices(letters, k=length))

    def _mark(self) -> str:
        return next(self._marks)

    def _text_call(self, number: int, member: str, mark: str, text: str, wait: bool = False) -> Call:
        text = f"<{mark}:{text}"
        if member == "Type":
            options = {"on_focus_change": ("s", "wait" if wait else "stop")}
            call = self._call(number, member, "sa{sv}", text, options)
        else:
            call = self._call(number, member, "s", text, interface=DICTATION if member == "Revise" else NAME)
        call.text, call.mark = text, mark
        return call

    def _call(self, number: int, member: str, signature: str = "", *body: object, interface: str = NAME) -> Call:
        peer = self._peers[number]
        call = Call(number, member, sent_s=time.monotonic())
        peer.on_answer = lambda serial, answer: self._answered(peer, serial, answer)
        self._owed[peer, peer.send(message(member, signature, body, interface=interface))] = call
        self.calls.append(call)
        return call

    def _answered(self, peer: RawPeer, serial: int, answer: Message) -> None:
        call = self._owed.get((peer, serial))
        if call is None:
            return
        call.answers += 1
        call.took_s = time.monotonic() - call.sent_s
        value = answer.body[0] if answer.body else "done"
        if answer.header.message_type is MessageType.error:
            value = answer.header.fields[HeaderFields.error_name]
        if isinstance(value, dict):
            call.typed, call.reason, call.window = (value[name][1] for name in ("typed", "reason", "window"))
            value = value["confirmed"][1]
        if isinstance(value, tuple):
            value = value[1]
        call.outcome = str(value).lower() if isinstance(value, bool) else str(value)

    def _until_answered(self) -> list[str]:
        end = time.monotonic() + BOUND_S
        while any(call.outcome == "unanswered" for call in self.calls):
            if time.monotonic() > end:
                return [f"not answered: {[call for call in self.calls if call.outcome == 'unanswered']}"]
            self.attend(time.monotonic())
        return []
