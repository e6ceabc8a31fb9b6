# SPDX-License-Identifier: MIT
"""
The lock of the user's screen, as the desktop's screen saver tells of it on the session bus.

Lockers that are not on the session bus (i3lock, xsecurelock) are not heard of, and logind, which is on the system bus, is
not asked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.python.failure import Failure

from typewright.bus.connection import DAEMON, DAEMON_PATH, BusConnection
from typewright.bus.incoming import Incoming

SCREEN_SAVERS = tuple(f"org.{desktop}.ScreenSaver" for desktop in ("freedesktop", "gnome", "cinnamon", "mate", "xfce"))
"""Names on the bus, and interfaces, with the signal `ActiveChanged`: KDE has the first, others one of their own."""


class ScreenLock:
    """
    I call `changed(locked)` when a screen saver tells that it has covered the screen, or uncovered it.

    Only the owner of the screen saver's name is believed. None is started, and none need be there.
    """

    def __init__(self, connection: BusConnection, changed: Callable[[bool], None]) -> None:
        self._changed = changed
        self._owners: dict[str, str] = {}
        connection.listen(DAEMON, "NameOwnerChanged", self._owner_changed)
        for name in SCREEN_SAVERS:
            connection.listen(name, "ActiveChanged", self._heard)
            for rule in _rules(name):
                connection.add_match(rule).addErrback(_ignored)
            # The bus takes calls in order: whoever comes behind this answer is told of by the signal.
            owner = connection.call_daemon("GetNameOwner", "s", name)
            owner.addCallbacks(self._answered, _ignored, callbackArgs=(name,))

    def _answered(self, answer: list[Any], name: str) -> None:
        self._owners[name] = str(answer[0])

    def _owner_changed(self, signal: Incoming) -> None:
        name, _, owner = signal.arguments()
        if name in SCREEN_SAVERS:
            self._owners[name] = owner

    def _heard(self, signal: Incoming) -> None:
        # A signal that is addressed to us gets here whatever our match rule says, and from anybody.
        if signal.signature == "b" and signal.sender == self._owners.get(signal.interface):
            self._changed(signal.arguments()[0])


def _rules(name: str) -> tuple[str, str]:
    return (
        f"type='signal',sender='{DAEMON}',interface='{DAEMON}',path='{DAEMON_PATH}',member='NameOwnerChanged',arg0='{name}'",
        f"type='signal',sender='{name}',interface='{name}',member='ActiveChanged'",
    )


def _ignored(failure: Failure) -> None:
    """A name without an owner; or a bus that can't be asked any more, and then all ends with it."""
