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
from twisted.python.failure import Failure

from typewright.config import BLIND_RUN, Config
from typewright.errors import NoDisplay, NoWayToType
from typewright.interfaces.backend import IBackend, KeyboardState
from typewright.keymap.layout import Layout
from typewright.keymap.packing import Packing
from typewright.options import AUTO, KEYS, PORTAL, PRINTING, WLROOTS, X11

log = Logger()


class Named(NamedTuple):
    """What the command line names: an X display, a Wayland display, a backend; None for what it leaves open."""

    display: str | None = None
    wayland_display: str | None = None
    backend: str | None = None


class Choice(NamedTuple):
    """A backend by name, and the reason for it: half a sentence for the log."""

    name: str
    why: str


def choose(environ: Mapping[str, str], named: Named = Named(), configured: str = AUTO) -> Choice:  # noqa: B008 - immutable
    """
    Return the backend to use: that of the command line counts before the `configured` one, and this before what the session
    offers. In a Wayland session an X server is Xwayland, which reaches few of the windows: it is never chosen by itself.

    Raises NoDisplay or NoWayToType if the session offers none.
    """
    if named.backend and named.backend != AUTO:
        return Choice(named.backend, "the option --backend names it")
    if configured != AUTO and not named.backend:
        return Choice(configured, "the configuration names it")
    if named.wayland_display:
        return Choice(WLROOTS, "the option --wayland-display names a Wayland display")
    if named.display:
        return Choice(X11, "the option --display names an X11 display")
    if environ.get("WAYLAND_DISPLAY") or environ.get("WAYLAND_SOCKET"):
        return Choice(WLROOTS, "the session has a Wayland compositor ($WAYLAND_DISPLAY is set)")
    if environ.get("XDG_SESSION_TYPE") == "wayland":
        raise NoWayToType
    if environ.get("DISPLAY"):
        return Choice(X11, "the session has an X server ($DISPLAY is set)")
    raise NoDisplay


def open_backend(reactor: Any, config: Config, named: Named) -> Deferred[IBackend]:
    """
    Open the backend of this session, or the one that is named; fires with it, not started yet.

    Errbacks with NoDisplay, NoWayToType, ExtensionMissing or DisplayLost.
    """
    return maybeDeferred(_open, reactor, config, named)


def read_keyboard(reactor: Any, named: Named) -> Deferred[tuple[Layout, KeyboardState, Packing]]:
    """Fires with the keyboard of this session, and what its slots hold; changes nothing. Errbacks as `open_backend`."""
    return maybeDeferred(_read_keyboard, reactor, named)


def recover(reactor: Any, named: Named) -> Deferred[int]:
    """
    Restore what a service that died left on the display of this session; fires with the number of keys that were down.

    Errbacks as `open_backend`.
    """
    return maybeDeferred(_recover, reactor, named)


def _open(reactor: Any, config: Config, named: Named) -> Deferred[IBackend]:
    chosen = choose(os.environ, named, config.backend)
    log.info("backend {name}: {why}", name=chosen.name, why=chosen.why)
    if chosen.name == PRINTING:
        from typewright.backends.printing.backend import open_backend as open_printing

        return succeed(open_printing(reactor))
    if chosen.name == PORTAL:
        return _open_portal(reactor)
    if chosen.name == WLROOTS:
        from typewright.backends.wlroots.opening import open_backend as open_wlroots

        opening = open_wlroots(reactor, named.wayland_display, linger_s=config.linger_s, commits=config.way != KEYS)
        by_itself = AUTO in (named.backend, config.backend) and named.backend in (None, AUTO) and not named.wayland_display
        return opening.addErrback(_or_portal, reactor) if by_itself else opening
    from typewright.backends.x11.opening import open_backend as open_x11

    blind = config.pacing == BLIND_RUN
    return open_x11(reactor, named.display, linger_s=config.linger_s, settle_s=config.settle_s, blind_runs=blind)


def _open_portal(reactor: Any) -> Deferred[IBackend]:
    from typewright.backends.portal.backend import open_backend as open_portal

    return open_portal(reactor)


def _or_portal(failure: Failure, reactor: Any) -> Deferred[IBackend]:
    """Open the portal where the compositor itself takes no keys from programs, as those of GNOME and KDE."""
    failure.trap(NoWayToType)
    log.info("backend {name}: the compositor takes keys only through it", name=PORTAL)

    def neither(without: Failure) -> Failure:
        without.trap(NoWayToType)
        raise NoWayToType(f"{failure.value} {without.value}")

    return _open_portal(reactor).addErrback(neither)


def _read_keyboard(reactor: Any, named: Named) -> Deferred[tuple[Layout, KeyboardState, Packing]]:
    chosen = choose(os.environ, named).name
    if chosen == PRINTING:
        from typewright.backends.printing.backend import open_backend as open_printing

        printing = open_printing(reactor)
        return printing.keyboard.read().addCallback(lambda read: (*read, printing.slots.packing()))
    if chosen == WLROOTS:
        from typewright.backends.wlroots.opening import own_keyboard

        return succeed(own_keyboard())
    from typewright.backends.x11.opening import read_keyboard as read_x11

    return read_x11(reactor, named.display)


def _recover(reactor: Any, named: Named) -> Deferred[int]:
    if choose(os.environ, named).name != X11:
        return succeed(0)  # What the others use goes away with their process.
    from typewright.backends.x11.opening import recover_display

    return recover_display(reactor, named.display)
