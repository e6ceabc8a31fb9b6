# SPDX-License-Identifier: MIT
"""
What the commands of `typewright` do, but for `serve`: each speaks to the service over the session bus.

Each is a generator that runs under the reactor, with the parsed words of the command line, and returns an exit status. What
goes wrong is raised as a TypewrightError.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Generator
from typing import Any

from twisted.internet.defer import Deferred, inlineCallbacks

from typewright.bus.client import Client
from typewright.cli.dictate import Dictation
from typewright.cli.hypotheses import Hypotheses, Lines
from typewright.errors import InvalidArgs, TypewrightError
from typewright.options import FOCUS_CHANGES, GRABS, NEWLINES, Options
from typewright.text.typeable import pieces, typeable

CHOICES = {
    "newline": (NEWLINES, "what a line end is"),
    "on_focus_change": (FOCUS_CHANGES, "what to do when the window loses the focus"),
    "grabs": (GRABS, "what to do where another program holds the keyboard"),
}
"""The options of `type` -> what they may be, and what they are for; what is not given is as configured for the service."""
_PIECE = 1_000
"""Characters in one call of `type`: a long text goes in pieces, so that progress shows and nobody else waits long."""
_NOT_CONFIRMED = 1

Steps = Generator[Deferred[Any], Any, int]


@inlineCallbacks
def type_text(reactor: Any, options: argparse.Namespace) -> Steps:
    """Type a text, in pieces where it is long. Raises InvalidArgs for one that must not be typed."""
    try:
        text = typeable(options.text)
    except ValueError as problem:
        raise InvalidArgs(str(problem)) from None
    chosen: dict[str, Any] = {name: value for name in CHOICES if (value := getattr(options, name)) is not None}
    # The service sees one piece at a time, and would have typed some before it comes to a line end that must not be.
    Options().given(chosen).with_line_ends(text)
    client = yield Client.connect(reactor)
    typed = 0
    for piece in pieces(text, _PIECE):
        try:
            report = yield client.type(piece, chosen)
        except TypewrightError:
            if typed:
                _not_confirmed(f"{typed} of {len(text)} characters are confirmed, and then:")
            raise
        typed += report["typed"]
        # Another window may have the focus by the next piece, and no text is to stand in two.
        if report["window"]:
            chosen["window"] = report["window"]
        if len(text) > _PIECE:
            _show_progress(typed, len(text))
        if not report["confirmed"]:
            return _not_confirmed(f"{typed} of {len(text)} characters are confirmed: {report['reason']}")
    return 0


@inlineCallbacks
def backspace(reactor: Any, options: argparse.Namespace) -> Steps:
    """Delete backwards."""
    client = yield Client.connect(reactor)
    return 0 if (yield client.backspace(options.count)) else _not_confirmed("not all of it is confirmed; the log says why")


@inlineCallbacks
def press(reactor: Any, options: argparse.Namespace) -> Steps:
    """Press chords."""
    client = yield Client.connect(reactor)
    return 0 if (yield client.press(" ".join(options.chords))) else _not_confirmed("not confirmed; the log says why")


@inlineCallbacks
def dictate(reactor: Any, options: argparse.Namespace) -> Steps:
    """Type what a recognizer prints to standard input, until that ends."""
    client = yield Client.connect(reactor)
    # Asked in any case: without a service that takes dictation, it should be said before anybody speaks.
    adjusts = yield client.get_property("ContextAdjust")
    adjust = options.context and not adjusts
    try:
        if adjust:
            yield client.set_property("ContextAdjust", True)
        hypotheses = Hypotheses(Lines(reactor, sys.stdin.fileno()))
        return 0 if (yield Dictation(client, _not_confirmed, adjust=adjust).run(hypotheses)) else _NOT_CONFIRMED
    finally:
        if adjust:
            yield client.set_property("ContextAdjust", False)


@inlineCallbacks
def switch(reactor: Any, options: argparse.Namespace) -> Steps:
    """Set TypingEnabled."""
    client = yield Client.connect(reactor)
    yield client.set_property("TypingEnabled", options.command == "enable")
    return 0


@inlineCallbacks
def status(reactor: Any, options: argparse.Namespace) -> Steps:
    """Print the service's properties."""
    client = yield Client.connect(reactor)
    for name in ("Version", "Backend", "Layout", "TypingEnabled", "Busy"):
        value = yield client.get_property(name)
        print(f"{name}: {str(value).lower() if isinstance(value, bool) else value}")
    return 0


@inlineCallbacks
def explain_text(reactor: Any, options: argparse.Namespace) -> Steps:
    """Print how a text would be typed."""
    from typewright.cli.explain import explain

    for line in (yield explain(reactor, options.text, options.display)):
        print(line)
    return 0


@inlineCallbacks
def sweep(reactor: Any, options: argparse.Namespace) -> Steps:
    """Put right what a crash left behind, without the service."""
    from typewright.backends.x11.backend import sweep_display

    count = yield sweep_display(reactor, options.display)
    if count:
        print(f"{count} keys that a program had left down are up again")
    return 0


def _not_confirmed(sentence: str) -> int:
    print(f"typewright: {sentence}", file=sys.stderr)
    return _NOT_CONFIRMED


def _show_progress(typed: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{typed} of {total} characters", end="" if typed < total else "\n", file=sys.stderr, flush=True)
