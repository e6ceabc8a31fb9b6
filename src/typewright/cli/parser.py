# SPDX-License-Identifier: MIT
"""
The command line: `typewright serve` runs the service, the other commands call it over the session bus.

Exit status 0 means done and confirmed, 1 not confirmed; `typewright.errors` has the others. What only a command needs,
Twisted included, is imported when that command runs.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typewright import __version__
from typewright.cli.quick import COMMANDS
from typewright.client.messages import complain, say
from typewright.errors import TypewrightError
from typewright.options import BACKENDS, FOCUS_CHANGES, GRABS, NEWLINES

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred
    from twisted.python.failure import Failure

    from typewright.backends.choice import Named

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
    options = _parsed(arguments)
    if options.command in COMMANDS:
        from typewright.cli.calls import run

        sys.exit(run(options))
    if options.command == "drop-ins":
        sys.exit(_drop_ins(options))
    from typewright.cli.log import keep_stderr, log_to_stderr

    serves = options.command == "serve"
    log_to_stderr(options.verbose or serves, stamped=serves and options.activated and keep_stderr(os.environ))
    from twisted.internet import reactor

    sys.exit(_serve(reactor, options) if options.command == "serve" else _call(reactor, options))


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = make_parser()
    words = list(sys.argv[1:] if arguments is None else arguments)
    options, others = parser.parse_known_args(["type", "--help"] if words == ["type", "-h"] else words)
    if others and options.command == "type":
        # Never the words themselves: they are the text.
        parser.error(
            "`type` takes one text. Put it into quotes if it has spaces, as in: typewright type 'two words'. "
            "Put -- before it if it begins with a dash, as in: typewright type -- -text"
        )
    if others:
        parser.error(f"unrecognized arguments: {' '.join(others)}")
    return options


def _drop_ins(options: argparse.Namespace) -> int:
    from typewright.dropins.files import install, remove

    directory = options.directory.absolute()
    try:
        if options.remove:
            for path in remove(directory):
                say(f"removed {path}")
            return 0
        for path in install(directory, lenient=options.lenient):
            say(str(path))
    except TypewrightError as problem:
        return _complain(problem)
    say("\nPrograms find them if the directory is first on their PATH, as in:")
    say(f"    PATH={directory}:$PATH nerd-dictation begin")
    return 0


def _serve(reactor: Any, options: argparse.Namespace) -> int:
    from typewright.config_file import load_config
    from typewright.privacy import keep_private
    from typewright.service import run

    keep_private()
    try:
        # Where callers wait for a start, they have to hear of the problem as well.
        config = None if options.activated else load_config(options.config)
    except TypewrightError as problem:
        return _complain(problem)
    return run(reactor, lambda: config or load_config(options.config), named(options), activated=options.activated)


def named(options: argparse.Namespace) -> Named:
    """Return what the command line names of a display and a backend."""
    from typewright.backends.choice import Named

    return Named(options.display, options.wayland_display, getattr(options, "backend", None))


def _call(reactor: Any, options: argparse.Namespace) -> int:
    from twisted.internet.defer import Deferred
    from twisted.internet.error import ReactorNotRunning
    from twisted.python.failure import Failure

    if signal.getsignal(signal.SIGINT) == signal.SIG_DFL:  # see `__main__`; the reactor replaces only Python's own handler
        signal.signal(signal.SIGINT, signal.default_int_handler)
    module, _, function = options.run.rpartition(".")
    command: Command = getattr(import_module(f"typewright.cli.{module or 'commands'}"), function)
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
            stop_once()

    def stop_once() -> None:
        with suppress(ReactorNotRunning):  # the reactor's own handlers do not bear a second signal
            reactor.stop()

    def start() -> None:
        nonlocal running
        running = command(reactor, options).addBoth(ended)

    reactor.callWhenRunning(start)
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(ending) != signal.SIG_IGN:  # SIGHUP is under nohup, SIGINT for a background job of a script
            reactor.callWhenRunning(signal.signal, ending, lambda *_: reactor.callFromThread(stop_once))
    reactor.addSystemEventTrigger("before", "shutdown", interrupted)
    reactor.run()
    return _INTERRUPTED if status is None else status


def _error_of(failure: Failure) -> TypewrightError:
    if isinstance(failure.value, TypewrightError):
        return failure.value
    return TypewrightError(f"Something went wrong inside typewright: {failure.type.__name__}.")


def _complain(problem: TypewrightError) -> int:
    complain(str(problem))
    return problem.exit_status


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(prog="typewright", description="Types into the focused window, and confirms every key.")
    parser.add_argument("--version", action="version", version=f"typewright {__version__}")
    parser.add_argument("-v", "--verbose", action="store_true", help="log what happens (never the text)")
    known = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    serve = known.add_parser("serve", help="run the service in the foreground")
    serve.add_argument("--config", type=Path, metavar="FILE", help="the configuration file to use")
    serve.add_argument("--activated", action="store_true", help=argparse.SUPPRESS)  # by the bus or systemd, for a call
    _backend(serve)
    _display(serve)

    typing = _command(known, "type", "", "type a text", add_help=False)
    # Without -h, which a text such as -hello would be taken for.
    typing.add_argument("--help", action="help", help="show this help message and exit")
    typing.add_argument("text", nargs="?", help="the text; - or nothing: read standard input")
    for name, (choices, description) in CHOICES.items():
        typing.add_argument(f"--{name.replace('_', '-')}", choices=choices, help=description)
    backspace = _command(known, "backspace", "", "delete backwards")
    backspace.add_argument("count", type=_count, metavar="N", help="how many characters")
    press = _command(known, "press", "", "press key chords")
    press.add_argument("chords", nargs="+", metavar="CHORD", help="such as ctrl+s, Return, ctrl+shift+t")
    dictate = _command(known, "dictate", "dictate", "type what a recognizer prints, while it changes its mind")
    dictate.description = (
        "Reads hypotheses from standard input, a line each: 'partial TEXT' or 'final TEXT', or a JSON object with the key "
        "partial, final or text. A line 'undo' takes back the last utterance. Utterances have a space between them."
    )
    spacing = dictate.add_mutually_exclusive_group()
    spacing.add_argument("--exact", action="store_true", help="put no space between utterances")
    spacing.add_argument(
        "--context", action="store_true", help="adjust spaces and capitals to the text before the caret (ContextAdjust)"
    )
    _command(known, "cancel", "", "end all that is being typed, whichever program asked for it")
    _command(known, "enable", "", "set TypingEnabled to true")
    _command(known, "disable", "", "set TypingEnabled to false; the running job stops")
    _command(known, "toggle", "", "set TypingEnabled to the other value, and print it")
    _command(known, "allow", "allow", "have the desktop ask you whether Typewright may type, even if you refused before")
    _command(known, "status", "status", "show the service's properties")
    drop_ins = _command(known, "drop-ins", "", "make programs named xdotool, wtype and so on that have Typewright type")
    drop_ins.add_argument("directory", type=Path, metavar="DIRECTORY", help="where to put them")
    drop_ins.add_argument("--remove", action="store_true", help="remove them from there")
    drop_ins.add_argument(
        "--lenient", action="store_true", help="have them succeed also when a text was not confirmed (for nerd-dictation)"
    )
    _command(known, "doctor", "examining.doctor", "tell whether typing works here, and how to fix it if not")
    _command(known, "start", "control.start", "start the service, if it does not run; say why if it cannot")
    _command(known, "stop", "control.stop", "stop the service; the next call starts it again")
    _command(known, "restart", "control.restart", "stop the service and start it, as it is installed and configured now")
    log = _command(known, "log", "control.log", "show what the service logged last (never the text)")
    log.add_argument("-f", "--follow", action="store_true", help="go on with what it logs from now on")
    explain = _command(known, "explain", "explain_text", "show how a text would be typed, without typing it")
    explain.add_argument("text")
    _backend(explain)
    _display(explain)
    sweep = _command(known, "sweep", "sweep", "release keys, and restore what else a crash left behind")
    _display(sweep)
    _setup(known)
    return parser


def _setup(known: Any) -> None:
    setup = _command(known, "setup", "setting_up.setup", "have the service started by its first call, and the command found")
    setup.description = (
        "Puts in place, for this user: the D-Bus activation file, the systemd user unit, an example of a configuration, "
        "a link in ~/.local/bin, completions for bash, zsh and fish, and man pages. A running service is restarted."
    )
    setup.add_argument("--sandbox", action="store_true", help="put a sandbox around the unit, for sessions that it suits")
    setup.add_argument("--remove", action="store_true", help="remove all of that, but a configuration that sets something")
    setup.add_argument("--purge", action="store_true", help="with --remove: remove the configuration as well")
    setup.add_argument("--program", type=Path, metavar="FILE", help="the program to start, instead of this one")
    setup.add_argument(
        "--package", type=Path, metavar="DIRECTORY", help="write the files of a distribution's package, below a directory"
    )


def _command(known: Any, name: str, function: str, description: str, **how: bool) -> argparse.ArgumentParser:
    """Add a command; `function`, of `typewright.cli.commands` or of the module named before it, does it."""
    parser: argparse.ArgumentParser = known.add_parser(name, help=description, description=description, **how)
    parser.set_defaults(run=function)
    return parser


def _display(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--display", metavar="DISPLAY", help="the X display to use instead of $DISPLAY")
    parser.add_argument(
        "--wayland-display", metavar="DISPLAY", help="the Wayland display to use instead of $WAYLAND_DISPLAY"
    )


def _backend(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--backend", choices=BACKENDS, help="how to type, instead of what the configuration says")


def _count(word: str) -> int:
    number = int(word) if word.isascii() and word.isdigit() else -1
    if not 0 <= number <= 0xFFFFFFFF:
        raise argparse.ArgumentTypeError(f"{word!r} is not a number of characters")
    return number
