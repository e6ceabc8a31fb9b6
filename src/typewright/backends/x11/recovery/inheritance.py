# SPDX-License-Identifier: MIT
"""The service's side of recovery: it restores what an earlier service left behind, and owns the display from then on."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from twisted.internet.defer import Deferred, inlineCallbacks, succeed
from twisted.logger import Logger

from typewright.backends.x11.connection import Connection
from typewright.backends.x11.recovery.restore import LONGEST_GRAB_S, Restorer
from typewright.backends.x11.requests import Extension
from typewright.backends.x11.xtest import release_held_keys

log = Logger()


class Inheritance:
    """
    Restores the display for the client of `window`, unless another living Typewright owns it.

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
        self._owns = False

    @inlineCallbacks
    def inherit(self) -> Generator[Deferred[Any], Any, None]:
        """See `IBackend`."""
        if self._owns:
            return
        restored = yield restore(self._reactor, self._control, self._restorer, self._window)
        self._owns = not (yield self._control.carry_out(self._restorer.owned_by_another(self._window)))
        released = yield self.release_held_keys()
        if released or restored:
            log.warn("an earlier program left {released} keys down; they are released", released=released)

    def release_held_keys(self) -> Deferred[int]:
        """Release the XTEST keyboard's keys, unless another living Typewright may hold them; fires with their number."""
        if not self._owns:
            return succeed(0)
        return self._control.carry_out(release_held_keys(self._xinput, self._faking, self._device))


def restore(reactor: Any, control: Connection, restorer: Restorer, new_owner: int = 0) -> Deferred[bool]:
    """As `Restorer.restore`; for two seconds at most, because the server is grabbed meanwhile."""
    return control.carry_out(restorer.restore(new_owner)).addTimeout(LONGEST_GRAB_S, reactor, lambda *_: False)
