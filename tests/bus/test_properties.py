# SPDX-License-Identifier: MIT
"""
The properties of the contract: typed in and out, announced when they change (T4-T7).

T7: txdbus's guess at the type of an empty container is never used: values go out as `values.checked` has typed them.
"""

from __future__ import annotations

from typing import Any

import pytest
from bus_bench import BusCase, Peer
from twisted.internet.defer import Deferred
from txdbus import marshal

from typewright import errors
from typewright.bus.connection import BusConnection
from typewright.bus.contract import DICTATION, PATH, TYPIST, parse
from typewright.bus.message import CALL, Message
from typewright.bus.properties import Properties, PropertySource

_STANDARD = "org.freedesktop.DBus.Error."
_PROPERTIES = "org.freedesktop.DBus.Properties"
_PEER = "org.freedesktop.DBus.Peer"


class PropertiesTest(BusCase):
    async def changes(self, peer: Peer) -> list[Message]:
        """Return a list to which each PropertiesChanged is appended that reaches `peer` from now on."""
        heard: list[Message] = []
        peer.connection.listen(_PROPERTIES, "PropertiesChanged", heard.append)
        await peer.connection.add_match(f"type='signal',interface='{_PROPERTIES}'")
        return heard

    async def test_get_gives_the_type_of_the_contract(self) -> None:
        _, peer = await self.served(), await self.peer()
        for name, signature, value in (
            ("TypingEnabled", "b", True),
            ("Busy", "b", False),
            ("Backend", "s", "none"),
            ("Capabilities", "as", ["focus"]),
            ("Layout", "s", "us"),
            ("Version", "s", "1.2.3"),
        ):
            self.assertEqual(await peer.properties("Get", "ss", TYPIST, name), [value])
            self.assertEqual(peer.replies[-1].variant_signature(""), signature)

    async def test_an_empty_list_has_its_type_as_well(self) -> None:
        """T7; a tuple is accepted like a list."""
        service, peer = await self.served(), await self.peer()
        for capabilities in ([], (), ("focus", "locks")):
            service.values["Capabilities"] = capabilities
            self.assertEqual(await peer.properties("Get", "ss", TYPIST, "Capabilities"), [list(capabilities)])
            self.assertEqual(peer.replies[-1].variant_signature(""), "as")
        for wrong in ("focus", [1], ["a\0b"], None):
            service.values["Capabilities"] = wrong
            error = await self.refused(peer.properties("Get", "ss", TYPIST, "Capabilities"))
            self.assertEqual(error.name, "org.typewright.Error.Internal")

    async def test_get_all(self) -> None:
        service, peer = await self.served(), await self.peer()
        adjust = self.dictation.values
        for interface, values in ((TYPIST, service.values), (DICTATION, adjust), ("", {**service.values, **adjust})):
            self.assertEqual(await peer.properties("GetAll", "s", interface), [values])

    async def test_set_reaches_the_service_with_its_caller(self) -> None:
        service, peer = await self.served(), await self.peer()
        self.assertEqual(await peer.properties("Set", "ssv", TYPIST, "TypingEnabled", False), [])
        self.assertEqual(await peer.properties("Set", "ssv", "", "TypingEnabled", True), [])
        self.assertEqual(service.log, [("set_typing_enabled", peer.name, False), ("set_typing_enabled", peer.name, True)])

    @pytest.mark.promise("T4")
    async def test_set_with_another_type_changes_nothing(self) -> None:
        """T4."""
        service, peer = await self.served(), await self.peer()
        changes = await self.changes(peer)
        for value in ("false", 0, 1.0, [False], {"a": False}, (False,), marshal.Byte(0), marshal.UInt32(1)):
            error = await self.refused(peer.properties("Set", "ssv", TYPIST, "TypingEnabled", value))
            self.assertEqual(error.name, _STANDARD + "InvalidArgs")
            self.assertIn("TypingEnabled is of type b", error.sentence)
        await peer.ping()
        self.assertEqual((service.log, changes), ([], []))
        self.assertEqual(await peer.properties("Get", "ss", TYPIST, "TypingEnabled"), [True])

    async def test_set_may_be_denied(self) -> None:
        service, peer = await self.served(), await self.peer()

        def deny(caller: str, enabled: bool) -> None:
            raise errors.AccessDenied()

        service.answers["set_typing_enabled"] = deny
        error = await self.refused(peer.properties("Set", "ssv", TYPIST, "TypingEnabled", True))
        self.assertEqual(error.name, _STANDARD + "AccessDenied")

    @pytest.mark.promise("T15")
    async def test_what_is_not_there_is_refused_by_its_name(self) -> None:
        """T15."""
        service, peer = await self.served(), await self.peer()
        for member, signature, arguments, expected in (
            ("Get", "ss", (TYPIST, "hunter2"), "UnknownProperty"),
            ("Get", "ss", ("", "hunter2"), "UnknownProperty"),
            ("Get", "ss", ("hunter2.x", "Busy"), "UnknownInterface"),
            ("GetAll", "s", ("hunter2.x",), "UnknownInterface"),
            ("Set", "ssv", (TYPIST, "hunter2", True), "UnknownProperty"),
            ("Set", "ssv", ("hunter2.x", "Busy", True), "UnknownInterface"),
            ("Set", "ssv", (TYPIST, "Busy", True), "PropertyReadOnly"),
            ("Set", "ssv", (TYPIST, "Version", "hunter2"), "PropertyReadOnly"),
            ("Get", "s", (TYPIST,), "InvalidArgs"),
            ("Set", "ssb", (TYPIST, "TypingEnabled", True), "InvalidArgs"),
        ):
            with self.subTest(member=member, arguments=arguments):
                error = await self.refused(peer.properties(member, signature, *arguments))
                self.assertEqual(error.name, _STANDARD + expected)
                self.assertNotIn("hunter2", error.sentence)
        self.assertEqual(service.log, [])

    @pytest.mark.promise("T5", "T6")
    async def test_a_change_is_announced_once_with_its_type(self) -> None:
        """T5, T6."""
        service, peer = await self.served(), await self.peer()
        changes = await self.changes(peer)
        for enabled in (True, False, False, True):
            await peer.properties("Set", "ssv", TYPIST, "TypingEnabled", enabled)
        service.changed("Busy", True)
        service.changed("Layout", "us")
        service.changed("Layout", "de")
        service.changed("Version", "constant")
        await peer.ping()
        self.assertEqual(
            [signal.arguments() for signal in changes],
            [
                [TYPIST, {"TypingEnabled": False}, []],
                [TYPIST, {"TypingEnabled": True}, []],
                [TYPIST, {"Busy": True}, []],
                [TYPIST, {"Layout": "de"}, []],
            ],
        )
        self.assertEqual({(signal.path, signal.signature) for signal in changes}, {(PATH, "sa{sv}as")})
        self.assertEqual([_type_of_first(signal) for signal in changes], ["b", "b", "b", "s"])

    async def test_a_change_is_announced_before_the_set_is_answered(self) -> None:
        _, peer = await self.served(), await self.peer()
        changes = await self.changes(peer)
        await peer.properties("Set", "ssv", TYPIST, "TypingEnabled", False)
        self.assertEqual(len(changes), 1)

    async def test_a_value_of_the_wrong_type_is_a_defect(self) -> None:
        service, peer = await self.served(), await self.peer()
        service.values["Layout"] = None
        for member, arguments in (("Get", ("ss", TYPIST, "Layout")), ("GetAll", ("s", TYPIST))):
            error = await self.refused(peer.properties(member, *arguments))
            self.assertEqual(error.name, "org.typewright.Error.Internal")
        self.assertEqual(await peer.properties("Get", "ss", TYPIST, "Busy"), [False])

    @pytest.mark.promise("T5", "T6")
    async def test_other_ways_to_announce_and_to_be_read(self) -> None:
        [interface] = parse(
            """<node><interface name="a.b">
                 <annotation name="org.freedesktop.DBus.Property.EmitsChangedSignal" value="invalidates"/>
                 <property name="Count" type="u" access="read"/>
                 <property name="Silent" type="u" access="read">
                   <annotation name="org.freedesktop.DBus.Property.EmitsChangedSignal" value="false"/>
                 </property>
                 <property name="Secret" type="s" access="write"/>
               </interface></node>"""
        )
        sender, peer = await self.connected(), await self.peer()
        changes = await self.changes(peer)
        owner = PropertySource(interface, lambda name: 3_000_000_000, {"Secret": lambda caller, value: None})
        properties = Properties(sender, "/p", [owner])
        heard: Deferred[None] = Deferred()
        peer.connection.listen("a.b", "Last", lambda signal: heard.callback(None))
        await peer.connection.add_match("type='signal',interface='a.b'")
        properties.changed("a.b", "Count", 3_000_000_000)
        properties.changed("a.b", "Silent", 3)
        sender.emit("/p", "a.b", "Last", "", [])
        await heard
        self.assertEqual([signal.arguments() for signal in changes], [["a.b", {}, ["Count"]]])
        call = Message(CALL, 1, True, True, b"")
        self.assertEqual(properties.get_all(call, "a.b"), {"Count": 3_000_000_000, "Silent": 3_000_000_000})
        self.assertEqual(marshal.sigFromPy(properties.get(call, "a.b", "Count")), "u")
        with self.assertRaises(errors.AccessDenied):
            properties.get(call, "a.b", "Secret")

    def test_a_property_that_nobody_sets_fails_at_start(self) -> None:
        [interface] = parse('<node><interface name="a.b"><property name="P" type="b" access="write"/></interface></node>')
        with self.assertRaisesRegex(TypeError, r"no writer for a\.b\.P"):
            Properties(BusConnection(), "/p", [PropertySource(interface, lambda name: True)])

    async def test_a_caller_without_a_name_sets_nothing(self) -> None:
        service = await self.served()
        body = b"".join(marshal.marshal("ssv", ["", "TypingEnabled", False])[1])
        call = Message(CALL, 1, True, True, body, signature="ssv")
        parts: Any = self.dispatcher._objects[PATH]
        [properties] = [part for part in parts if isinstance(part, Properties)]
        with self.assertRaises(errors.AccessDenied):
            properties.set(call, "", "TypingEnabled", False)
        self.assertEqual(service.log, [])


def _type_of_first(signal: Message) -> str:
    # The variant of the first dictionary entry follows its key; all of them are of one letter.
    body = signal.raw_body
    name = next(iter(signal.arguments()[1])).encode()
    return chr(body[body.index(name) + len(name) + 2])
