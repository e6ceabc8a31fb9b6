# SPDX-License-Identifier: MIT
"""
Scenes with a client that uses dbus-fast, each in a process of its own.

`python dbus_fast_scenes.py SCENE [ARGUMENT...]` prints a line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys

from dbus_fast import Message, Variant
from dbus_fast.aio import MessageBus

NAME, PATH = "org.typewright.Typist1", "/org/typewright/Typist1"


async def _answer(bus: MessageBus, member: str, signature: str, body: list[object], fds: list[int] | None = None) -> object:
    reply = await bus.call(
        Message(
            destination=NAME,
            path=PATH,
            interface=NAME,
            member=member,
            signature=signature,
            body=body,
            unix_fds=fds or [],
        )
    )
    assert reply is not None
    return reply.error_name or reply.body


async def proxy() -> object:
    """The high-level client: proxies made from the introspection, properties, a change of one, the end of a job."""
    bus = await MessageBus().connect()
    typist = bus.get_proxy_object(NAME, PATH, await bus.introspect(NAME, PATH))
    typing = typist.get_interface(NAME)
    changes = typist.get_interface("org.freedesktop.DBus.Properties")
    dictation = typist.get_interface("org.typewright.Dictation1")
    change: asyncio.Future[object] = asyncio.get_running_loop().create_future()
    changes.on_properties_changed(
        lambda interface, values, gone: change.set_result(
            [interface, {name: [value.signature, value.value] for name, value in values.items()}, gone]
        )
    )
    report = await typing.call_type("däß 🎹", {"timeout": Variant("d", 1.5)})
    before = await typing.get_typing_enabled()
    await typing.set_typing_enabled(False)
    revised = await dictation.call_revise("däß 🎹")
    await dictation.call_commit()
    return {
        "insert": await typing.call_insert("däß 🎹"),
        "options": [
            (await typing.call_backspace_with_options(2, {}))["confirmed"].value,
            (await dictation.call_revise_with_options("a", {"context_adjust": Variant("b", True)}))["confirmed"].value,
        ],
        "capabilities": await typing.get_capabilities(),
        "backspace": await typing.call_backspace(4_000_000_000),
        "press": await typing.call_press("ctrl+s"),
        "cancel": await typing.call_cancel(),
        "revise": revised,
        "undo": await dictation.call_undo(),
        "report": {name: [value.signature, value.value] for name, value in sorted(report.items())},
        "enabled": [before, await typing.get_typing_enabled()],
        "change": await change,
    }


async def giant() -> object:
    """The longest string that a message can hold."""
    bus = await MessageBus().connect()
    return await _answer(bus, "Insert", "s", ["x" * (127 << 20)])


async def byte_array() -> object:
    """4 MiB of bytes in place of a string."""
    bus = await MessageBus().connect()
    return await _answer(bus, "Insert", "ay", [bytes(4 << 20)])


async def descriptors() -> object:
    """Many calls with file descriptors."""
    bus = await MessageBus(negotiate_unix_fd=True).connect()
    fds = [os.open("/dev/null", os.O_RDONLY) for _ in range(16)]
    return [await _answer(bus, "Insert", "h" * 16, list(range(16)), fds) for _ in range(20)]


async def screen_saver(name: str, *states: str) -> object:
    """A screen saver of that name that announces each of the states, and leaves when Typewright has processed them."""
    bus = await MessageBus().connect()
    await bus.request_name(name)
    for state in states:
        await bus.send(Message.new_signal("/" + name.replace(".", "/"), name, "ActiveChanged", "b", [state == "locked"]))
    ping = Message(destination=NAME, path=PATH, interface="org.freedesktop.DBus.Peer", member="Ping")
    return (await bus.call(ping)).error_name


if __name__ == "__main__":
    print(json.dumps(asyncio.run(globals()[sys.argv[1]](*sys.argv[2:]))))
