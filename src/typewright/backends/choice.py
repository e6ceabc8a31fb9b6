# SPDX-License-Identifier: MIT
"""
The choice of a backend for this session, and why: the only module that imports one.

A backend is imported when it is chosen, so that its libraries are not needed by the others.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from twisted.internet.defer import Deferred, maybeDeferred, succeed
from twisted.logger import Logger

from typewright.config import Config
from typewright.errors import NoDisplay, WaylandOnly
from typewright.interfaces.backend import IBackend, KeyboardState
from typewright.keymap.layout import Layout
from typewright.keymap.packing import Packing
from typewright.options import AUTO, PRINTING, X11

log = Logger()


class Choice(NamedTuple):
    """A backend by name, and the reason for it: half a sentence for the log."""

    name: str
    why: str


def choose(environ: Mapping[str, str], *, display: str | None, option: str | None = None, configured: str = AUTO) -> Choice:
    """
    Return the backend to use: `option`, that of the command line, counts before the `configured` one, and this before what
    the session offers. `display` is an X11 display that the user named.

    Raises NoDisplay or WaylandOnly if the session offers none.
    """
    if option and option != AUTO:
        return Choice(option, "the option --backend names it")
    if configured != AUTO and not option:
        return Choice(configured, "the configuration names it")
    if display:
        return Choice(X11, "the option --display names an X11 display")
    if environ.get("DISPLAY"):
        return Choice(X11, "the session has an X server ($DISPLAY is set)")
    if environ.get("WAYLAND_DISPLAY"):
        raise WaylandOnly
    raise NoDisplay


def open_backend(reactor: Any, config: Config, *, display: str | None, backend: str | None) -> Deferred[IBackend]:
    """
    Open the backend of this session, or the one named `backend`; fires with it, not started yet.

    Errbacks with NoDisplay, WaylandOnly, ExtensionMissing or DisplayLost.
    """
    return maybeDeferred(_open, reactor, config, display, backend)


def read_keyboard(
    reactor: Any, *, display: str | None, backend: str | None = None
) -> Deferred[tuple[Layout, KeyboardState, Packing]]:
    """Fires with the keyboard of this session, and what its slots hold; changes nothing. Errbacks as `open_backend`."""
    return maybeDeferred(_read_keyboard, reactor, display, backend)


def recover(reactor: Any, *, display: str | None) -> Deferred[int]:
    """
    Restore what a service that died left on the display of this session; fires with the number of keys that were down.

    Errbacks as `open_backend`.
    """
    return maybeDeferred(_recover, reactor, display)


def _open(reactor: Any, config: Config, display: str | None, backend: str | None) -> Deferred[IBackend]:
    chosen = choose(os.environ, display=display, option=backend, configured=config.backend)
    log.info("backend {name}: {why}", name=chosen.name, why=chosen.why)
    if chosen.name == PRINTING:
        from typewright.backends.printing.backend import open_backend as open_printing

        return succeed(open_printing(reactor))
    from typewright.backends.x11.backend import open_backend as open_x11

    return open_x11(reactor, display, linger_s=config.linger_s, settle_s=config.settle_s)


def _read_keyboard(
    reactor: Any, display: str | None, backend: str | None
) -> Deferred[tuple[Layout, KeyboardState, Packing]]:
    if choose(os.environ, display=display, option=backend).name == PRINTING:
        from typewright.backends.printing.backend import open_backend as open_printing

        printing = open_printing(reactor)
        return printing.keyboard.read().addCallback(lambda read: (*read, printing.slots.packing()))
    from typewright.backends.x11.backend import read_keyboard as read_x11

    return read_x11(reactor, display)


def _recover(reactor: Any, display: str | None) -> Deferred[int]:
    choose(os.environ, display=display)
    from typewright.backends.x11.backend import recover_display

    return recover_display(reactor, display)
