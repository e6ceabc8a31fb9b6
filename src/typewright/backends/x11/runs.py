# SPDX-License-Identifier: MIT
"""
Runs: several chords in one write, while the server is grabbed and heeds no other client.

A run has two phases. The server is grabbed, and asked where keys go; on its answer, if that is the right window, the chords
follow with the end of the grab. So no client can move the focus, take a grab or type between the question and the last key.
A process that stands still between the phases would stop the whole desktop: a dead man's switch wakes or ends it.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeVar

from twisted.internet.defer import Deferred, inlineCallbacks, succeed
from twisted.logger import Logger

from typewright.backends.x11.accessx import AccessX
from typewright.backends.x11.connection import Connection
from typewright.backends.x11.dead_man_switch import DeadManSwitch
from typewright.backends.x11.focus import Focus
from typewright.backends.x11.requests import UNGRAB_SERVER
from typewright.interfaces.backend import IClock, IDelayed, Place

_LONGEST = 16
"""Chords. More gain little: the round trips are 2 in 16 then, and the desktop stands still for a millisecond."""
_SLOW_LINE_S = 0.005
_WEIGHT = 1 / 8
_WAKE_S, _KILL_S = 0.2, 2.0
"""A busy machine may well keep a process waiting for a quarter of a second, but hardly for two seconds."""
_LOOK_S = 0.05

_Result = TypeVar("_Result")

log = Logger()


class Runs:
    """
    Begins runs (see `IRuns`); the keyer ends them.

    `begun` tells that the next write ends a run, `holds` that the server is grabbed already, or about to be.

    On a line with long round trips the server would stay grabbed for as long. There no run begins, or, with `blind`, one
    that does not ask first: that grabs the server only while it is processed, but if the focus has moved, a whole run goes
    elsewhere.
    """

    def __init__(self, connection: Connection, focus: Focus, accessx: AccessX, clock: IClock, *, blind: bool) -> None:
        self.begun = self.holds = False
        self._connection = connection
        self._focus = focus
        self._accessx = accessx
        self._clock = clock
        self._blind = blind
        self._round_trip_s = 0.0
        self._look_call: IDelayed | None = None
        self._switch: DeadManSwitch | None = None
        try:
            self._switch = DeadManSwitch(_WAKE_S, _KILL_S)
        except OSError as problem:
            log.warn("keys go out chord by chord: there is no timer that could end a stall ({problem})", problem=problem)

    @inlineCallbacks
    def prepare(self) -> Generator[Deferred[Any], Any, None]:
        """Fires when it is known how long the server needs for an answer."""
        started = self._clock.seconds()
        yield self._focus.focused()
        self._round_trip_s = self._clock.seconds() - started

    @property
    def asks(self) -> bool:
        """See `IRuns`."""
        return not (self._blind and self._is_slow())

    @property
    def longest(self) -> int:
        """See `IRuns`."""
        never = self._switch is None or self._accessx.controls.change_keys
        return 0 if never or not self._focus.is_certain or (self._is_slow() and not self._blind) else _LONGEST

    def begin(self, place: Place) -> Deferred[bool]:
        """See `IRuns`."""
        if not self.asks:
            self.begun = True
            return succeed(True)
        self.holds = True
        self._guard()
        return self._focus.hold(place).addCallbacks(self._found, self._let_go)

    def drop(self) -> None:
        """See `IRuns`."""
        self.begun = False
        if self.holds:
            self._connection.send(UNGRAB_SERVER)
            self._let_go(None)

    def sent(self, place: Deferred[Place]) -> Deferred[Place]:
        """Keys were written, and the end of the run, if one had begun; return `place`, which fires with the answer."""
        if self.begun:
            self.begun = False
            if self._connection.unsent:
                place.addBoth(self._let_go)
            else:
                self._let_go(None)
        started = self._clock.seconds()

        def took(found: Place) -> Place:
            self._round_trip_s += _WEIGHT * (self._clock.seconds() - started - self._round_trip_s)
            return found

        return place.addCallback(took)

    def close(self) -> None:
        """Nothing is sent any more."""
        self._let_go(None)
        if self._look_call is not None:
            self._look_call.cancel()
            self._look_call = None
        if self._switch is not None:
            self._switch.close()
            self._switch = None

    def _is_slow(self) -> bool:
        return self._round_trip_s > _SLOW_LINE_S

    def _found(self, there: bool) -> bool:
        self.begun = there
        return there or self._let_go(there)

    def _let_go(self, result: _Result) -> _Result:
        """The server is not grabbed any more, or the end of that is written; return `result`."""
        self.holds = False
        if self._switch is not None:
            self._switch.disarm()
        return result

    def _guard(self) -> None:
        """Arm the switch, and again while the reactor turns: it is for a process that stands still, not for the server."""
        if self._switch is not None:
            self._switch.arm()
        if self._look_call is None:
            self._look_call = self._clock.callLater(_LOOK_S, self._look)

    def _look(self) -> None:
        self._look_call = None
        if self.holds:
            self._guard()
