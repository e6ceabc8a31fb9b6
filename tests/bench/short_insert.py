# SPDX-License-Identifier: MIT
"""
A client that runs already, and the service's answers to it: milliseconds of an empty round trip, and of an `Insert` of five
letters. Both in one process, in turn; the figures are medians.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable

from dbus_fast.aio import MessageBus

NAME, PATH = "org.typewright.Typist1", "/org/typewright/Typist1"
ROUNDS = 200


async def main() -> None:
    """Print both on one line."""
    bus = await MessageBus().connect()
    typist = bus.get_proxy_object(NAME, PATH, await bus.introspect(NAME, PATH)).get_interface(NAME)

    async def milliseconds(call: Callable[[], Awaitable[object]]) -> float:
        started = time.perf_counter()
        await call()
        return (time.perf_counter() - started) * 1000

    async def insert() -> None:
        assert await typist.call_insert("hello"), "not confirmed"

    empty, five = [], []
    for _ in range(ROUNDS):
        empty.append(await milliseconds(typist.get_busy))
        five.append(await milliseconds(insert))
    print(f"{statistics.median(empty):.3f} {statistics.median(five):.3f}")
    bus.disconnect()


asyncio.run(main())
