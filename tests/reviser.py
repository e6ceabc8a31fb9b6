# SPDX-License-Identifier: MIT
"""A client on dbus-fast that revises: reads a hypothesis a line, `[kind, text]` as JSON, and prints the answer as JSON."""

from __future__ import annotations

import asyncio
import json
import sys

from dbus_fast.aio import MessageBus

NAME, PATH = "org.typewright.Typist1", "/org/typewright/Typist1"


async def main() -> None:
    """A final hypothesis is committed before its answer is told."""
    bus = await MessageBus().connect()
    proxy = bus.get_proxy_object(NAME, PATH, await bus.introspect(NAME, PATH))
    dictation = proxy.get_interface("org.typewright.Dictation1")
    for line in sys.stdin:
        kind, text = json.loads(line)
        confirmed = await dictation.call_revise(text)
        if kind == "final":
            await dictation.call_commit()
        print(json.dumps(confirmed), flush=True)
    bus.disconnect()


asyncio.run(main())
