# SPDX-License-Identifier: MIT
"""Which backend serves a session, and why."""

from __future__ import annotations

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from typewright.backends.choice import Named, choose, open_backend, read_keyboard, recover
from typewright.backends.printing.backend import PrintingBackend
from typewright.config import Config
from typewright.errors import NoDisplay, NoWayToType
from typewright.interfaces.backend import IBackend, wire

X_SESSION = {"DISPLAY": ":0", "XDG_SESSION_TYPE": "x11"}
WAYLAND_SESSION = {"WAYLAND_DISPLAY": "wayland-0", "XDG_SESSION_TYPE": "wayland"}
WITH_XWAYLAND = {**WAYLAND_SESSION, "DISPLAY": ":0"}
X_SERVER = "the session has an X server ($DISPLAY is set)"
COMPOSITOR = "the session has a Wayland compositor ($WAYLAND_DISPLAY is set)"


def now(deferred: Deferred) -> object:
    results: list[object] = []
    deferred.addBoth(results.append)
    return results[0]


@pytest.mark.parametrize(
    ("environ", "named", "configured", "name", "why"),
    [
        (X_SESSION, Named(), "auto", "x11", X_SERVER),
        (WAYLAND_SESSION, Named(), "auto", "wlroots", COMPOSITOR),
        (WITH_XWAYLAND, Named(), "auto", "wlroots", COMPOSITOR),
        (WITH_XWAYLAND, Named(display=":0"), "auto", "x11", "the option --display names an X11 display"),
        (WITH_XWAYLAND, Named(backend="x11"), "auto", "x11", "the option --backend names it"),
        (X_SESSION, Named(wayland_display="w"), "auto", "wlroots", "the option --wayland-display names a Wayland display"),
        ({}, Named(display=":7"), "auto", "x11", "the option --display names an X11 display"),
        (X_SESSION, Named(), "printing", "printing", "the configuration names it"),
        (X_SESSION, Named(backend="printing"), "auto", "printing", "the option --backend names it"),
        ({}, Named(backend="x11"), "printing", "x11", "the option --backend names it"),
        (X_SESSION, Named(backend="auto"), "printing", "x11", X_SERVER),
    ],
)
def test_the_option_counts_before_the_configuration_and_this_before_the_session(
    environ: dict[str, str], named: Named, configured: str, name: str, why: str
) -> None:
    assert choose(environ, named, configured) == (name, why)


@pytest.mark.parametrize(
    ("environ", "error", "said"),
    [
        ({}, NoDisplay, "No display is known"),
        ({"DISPLAY": ":0", "XDG_SESSION_TYPE": "wayland"}, NoWayToType, "WAYLAND_DISPLAY is not set"),
    ],
)
def test_a_session_without_a_backend_is_an_error_that_says_so(
    environ: dict[str, str], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        choose(environ)


def test_the_keyboard_of_a_wayland_session_is_known_without_the_compositor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "nonexistent")
    layout, state, packing = now(read_keyboard(Clock(), Named()))
    assert (layout.find_character("Z", group=0, locked=0).keycode, state.held, packing.slots) == (52, 0, 47)
    assert now(recover(Clock(), Named())) == 0


def test_the_printing_backend_opens_without_a_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    opened = now(open_backend(Clock(), Config(), Named(backend="printing")))
    assert isinstance(wire(opened, IBackend), PrintingBackend)
    layout, state, packing = now(read_keyboard(Clock(), Named(backend="printing")))
    assert (layout.name(state.group), packing.slots) == ("us", 3)


def test_what_cannot_be_opened_errbacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert now(open_backend(Clock(), Config(), Named())).check(NoDisplay)
    assert now(read_keyboard(Clock(), Named())).check(NoDisplay)
