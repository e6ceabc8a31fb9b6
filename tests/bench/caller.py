# SPDX-License-Identifier: MIT
"""A client that runs already: has Typewright type the text in each line of JSON, and answers with what it reports."""

from __future__ import annotations

import asyncio
import json
import sys

from dbus_fast.aio import MessageBus

NAME, PATH = "org.typewright.Typist1", "/org/typewright/Typist1"


async def main() -> None:
    """Read a text a line from standard input, have it typed, print whether it was confirmed and at which level."""
    bus = await MessageBus().connect()
    typist = bus.get_proxy_object(NAME, PATH, await bus.introspect(NAME, PATH)).get_interface(NAME)
    for line in sys.stdin:
        report = await typist.call_type(json.loads(line), {})
        print(json.dumps({name: report[name].value for name in ("confirmed", "level")}), flush=True)
    bus.disconnect()


asyncio.run(main())
