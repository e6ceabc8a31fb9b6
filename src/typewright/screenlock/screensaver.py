# SPDX-License-Identifier: MIT
"""
The screen savers on the session bus, and whether one of them covers the screen.

Source: the interface org.freedesktop.ScreenSaver, and those of the desktops that have the same signal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred, gatherResults, succeed
from twisted.python.failure import Failure

from typewright.bus.connection import DAEMON, DAEMON_PATH, BusConnection, Stop
from typewright.bus.message import Message

SCREEN_SAVERS = tuple(f"org.{desktop}.ScreenSaver" for desktop in ("freedesktop", "gnome", "cinnamon", "mate", "xfce"))
"""Bus names, which are also interfaces, with the signal `ActiveChanged`. KDE owns the first; the others have their own."""
_ANSWER_S = 1.0


class ScreenSavers:
    """
    Calls `changed(bus name, locked)` when a screen saver covers or uncovers the screen; see `IScreenLock`.

    Only the owner of a screen saver's name is believed. None is started, and none has to be present. One that leaves the bus
    no longer covers the screen.
    """

    def __init__(self, reactor: Any, bus: BusConnection, changed: Callable[[str, bool], None]) -> None:
        self._reactor = reactor
        self._bus = bus
        self._changed = changed
        self._owners: dict[str, str] = {}
        self._stops: list[Stop] = []

    def start(self) -> Deferred[None]:
        """See `IScreenLock`."""
        self._stops.append(self._bus.listen(DAEMON, "NameOwnerChanged", self._owner_changed))
        answers = gatherResults([self._follow(name) for name in SCREEN_SAVERS])
        started: Deferred[None] = Deferred()
        answers.addBoth(lambda _: None if started.called else started.callback(None))
        # A screen saver that does not answer must not delay the service; `answers` goes on waiting.
        return started.addTimeout(_ANSWER_S, self._reactor, onTimeoutCancel=lambda *_: None)

    def close(self) -> Deferred[None]:
        """See `IScreenLock`. The match rules end with the connection, which belongs to the service."""
        for stop in self._stops:
            stop()
        return succeed(None)

    def _follow(self, name: str) -> Deferred[None]:
        self._stops.append(self._bus.listen(name, "ActiveChanged", self._active_changed))
        for rule in _rules(name):
            self._bus.add_match(rule).addErrback(_ignored)
        # The bus processes calls in order: an owner that comes after this answer is announced by the signal.
        owner = self._bus.call_daemon("GetNameOwner", "s", name)
        return owner.addCallbacks(lambda answer: self._ask(name, str(answer[0])), _ignored)

    def _ask(self, name: str, owner: str) -> Deferred[None]:
        """Ask whether the screen saver covers the screen already: it may have done so before the match rule was set."""
        self._owners[name] = owner
        active = self._bus.call(owner, "/" + name.replace(".", "/"), name, "GetActive")
        return active.addCallbacks(self._answered, _ignored, callbackArgs=(name, owner))

    def _answered(self, answer: list[Any], name: str, owner: str) -> None:
        if answer == [True] and self._owners.get(name) == owner:
            self._changed(name, True)

    def _owner_changed(self, signal: Message) -> None:
        name, former, owner = signal.arguments()
        if name not in SCREEN_SAVERS:
            return
        if former:
            self._owners[name] = ""
            self._changed(name, False)
        if owner:
            self._ask(name, owner)

    def _active_changed(self, signal: Message) -> None:
        # Any peer can address a signal directly to this connection, past every match rule.
        if signal.signature == "b" and signal.sender == self._owners.get(signal.interface):
            self._changed(signal.interface, signal.arguments()[0])


def _rules(name: str) -> tuple[str, str]:
    return (
        f"type='signal',sender='{DAEMON}',interface='{DAEMON}',path='{DAEMON_PATH}',member='NameOwnerChanged',arg0='{name}'",
        f"type='signal',sender='{name}',interface='{name}',member='ActiveChanged'",
    )


def _ignored(failure: Failure) -> None:
    """The name has no owner, or its owner does not answer; if the bus itself is lost, the service ends anyway."""
