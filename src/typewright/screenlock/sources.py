# SPDX-License-Identifier: MIT
"""
All sources that tell whether the user's screen is locked, as one object.

Lockers that tell neither logind nor the session bus (i3lock, xsecurelock) are not known here; a backend may recognise them
when it looks at which program holds the keyboard.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from twisted.internet.defer import Deferred, gatherResults

from typewright.bus.connection import BusConnection
from typewright.screenlock.logind import Logind
from typewright.screenlock.screensaver import ScreenSavers

Changed = Callable[[str, bool], None]
"""
Called with the name of a locker and whether it has locked the screen, whenever that is known anew; the state may be the same
as before. The screen is locked while any locker says so.
"""


class IScreenLock(Protocol):
    """A source. It calls the `Changed` that it was made with, and says nothing if there is no such locker."""

    def start(self) -> Deferred[None]:
        """
        Begin to listen.

        Fires when the state is known or the source is absent, after a second at the latest; a later answer still counts.
        Never errbacks.
        """

    def close(self) -> Deferred[None]:
        """Stop listening. Fires when that is done."""


class ScreenLocks:
    """Every source of this session; see `IScreenLock`. `bus` is the session bus, and is not closed."""

    def __init__(self, reactor: Any, bus: BusConnection, changed: Changed) -> None:
        self._sources: tuple[IScreenLock, ...] = (Logind(reactor, changed), ScreenSavers(reactor, bus, changed))

    def start(self) -> Deferred[None]:
        """See `IScreenLock`; fires when each source has answered or is absent."""
        return gatherResults([source.start() for source in self._sources], consumeErrors=True).addCallback(lambda _: None)

    def close(self) -> Deferred[None]:
        """See `IScreenLock`."""
        return gatherResults([source.close() for source in self._sources], consumeErrors=True).addCallback(lambda _: None)
