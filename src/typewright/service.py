# SPDX-License-Identifier: MIT
"""
The service: starts and stops all parts, in order.

Start: backend, bus, engine, publication on the bus, bus name last. Stop: refuse new calls, end the jobs and release the
keys, restore the display, release the name.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from typing import Any

from twisted.internet.defer import Deferred, FirstError, gatherResults, inlineCallbacks, succeed
from twisted.internet.error import ReactorNotRunning
from twisted.logger import Logger
from twisted.python.failure import Failure

from typewright import __version__
from typewright.a11y.accessibility import Accessibility
from typewright.access import Access, rules_of
from typewright.assembly import Assembled, assemble
from typewright.backends.choice import Named, open_backend
from typewright.bus.connect import connect
from typewright.bus.connection import BusConnection
from typewright.bus.not_started import refuse_waiting
from typewright.bus.publication import BusName, publish, take_name
from typewright.config import Config
from typewright.desktop.desktop import Desktop
from typewright.errors import BusLost, DisplayLost, NameTaken, TypewrightError
from typewright.interfaces.backend import IBackend
from typewright.reasons import BUS_LOST, DISPLAY_LOST, STOPPING, Reason
from typewright.screenlock.sources import ScreenLocks

_CLOSING_S = 3.0

log = Logger()


class Service:
    """
    A running service; `Service.start` makes one.

    `on_end(error)` is called once when the service cannot go on, with DisplayLost or BusLost, after the callers have their
    answers.
    """

    def __init__(
        self,
        reactor: Any,
        engine: Assembled,
        backend: IBackend,
        bus: BusConnection,
        accessibility: Accessibility,
        screen_locks: ScreenLocks,
    ) -> None:
        self.on_end: Callable[[TypewrightError], None] = lambda error: None
        self._reactor = reactor
        self._engine = engine
        self._backend = backend
        self._bus = bus
        self._accessibility = accessibility
        self._screen_locks = screen_locks
        self._name: BusName | None = None
        self._desktop: Desktop | None = None
        self._ending = False
        self._ended: Deferred[Any] = succeed(None)

    @classmethod
    @inlineCallbacks
    def start(
        cls,
        reactor: Any,
        config: Config,
        named: Named = Named(),  # noqa: B008 - immutable
    ) -> Generator[Deferred[Any], Any, Service]:
        """
        Start a service; fires with it when peers can call it. Errbacks with an error whose sentence is for the user.

        `named` is what the command line names.
        """
        opened: IBackend = yield open_backend(reactor, config, named)
        try:
            bus = yield connect(reactor)
            accessibility = Accessibility(reactor, bus, config.accessibility)
            engine = assemble(reactor, config, opened, accessibility)
            typing = engine.typing
            locks = ScreenLocks(reactor, bus, typing.screen_locked)
            service = cls(reactor, engine, opened, bus, accessibility, locks)
            lost: list[bool] = []
            engine.listener.on_lost = lambda: lost.append(True)
            starting = [opened.start(engine.listener), accessibility.start(), locks.start()]
            yield gatherResults(starting, consumeErrors=True).addErrback(_first_of)
            published = publish(bus, typing, engine.dictation, Access(rules_of(config.callers)))
            service._desktop = Desktop(reactor, bus, *published, typing, config)
            service._name = yield take_name(bus, lambda: service._lost(BusLost(), BUS_LOST))
            yield opened.inherit()
            if lost:
                raise DisplayLost()
            service._desktop.start()
        except BaseException:
            yield _bounded(opened.close(), reactor)
            raise
        engine.listener.on_lost = lambda: service._lost(DisplayLost(), DISPLAY_LOST)
        bus.on_lost(lambda: service._lost(BusLost(), BUS_LOST))
        return service

    @inlineCallbacks
    def stop(self) -> Generator[Deferred[Any], Any, None]:
        """
        Stop; fires when the jobs are answered, all keys are up, the display is restored and the name is free.

        If the service is already ending, because display or bus are lost: fires when that is done.
        """
        if self._ending:
            yield self._ended
            return
        self._ending = True
        yield self._answered(STOPPING)
        yield self._left_desktop()
        yield self._bounded(self._backend.close())
        yield self._bounded(self._accessibility.close())
        yield self._bounded(self._screen_locks.close())
        if self._name is not None:
            yield self._bounded(self._name.release())
        yield self._bounded(self._bus.close())

    def _lost(self, error: TypewrightError, reason: Reason) -> None:
        if not self._ending:
            self._ending = True
            log.error("{sentence}", sentence=str(error))
            self._ended = self._end(error, reason).addErrback(lambda failure: log.failure("closing down failed", failure))

    @inlineCallbacks
    def _end(self, error: TypewrightError, reason: Reason) -> Generator[Deferred[Any], Any, None]:
        yield self._answered(reason)
        yield self._left_desktop()
        if isinstance(error, DisplayLost):
            yield self._backend.abandon()
        else:
            yield self._bounded(self._backend.close())
        yield self._bounded(self._accessibility.close())
        yield self._bounded(self._screen_locks.close())
        yield self._bounded(self._bus.close())
        self.on_end(error)

    def _answered(self, reason: Reason) -> Deferred[Any]:
        return self._bounded(self._engine.typing.close(reason))

    def _left_desktop(self) -> Deferred[Any]:
        return succeed(None) if self._desktop is None else self._bounded(self._desktop.close())

    def _bounded(self, waiting: Deferred[Any]) -> Deferred[Any]:
        return _bounded(waiting, self._reactor)


def run(
    reactor: Any,
    load: Callable[[], Config],
    named: Named = Named(),  # noqa: B008 - immutable
    *,
    activated: bool = False,
) -> int:
    """
    Serve until SIGTERM, SIGINT or SIGHUP, or until display or bus are lost; return the exit status. A signal during the
    start ends it.

    `load` returns the configuration, or raises ConfigError. Prints one line when the name is taken. What goes wrong at start
    is a sentence on standard error; if the service was `activated` by a call, the caller gets it as well.
    """
    status = 0
    service: Service | None = None
    starting: Deferred[None] = succeed(None)
    stopping = False
    # A step of the wall clock must neither fire nor starve a time-out.
    reactor.seconds = time.monotonic

    def end(problem: Exception) -> None:
        nonlocal status
        status = problem.exit_status if isinstance(problem, TypewrightError) else TypewrightError.exit_status
        _stop_once(reactor)

    @inlineCallbacks
    def start() -> Generator[Deferred[Any], Any, None]:
        nonlocal service
        try:
            service = yield Service.start(reactor, load(), named)
        except Exception as problem:
            if stopping:
                return  # The start was cancelled: its error does not matter.
            if isinstance(problem, TypewrightError):
                print(*(f"typewright: {line}" for line in str(problem).splitlines()), sep="\n", file=sys.stderr)
            else:
                log.failure("the service could not start")
            if activated and not isinstance(problem, NameTaken):
                told = problem if isinstance(problem, TypewrightError) else TypewrightError()
                yield _bounded(_tell_callers(reactor, told), reactor)
            end(problem)
            return
        service.on_end = end
        if not stopping:
            print(f"typewright {__version__} is ready: org.typewright.Typist1 is on the session bus", flush=True)

    def begin() -> None:
        nonlocal starting
        starting = start()

    def stop() -> Deferred[Any]:
        nonlocal stopping
        stopping = True
        starting.cancel()
        return _bounded(starting, reactor).addBoth(lambda _: None if service is None else service.stop())

    # The reactor restores this one at its end, so that a late signal does not replace the exit status.
    signal.signal(signal.SIGTERM, lambda *_: reactor.callFromThread(_stop_once, reactor))
    for ending in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        # A shell script starts its background jobs with SIGINT ignored, and the reactor would leave it ignored. Nor do the
        # reactor's own handlers bear a second signal.
        reactor.callWhenRunning(signal.signal, ending, lambda number, _: reactor.callFromThread(_signalled, reactor, number))
    reactor.callWhenRunning(begin)
    reactor.addSystemEventTrigger("before", "shutdown", stop)
    reactor.run()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # The interpreter would restore the default while it ends.
    return status


def _signalled(reactor: Any, number: int) -> None:
    log.info("Received {name}, shutting down", name=signal.Signals(number).name)
    _stop_once(reactor)


def _stop_once(reactor: Any) -> None:
    with suppress(ReactorNotRunning):  # A signal, or another one, may have stopped it just now.
        reactor.stop()


@inlineCallbacks
def _tell_callers(reactor: Any, problem: TypewrightError) -> Generator[Deferred[Any], Any, None]:
    """Reply to the calls that started this service with why it does not start."""
    try:
        bus = yield connect(reactor, timeout_s=_CLOSING_S)
    except TypewrightError:
        return
    yield refuse_waiting(bus, problem)
    yield bus.close()


def _bounded(waiting: Deferred[Any], reactor: Any) -> Deferred[Any]:
    """Fires at the end of `waiting`, good or bad, within a few seconds: a service must be able to stop."""
    return waiting.addTimeout(_CLOSING_S, reactor).addErrback(
        lambda failure: log.warn("closing down: {problem}", problem=failure.type.__name__)
    )


def _first_of(failure: Failure) -> Failure:
    """Return the failure that `gatherResults` has wrapped, maybe more than once."""
    while isinstance(failure.value, FirstError):
        failure = failure.value.subFailure
    return failure
