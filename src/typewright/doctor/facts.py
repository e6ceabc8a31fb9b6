# SPDX-License-Identifier: MIT
"""What a diagnosis looks at: the session, the installation and the service, as plain data that a test can make up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Running:
    """The service that runs, as its properties tell it."""

    version: str
    backend: str
    capabilities: Sequence[str] = ()
    layout: str = ""
    typing_enabled: bool = True
    process: int = 0


@dataclass(frozen=True)
class Installation:
    """
    The program and what starts it.

    `activation` is the program that the activation file names, empty without such a file, and `is_there` whether it exists.
    `path_advice` is what the user has to do so that the shell finds the command, empty if it does.
    """

    version: str
    program: str = ""
    activation: str = ""
    is_there: bool = False
    path_advice: str = ""


@dataclass(frozen=True)
class Session:
    """
    The session, as environment and processes show it.

    `display` names the program that serves the display. `started_with` is the environment in which systemd or the bus start
    programs, None if that cannot be known. `processes` are the names of the user's processes.
    """

    environ: Mapping[str, str]
    display: str = ""
    started_with: Mapping[str, str] | None = None
    processes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Bus:
    """The session bus. `accessibility` is whether it is switched on, None if nothing can tell."""

    names: frozenset[str] = frozenset()
    activatable: frozenset[str] = frozenset()
    accessibility: bool | None = None


@dataclass(frozen=True)
class Facts:
    """
    All of it. `bus` is None if there is none. `backend` and `why` are the choice that a start would make now; `no_backend`
    is the sentence if it could make none. `config_problems` are sentences. `unit` has properties of the unit, by their names
    in systemd; empty without systemd. `start_problem` is the sentence of a start that was tried and failed.
    """

    session: Session
    installation: Installation
    bus: Bus | None = None
    backend: str = ""
    why: str = ""
    no_backend: str = ""
    config_path: str = ""
    config_problems: Sequence[str] = ()
    accessibility_setting: str = "if-on"
    unit: Mapping[str, str] = field(default_factory=dict)
    logind: bool = False
    running: Running | None = None
    start_problem: str = ""
