# SPDX-License-Identifier: MIT
"""`typewright setup`: the files beside the program, and what bus, systemd and the running service have to know of them."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Generator, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred, inlineCallbacks

from typewright import __version__
from typewright.bus.connect import connect
from typewright.bus.connection import BusConnection, ErrorReply
from typewright.cli.control import process_of, stopped
from typewright.cli.parser import make_parser
from typewright.cli.systemd import systemctl, unit
from typewright.errors import NoBus, NotInstallable
from typewright.installation.command_line import Command, read
from typewright.installation.places import UNIT, Places
from typewright.installation.program import checked, find_program, path_advice
from typewright.installation.setup import install, install_configuration, installed_program, is_packaged, remove

Steps = Generator[Deferred[Any], Any, int]


@inlineCallbacks
def setup(reactor: Any, options: argparse.Namespace) -> Steps:
    """Put the files in place, or remove them. Raises NotInstallable."""
    commands = read(make_parser())
    if options.package:
        # The program is not there yet while its package is made.
        program = options.program or Path("/usr/bin/typewright")
        _print("Written:", install(Places.of_system(options.package), program, commands))
        return 0
    if os.geteuid() == 0 and os.environ.get("SUDO_USER"):
        raise NotInstallable("This is for one user: run `typewright setup` as the user who types, without sudo.")
    places = Places.of_user(os.environ)
    try:
        bus = yield connect(reactor)
    except NoBus:
        bus = None
    if options.remove:
        yield _remove(bus, places, commands, purge=options.purge)
    else:
        yield _install(bus, places, commands, options)
    return 0


@inlineCallbacks
def _install(
    bus: BusConnection | None, places: Places, commands: Command, options: argparse.Namespace
) -> Generator[Deferred[Any], Any, None]:
    assert places.link is not None
    program = checked(options.program.absolute()) if options.program else find_program(sys.argv[0], places.link)
    before = installed_program(places)
    if is_packaged(program):
        # Files of an earlier setup would be used instead of the package's.
        remove(places, commands)
        shown = install_configuration(places)
        print(f"The package of {program} starts the service.")
    else:
        shown = install(places, program, commands, sandbox=options.sandbox)
    _print("Installed:", [program, *shown])
    yield _reload(bus)
    if bus is None:
        print("No session bus is here: the service starts at the first call after the next login.")
    else:
        yield _renew(bus, before or program, program)
    advice = path_advice(program, places.link, os.environ)
    if advice:
        print(advice)
    if Path(os.environ.get("SHELL", "")).name == "zsh" and not is_packaged(program):
        print(f"For completions in zsh, have this in ~/.zshrc, before compinit: fpath+=({places.zsh.parent})")
    print("`typewright doctor` tells whether typing works; `typewright setup --remove` removes all of this.")


@inlineCallbacks
def _renew(bus: BusConnection, before: Path, program: Path) -> Generator[Deferred[Any], Any, None]:
    """Restart a service that runs, so that it is the one that was installed now; say so if it cannot be."""
    if (yield process_of(bus)) is None:
        return
    if unit().get("ActiveState") == "active":
        systemctl("try-restart", UNIT)
        print(f"The service was restarted; it is Typewright {__version__} now.")
    elif (yield stopped(bus, only=(before, program))):
        print(f"The service was stopped; the next call starts Typewright {__version__}.")
    else:
        print("A service that was started otherwise still runs: `typewright restart` makes it the installed one.")


@inlineCallbacks
def _remove(
    bus: BusConnection | None, places: Places, commands: Command, *, purge: bool
) -> Generator[Deferred[Any], Any, None]:
    program = installed_program(places)
    if bus is not None and program is not None:
        yield stopped(bus, only=(program,))
    _print("Removed:", remove(places, commands, purge=purge))
    yield _reload(bus)
    if places.config is not None and places.config.exists():
        print(f"Left, since it sets something: {places.config}; `typewright setup --remove --purge` removes it, too.")


@inlineCallbacks
def _reload(bus: BusConnection | None) -> Generator[Deferred[Any], Any, None]:
    """Have systemd and the bus, where they run, look at what has changed."""
    systemctl("daemon-reload")
    if bus is not None:
        with suppress(ErrorReply):
            yield bus.call_daemon("ReloadConfig")


def _print(title: str, paths: Iterable[Path]) -> None:
    lines = [f"    {path}" for path in dict.fromkeys(paths)]
    if lines:
        print(title, *lines, sep="\n")
