# SPDX-License-Identifier: MIT
"""
Who types in the benchmark: Typewright, and those that it is measured beside.

Each is opened for one run alone, and closed before the next begins: nothing of one is left running beside another. What a
peer is called with is a text; the call comes back when the peer says that it has typed it.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from tests.helpers import desktop

TypeText = Callable[[str], str]
"""Types a text; answers with the level at which it was confirmed, or nothing."""

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Peer:
    """`name` is for the tables; `open` gives, in an environment, what types."""

    name: str
    open: Callable[[dict[str, str]], AbstractContextManager[TypeText]]


class Caller:
    """A script beside this module that takes a text as a line of JSON, and answers with another line of JSON."""

    def __init__(self, script: str, environ: dict[str, str]) -> None:
        command = [sys.executable, str(_HERE / script)]
        self._child = desktop.Child(command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __call__(self, text: str) -> Mapping[str, object]:
        """What the script answers when it has typed `text`."""
        self._child.process.stdin.write(json.dumps(text).encode() + b"\n")
        self._child.process.stdin.flush()
        return json.loads(self._child.line())

    def close(self) -> None:
        self._child.process.stdin.close()
        self._child.end()
        self._child.process.stdout.close()


@contextlib.contextmanager
def caller(script: str, environ: dict[str, str]) -> Iterator[Caller]:
    """A caller that runs, and ends with the context."""
    opened = Caller(script, environ)
    try:
        yield opened
    finally:
        opened.close()


def _typewright(config: str) -> Callable[[dict[str, str]], AbstractContextManager[TypeText]]:
    @contextlib.contextmanager
    def opened(environ: dict[str, str]) -> Iterator[TypeText]:
        with desktop.service(environ, config=config), caller("caller.py", environ) as call:

            def type_text(text: str) -> str:
                report = call(text)
                return str(report["level"]) if report["confirmed"] else ""

            yield type_text

    return opened


def _xdotool(*options: str) -> Callable[[dict[str, str]], AbstractContextManager[TypeText]]:
    @contextlib.contextmanager
    def opened(environ: dict[str, str]) -> Iterator[TypeText]:
        yield lambda text: desktop.run(environ, "xdotool", "type", *options, "--", text)

    return opened


def _script(script: str) -> Callable[[dict[str, str]], AbstractContextManager[TypeText]]:
    @contextlib.contextmanager
    def opened(environ: dict[str, str]) -> Iterator[TypeText]:
        with caller(script, environ) as call:
            yield lambda text: str(call(text)["error"])

    return opened


TYPEWRIGHT = Peer("Typewright", _typewright(""))
BY_CHORD = Peer("Typewright, by chord", _typewright('pacing = "chord"\n'))
"""What runs are compared with: a chord in each write, and the next when all of it is confirmed."""
XDOTOOL_AT_ONCE = Peer("xdotool --delay 0", _xdotool("--delay", "0"))
XDOTOOL = Peer("xdotool", _xdotool())
PYNPUT = Peer("pynput", _script("pynput_caller.py"))
PEERS = (TYPEWRIGHT, XDOTOOL_AT_ONCE, XDOTOOL, PYNPUT)
FLOOD = Peer("flood", _script("flood_caller.py"))
"""All keys of a text in one write: no peer, but what a program can take at most. It knows ASCII only."""


def needs_peers() -> None:
    """End, and say what to do, when a peer is not installed."""
    desktop.needs("xdotool")
    if importlib.util.find_spec("pynput") is None:
        sys.exit("pynput is missing, which is measured too: .venv/bin/python -m pip install --editable '.[bench]'")
