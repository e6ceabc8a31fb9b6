# SPDX-License-Identifier: MIT
"""Judges the facts: a finding for each part of the way from a caller to the text field, with the command that fixes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from typewright.bus.contract import TYPIST
from typewright.doctor.facts import Facts
from typewright.screenlock.screensaver import SCREEN_SAVERS

OK, NOTE, PROBLEM = "ok", "note", "problem"
_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_SESSION_TYPE", "XDG_CURRENT_DESKTOP")
_INPUT_METHODS = {"ibus": ("ibus-daemon",), "fcitx": ("fcitx", "fcitx5")}
_STARTING = {"ibus": "ibus-daemon -drx", "fcitx": "fcitx5 -d"}


class Finding(NamedTuple):
    """What a check has found: `kind` is OK, NOTE or PROBLEM; `cure` is a command, or a sentence, that says how to fix it."""

    kind: str
    subject: str
    sentence: str
    cure: str = ""


def findings(facts: Facts) -> list[Finding]:
    """Return all findings, in the order in which a problem explains those after it."""
    return [finding for check in _CHECKS for finding in check(facts)]


def is_well(found: Iterable[Finding]) -> bool:
    """Return whether typing should work."""
    return all(finding.kind != PROBLEM for finding in found)


def _version(facts: Facts) -> Iterator[Finding]:
    yield Finding(OK, "program", f"Typewright {facts.installation.version}, {facts.installation.program or 'not installed'}")
    if facts.installation.path_advice:
        yield Finding(NOTE, "program", "the shell does not find the command `typewright`", facts.installation.path_advice)


def _session(facts: Facts) -> Iterator[Finding]:
    environ = facts.session.environ
    desktop = environ.get("XDG_CURRENT_DESKTOP") or "no desktop named"
    displays = ", ".join(f"{name}={environ[name]}" for name in ("DISPLAY", "WAYLAND_DISPLAY") if environ.get(name))
    served = f", served by {facts.session.display}" if facts.session.display else ""
    kind = environ.get("XDG_SESSION_TYPE") or "type unknown"
    yield Finding(OK, "session", f"{kind}, {desktop}; {displays or 'no display'}{served}")


def _configuration(facts: Facts) -> Iterator[Finding]:
    if facts.config_problems:
        cure = f"correct {facts.config_path}, then run `typewright restart`"
        yield from (Finding(PROBLEM, "configuration", problem, cure) for problem in facts.config_problems)
    else:
        yield Finding(OK, "configuration", facts.config_path or "none; all keys have their defaults")


def _backend(facts: Facts) -> Iterator[Finding]:
    if facts.no_backend:
        yield Finding(PROBLEM, "backend", facts.no_backend, "run this in a terminal of the desktop session")
        return
    if facts.backend:
        yield Finding(OK, "backend", f"{facts.backend}: {facts.why}")
    started_with, environ = facts.session.started_with, facts.session.environ
    differing = [
        name
        for name in _DISPLAYS[:3]
        if started_with is not None and environ.get(name) and started_with.get(name) != environ.get(name)
    ]
    if differing:
        there = ", ".join(f"{name}={(started_with or {}).get(name, '')}" for name in differing)
        option = "--systemd " if facts.unit else ""
        yield Finding(
            NOTE if facts.running else PROBLEM,
            "backend",
            f"the service is started with another display than this terminal has ({there})",
            f"dbus-update-activation-environment {option}{' '.join(name for name in _DISPLAYS if environ.get(name))}; "
            "typewright restart",
        )


def _bus(facts: Facts) -> Iterator[Finding]:
    if facts.bus is None:
        yield Finding(
            PROBLEM,
            "session bus",
            "it cannot be reached",
            "run this in a terminal of the desktop session, or set DBUS_SESSION_BUS_ADDRESS",
        )
    else:
        yield Finding(OK, "session bus", f"reached, with {sum(name[:1] != ':' for name in facts.bus.names)} services")


def _activation(facts: Facts) -> Iterator[Finding]:
    if facts.bus is None:
        return
    starts = facts.installation.activation
    if TYPIST not in facts.bus.activatable:
        sentence, cure = "the bus cannot start the service", "typewright setup"
        if starts:
            sentence, cure = "the bus does not know the activation file, which is there", "typewright setup, or log in again"
        yield Finding(NOTE if facts.running else PROBLEM, "activation", sentence, cure)
    elif starts and not facts.installation.is_there:
        yield Finding(PROBLEM, "activation", f"the bus would start {starts}, which is gone", "typewright setup")
    elif starts and facts.installation.program and starts != facts.installation.program:
        yield Finding(NOTE, "activation", f"the bus starts another program, {starts}", f"{facts.installation.program} setup")
    else:
        yield Finding(OK, "activation", f"the first call starts {starts or 'the service'}")
    yield from _unit(facts)


def _unit(facts: Facts) -> Iterator[Finding]:
    unit = facts.unit
    if not unit:
        yield Finding(OK, "unit", "systemd does not look after this session; the bus starts the service itself")
    elif unit.get("LoadState") != "loaded":
        kind = NOTE if unit.get("LoadState") == "not-found" else PROBLEM
        yield Finding(kind, "unit", f"systemd has no usable unit ({unit.get('LoadState')})", "typewright setup")
    elif unit.get("NeedDaemonReload") == "yes":
        yield Finding(NOTE, "unit", "systemd has not read the unit since it changed", "systemctl --user daemon-reload")
    elif unit.get("ActiveState") == "failed":
        result = f"{unit.get('Result')}, exit status {unit.get('ExecMainStatus')}"
        yield Finding(NOTE if facts.running else PROBLEM, "unit", f"it failed last ({result})", "typewright log")
    else:
        yield Finding(OK, "unit", f"{unit.get('ActiveState')} ({unit.get('SubState')})")


def _service(facts: Facts) -> Iterator[Finding]:
    running = facts.running
    if running is None:
        if facts.bus is not None and facts.start_problem:
            yield Finding(PROBLEM, "service", facts.start_problem, "typewright restart, once the problems above are fixed")
        elif facts.bus is not None:
            yield Finding(PROBLEM, "service", "it does not run", "typewright start")
        return
    layout = f", layout {running.layout}" if running.layout else ""
    yield Finding(OK, "service", f"version {running.version} runs, process {running.process}{layout}")
    if running.version != facts.installation.version:
        sentence = f"version {running.version} runs, and {facts.installation.version} is installed"
        yield Finding(NOTE, "service", sentence, "typewright restart")
    if not running.typing_enabled:
        yield Finding(PROBLEM, "service", "typing is disabled", "typewright enable")
    if running.backend == "printing":
        yield Finding(NOTE, "service", "the backend `printing` types nowhere", f"change `backend` in {facts.config_path}")
    yield Finding(OK, "capabilities", f"{running.backend}: {', '.join(running.capabilities) or 'none'}")


def _input_method(facts: Facts) -> Iterator[Finding]:
    environ = facts.session.environ
    names = ("XMODIFIERS", "GTK_IM_MODULE", "QT_IM_MODULE")
    chosen = ", ".join(f"{name}={environ[name]}" for name in names if environ.get(name))
    runs = [name for name, programs in _INPUT_METHODS.items() if facts.session.processes & set(programs)]
    yield Finding(OK, "input method", f"{' and '.join(runs) or 'none'} running; {chosen or 'none chosen'}")
    for name in _INPUT_METHODS:
        if name in chosen and name not in runs:
            sentence = f"{name} is chosen and does not run: some programs may take no keys, or compose none"
            yield Finding(NOTE, "input method", sentence, _STARTING[name])


def _accessibility(facts: Facts) -> Iterator[Finding]:
    gives = "the level `text`, the text before the caret, and password fields that are recognised"
    if facts.accessibility_setting == "off":
        sentence = f"switched off in the configuration; it would give {gives}"
        yield Finding(NOTE, "accessibility", sentence, f'set accessibility = "if-on" in {facts.config_path}')
    elif facts.bus is not None and facts.bus.accessibility:
        yield Finding(OK, "accessibility", f"on: it gives {gives}, where a program takes part")
    elif facts.bus is not None:
        yield Finding(
            NOTE,
            "accessibility",
            f"off; it would give {gives}",
            "gsettings set org.gnome.desktop.interface toolkit-accessibility true, and start the programs again",
        )


def _locks(facts: Facts) -> Iterator[Finding]:
    if facts.bus is None:
        return
    sources = [name for name in SCREEN_SAVERS if name in facts.bus.names]
    if facts.logind:
        sources.insert(0, "org.freedesktop.login1")
    if sources:
        yield Finding(OK, "screen lock", f"told by {', '.join(sources)}")
    else:
        sentence = "neither logind nor a screen saver tells; it is seen only if the locker holds the keyboard"
        yield Finding(NOTE, "screen lock", sentence)


_CHECKS: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
    _version,
    _session,
    _configuration,
    _bus,
    _backend,
    _activation,
    _service,
    _input_method,
    _accessibility,
    _locks,
)
