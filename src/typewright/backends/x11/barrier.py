# SPDX-License-Identifier: MIT
"""
The barrier: proof that the focused program has taken all keys sent so far.

A ping queues after the keys (see `program_ping`), and the answer proves that the program has come to it. For a program that
answers no ping there is only waiting for some time.
"""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import Xlib.protocol.request as core
from twisted.internet.defer import Deferred, DeferredLock, inlineCallbacks
from Xlib import X

from typewright.backends.x11.connection import Connection
from typewright.backends.x11.program_ping import UNANNOUNCED, ProgramPing, Way
from typewright.backends.x11.requests import RequestError, RootEvents
from typewright.backends.x11.window_events import WindowEvents
from typewright.interfaces.backend import GONE, LEVEL_APPLICATION, LEVEL_SERVER, WINDOW, IClock, Place

_REMEMBERED = 32
_UNANSWERED = 256
_FIRST_ANSWER_S = 0.3


@dataclass(eq=False)
class _Program:
    """
    What is known of a program that is pinged at `window`; `begun` are the windows of it that had the focus.

    `ways` are those in which it is pinged: all that it may answer, until it has answered one. `answers` tells that it has,
    or announces that it will; `silent` that it did not within the time allowed.
    """

    window: int
    ways: Way
    answers: bool = False
    silent: bool = False
    begun: set[int] = field(default_factory=set)


def _no_program() -> _Program:
    """Return what stands in for the program of a place that has none, or none that is known: it never answers."""
    return _Program(X.NONE, Way(0), silent=True)


class _Asked(NamedTuple):
    """A ping under way; `level` fires with the level that its answer, or the lack of one, amounts to."""

    program: _Program
    level: Deferred[str]


class Barrier:
    """
    Pings programs (see `IBarrier`). A program that has never answered gets 0.3 s for that, once, and `settle_s` whenever the
    keys must have been taken. Wait for `prepare` first.

    `window` is one of this client's that is never mapped. What is known of a program is forgotten with its window, so that
    the next one with the same number is asked anew; `on_gone(window)` is called then, for each window with the focus that
    the barrier had begun with.
    """

    def __init__(
        self,
        connection: Connection,
        clock: IClock,
        window: int,
        root: RootEvents,
        windows: WindowEvents,
        *,
        settle_s: float,
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._settle_s = settle_s
        self._serials = itertools.count(1)
        self._asked: OrderedDict[int, _Asked] = OrderedDict()
        self._programs: OrderedDict[int, _Program] = OrderedDict()
        self._begun: tuple[Place, _Program] | None = None
        self._finding = DeferredLock()
        self._ping = ProgramPing(connection, window, root)
        self._ping.on_answer = self._on_answer
        self.on_gone: Callable[[int], None] = lambda window: None
        self._windows = windows
        windows.on_destroyed.append(self._on_destroyed)
        windows.on_forgotten.append(self._forget)

    def prepare(self) -> Deferred[None]:
        """Fires when the barrier can be used."""
        return self._connection.carry_out(self._ping.prepare())

    @inlineCallbacks
    def begin(self, place: Place) -> Generator[Deferred[Any], Any, None]:
        """See `IBarrier`."""
        yield self._finding.acquire()
        try:
            yield from self._find(place)
        except RequestError:
            pass  # the window is gone, as `reach` will report
        finally:
            self._finding.release()

    @inlineCallbacks
    def reach(self, place: Place, *, settle: bool) -> Generator[Deferred[Any], Any, str]:
        """See `IBarrier`."""
        # If the place is begun, and no other call is finding one, the ping is under way when this call returns.
        yield self._finding.acquire()
        try:
            try:
                program = yield from self._find(place)
            except RequestError:
                if not settle:
                    return GONE
                program = _no_program()
            if program.silent and not settle:
                return LEVEL_SERVER
            level = self._ask(program)
        finally:
            self._finding.release()
        if program.answers:
            return (yield level)
        longest_s = self._settle_s if settle else min(self._settle_s, _FIRST_ANSWER_S)
        timeout = self._clock.callLater(longest_s, self._give_up, program, level)
        try:
            return (yield level)
        finally:
            if timeout.active():
                timeout.cancel()

    def end(self) -> None:
        """See `IBarrier`."""
        self._begun = None
        self._ping.close()

    def _find(self, place: Place) -> Generator[Deferred[Any], Any, _Program]:
        """
        Return the program of `place`, found unless that is begun. Raises RequestError when the window is gone.

        Only one call at a time may find a program, so that barriers are reached in the order of asking.
        """
        if place.kind != WINDOW:
            return _no_program()
        if self._begun is not None and self._begun[0] == place:
            return self._begun[1]
        at, ways = yield self._connection.carry_out(self._ping.find(place.window))
        program = (yield self._remember(at, ways)) if at else _no_program()
        self._begun = place, program
        program.begun.add(place.window)
        self._ping.open()
        if not program.answers:
            self._ask(program)
        return program

    @inlineCallbacks
    def _remember(self, window: int, ways: Way) -> Generator[Deferred[Any], Any, _Program]:
        """Fires with what is known of the program that is pinged at `window`. Errbacks with RequestError."""
        program = self._programs.get(window)
        if program is None:
            self._windows.watch(window)
            yield self._connection.reply_to(core.GetGeometry, drawable=window)  # it existed after it was watched
            program = self._programs[window] = _Program(window, ways)
            if len(self._programs) > _REMEMBERED:
                self._programs.popitem(last=False)
        self._programs.move_to_end(window)
        if ways != UNANNOUNCED:
            program.ways, program.answers = ways, True
        return program

    def _ask(self, program: _Program) -> Deferred[str]:
        serial = next(self._serials) & 0xFFFFFFFF
        asked = self._asked[serial] = _Asked(program, Deferred())
        if len(self._asked) > _UNANSWERED:
            self._asked.popitem(last=False)
        self._ping.ask(program.window, program.ways, serial)
        return asked.level

    def _give_up(self, program: _Program, level: Deferred[str]) -> None:
        """Stop waiting for a program that may never answer; but if it has answered meanwhile, it will do so again."""
        if not program.answers and not level.called:
            program.silent = True
            level.callback(LEVEL_SERVER)

    def _on_answer(self, serial: int, way: Way) -> None:
        if serial in self._asked:
            program = self._asked[serial].program
            program.ways, program.answers, program.silent = way, True, False
            self._conclude(program, LEVEL_APPLICATION, serial)

    def _forget(self, window: int) -> None:
        self._programs.pop(window, None)

    def _on_destroyed(self, window: int) -> None:
        program = self._programs.pop(window, None)
        if program is not None:
            for each in program.begun:
                self.on_gone(each)
            if self._begun is not None and self._begun[1] is program:
                self._begun = None
            self._conclude(program, GONE)

    def _conclude(self, program: _Program, level: str, last: int = 0) -> None:
        """Fire all pings of `program`; with `last`, those up to that serial: an answer proves what was before it as well."""
        for serial, asked in list(self._asked.items()):
            if asked.program is program:
                del self._asked[serial]
                if not asked.level.called:
                    asked.level.callback(level)
            if serial == last:
                break
