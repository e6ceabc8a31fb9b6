# SPDX-License-Identifier: MIT
"""`typewright doctor`: collects the facts of this session and prints what is found."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred, inlineCallbacks

from typewright import __version__
from typewright.backends.choice import choose
from typewright.cli.calls import NOT_CONFIRMED
from typewright.cli.systemd import environment, unit
from typewright.config import Config
from typewright.config_file import config_path, load_config
from typewright.doctor.facts import Facts, Installation
from typewright.doctor.findings import OK, PROBLEM, Finding, findings, is_well
from typewright.doctor.observe import observe, session
from typewright.errors import ConfigError, NotInstallable, TypewrightError
from typewright.installation.places import Places
from typewright.installation.program import find_program, path_advice
from typewright.installation.setup import installed_program

_COLUMNS = {OK: "ok", PROBLEM: "PROBLEM"}


@inlineCallbacks
def doctor(reactor: Any, options: argparse.Namespace) -> Generator[Deferred[Any], Any, int]:
    """Print the findings; the exit status is 0 if typing should work, else 1."""
    found = findings((yield _facts(reactor)))
    width = max(len(finding.subject) for finding in found)
    for finding in found:
        print(*_lines(finding, width), sep="\n")
    well = is_well(found)
    print("Typing should work." if well else "Typing will not work: fix the first problem, then run this again.")
    return 0 if well else NOT_CONFIRMED


def _lines(finding: Finding, width: int) -> list[str]:
    sentence = f"{_COLUMNS.get(finding.kind, finding.kind):<8} {finding.subject:<{width}}  {finding.sentence}"
    return [sentence, f"{'':<9}{'':<{width}}  -> {finding.cure}"] if finding.cure else [sentence]


@inlineCallbacks
def _facts(reactor: Any) -> Generator[Deferred[Any], Any, Facts]:
    config, problems = Config(), []
    path = config_path()
    try:
        config = load_config()
    except ConfigError as problem:
        problems = [line.removeprefix(f"{path}: ") for line in str(problem).splitlines()]
    backend, why, no_backend = "", "", ""
    try:
        backend, why = choose(os.environ, configured=config.backend)
    except TypewrightError as problem:
        no_backend = str(problem)
    seen = yield observe(reactor)
    return Facts(
        session=session(os.environ, environment()),
        installation=_installation(),
        bus=seen.bus,
        backend=backend,
        why=why,
        no_backend=no_backend,
        config_path=str(path) if path.exists() else "",
        config_problems=problems,
        accessibility_setting=config.accessibility,
        unit=unit(),
        logind=seen.logind,
        running=seen.running,
        start_problem=seen.start_problem,
    )


def _installation() -> Installation:
    places = Places.of_user(os.environ)
    assert places.link is not None
    started = installed_program(places) or installed_program(Places.of_system(Path("/")))
    activation, is_there = str(started or ""), started is not None and started.exists()
    try:
        program = find_program(sys.argv[0], places.link)
    except NotInstallable:
        return Installation(__version__, "", activation, is_there)
    advice = path_advice(program, places.link, os.environ)
    return Installation(__version__, str(program), activation, is_there, advice)
