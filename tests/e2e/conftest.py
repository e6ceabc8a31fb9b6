# SPDX-License-Identifier: MIT
"""The desktop of the end-to-end tests: one X server and one bus for all, a fresh terminal and service for each."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from tests.helpers import desktop
from tests.helpers.outside import gdbus


@dataclass
class Desk:
    """A service and a terminal to type into."""

    environ: dict[str, str]
    service: desktop.Service
    terminal: desktop.Terminal

    def call(self, member: str, *arguments: str) -> str:
        return desktop.busctl_call(self.environ, member, *arguments)

    def layout(self, *options: str) -> None:
        desktop.run(self.environ, "setxkbmap", "-option", "", *options)

    @contextmanager
    def typing(self, text: str, options: str = "{}") -> Iterator[subprocess.Popen[str]]:
        """A `Type` of `text` under way, its first 100 characters seen in the terminal; the caller can be told to end."""
        with subprocess.Popen(
            gdbus("Type", text, options), env=self.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as caller:
            assert self.terminal.read(100) == text[:100]
            yield caller

    def fenced(self, fence: str = "~") -> str:
        """All that the terminal got so far: type a fence by other means, and read up to it."""
        desktop.run(self.environ, "setxkbmap", "-option", "", "us")
        desktop.run(self.environ, "xdotool", "key", "asciitilde" if fence == "~" else fence)
        return self.terminal.rest(fence)


@pytest.fixture(scope="session")
def environ() -> Iterator[dict[str, str]]:
    """The environment of a private X server and bus."""
    with desktop.xvfb() as display, desktop.session_bus() as bus:
        yield desktop.environment(display, bus)


@pytest.fixture
def desk(environ: dict[str, str], request: pytest.FixtureRequest) -> Iterator[Desk]:
    """
    A ready desk with the us layout; a parameter of this fixture is the service's configuration. Afterwards no key is down,
    and the keyboard map is as it was.
    """
    desktop.run(environ, "setxkbmap", "-option", "", "us")
    before = desktop.keymap(environ)
    with desktop.terminal(environ) as terminal:
        with desktop.service(environ, config=getattr(request, "param", "")) as service:
            yield Desk(environ, service, terminal)
        assert desktop.keys_down(environ) == []
        desktop.run(environ, "setxkbmap", "-option", "", "us")
        assert desktop.keymap(environ) == before
