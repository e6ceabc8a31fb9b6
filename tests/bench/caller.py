# SPDX-License-Identifier: MIT
"""A client that runs already: calls Insert over the bus and says how long each call took, in milliseconds."""

from __future__ import annotations

import asyncio
import sys
import time

from dbus_fast.aio import MessageBus

NAME, PATH = "org.typewright.Typist1", "/org/typewright/Typist1"


async def main() -> None:
    """Read a text a line from standard input, insert it, print the milliseconds."""
    bus = await MessageBus().connect()
    typist = bus.get_proxy_object(NAME, PATH, await bus.introspect(NAME, PATH)).get_interface(NAME)
    for line in sys.stdin:
        started = time.perf_counter()
        confirmed = await typist.call_insert(line.rstrip("\n"))
        assert confirmed, "not confirmed"
        print(f"{(time.perf_counter() - started) * 1000:.3f}", flush=True)
    bus.disconnect()


asyncio.run(main())
