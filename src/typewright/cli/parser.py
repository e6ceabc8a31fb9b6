# SPDX-License-Identifier: MIT
"""
The command line: `typewright serve` is the service, the others speak to it over the session bus.

Exit status 0 means done and confirmed, 1 not confirmed; the others stand with the errors in `typewright.errors`.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

from twisted.internet.defer import Deferred
from twisted.logger import FilteringLogObserver, LogLevel, LogLevelFilterPredicate, formatEvent, globalLogBeginner
from twisted.python.failure import Failure

from typewright import __version__
from typewright.cli import commands
from typewright.errors import InvalidArgs, TypewrightError

_INTERRUPTED = 130
_CLEANING_UP_S = 1.0

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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="typewright", description="Types into the focused window, and confirms every key.")
    parser.add_argument("--version", action="version", version=f"typewright {__version__}")
    parser.add_argument("-v", "--verbose", action="store_true", help="log what happens (never the text)")
    known = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    serve = known.add_parser("serve", help="run the service in the foreground")
    serve.add_argument("--config", type=Path, metavar="FILE", help="the configuration file to use")
    _display(serve)

    typing = _command(known, "type", commands.type_text, "type a text")
    typing.add_argument("text", nargs="?", help="the text; - or nothing: read standard input")
    for name, (choices, description) in commands.CHOICES.items():
        typing.add_argument(f"--{name.replace('_', '-')}", choices=choices, help=description)
    backspace = _command(known, "backspace", commands.backspace, "delete backwards")
    backspace.add_argument("count", type=_count, metavar="N", help="how many characters")
    press = _command(known, "press", commands.press, "press key chords")
    press.add_argument("chords", nargs="+", metavar="CHORD", help="such as ctrl+s, Return, ctrl+shift+t")
    dictate = _command(known, "dictate", commands.dictate, "type what a recognizer prints, while it changes its mind")
    dictate.description = (
        "Reads hypotheses from standard input, a line each: 'partial TEXT' or 'final TEXT', or a JSON object with the key "
        "partial, final or text. A line 'undo' takes back the last utterance."
    )
    dictate.add_argument("--context", action="store_true", help="set ContextAdjust, for all callers, while this runs")
    _command(known, "enable", commands.switch, "set TypingEnabled to true")
    _command(known, "disable", commands.switch, "set TypingEnabled to false; what is being typed stops")
    _command(known, "status", commands.status, "show the service's properties")
    explain = _command(known, "explain", commands.explain_text, "show how a text would be typed, without typing it")
    explain.add_argument("text")
    _display(explain)
    sweep = _command(known, "sweep", commands.sweep, "release keys, and return keycodes, that a crash left behind")
    _display(sweep)
    return parser


def _command(known: Any, name: str, run: Command, description: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = known.add_parser(name, help=description, description=description)
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
