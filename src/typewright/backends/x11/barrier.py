# SPDX-License-Identifier: MIT
"""
The barrier: proof that the focused program has taken all keys sent so far.

A question queues behind the keys (`program_ping`), and the answer to it proves that the program has come to
it. For a program that answers none there is nothing but a while of waiting.
"""

from __future__ import annotations

import itertools
import struct
from collections import OrderedDict
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import Xlib.protocol.request as core
from twisted.internet.defer import Deferred, DeferredLock, inlineCallbacks
from Xlib import X

from typewright.backends.x11.connection import Connection
from typewright.backends.x11.program_ping import UNANNOUNCED, Questions, Way
from typewright.backends.x11.requests import RequestError
from typewright.backends.x11.root_events import RootEvents
from typewright.interfaces.backend import GONE, HELD, LEVEL_APPLICATION, LEVEL_SERVER, IClock

_REMEMBERED = 32
_UNANSWERED = 256
_FIRST_ANSWER_S = 0.3
_DESTROYED = struct.Struct("=8xI")


@dataclass(eq=False)
class _Program:
    """
    What is known of the program of `window`, which is where it is asked; `begun` are the windows of it that had the focus.

    `ways` are those in which it is asked: those that it may answer, until it has answered one. `answers` tells that it
    has, or announces that it will, `silent` that it has let the time go by.
    """

    window: int
    ways: Way
    answers: bool = False
    silent: bool = False
    begun: set[int] = field(default_factory=set)


def _nobody() -> _Program:
    """The program of no window: there is no way to ask, and no answer to wait for."""
    return _Program(X.NONE, Way(0), silent=True)


class _Asked(NamedTuple):
    """A question under way; `level` fires with what the answer is worth, or the lack of one."""

    program: _Program
    level: Deferred[str]


class Barrier:
    """
    I ask programs. One that has never answered gets 0.3 s for it, once, and `settle_s` whenever keys must have been taken.
    Wait for `prepare` first.

    `window` is one of our own that is never mapped. What is known of a program is forgotten with its window, so that
    another one, which is given the same number, is found out anew; `on_gone(window)` is called then, for each window with
    the focus that I had begun with.
    """

    def __init__(self, connection: Connection, clock: IClock, window: int, root: RootEvents, *, settle_s: float) -> None:
        self._connection = connection
        self._clock = clock
        self._settle_s = settle_s
        self._serials = itertools.count(1)
        self._asked: OrderedDict[int, _Asked] = OrderedDict()
        self._programs: OrderedDict[int, _Program] = OrderedDict()
        self._begun: tuple[int, _Program] | None = None
        self._finding = DeferredLock()
        self._questions = Questions(connection, window, root)
        self._questions.on_answer = self._on_answer
        self.on_gone: Callable[[int], None] = lambda window: None
        connection.listen(X.DestroyNotify, self._on_destroyed)

    def prepare(self) -> Deferred[None]:
        """Fires when I can be asked."""
        return self._connection.carry_out(self._questions.prepare())

    @inlineCallbacks
    def begin(self, window: int) -> Generator[Deferred[Any], Any, None]:
        """See `IBarrier`."""
        yield self._finding.acquire()
        try:
            yield from self._find(window)
        except RequestError:
            pass  # the window is gone, as who reaches it will hear
        finally:
            self._finding.release()

    @inlineCallbacks
    def reach(self, window: int, *, settle: bool) -> Generator[Deferred[Any], Any, str]:
        """See `IBarrier`."""
        # Where nobody else begins, and the window is begun, the question is under way when this call returns.
        yield self._finding.acquire()
        try:
            try:
                program = yield from self._find(window)
            except RequestError:
                if not settle:
                    return GONE
                program = _nobody()
            if program.silent and not settle:
                return LEVEL_SERVER
            level = self._ask(program)
        finally:
            self._finding.release()
        if program.answers:
            return (yield level)
        patience_s = self._settle_s if settle else min(self._settle_s, _FIRST_ANSWER_S)
        patience = self._clock.callLater(patience_s, self._give_up, program, level)
        try:
            return (yield level)
        finally:
            if patience.active():
                patience.cancel()

    def end(self) -> None:
        """See `IBarrier`."""
        self._begun = None
        self._questions.close()

    def _find(self, window: int) -> Generator[Deferred[Any], Any, _Program]:
        """
        The program of `window`, found unless it is begun; for one at a time, so that barriers stay in their order. Raises
        RequestError when the window is gone.
        """
        if window == HELD:
            return _nobody()  # nobody knows which program that is
        if self._begun is not None and self._begun[0] == window:
            return self._begun[1]
        at, ways = yield self._connection.carry_out(self._questions.program_of(window))
        program = (yield self._remember(at, ways)) if at else _nobody()
        self._begun = window, program
        program.begun.add(window)
        self._questions.open()
        if not program.answers:
            self._ask(program)
        return program

    @inlineCallbacks
    def _remember(self, window: int, ways: Way) -> Generator[Deferred[Any], Any, _Program]:
        """Fires with what is known of the program to be asked at `window`. Errbacks with RequestError."""
        program = self._programs.get(window)
        if program is None:
            self._watch(window, X.StructureNotifyMask)
            yield self._connection.request(core.GetGeometry, drawable=window)  # it lived when it was watched already
            program = self._programs[window] = _Program(window, ways)
            if len(self._programs) > _REMEMBERED:
                self._watch(self._programs.popitem(last=False)[0], X.NoEventMask)
        self._programs.move_to_end(window)
        if ways != UNANNOUNCED:
            program.ways, program.answers = ways, True
        return program

    def _watch(self, window: int, mask: int) -> None:
        self._connection.send(struct.pack("=BBHIII", 2, 0, 4, window, X.CWEventMask, mask))

    def _ask(self, program: _Program) -> Deferred[str]:
        serial = next(self._serials) & 0xFFFFFFFF
        asked = self._asked[serial] = _Asked(program, Deferred())
        if len(self._asked) > _UNANSWERED:
            self._asked.popitem(last=False)
        self._questions.ask(program.window, program.ways, serial)
        return asked.level

    def _give_up(self, program: _Program, level: Deferred[str]) -> None:
        """Wait no more for one that may never answer; but one that has answered meanwhile will do so again."""
        if not program.answers and not level.called:
            program.silent = True
            level.callback(LEVEL_SERVER)

    def _on_answer(self, serial: int, way: Way) -> None:
        if serial in self._asked:
            program = self._asked[serial].program
            program.ways, program.answers, program.silent = way, True, False
            self._conclude(program, LEVEL_APPLICATION, serial)

    def _on_destroyed(self, event: bytes) -> None:
        (window,) = _DESTROYED.unpack_from(event)
        program = self._programs.pop(window, None)
        if program is not None:
            for each in program.begun:
                self.on_gone(each)
            if self._begun is not None and self._begun[1] is program:
                self._begun = None
            self._conclude(program, GONE)

    def _conclude(self, program: _Program, level: str, last: int = 0) -> None:
        """Tell all who wait for `program`; up to the question `last`, since an answer proves what stood before it, too."""
        for serial, asked in list(self._asked.items()):
            if asked.program is program:
                del self._asked[serial]
                if not asked.level.called:
                    asked.level.callback(level)
            if serial == last:
                break
