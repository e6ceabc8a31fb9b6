# SPDX-License-Identifier: MIT
"""Which backend serves a session, and why."""

from __future__ import annotations

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from typewright.backends.choice import choose, open_backend, read_keyboard
from typewright.backends.printing.backend import PrintingBackend
from typewright.config import Config
from typewright.errors import NoDisplay, WaylandOnly
from typewright.interfaces.backend import IBackend, wire

X_SESSION = {"DISPLAY": ":0"}
WAYLAND_SESSION = {"WAYLAND_DISPLAY": "wayland-0"}


def now(deferred: Deferred) -> object:
    results: list[object] = []
    deferred.addBoth(results.append)
    return results[0]


@pytest.mark.parametrize(
    ("environ", "display", "option", "configured", "name", "why"),
    [
        (X_SESSION, None, None, "auto", "x11", "the session has an X server ($DISPLAY is set)"),
        ({**X_SESSION, **WAYLAND_SESSION}, None, None, "auto", "x11", "the session has an X server ($DISPLAY is set)"),
        ({}, ":7", None, "auto", "x11", "the option --display names an X11 display"),
        (X_SESSION, None, None, "printing", "printing", "the configuration names it"),
        (X_SESSION, None, "printing", "auto", "printing", "the option --backend names it"),
        ({}, None, "x11", "printing", "x11", "the option --backend names it"),
        (X_SESSION, None, "auto", "printing", "x11", "the session has an X server ($DISPLAY is set)"),
    ],
)
def test_the_option_counts_before_the_configuration_and_this_before_the_session(
    environ: dict[str, str], display: str | None, option: str | None, configured: str, name: str, why: str
) -> None:
    assert choose(environ, display=display, option=option, configured=configured) == (name, why)


@pytest.mark.parametrize(("environ", "error"), [({}, NoDisplay), (WAYLAND_SESSION, WaylandOnly)])
def test_a_session_without_a_backend_is_an_error_that_says_so(environ: dict[str, str], error: type[Exception]) -> None:
    with pytest.raises(error):
        choose(environ, display=None)


def test_the_printing_backend_opens_without_a_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    opened = now(open_backend(Clock(), Config(), display=None, backend="printing"))
    assert isinstance(wire(opened, IBackend), PrintingBackend)
    layout, state, packing = now(read_keyboard(Clock(), display=None, backend="printing"))
    assert (layout.name(state.group), packing.slots) == ("us", 3)


def test_what_cannot_be_opened_errbacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert now(open_backend(Clock(), Config(), display=None, backend=None)).check(NoDisplay)
    assert now(read_keyboard(Clock(), display=None)).check(NoDisplay)
