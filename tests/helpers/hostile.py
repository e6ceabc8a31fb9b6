# SPDX-License-Identifier: MIT
"""Messages that nobody in their right mind would send, and some that anybody might."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import NamedTuple

from jeepney import Message, MessageFlag, MessageType

from tests.helpers.raw_bus import DAEMON, DAEMON_PATH, NAME, PATH, PEER, message

SECRET = "xyzzyplugh"
"""A part of many texts, which may come back in no error and stand in no log."""
_DICTATION = "org.typewright.Dictation1"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_MEMBERS = {
    "Insert": "s", "Backspace": "u", "Type": "sa{sv}", "Press": "s", "PressAndHold": "sd", "Release": "s", "Cancel": "",
    "Revise": "s", "Commit": "", "Undo": "", "Forget": "",
}  # fmt: skip
_OF_DICTATION = ("Revise", "Commit", "Undo", "Forget")
_STRINGS = (
    "", "a", "aB1", SECRET, "é", "漢字", "😀", "👩‍💻", "e\u0301", "\u202eabc", "\ufeff", "\ufffe", "\x01\x1b[31m", "\x7f",
    "\r\n\t",
    "%s%n{0}", "\U0010ffff", "ſßẞ", "a" * 3_000, SECRET * 50, "ctrl+a", "shift+b c", "ctrl+", "+", "NoSuchKey", "newline",
    "TypingEnabled", "Busy", NAME, _DICTATION, "org.freedesktop.DBus", ":1.1", "true",
)  # fmt: skip
_PATHS = (PATH, "/", "/org", "/org/typewright", "/no/such/object", PATH + "/below", DAEMON_PATH)
_INTERFACES = (
    NAME,
    _DICTATION,
    _PROPERTIES,
    PEER,
    "org.freedesktop.DBus.Introspectable",
    "org.freedesktop.DBus.ObjectManager",
)
_NAMES = (*_MEMBERS, "Ping", "Get", "Set", "GetAll", "Introspect", "GetMachineId", "insert", "Quit", "_", "x" * 255)
_INTEGERS = {"y": 8, "n": -16, "q": 16, "i": -32, "u": 32, "x": -64, "t": 64}
_SIMPLE = "ybnqiuxtdsog"
_DEEPEST = 4


class Shot(NamedTuple):
    """A message of some kind, and whether it is owed an answer."""

    kind: str
    message: Message
    answered: bool


class Hostile:
    """I make messages by chance; the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self._kinds: dict[str, tuple[int, Callable[[], Message]]] = {
            "right": (20, self._right),
            "wrong signature": (25, self._wrong),
            "unknown": (20, self._unknown),
            "property": (15, self._property),
            "standard": (5, self._standard),
            "forged signal": (8, self._signal),
            "stray reply": (4, self._stray),
            "over the limit": (1, self._long),
        }

    def shot(self) -> Shot:
        """The next one."""
        (kind,) = self.chance.choices(list(self._kinds), [weight for weight, _ in self._kinds.values()])
        made = self._kinds[kind][1]()
        is_call = made.header.message_type is MessageType.method_call
        if is_call and self.chance.random() < 0.15:
            made.header.flags |= MessageFlag.no_reply_expected
        return Shot(kind, made, is_call and not made.header.flags & MessageFlag.no_reply_expected)

    def spoilt(self) -> bytes:
        """The bytes of a message, some of them others, or cut off."""
        data = bytearray(self.shot().message.serialise(1))
        for _ in range(self.chance.randint(1, 6)):
            data[self.chance.randrange(len(data))] = self.chance.randrange(256)
        return bytes(data[: self.chance.choice((len(data), self.chance.randrange(len(data))))])

    # --- kinds -------------------------------------------------------------------------------------------------------

    def _right(self) -> Message:
        member = self.chance.choice(list(_MEMBERS))
        body: list[object] = {
            "": [],
            "u": [self.chance.choice((0, 1, 3, 1_000_000))],
            "s": [self._string()],
            "sd": [self._string(), self.chance.choice((0.01, 0.5, -1.0, float("nan"), float("inf")))],
            "sa{sv}": [self._string(), {self._string(): self._variant(3) for _ in range(self.chance.randrange(3))}],
        }[_MEMBERS[member]]
        return self._call(member, _MEMBERS[member], body, self._interface(member))

    def _wrong(self) -> Message:
        member = self.chance.choice(list(_MEMBERS))
        signature, body = self._anything()
        return self._call(member, signature, body, self._interface(member))

    def _unknown(self) -> Message:
        signature, body = self._anything()
        interface = self.chance.choice((*_INTERFACES, "", "no.such.Interface", "a." + "b" * 253))
        return self._call(self.chance.choice(_NAMES), signature, body, interface, self.chance.choice(_PATHS))

    def _property(self) -> Message:
        interface = self.chance.choice((NAME, NAME, _DICTATION, "", "no.such.Interface"))
        name = self.chance.choice(("TypingEnabled", "ContextAdjust", "Busy", "Version", "NoSuch", ""))
        member, signature, body = self.chance.choice(
            (
                ("Get", "ss", [interface, name]),
                ("GetAll", "s", [interface]),
                ("Set", "ssv", [interface, name, self._variant(0)]),
                ("Set", "ssv", [interface, name, ("b", self.chance.random() < 0.7)]),
            )
        )
        return self._call(member, signature, body, _PROPERTIES)

    def _standard(self) -> Message:
        interface, member = self.chance.choice(
            ((PEER, "Ping"), (PEER, "GetMachineId"), ("org.freedesktop.DBus.Introspectable", "Introspect"))
        )
        return self._call(member, "", [], interface, self.chance.choice(_PATHS))

    def _signal(self) -> Message:
        somebody = f":1.{self.chance.randrange(100)}"
        interface, member, signature, body = self.chance.choice(
            (
                (DAEMON, "NameOwnerChanged", "sss", [somebody, somebody, ""]),
                (DAEMON, "NameOwnerChanged", "sss", [NAME, ":1.1", ""]),
                (DAEMON, "NameOwnerChanged", "sss", ["org.freedesktop.ScreenSaver", "", ":1.9"]),
                (DAEMON, "NameLost", "s", [NAME]),
                ("org.freedesktop.ScreenSaver", "ActiveChanged", "b", [True]),
                ("org.gnome.ScreenSaver", "ActiveChanged", "b", [True]),
                ("org.freedesktop.login1.Session", "Lock", "", []),
                (_PROPERTIES, "PropertiesChanged", "sa{sv}as",
                 ["org.freedesktop.login1.Session", {"LockedHint": ("b", True)}, []]),
                (NAME, "Finished", *self._anything()),
                ("org.gnome.ScreenSaver", "ActiveChanged", *self._anything()),
                (DAEMON, "NameOwnerChanged", *self._anything()),
            )
        )  # fmt: skip
        path = DAEMON_PATH if interface == DAEMON else "/" + interface.replace(".", "/")
        destination = self.chance.choice((NAME, NAME, ""))
        return message(
            member, signature, body, kind=MessageType.signal, path=path, interface=interface, destination=destination,
            big_endian=self._big(),
        )  # fmt: skip

    def _stray(self) -> Message:
        signature, body = self._anything()
        failed = self.chance.random() < 0.5
        others: dict[str, object] = {"error_name": "no.such.Error"} if failed else {}
        return message(
            "", signature, body, kind=MessageType.error if failed else MessageType.method_return, path="", interface="",
            reply_serial=self.chance.randint(1, 500), big_endian=self._big(), **others,
        )  # fmt: skip

    def _long(self) -> Message:
        return self._call("Insert", "s", [SECRET * self.chance.randint(26_500, 60_000)], NAME)

    # --- parts -------------------------------------------------------------------------------------------------------

    def _call(self, member: str, signature: str, body: list[object], interface: str, path: str = PATH) -> Message:
        return message(member, signature, body, path=path, interface=interface, big_endian=self._big())

    def _big(self) -> bool:
        return self.chance.random() < 0.3

    def _interface(self, member: str) -> str:
        if self.chance.random() < 0.1:
            return ""
        return _DICTATION if member in _OF_DICTATION else NAME

    def _string(self) -> str:
        return self.chance.choice(_STRINGS)

    def _anything(self) -> tuple[str, list[object]]:
        types = [self._type(0) for _ in range(self.chance.randrange(4))]
        return "".join(types), [self._value(kind, 0) for kind in types]

    def _variant(self, depth: int) -> tuple[str, object]:
        kind = self._type(depth)
        return kind, self._value(kind, depth)

    def _type(self, depth: int) -> str:
        if depth >= _DEEPEST or self.chance.random() < 0.5:
            return self.chance.choice(_SIMPLE)
        inner = [self._type(depth + 1) for _ in range(self.chance.randint(1, 3))]
        return self.chance.choice(
            ("v", f"a{inner[0]}", f"({''.join(inner)})", f"a{{{self.chance.choice(_SIMPLE)}{inner[0]}}}")
        )

    def _value(self, kind: str, depth: int) -> object:
        """A value of one complete type."""
        chance = self.chance
        if kind in _INTEGERS:
            bits = _INTEGERS[kind]
            low, high = (0, (1 << bits) - 1) if bits > 0 else (-(1 << -bits - 1), (1 << -bits - 1) - 1)
            return chance.choice((low, high, chance.randint(low, high), 1))
        if kind == "b":
            return chance.random() < 0.5
        if kind == "d":
            return chance.choice((0.0, -0.0, 1e308, float("nan"), float("-inf")))
        if kind == "s":
            return self._string()
        if kind == "o":
            return chance.choice(_PATHS)
        if kind == "g":
            return chance.choice(("", "s", "a{sv}", "a(ii)", "v" * 255))
        if kind == "v":
            return self._variant(min(depth + 1, _DEEPEST))
        if kind.startswith("("):
            return tuple(self._value(each, depth + 1) for each in split(kind[1:-1]))
        items = range(chance.choice((0, 1, 2, 5)))
        if kind.startswith("a{"):
            key, value = split(kind[2:-1])
            return {self._value(key, depth + 1): self._value(value, depth + 1) for _ in items}
        if kind == "ay":
            return chance.randbytes(len(items))
        return [self._value(kind[1:], depth + 1) for _ in items]


def split(signature: str) -> list[str]:
    """The complete types of a signature."""
    types, begin, depth = [], 0, 0
    for place, letter in enumerate(signature):
        depth += (letter in "({") - (letter in ")}")
        if not depth and letter != "a":
            types.append(signature[begin : place + 1])
            begin = place + 1
    return types
