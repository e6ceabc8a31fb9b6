# SPDX-License-Identifier: MIT
"""
What the commands of `typewright` do that take longer than a call; `calls` has the others.

Each is a generator that runs under the reactor, with the parsed command line, and returns an exit status. What goes wrong is
raised as a TypewrightError.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Generator
from typing import Any

from twisted.internet.defer import Deferred, inlineCallbacks

from typewright import __version__
from typewright.bus.client import Client
from typewright.cli.calls import NOT_CONFIRMED
from typewright.cli.parser import named
from typewright.client.messages import complain, say

Steps = Generator[Deferred[Any], Any, int]


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
    dictation = Dictation(client, complain, chosen, spaces=not (options.context or options.exact))
    return 0 if (yield dictation.run(hypotheses)) else NOT_CONFIRMED


@inlineCallbacks
def allow(reactor: Any, options: argparse.Namespace) -> Steps:
    """Have the desktop ask the user whether the service may type."""
    client = yield Client.connect(reactor)
    if (yield client.allow()):
        return 0
    consent = yield client.get_property("Consent")
    complain(f"Typewright may not type in this session: the consent is {consent}.")
    return NOT_CONFIRMED


@inlineCallbacks
def status(reactor: Any, options: argparse.Namespace) -> Steps:
    """Print the service's properties."""
    client = yield Client.connect(reactor)
    for name in ("Version", "Backend", "Capabilities", "Layout", "Consent", "TypingEnabled", "Busy"):
        value = yield client.get_property(name)
        if isinstance(value, list):
            value = ", ".join(value)
        say(f"{name}: {str(value).lower() if isinstance(value, bool) else value}")
        if name == "Version" and value != __version__:
            complain(f"version {__version__} is installed, and {value} runs: `typewright restart` runs the installed one")
    return 0


@inlineCallbacks
def explain_text(reactor: Any, options: argparse.Namespace) -> Steps:
    """Print how a text would be typed."""
    from typewright.cli.explain import explain

    for line in (yield explain(reactor, options.text, named(options))):
        say(line)
    return 0


@inlineCallbacks
def sweep(reactor: Any, options: argparse.Namespace) -> Steps:
    """Restore what a crash left behind, without the service."""
    from typewright.backends.choice import recover

    count = yield recover(reactor, named(options))
    if count:
        say(f"{count} keys that a program had left down are up again")
    return 0
