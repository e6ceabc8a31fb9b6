# SPDX-License-Identifier: MIT
"""Clients of other projects: busctl, gdbus and dbus-fast, each in a process of its own."""

from __future__ import annotations

import json

from bus_bench import REPORT, BusCase

from typewright.bus.contract import DICTATION, PATH, TYPIST


class BusctlTest(BusCase):
    async def busctl(self, *arguments: str) -> object:
        out, err, status = await self.outside("busctl", "--user", "--json=short", *arguments)
        self.assertEqual((err, status), ("", 0))
        return json.loads(out)["data"] if out else None

    async def test_calls_and_properties(self) -> None:
        service = await self.served()
        call = ("call", TYPIST, PATH, TYPIST)
        self.assertEqual(await self.busctl(*call, "Insert", "s", "däß \U0001f3b9"), [True])
        self.assertEqual(await self.busctl(*call, "Backspace", "u", "3"), [True])
        self.assertEqual(
            await self.busctl(*call, "Type", "sa{sv}", "abc", "1", "timeout", "d", "1.5"),
            [
                {
                    "confirmed": {"type": "b", "data": True},
                    "typed": {"type": "u", "data": 3},
                    "total": {"type": "u", "data": 3},
                    "level": {"type": "s", "data": "application"},
                    "reason": {"type": "s", "data": ""},
                    "code": {"type": "s", "data": ""},
                    "elapsed": {"type": "d", "data": 0.25},
                    "window": {"type": "u", "data": 7},
                }
            ],
        )
        self.assertEqual([entry[0] for entry in service.log], ["insert", "backspace", "insert"])
        self.assertEqual(service.log[0][2], "däß \U0001f3b9")
        self.assertIs(await self.busctl("get-property", TYPIST, PATH, TYPIST, "TypingEnabled"), True)
        await self.busctl("set-property", TYPIST, PATH, TYPIST, "TypingEnabled", "b", "false")
        self.assertIs(await self.busctl("get-property", TYPIST, PATH, TYPIST, "TypingEnabled"), False)

    async def test_dictation(self) -> None:
        await self.served()
        call = ("call", TYPIST, PATH, DICTATION)
        self.assertEqual(await self.busctl(*call, "Revise", "s", "däß \U0001f3b9"), [True])
        self.assertIsNone(await self.busctl(*call, "Commit"))
        self.assertEqual(await self.busctl(*call, "Undo"), [True])
        self.assertIsNone(await self.busctl(*call, "Forget"))
        await self.busctl("set-property", TYPIST, PATH, DICTATION, "ContextAdjust", "b", "true")
        self.assertIs(await self.busctl("get-property", TYPIST, PATH, DICTATION, "ContextAdjust"), True)
        asked = [entry[0] for entry in self.dictation.log if entry[0] != "caller_left"]
        self.assertEqual(asked, ["revise", "commit", "undo", "forget", "set_context_adjust"])
        self.assertEqual(self.dictation.log[0][2], "däß \U0001f3b9")

    async def test_it_reads_the_introspection(self) -> None:
        await self.served()
        out, err, status = await self.outside("busctl", "--user", "introspect", "--no-pager", TYPIST, PATH)
        self.assertEqual((err, status), ("", 0))
        rows = {row[0]: row[1:] for row in (line.split() for line in out.splitlines()) if row}
        self.assertEqual(rows[".Insert"][:3], ["method", "s", "b"])
        self.assertEqual(rows[".Type"][:3], ["method", "sa{sv}", "a{sv}"])
        self.assertEqual(rows[".BackspaceWithOptions"][:3], ["method", "ua{sv}", "a{sv}"])
        self.assertEqual(rows[".UndoWithOptions"][:3], ["method", "a{sv}", "a{sv}"])
        self.assertEqual(rows[".Capabilities"], ["property", "as", "1", '"focus"', "const"])
        self.assertEqual(rows[".Revise"][:3], ["method", "s", "b"])
        self.assertEqual(rows[".Commit"][:3], ["method", "-", "-"])
        self.assertEqual(rows[".ContextAdjust"], ["property", "b", "false", "emits-change", "writable"])
        self.assertEqual(rows[".TypingEnabled"], ["property", "b", "true", "emits-change", "writable"])
        self.assertEqual(rows[".Version"], ["property", "s", '"1.2.3"', "const"])
        self.assertEqual(rows[".Finished"][:2], ["signal", "ssbuussds"])
        out, err, status = await self.outside("busctl", "--user", "tree", "--no-pager", "--list", TYPIST)
        self.assertEqual((err, status), ("", 0))
        self.assertEqual(out.split(), ["/", "/org", "/org/typewright", PATH])


class GdbusTest(BusCase):
    async def gdbus(self, member: str, *arguments: str) -> tuple[str, str, int]:
        to = ("--session", "--dest", TYPIST, "--object-path", PATH, "--method", member)
        return await self.outside("gdbus", "call", *to, *arguments)

    async def test_calls_and_properties(self) -> None:
        service = await self.served()
        self.assertEqual((await self.gdbus(f"{TYPIST}.Insert", "dä\U0001f3b9"))[0], "(true,)\n")
        self.assertEqual((await self.gdbus(f"{TYPIST}.Cancel"))[0], "(uint32 2,)\n")
        out, _, _ = await self.gdbus(f"{TYPIST}.Type", "abc", "{'timeout': <1.5>}")
        for entry in ("'confirmed': <true>", "'typed': <uint32 3>", "'elapsed': <0.25>", "'level': <'application'>"):
            self.assertIn(entry, out)
        self.assertEqual([entry[0] for entry in service.log], ["insert", "cancel", "insert"])
        self.assertEqual(service.log[2][2:], ("abc", {"timeout": 1.5}))
        self.assertEqual((await self.gdbus(f"{DICTATION}.Revise", "dä\U0001f3b9"))[0], "(true,)\n")
        self.assertEqual((await self.gdbus(f"{DICTATION}.Commit"))[0], "()\n")
        _, err, status = await self.gdbus("org.freedesktop.DBus.Properties.Set", TYPIST, "TypingEnabled", "<'false'>")
        self.assertEqual(status, 1)
        self.assertIn("org.freedesktop.DBus.Error.InvalidArgs", err)
        self.assertIs(service.values["TypingEnabled"], True)

    async def test_it_reads_the_introspection(self) -> None:
        await self.served()
        to = ("--session", "--dest", TYPIST, "--object-path", "/", "--recurse")
        out, err, status = await self.outside("gdbus", "introspect", *to)
        self.assertEqual((err, status), ("", 0))
        for line in (
            "in  s text",
            "out b confirmed",
            "readwrite b TypingEnabled = true;",
            "readwrite b ContextAdjust = false;",
            "readonly s Version = '1.2.3';",
            "readonly as Capabilities = ['focus'];",
        ):
            self.assertIn(line, out)


class DbusFastTest(BusCase):
    async def test_a_client_made_from_the_introspection(self) -> None:
        service = await self.served()
        told = await self.dbus_fast("proxy")
        self.assertEqual(
            told,
            {
                "insert": True,
                "backspace": True,
                "press": True,
                "cancel": 2,
                "capabilities": ["focus"],
                "options": [True, True],
                "report": {
                    "code": ["s", REPORT.code],
                    "confirmed": ["b", REPORT.confirmed],
                    "elapsed": ["d", REPORT.elapsed_s],
                    "window": ["u", REPORT.window],
                    "level": ["s", REPORT.level],
                    "reason": ["s", REPORT.reason],
                    "total": ["u", REPORT.total],
                    "typed": ["u", REPORT.typed],
                },
                "revise": True,
                "undo": True,
                "enabled": [True, False],
                "change": [TYPIST, {"TypingEnabled": ["b", False]}, []],
            },
        )
        self.assertEqual(
            [entry[0] for entry in service.log if entry[0] != "caller_left"],
            ["insert", "set_typing_enabled", "insert", "backspace", "backspace", "press", "cancel"],
        )
        self.assertEqual(service.log[0][2:], ("däß \U0001f3b9", {"timeout": 1.5}))
        asked = [entry[0] for entry in self.dictation.log if entry[0] != "caller_left"]
        self.assertEqual(asked, ["revise", "commit", "revise", "undo"])
