# SPDX-License-Identifier: MIT
"""
The command line: `typewright serve` runs the service, the other commands call it over the session bus.

Exit status 0 means done and confirmed, 1 not confirmed; `typewright.errors` has the others. What only a command needs,
Twisted included, is imported when that command runs.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typewright import __version__
from typewright.errors import InvalidArgs, TypewrightError
from typewright.options import BACKENDS, FOCUS_CHANGES, GRABS, NEWLINES

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred
    from twisted.python.failure import Failure

    Command = Callable[[Any, argparse.Namespace], Deferred[int]]

_INTERRUPTED = 130
_CLEANING_UP_S = 1.0

CHOICES = {
    "newline": (NEWLINES, "what a line end is"),
    "on_focus_change": (FOCUS_CHANGES, "what to do when the window loses the focus"),
    "grabs": (GRABS, "what to do while another program holds the keyboard"),
}
"""The options of `type` -> their values, and what they are for; an option that is not given is as the service has it."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program `typewright`."""
    options = _parser().parse_args(arguments)
    from typewright.cli.log import log_to_stderr

    log_to_stderr(options.verbose or options.command == "serve")
    if options.command == "type" and options.text in ("-", None):
        options.text = _standard_input()
    from twisted.internet import reactor

    sys.exit(_serve(reactor, options) if options.command == "serve" else _call(reactor, options))


def _standard_input() -> str:
    """Return all of it. Read before the reactor runs, which would not handle signals while it waits for the input."""
    handler = signal.getsignal(signal.SIGINT)
    if handler == signal.default_int_handler:  # an interrupt between two reads would wait for the input, too
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
    return run(reactor, config, display=options.display, backend=options.backend)


def _call(reactor: Any, options: argparse.Namespace) -> int:
    from twisted.internet.defer import Deferred
    from twisted.python.failure import Failure

    from typewright.cli import commands

    if signal.getsignal(signal.SIGINT) == signal.SIG_DFL:  # see `__main__`; the reactor replaces only Python's own handler
        signal.signal(signal.SIGINT, signal.default_int_handler)
    command: Command = getattr(commands, options.run)
    status: int | None = None
    running: Deferred[Any] = Deferred()

    def interrupted() -> Deferred[Any] | None:
        nonlocal status
        if status is not None:
            return None
        status = _INTERRUPTED  # the service stops the job when the connection is closed
        running.cancel()
        return running.addTimeout(_CLEANING_UP_S, reactor).addErrback(lambda failure: None)

    def ended(result: int | Failure) -> None:
        nonlocal status
        if status is None:
            status = _complain(_error_of(result)) if isinstance(result, Failure) else result
            reactor.stop()

    def start() -> None:
        nonlocal running
        running = command(reactor, options).addBoth(ended)

    reactor.callWhenRunning(start)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # it is ignored under nohup
        reactor.callWhenRunning(signal.signal, signal.SIGHUP, lambda *_: reactor.callFromThread(reactor.stop))
    reactor.addSystemEventTrigger("before", "shutdown", interrupted)
    reactor.run()
    return _INTERRUPTED if status is None else status


def _error_of(failure: Failure) -> TypewrightError:
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
    _backend(serve)
    _display(serve)

    typing = _command(known, "type", "type_text", "type a text")
    typing.add_argument("text", nargs="?", help="the text; - or nothing: read standard input")
    for name, (choices, description) in CHOICES.items():
        typing.add_argument(f"--{name.replace('_', '-')}", choices=choices, help=description)
    backspace = _command(known, "backspace", "backspace", "delete backwards")
    backspace.add_argument("count", type=_count, metavar="N", help="how many characters")
    press = _command(known, "press", "press", "press key chords")
    press.add_argument("chords", nargs="+", metavar="CHORD", help="such as ctrl+s, Return, ctrl+shift+t")
    dictate = _command(known, "dictate", "dictate", "type what a recognizer prints, while it changes its mind")
    dictate.description = (
        "Reads hypotheses from standard input, a line each: 'partial TEXT' or 'final TEXT', or a JSON object with the key "
        "partial, final or text. A line 'undo' takes back the last utterance."
    )
    dictate.add_argument(
        "--context", action="store_true", help="adjust spaces and capitals to the text before the caret (ContextAdjust)"
    )
    _command(known, "enable", "switch", "set TypingEnabled to true")
    _command(known, "disable", "switch", "set TypingEnabled to false; the running job stops")
    _command(known, "status", "status", "show the service's properties")
    explain = _command(known, "explain", "explain_text", "show how a text would be typed, without typing it")
    explain.add_argument("text")
    _backend(explain)
    _display(explain)
    sweep = _command(known, "sweep", "sweep", "release keys, and restore what else a crash left behind")
    _display(sweep)
    return parser


def _command(known: Any, name: str, function: str, description: str) -> argparse.ArgumentParser:
    """Add a command; `function` is the one of `typewright.cli.commands` that carries it out."""
    parser: argparse.ArgumentParser = known.add_parser(name, help=description, description=description)
    parser.set_defaults(run=function)
    return parser


def _display(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--display", metavar="DISPLAY", help="the X display to use instead of $DISPLAY")


def _backend(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--backend", choices=BACKENDS, help="how to type, instead of what the configuration says")


def _count(word: str) -> int:
    number = int(word) if word.isascii() and word.isdigit() else -1
    if not 0 <= number <= 0xFFFFFFFF:
        raise argparse.ArgumentTypeError(f"{word!r} is not a number of characters")
    return number
