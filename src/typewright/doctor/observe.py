# SPDX-License-Identifier: MIT
"""Looks at the session: its environment, its processes, its buses, and the service, which is started if it does not run."""

from __future__ import annotations

import os
import socket
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from twisted.internet.defer import Deferred, TimeoutError, inlineCallbacks  # noqa: A004

from typewright.bus.client import Client
from typewright.bus.connect import connect
from typewright.bus.connection import BusConnection, ErrorReply
from typewright.bus.contract import TYPIST
from typewright.doctor.facts import Bus, Running, Session
from typewright.errors import TypewrightError
from typewright.peer import peer_of
from typewright.screenlock.logind import NAME as LOGIND

_A11Y, _A11Y_PATH = "org.a11y.Bus", "/org/a11y/bus"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_SYSTEM_BUS = "unix:path=/run/dbus/system_bus_socket"
_ANSWER_S = 5.0
_STARTING_S = 30.0


class Observed(NamedTuple):
    """What the buses tell: see `typewright.doctor.facts.Facts`."""

    bus: Bus | None
    running: Running | None
    start_problem: str
    logind: bool


def session(environ: Mapping[str, str], started_with: Mapping[str, str] | None) -> Session:
    """Return what environment and processes tell of the session."""
    return Session(dict(environ), _display(environ), started_with, frozenset(_processes()))


@inlineCallbacks
def observe(reactor: Any) -> Generator[Deferred[Any], Any, Observed]:
    """Fires with what the buses tell. Starts the service if it does not run and the bus can start it. Never errbacks."""
    logind = yield _logind(reactor)
    try:
        connection = yield connect(reactor)
    except TypewrightError:
        return Observed(None, None, "", logind)
    # The names are those from before the service, which may bring up others.
    bus = yield _bus(reactor, connection)
    running, problem = None, ""
    if TYPIST in bus.names | bus.activatable:
        try:
            running = yield _running(connection).addTimeout(_STARTING_S, reactor)
        except TypewrightError as failed:
            problem = str(failed)
        except TimeoutError:
            problem = "the service does not answer"
    yield connection.close()
    return Observed(bus, running, problem, logind)


@inlineCallbacks
def _bus(reactor: Any, connection: BusConnection) -> Generator[Deferred[Any], Any, Bus]:
    (names,) = yield connection.call_daemon("ListNames")
    (activatable,) = yield connection.call_daemon("ListActivatableNames")
    accessibility = None
    if _A11Y in names or _A11Y in activatable:
        asked = connection.call(_A11Y, _A11Y_PATH, _PROPERTIES, "GetAll", "s", ["org.a11y.Status"])
        try:
            (told,) = yield asked.addTimeout(_ANSWER_S, reactor)
            accessibility = any(told.get(name) is True for name in ("IsEnabled", "ScreenReaderEnabled"))
        except (ErrorReply, TimeoutError, TypewrightError):
            pass
    return Bus(frozenset(names), frozenset(activatable), accessibility)


@inlineCallbacks
def _running(connection: BusConnection) -> Generator[Deferred[Any], Any, Running]:
    client = Client(connection)
    version = yield client.get_property("Version")
    backend = yield client.get_property("Backend")
    capabilities = yield client.get_property("Capabilities")
    layout = yield client.get_property("Layout")
    enabled = yield client.get_property("TypingEnabled")
    (process,) = yield connection.call_daemon("GetConnectionUnixProcessID", "s", TYPIST)
    return Running(version, backend, tuple(capabilities), layout, enabled, process)


@inlineCallbacks
def _logind(reactor: Any) -> Generator[Deferred[Any], Any, bool]:
    """Fires with whether logind is on the system bus."""
    try:
        system = yield connect(reactor, os.environ.get("DBUS_SYSTEM_BUS_ADDRESS") or _SYSTEM_BUS, _ANSWER_S)
        (there,) = yield system.call_daemon("NameHasOwner", "s", LOGIND)
        yield system.close()
    except (ErrorReply, TypewrightError):
        return False
    return bool(there)


def _display(environ: Mapping[str, str]) -> str:
    """Return the names of the programs that serve the session's displays, by the other ends of their sockets."""
    served = []
    for path in _display_sockets(environ):
        try:
            with socket.socket(socket.AF_UNIX) as connected:
                connected.settimeout(1)
                connected.connect(path)
                server = peer_of(connected).process
            served.append(Path(f"/proc/{server}/comm").read_text("utf-8", "replace").strip())
        except OSError:
            continue
    return " and ".join(dict.fromkeys(served))


def _display_sockets(environ: Mapping[str, str]) -> Iterator[str]:
    wayland = environ.get("WAYLAND_DISPLAY")
    if wayland:
        yield os.path.join(environ.get("XDG_RUNTIME_DIR", "/"), wayland)
    number = environ.get("DISPLAY", "").rpartition(":")[2].partition(".")[0]
    if number.isdigit():
        yield f"/tmp/.X11-unix/X{number}"


def _processes() -> Iterator[str]:
    """Give the names of the user's processes."""
    for directory in Path("/proc").iterdir():
        try:
            if directory.name.isdigit() and directory.stat().st_uid == os.getuid():
                yield (directory / "comm").read_text("utf-8", "replace").strip()
        except OSError:
            continue  # it has ended
