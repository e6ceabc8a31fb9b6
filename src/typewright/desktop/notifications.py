# SPDX-License-Identifier: MIT
"""
Notifications: a refused text, and typing that was enabled or disabled. There is one at a time, and the text is in none.

Source: the Desktop Notifications specification of freedesktop.org, version 1.2.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from typewright.bus.connection import BusConnection
from typewright.bus.values import checked

NAME, PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
_SHOWN_MS = 6000
_QUIET_S = 60.0
"""The same refusal is not told again for this time: a recognizer may go on trying with each word."""


class Notifications:
    """Shows notifications over `bus`: `refusals`, `switches`, and what is said in any case. `now()` returns seconds."""

    def __init__(self, bus: BusConnection, now: Callable[[], float], *, refusals: bool, switches: bool) -> None:
        self._bus = bus
        self._now = now
        self._refusals = refusals
        self._switches = switches
        self._shown = 0
        self._sending = False
        self._next: tuple[str, str] | None = None
        self._told: dict[str, float] = {}

    def refused(self, sentence: str, cure: str, code: str) -> None:
        """A text was not typed, or not all of it."""
        last = self._told.get(code)
        if self._refusals and (last is None or self._now() - last >= _QUIET_S):
            self._told[code] = self._now()
            self._show("Not typed", f"{sentence[:1].upper()}{sentence[1:]}. {cure}".strip())

    def switched(self, enabled: bool) -> None:
        """Typing was enabled or disabled, by other means than the tray."""
        self._told.clear()
        if self._switches:
            self._show("Typing is enabled" if enabled else "Typing is disabled", "")

    def say(self, title: str, body: str) -> None:
        """Show an answer to what the user has just asked for."""
        self._show(title, body)

    def _show(self, title: str, body: str) -> None:
        # One at a time: each takes the place of the one before, whose number is known when it was answered.
        if self._sending:
            self._next = (title, body)
            return
        self._sending = True
        hints = {"transient": checked("b", True), "desktop-entry": checked("s", "typewright")}
        arguments = [
            "Typewright",
            self._shown,
            "input-keyboard",
            title,
            html.escape(body, quote=False),
            [],
            hints,
            _SHOWN_MS,
        ]
        sent: Deferred[list[Any]] = self._bus.call(NAME, PATH, NAME, "Notify", "susssasa{sv}i", arguments)
        sent.addCallbacks(self._answered, _ignored).addBoth(self._sent)

    def _answered(self, answer: list[Any]) -> None:
        if answer and type(answer[0]) is int:
            self._shown = answer[0]

    def _sent(self, _: object) -> None:
        self._sending = False
        waiting, self._next = self._next, None
        if waiting is not None:
            self._show(*waiting)


def _ignored(failure: Failure) -> None:
    """The session shows no notifications."""
