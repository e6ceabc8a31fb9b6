# SPDX-License-Identifier: MIT
"""The service's side of recovery: it restores what an earlier service left behind, and has a seat from then on."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from twisted.internet.defer import Deferred, inlineCallbacks
from twisted.logger import Logger

from typewright.backends.x11.connection import Connection
from typewright.backends.x11.ledger import SEATS
from typewright.backends.x11.recovery.restore import LONGEST_GRAB_S, Restorer
from typewright.backends.x11.requests import Extension
from typewright.backends.x11.xtest import release_held_keys

log = Logger()


class Inheritance:
    """
    Restores what no living Typewright needs, and gives the client of `window` a seat on the display.

    `seat` is that, once it has inherited.

    `device` is the XTEST keyboard, `xinput` and `faking` are the extensions that release its keys.
    """

    def __init__(
        self,
        reactor: Any,
        control: Connection,
        restorer: Restorer,
        xinput: Extension,
        faking: Extension,
        *,
        device: int,
        window: int,
    ) -> None:
        self._reactor = reactor
        self._control = control
        self._restorer = restorer
        self._xinput = xinput
        self._faking = faking
        self._device = device
        self._window = window
        self.seat = -1

    @inlineCallbacks
    def inherit(self) -> Generator[Deferred[Any], Any, None]:
        """See `IBackend`."""
        if self.seat < 0:
            restored, self.seat = yield restore(self._reactor, self._control, self._restorer, self._window)
        else:
            restored, _ = yield restore(self._reactor, self._control, self._restorer)
        released = yield self.release_held_keys()
        if released or restored:
            log.warn("an earlier program left {released} keys down; they are released", released=released)

    @inlineCallbacks
    def leave(self) -> Generator[Deferred[Any], Any, None]:
        """Fires when nothing is left that no living Typewright needs; nothing of this one's is noted any more."""
        yield self.release_held_keys()
        yield restore(self._reactor, self._control, self._restorer)

    @inlineCallbacks
    def release_held_keys(self) -> Generator[Deferred[Any], Any, int]:
        """Release the XTEST keyboard's keys, unless another living Typewright may hold them; fires with their number."""
        own = yield self._control.carry_out(self._restorer.token(self._window))
        if (yield self._control.carry_out(self._restorer.others_live(own))):
            return 0
        return (yield self._control.carry_out(release_held_keys(self._xinput, self._faking, self._device)))


def restore(reactor: Any, control: Connection, restorer: Restorer, new_window: int = 0) -> Deferred[tuple[bool, int]]:
    """As `Restorer.restore`; for two seconds at most, because the server is grabbed meanwhile."""
    return control.carry_out(restorer.restore(new_window)).addTimeout(LONGEST_GRAB_S, reactor, lambda *_: (False, SEATS[-1]))
