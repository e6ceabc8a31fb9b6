# SPDX-License-Identifier: MIT
"""A client on dbus-fast that revises, as a process of its own; `reviser` starts one and talks to it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

NAME, PATH = "org.typewright.Typist1", "/org/typewright/Typist1"


class Reviser:
    """I ask for one revision at a time, and wait for its answer."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def revise(self, text: str, kind: str = "partial") -> bool:
        """The answer to a Revise; a Commit follows a "final" one."""
        return self._asked(kind, text)

    def undo(self) -> bool:
        """The answer to an Undo."""
        return self._asked("undo", "")

    def _asked(self, kind: str, text: str) -> bool:
        self._process.stdin.write(json.dumps([kind, text]).encode() + b"\n")
        self._process.stdin.flush()
        return bool(json.loads(self._process.stdout.readline()))


@contextmanager
def reviser(environ: dict[str, str]) -> Iterator[Reviser]:
    """A client that runs already, as a recognizer does."""
    command = [sys.executable, __file__]
    with subprocess.Popen(command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield Reviser(process)
        process.stdin.close()


async def main() -> None:
    """Read `[kind, text]` a line, revise or undo, print the answer."""
    from dbus_fast.aio import MessageBus

    bus = await MessageBus().connect()
    proxy = bus.get_proxy_object(NAME, PATH, await bus.introspect(NAME, PATH))
    dictation = proxy.get_interface("org.typewright.Dictation1")
    for line in sys.stdin:
        kind, text = json.loads(line)
        confirmed = await (dictation.call_undo() if kind == "undo" else dictation.call_revise(text))
        if kind == "final":
            await dictation.call_commit()
        print(json.dumps(confirmed), flush=True)
    bus.disconnect()


if __name__ == "__main__":
    asyncio.run(main())
