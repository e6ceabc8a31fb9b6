# SPDX-License-Identifier: MIT
"""
What the commands of `typewright` do, except `serve`: each calls the service over the session bus.

Each is a generator that runs under the reactor, with the parsed command line, and returns an exit status. What goes wrong is
raised as a TypewrightError.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Generator
from typing import Any

from twisted.internet.defer import Deferred, inlineCallbacks

from typewright.bus.client import Client
from typewright.cli.parser import CHOICES
from typewright.cli.report import NOT_CONFIRMED, complain, problem
from typewright.errors import InvalidArgs, TypewrightError
from typewright.options import Options
from typewright.text.typeable import pieces, typeable

_PIECE = 1_000
"""Characters in one call of `type`: a long text goes in pieces, which shows progress and lets other callers in between."""

Steps = Generator[Deferred[Any], Any, int]


@inlineCallbacks
def type_text(reactor: Any, options: argparse.Namespace) -> Steps:
    """Type a text, in pieces if it is long. Raises InvalidArgs for a text that must not be typed."""
    try:
        text = typeable(options.text)
    except ValueError as refused:
        raise InvalidArgs(str(refused)) from None
    chosen: dict[str, Any] = {name: value for name in CHOICES if (value := getattr(options, name)) is not None}
    # The service sees one piece at a time, and would type some before it comes to a line end that it must refuse.
    Options().given(chosen).with_line_ends(text)
    client = yield Client.connect(reactor)
    typed = 0
    for piece in pieces(text, _PIECE):
        try:
            report = yield client.type(piece, chosen)
        except TypewrightError:
            if typed:
                complain(f"{typed} of {len(text)} characters are confirmed, and then:")
            raise
        typed += report["typed"]
        # Another window may have the focus by the next piece, and the text must stay in one.
        if report["window"]:
            chosen["window"] = report["window"]
        if len(text) > _PIECE:
            _show_progress(typed, len(text))
        if not report["confirmed"]:
            return complain(problem(report, f"{typed} of {len(text)} characters are confirmed"))
    return 0


@inlineCallbacks
def backspace(reactor: Any, options: argparse.Namespace) -> Steps:
    """Delete backwards."""
    client = yield Client.connect(reactor)
    return _outcome((yield client.backspace_with_options(options.count)), "characters")


@inlineCallbacks
def press(reactor: Any, options: argparse.Namespace) -> Steps:
    """Press chords."""
    client = yield Client.connect(reactor)
    return _outcome((yield client.press_with_options(" ".join(options.chords))), "chords")


@inlineCallbacks
def dictate(reactor: Any, options: argparse.Namespace) -> Steps:
    """Type what a recognizer prints to standard input, until that ends."""
    from typewright.cli.dictate import Dictation
    from typewright.cli.hypotheses import Hypotheses, Lines

    client = yield Client.connect(reactor)
    # Whether there is a service that takes dictation must be known before the user speaks.
    yield client.get_property("ContextAdjust")
    hypotheses = Hypotheses(Lines(reactor, sys.stdin.fileno()))
    chosen = {"context_adjust": True} if options.context else {}
    return 0 if (yield Dictation(client, complain, chosen).run(hypotheses)) else NOT_CONFIRMED


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
    for name in ("Version", "Backend", "Capabilities", "Layout", "TypingEnabled", "Busy"):
        value = yield client.get_property(name)
        if isinstance(value, list):
            value = ", ".join(value)
        print(f"{name}: {str(value).lower() if isinstance(value, bool) else value}")
    return 0


@inlineCallbacks
def explain_text(reactor: Any, options: argparse.Namespace) -> Steps:
    """Print how a text would be typed."""
    from typewright.cli.explain import explain

    for line in (yield explain(reactor, options.text, display=options.display, backend=options.backend)):
        print(line)
    return 0


@inlineCallbacks
def sweep(reactor: Any, options: argparse.Namespace) -> Steps:
    """Restore what a crash left behind, without the service."""
    from typewright.backends.choice import recover

    count = yield recover(reactor, display=options.display)
    if count:
        print(f"{count} keys that a program had left down are up again")
    return 0


def _outcome(report: dict[str, Any], unit: str) -> int:
    if report["confirmed"]:
        return 0
    return complain(problem(report, f"{report['typed']} of {report['total']} {unit} are confirmed"))


def _show_progress(typed: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{typed} of {total} characters", end="" if typed < total else "\n", file=sys.stderr, flush=True)
