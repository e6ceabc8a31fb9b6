# SPDX-License-Identifier: MIT
"""A deadline that moves with every sign of life."""

from __future__ import annotations

from twisted.internet.defer import Deferred

from typewright.interfaces.backend import IClock, IDelayed


class Watchdog:
    """
    I cancel the Deferred that is being waited for when nothing has happened for `timeout_s`.

    One delayed call serves a whole job: `guard` only notes the time, since a timer for each key event would cost more than
    the event.
    """

    def __init__(self, clock: IClock, timeout_s: float) -> None:
        self.expired = False
        self._clock = clock
        self._timeout_s = timeout_s
        self._waiting: Deferred[object] | None = None
        self._since = clock.seconds()
        self._call: IDelayed | None = clock.callLater(timeout_s, self._look)

    def guard(self, waiting: Deferred, pause_s: float = 0.0) -> Deferred:
        """Give `waiting` the full time from now on, and a pause of `pause_s` besides; return it."""
        self._waiting = waiting
        self._since = self._clock.seconds() + pause_s
        return waiting

    def stop(self) -> None:
        """Stop watching. Every Watchdog must be stopped."""
        self._waiting = None
        if self._call is not None:
            self._call.cancel()
            self._call = None

    def _look(self) -> None:
        left_s = self._since + self._timeout_s - self._clock.seconds()
        if left_s > 0:
            self._call = self._clock.callLater(left_s, self._look)
            return
        self._call = None
        self.expired = True
        if self._waiting is not None:
            self._waiting.cancel()
