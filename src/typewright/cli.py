# SPDX-License-Identifier: MIT
"""
The command line: `typewright serve` is the service, the others speak to it over the session bus.

Exit status 0 means done and confirmed, 1 not confirmed; the others stand with the errors in `typewright.errors`.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any, cast

from twisted.internet.defer import Deferred, inlineCallbacks
from twisted.logger import FilteringLogObserver, LogLevel, LogLevelFilterPredicate, formatEvent, globalLogBeginner
from twisted.python.failure import Failure

from typewright import __version__
from typewright.bus.client import Client
from typewright.dictate import Dictation
from typewright.errors import InvalidArgs, TypewrightError
from typewright.hypotheses import Hypotheses, Lines
from typewright.options import FOCUS_CHANGES, GRABS, NEWLINES, Options
from typewright.plan.text import pieces, typeable

_PIECE = 1_000
"""Characters in one call of `type`: a long text goes in pieces, so that progress shows and nobody else waits long."""
_CHOICES = {
    "newline": (NEWLINES, "what a line end is"),
    "on_focus_change": (FOCUS_CHANGES, "what to do when the window loses the focus"),
    "grabs": (GRABS, "what to do where another program holds the keyboard"),
}
"""The options of `type` -> what they may be, and what they are for; what is not given is as configured for the service."""
_NOT_CONFIRMED = 1
_INTERRUPTED = 130
_CLEANING_UP_S = 1.0

Steps = Generator[Deferred[Any], Any, int]
Command = Callable[[Any, argparse.Namespace], Deferred[int]]


def main(arguments: Sequence[str] | None = None) -> None:
    """The `typewright` program."""
    options = _parser().parse_args(arguments)
    _log_to_stderr(options.verbose or options.command == "serve")
    if options.command == "type" and options.text in ("-", None):
        options.text = _standard_input()
    from twisted.internet import reactor

    sys.exit(_serve(reactor, options) if options.command == "serve" else _ask(reactor, options))


def _standard_input() -> str:
    """All of it, ahead of the reactor, which would heed no signal until the input ends."""
    handler = signal.getsignal(signal.SIGINT)
    if handler == signal.default_int_handler:  # which would wait for the input, too, when it comes between two reads
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        return sys.stdin.read()
    except UnicodeDecodeError as problem:
        sys.exit(_complain(InvalidArgs(f"Standard input is not {problem.encoding.upper()}.")))
    finally:
        signal.signal(signal.SIGINT, handler)


def _serve(reactor: Any, options: argparse.Namespace) -> int:
    from typewright.config import load_config
    from typewright.privacy import keep_private
    from typewright.service import run

    keep_private()
    try:
        config = load_config(options.config)
    except TypewrightError as problem:
        return _complain(problem)
    return run(reactor, config, options.display)


def _ask(reactor: Any, options: argparse.Namespace) -> int:
    if signal.getsignal(signal.SIGINT) == signal.SIG_DFL:  # see `__main__`; only Python's own gives way to the reactor's
        signal.signal(signal.SIGINT, signal.default_int_handler)
    status: int | None = None
    running: Deferred[Any] = Deferred()

    def interrupted() -> Deferred[Any] | None:
        nonlocal status
        if status is not None:
            return None
        status = _INTERRUPTED  # the service stops the job when our connection is gone
        running.cancel()
        return running.addTimeout(_CLEANING_UP_S, reactor).addErrback(lambda failure: None)

    def ended(result: int | Failure) -> None:
        nonlocal status
        if status is None:
            status = _complain(_told(result)) if isinstance(result, Failure) else result
            reactor.stop()

    def start() -> None:
        nonlocal running
        command: Command = options.run
        running = command(reactor, options).addBoth(ended)

    reactor.callWhenRunning(start)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # as under nohup
        reactor.callWhenRunning(signal.signal, signal.SIGHUP, lambda *_: reactor.callFromThread(reactor.stop))
    reactor.addSystemEventTrigger("before", "shutdown", interrupted)
    reactor.run()
    return _INTERRUPTED if status is None else status


def _told(failure: Failure) -> TypewrightError:
    if isinstance(failure.value, TypewrightError):
        return failure.value
    return TypewrightError(f"Something went wrong inside typewright: {failure.type.__name__}.")


def _complain(problem: TypewrightError) -> int:
    for line in str(problem).splitlines():
        print(f"typewright: {line}", file=sys.stderr)
    return problem.exit_status


# --- the commands ----------------------------------------------------------------------------------------------------


@inlineCallbacks
def _type(reactor: Any, options: argparse.Namespace) -> Steps:
    try:
        text = typeable(options.text)
    except ValueError as problem:
        raise InvalidArgs(str(problem)) from None
    chosen: dict[str, Any] = {name: value for name in _CHOICES if (value := getattr(options, name)) is not None}
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
def _backspace(reactor: Any, options: argparse.Namespace) -> Steps:
    client = yield Client.connect(reactor)
    return 0 if (yield client.backspace(options.count)) else _not_confirmed("not all of it is confirmed; the log says why")


@inlineCallbacks
def _press(reactor: Any, options: argparse.Namespace) -> Steps:
    client = yield Client.connect(reactor)
    return 0 if (yield client.press(" ".join(options.chords))) else _not_confirmed("not confirmed; the log says why")


@inlineCallbacks
def _dictate(reactor: Any, options: argparse.Namespace) -> Steps:
    client = yield Client.connect(reactor)
    # Asked in any case: without a service that takes dictation, it should be said before anybody speaks.
    adjusts = yield client.get_property("ContextAdjust")
    adjust = options.context and not adjusts
    try:
        if adjust:
            yield client.set_property("ContextAdjust", True)
        hypotheses = Hypotheses(Lines(reactor, sys.stdin.fileno()))
        return 0 if (yield Dictation(client, _not_confirmed).run(hypotheses)) else _NOT_CONFIRMED
    finally:
        if adjust:
            yield client.set_property("ContextAdjust", False)


@inlineCallbacks
def _switch(reactor: Any, options: argparse.Namespace) -> Steps:
    client = yield Client.connect(reactor)
    yield client.set_property("TypingEnabled", options.command == "enable")
    return 0


@inlineCallbacks
def _status(reactor: Any, options: argparse.Namespace) -> Steps:
    client = yield Client.connect(reactor)
    for name in ("Version", "Backend", "Layout", "TypingEnabled", "Busy"):
        value = yield client.get_property(name)
        print(f"{name}: {str(value).lower() if isinstance(value, bool) else value}")
    return 0


@inlineCallbacks
def _explain(reactor: Any, options: argparse.Namespace) -> Steps:
    from typewright.explain import explain

    for line in (yield explain(reactor, options.text, options.display)):
        print(line)
    return 0


@inlineCallbacks
def _sweep(reactor: Any, options: argparse.Namespace) -> Steps:
    from typewright.x11.backend import sweep_display

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


# --- the words -------------------------------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="typewright", description="Types into the focused window, and confirms every key.")
    parser.add_argument("--version", action="version", version=f"typewright {__version__}")
    parser.add_argument("-v", "--verbose", action="store_true", help="log what happens (never the text)")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="run the service in the foreground")
    serve.add_argument("--config", type=Path, metavar="FILE", help="the configuration file to use")
    _display(serve)

    typing = _command(commands, "type", _type, "type a text")
    typing.add_argument("text", nargs="?", help="the text; - or nothing: read standard input")
    for name, (choices, description) in _CHOICES.items():
        typing.add_argument(f"--{name.replace('_', '-')}", choices=choices, help=description)
    backspace = _command(commands, "backspace", _backspace, "delete backwards")
    backspace.add_argument("count", type=_count, metavar="N", help="how many characters")
    press = _command(commands, "press", _press, "press key chords")
    press.add_argument("chords", nargs="+", metavar="CHORD", help="such as ctrl+s, Return, ctrl+shift+t")
    dictate = _command(commands, "dictate", _dictate, "type what a recognizer prints, while it changes its mind")
    dictate.description = (
        "Reads hypotheses from standard input, a line each: 'partial TEXT' or 'final TEXT', or a JSON object with the key "
        "partial, final or text. A line 'undo' takes back the last utterance."
    )
    dictate.add_argument("--context", action="store_true", help="set ContextAdjust, for all callers, while this runs")
    _command(commands, "enable", _switch, "set TypingEnabled to true")
    _command(commands, "disable", _switch, "set TypingEnabled to false; what is being typed stops")
    _command(commands, "status", _status, "show the service's properties")
    explain = _command(commands, "explain", _explain, "show how a text would be typed, without typing it")
    explain.add_argument("text")
    _display(explain)
    sweep = _command(commands, "sweep", _sweep, "release keys, and return keycodes, that a crash left behind")
    _display(sweep)
    return parser


def _command(commands: Any, name: str, run: Command, description: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=description, description=description)
    parser.set_defaults(run=run)
    return parser


def _display(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--display", metavar="DISPLAY", help="the X display to use instead of $DISPLAY")


def _count(word: str) -> int:
    number = int(word) if word.isascii() and word.isdigit() else -1
    if not 0 <= number <= 0xFFFFFFFF:
        raise argparse.ArgumentTypeError(f"{word!r} is no number of characters")
    return number


def _log_to_stderr(verbose: bool) -> None:
    """Write a line for each event to standard error, as a journal wants it; warnings and worse unless verbose."""

    def write(event: Any) -> None:
        sys.stderr.write(f"{event['log_level'].name}: {formatEvent(event)}\n")
        if "log_failure" in event:
            # Where and what kind, but not the message: nobody can promise that it holds nothing of the text.
            failure = event["log_failure"]
            places = " < ".join(f"{name} ({file}:{line})" for name, file, line, *_ in reversed(failure.frames[-8:]))
            sys.stderr.write(f"  {failure.type.__name__} in {places}\n")

    predicate: Any = LogLevelFilterPredicate(LogLevel.info if verbose else LogLevel.warn)
    observer: Any = FilteringLogObserver(cast(Any, write), [predicate])
    globalLogBeginner.beginLoggingTo([observer], redirectStandardIO=False)
