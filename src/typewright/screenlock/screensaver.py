# SPDX-License-Identifier: MIT
"""
The lock of the user's screen, as the desktop's screen saver tells of it on the session bus.

Lockers that are not on the session bus (i3lock, xsecurelock) are not heard of here; see `login`, and the engine's look at
who holds the keyboard.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred, gatherResults
from twisted.python.failure import Failure

from typewright.bus.connection import DAEMON, DAEMON_PATH, BusConnection
from typewright.bus.message import Incoming

SCREEN_SAVERS = tuple(f"org.{desktop}.ScreenSaver" for desktop in ("freedesktop", "gnome", "cinnamon", "mate", "xfce"))
"""Names on the bus, and interfaces, with the signal `ActiveChanged`: KDE has the first, others one of their own."""


class ScreenLock:
    """
    I call `changed(name, locked)` when the screen saver of that name tells that it has covered the screen, or uncovered it.

    Only the owner of the screen saver's name is believed. None is started, and none need be there. One that leaves the bus
    has uncovered the screen.
    """

    def __init__(self, connection: BusConnection, changed: Callable[[str, bool], None]) -> None:
        self._connection = connection
        self._changed = changed
        self._owners: dict[str, str] = {}
        self._asked: list[Deferred[None]] = []
        connection.listen(DAEMON, "NameOwnerChanged", self._owner_changed)
        for name in SCREEN_SAVERS:
            connection.listen(name, "ActiveChanged", self._heard)
            for rule in _rules(name):
                connection.add_match(rule).addErrback(_ignored)
            # The bus takes calls in order: whoever comes behind this answer is told of by the signal.
            owner = connection.call_daemon("GetNameOwner", "s", name)
            self._asked.append(owner.addCallbacks(self._answered, _ignored, callbackArgs=(name,)))

    def known(self) -> Deferred[Any]:
        """Fires when all that have covered the screen already have said so; never if one of them does not answer."""
        return gatherResults(self._asked)

    def _answered(self, answer: list[Any], name: str) -> Deferred[None]:
        return self._found(name, str(answer[0]))

    def _found(self, name: str, owner: str) -> Deferred[None]:
        """It may have covered the screen before we were there to hear of it."""
        self._owners[name] = owner
        active = self._connection.call(owner, "/" + name.replace(".", "/"), name, "GetActive")
        return active.addCallbacks(self._told, _ignored, callbackArgs=(name, owner))

    def _told(self, answer: list[Any], name: str, owner: str) -> None:
        if answer == [True] and self._owners.get(name) == owner:
            self._changed(name, True)

    def _owner_changed(self, signal: Incoming) -> None:
        name, former, owner = signal.arguments()
        if name not in SCREEN_SAVERS:
            return
        if former:
            self._owners[name] = ""
            self._changed(name, False)
        if owner:
            self._found(name, owner)

    def _heard(self, signal: Incoming) -> None:
        # A signal that is addressed to us gets here whatever our match rule says, and from anybody.
        if signal.signature == "b" and signal.sender == self._owners.get(signal.interface):
            self._changed(signal.interface, signal.arguments()[0])


def _rules(name: str) -> tuple[str, str]:
    return (
        f"type='signal',sender='{DAEMON}',interface='{DAEMON}',path='{DAEMON_PATH}',member='NameOwnerChanged',arg0='{name}'",
        f"type='signal',sender='{name}',interface='{name}',member='ActiveChanged'",
    )


def _ignored(failure: Failure) -> None:
    """A name without an owner, one that does not say; or a bus that can't be asked any more, and then all ends with it."""
