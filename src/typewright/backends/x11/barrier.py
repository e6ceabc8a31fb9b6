# SPDX-License-Identifier: MIT
"""
The barrier: proof that the focused program has taken all keys sent so far.

A ping queues after the keys (see `program_ping`), and the answer proves that the program has come to it. If its keys go
through an input method, that is asked after it, and then the program again: by then it has what it got back. For a program
that answers no ping there is only waiting for some time.
"""

from __future__ import annotations

import itertools
from collections import OrderedDict, deque
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

import Xlib.protocol.request as core
from twisted.internet.defer import Deferred, DeferredLock, inlineCallbacks, succeed
from twisted.internet.task import deferLater

from typewright.backends.x11.connection import Connection
from typewright.backends.x11.input_methods import InputMethod, InputMethods
from typewright.backends.x11.pinged_program import PingedProgram, no_program
from typewright.backends.x11.program_ping import UNANNOUNCED, ProgramPing, Way
from typewright.backends.x11.programs import Programs
from typewright.backends.x11.requests import RequestError, RootEvents
from typewright.backends.x11.traits import INPUT_METHOD, PLAIN, Readable, traits_of
from typewright.backends.x11.window_events import WindowEvents
from typewright.interfaces.backend import (
    GONE,
    LEVEL_APPLICATION,
    LEVEL_SERVER,
    WINDOW,
    IClock,
    IDelayed,
    Pace,
    Place,
)

_REMEMBERED = 32
_UNANSWERED = 256
_FIRST_ANSWER_S = 0.3


@dataclass(eq=False)
class _Asked:
    """
    A barrier under way; `level` fires with the level that the answers, or the lack of them, amount to.

    `whom` was asked last, with this `serial`: the program (None) or one of its input methods. `next` are to be asked after
    that, one after the other.
    """

    program: PingedProgram
    level: Deferred[str]
    next: deque[InputMethod | None]
    whom: InputMethod | None = None
    serial: int = 0
    timeout: IDelayed | None = None


class Barrier:
    """
    Pings programs (see `IBarrier`). A program that has never answered gets 0.3 s for that, once, and `settle_s` whenever the
    keys must have been taken. Wait for `prepare` first.

    `window` is one of this client's that is never mapped. What is known of a program is forgotten with its window, so that
    the next one with the same number is asked anew; `on_gone(window)` is called then, for each window with the focus that
    the barrier had begun with. `on_readable(slots)` is called with what the program of a place reads when the
    barrier begins there, which it has done when the Deferred that this returns has fired.
    """

    def __init__(
        self,
        connection: Connection,
        clock: IClock,
        window: int,
        root: RootEvents,
        windows: WindowEvents,
        programs: Programs,
        *,
        settle_s: float,
    ) -> None:
        self._connection = connection
        self._programs = programs
        self._clock: Any = clock  # the type checker can't see that a clock is Twisted's IReactorTime
        self._settle_s = settle_s
        self._serials = itertools.count(1)
        self._asked: dict[_Asked, None] = {}
        self._questions: dict[int, _Asked] = {}
        self._known: OrderedDict[int, PingedProgram] = OrderedDict()
        self._begun: tuple[Place, PingedProgram] | None = None
        self._finding = DeferredLock()
        self._ping = ProgramPing(connection, window, root)
        self._ping.on_answer = self._on_answer
        self._methods = InputMethods(connection)
        self._heard: dict[int, bool] = {}  # window of an input method -> whether it has answered, if it was waited for
        self.on_gone: Callable[[int], None] = lambda window: None
        self.on_readable: Callable[[Readable], Deferred[None]] = lambda slots: succeed(None)
        self._windows = windows
        windows.on_destroyed.append(self._on_destroyed)
        windows.on_forgotten.append(self._forget)

    def prepare(self) -> Deferred[None]:
        """Fires when the barrier can be used."""
        carry_out = self._connection.carry_out
        return carry_out(self._ping.prepare()).addCallback(lambda _: carry_out(self._methods.prepare()))

    @inlineCallbacks
    def begin(self, place: Place) -> Generator[Deferred[Any], Any, Pace]:
        """See `IBarrier`."""
        traits = PLAIN
        yield self._finding.acquire()
        try:
            traits = (yield from self._find(place)).traits
        except RequestError:
            pass  # the window is gone, as `reach` will report
        finally:
            self._finding.release()
        yield self.on_readable(traits.slots)
        return traits.pace

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
                program = no_program()
            if program.silent and not settle:
                return LEVEL_SERVER
            level = self._ask(program)
        finally:
            self._finding.release()
        timeout = None
        if not program.answers:
            longest_s = self._settle_s if settle else min(self._settle_s, _FIRST_ANSWER_S)
            timeout = self._clock.callLater(longest_s, self._give_up, program, level)
        try:
            reached = yield level
        finally:
            if timeout is not None and timeout.active():
                timeout.cancel()
        if reached == LEVEL_APPLICATION and program.traits.ahead:
            if settle and program.traits.late:
                yield deferLater(self._clock, self._settle_s)
            return LEVEL_SERVER
        return reached

    def end(self) -> None:
        """See `IBarrier`."""
        self._begun = None
        self._ping.close()

    def _find(self, place: Place) -> Generator[Deferred[Any], Any, PingedProgram]:
        """
        Return the program of `place`, found unless that is begun. Raises RequestError when the window is gone.

        Only one call at a time may find a program, so that barriers are reached in the order of asking.
        """
        if place.kind != WINDOW:
            return no_program()
        if self._begun is not None and self._begun[0] == place:
            return self._begun[1]
        alive = yield self._connection.carry_out(self._methods.alive())
        # Programs whose windows were destroyed before this answer are forgotten by now.
        program = next((known for known in self._known.values() if known.answers and place.window in known.found), None)
        if program is None:
            at, ways = yield self._connection.carry_out(self._ping.find(place.window))
            program = (yield self._remember(at, ways)) if at else no_program()
            if at and self._connection.client_of(at) == self._connection.client_of(place.window):
                program.found.add(place.window)
        if program.name is None:
            program.name = yield self._programs.program(place)
        self._heard = {each.window: self._heard[each.window] for each in alive if each.window in self._heard}
        program.traits = traits_of(program.name, [method.name for method in alive])
        if alive and (yield self._connection.carry_out(self._methods.converses(place.window))):
            program.methods, program.traits = alive, program.traits.joined(INPUT_METHOD)
        else:
            program.methods = ()
        self._begun = place, program
        program.begun.add(place.window)
        self._ping.open()
        if not program.answers:
            self._ask(program)
        return program

    @inlineCallbacks
    def _remember(self, window: int, ways: Way) -> Generator[Deferred[Any], Any, PingedProgram]:
        """Fires with what is known of the program that is pinged at `window`. Errbacks with RequestError."""
        program = self._known.get(window)
        if program is None:
            self._windows.watch(window)
            yield self._connection.reply_to(core.GetGeometry, drawable=window)  # it existed after it was watched
            program = self._known[window] = PingedProgram(window, ways)
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        self._known.move_to_end(window)
        if ways != UNANNOUNCED:
            program.ways, program.answers = ways, True
        return program

    def _ask(self, program: PingedProgram) -> Deferred[str]:
        route: list[InputMethod | None] = [None, *(*program.methods, None) * program.traits.rounds]
        asked = _Asked(program, Deferred(), deque(route))
        self._asked[asked] = None
        if len(self._asked) > _UNANSWERED:
            self._drop(next(iter(self._asked)))
        self._ask_next(asked)
        return asked.level

    def _ask_next(self, asked: _Asked) -> None:
        """Ask whom `asked` comes to next; all have been asked when it has come to the program for the last time."""
        method = asked.next.popleft()
        while method is not None and not self._heard.get(method.window, True):
            method = asked.next.popleft()  # The last one is the program.
        asked.serial, asked.whom = next(self._serials) & 0xFFFFFFFF, method
        self._questions[asked.serial] = asked
        if method is None:
            self._ping.ask(asked.program.window, asked.program.ways, asked.serial)
            return
        self._ping.ask_input_method(method, asked.serial)
        if method.window not in self._heard:
            asked.timeout = self._clock.callLater(_FIRST_ANSWER_S, self._give_up_method, asked, method)

    def _answered(self, asked: _Asked) -> None:
        """Wait no longer for what `asked` has asked last."""
        self._questions.pop(asked.serial, None)
        if asked.timeout is not None and asked.timeout.active():
            asked.timeout.cancel()

    def _drop(self, asked: _Asked) -> None:
        del self._asked[asked]
        self._answered(asked)

    def _give_up(self, program: PingedProgram, level: Deferred[str]) -> None:
        """Stop waiting for a program that may never answer; but if it has answered meanwhile, it will do so again."""
        if not program.answers and not level.called:
            program.silent = True
            level.callback(LEVEL_SERVER)

    def _give_up_method(self, asked: _Asked, method: InputMethod) -> None:
        """Go on without an input method that has not answered; it is not asked again, and its traits remain."""
        self._heard.setdefault(method.window, False)
        self._answered(asked)
        self._ask_next(asked)

    def _on_answer(self, serial: int, way: Way) -> None:
        asked = self._questions.get(serial)
        if asked is None or (asked.whom is None) is (way is Way.INPUT_METHOD):
            return
        self._answered(asked)
        program = asked.program
        if asked.whom is not None:
            self._heard[asked.whom.window] = True
        else:
            program.ways, program.answers, program.silent = way, True, False
        if asked.next:
            self._ask_next(asked)
        else:
            self._conclude(program, LEVEL_APPLICATION, asked)

    def _forget(self, window: int) -> None:
        self._known.pop(window, None)

    def _on_destroyed(self, window: int) -> None:
        program = self._known.pop(window, None)
        if program is not None:
            for each in program.begun:
                self.on_gone(each)
            if self._begun is not None and self._begun[1] is program:
                self._begun = None
            self._conclude(program, GONE)

    def _conclude(self, program: PingedProgram, level: str, last: _Asked | None = None) -> None:
        """Fire all barriers of `program`; with `last`, those up to that: its answers prove what was before it as well."""
        for asked in list(self._asked):
            if asked.program is program:
                self._drop(asked)
                if not asked.level.called:
                    asked.level.callback(level)
            if asked is last:
                break
