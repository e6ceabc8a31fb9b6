# SPDX-License-Identifier: MIT
"""
The service: the one place that knows all rooms, and puts them together.

Start: display, layout, engine, face exported, bus name last. Stop: refuse, end the jobs and release the keys, give the
keycodes back, release the name.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from typing import Any

from twisted.internet.defer import Deferred, gatherResults, inlineCallbacks, succeed
from twisted.internet.error import ReactorNotRunning
from twisted.logger import Logger

from typewright import __version__
from typewright.a11y.accessibility import Accessibility
from typewright.access import Access, rules_of
from typewright.assembly import assemble
from typewright.backends.x11.backend import Backend, open_backend
from typewright.bus.connect import connect
from typewright.bus.connection import BusConnection
from typewright.bus.publication import BusName, publish, take_name
from typewright.config import Config
from typewright.engine.history import History
from typewright.engine.typing_service import Desk
from typewright.errors import BusLost, DisplayLost, TypewrightError
from typewright.screenlock.logind import Login
from typewright.screenlock.screensaver import ScreenLock

_STARTING_S = 1.0
_CLOSING_S = 3.0

log = Logger()


class Service:
    """
    I am a running service. `Service.start` makes me.

    `on_end(error)` is called once when I can't go on: with DisplayLost or BusLost, when the callers have their answers.
    """

    def __init__(
        self,
        reactor: Any,
        desk: Desk,
        backend: Backend,
        bus: BusConnection,
        accessibility: Accessibility,
        login: Login,
    ) -> None:
        self.on_end: Callable[[TypewrightError], None] = lambda error: None
        self._reactor = reactor
        self._desk = desk
        self._backend = backend
        self._bus = bus
        self._accessibility = accessibility
        self._login = login
        self._name: BusName | None = None
        self._ending = False
        self._ended: Deferred[Any] = succeed(None)

    @classmethod
    @inlineCallbacks
    def start(cls, reactor: Any, config: Config, display: str | None) -> Generator[Deferred[Any], Any, Service]:
        """Fires with the service when peers can call it. Errbacks with what the user must be told."""
        backend = yield open_backend(reactor, display, linger_s=config.linger_s, settle_s=config.settle_s)
        try:
            bus = yield connect(reactor)
            accessibility = Accessibility(reactor, bus, config.accessibility)
            history = History(reactor.seconds, age_s=config.history_s)
            desk, dictation = assemble(reactor, config, backend, accessibility, history)
            screen, login = ScreenLock(bus, desk.screen_locked), Login(reactor, desk.screen_locked)
            service = cls(reactor, desk, backend, bus, accessibility, login)
            looked = [backend.guardian.start(), accessibility.start(), login.start(), _soon(screen.known(), reactor)]
            yield gatherResults(looked, consumeErrors=True)
            publish(bus, desk, dictation, Access(rules_of(config.callers)))
            service._name = yield take_name(bus, lambda: service._lost(BusLost()))
            # The one that had the name may have had the display, too, when we opened it.
            yield backend.inherit()
            if backend.lost:
                raise DisplayLost()
        except BaseException:
            yield _bounded(backend.close(), reactor)
            raise
        backend.when_lost(lambda: service._lost(DisplayLost()))
        bus.on_lost(lambda: service._lost(BusLost()))
        return service

    @inlineCallbacks
    def stop(self) -> Generator[Deferred[Any], Any, None]:
        """
        Fires when the jobs are answered, all keys are up, all keycodes given back and the name is free.

        Where display or bus are lost, so that I am ending by myself already: when that is done.
        """
        if self._ending:
            yield self._ended
            return
        self._ending = True
        yield self._answered("the service is stopping")
        yield self._bounded(self._backend.close())
        yield self._bounded(self._accessibility.close())
        yield self._bounded(self._login.close())
        if self._name is not None:
            yield self._bounded(self._name.release())
        yield self._bounded(self._bus.close())

    def _lost(self, error: TypewrightError) -> None:
        if not self._ending:
            self._ending = True
            log.error("{sentence}", sentence=str(error))
            self._ended = self._end(error).addErrback(lambda failure: log.failure("closing down failed", failure))

    @inlineCallbacks
    def _end(self, error: TypewrightError) -> Generator[Deferred[Any], Any, None]:
        yield self._answered(str(error))
        if isinstance(error, DisplayLost):
            yield self._backend.abandon()
        else:
            yield self._bounded(self._backend.close())
        yield self._bounded(self._accessibility.close())
        yield self._bounded(self._login.close())
        yield self._bounded(self._bus.close())
        self.on_end(error)

    def _answered(self, reason: str) -> Deferred[Any]:
        return self._bounded(self._desk.close(reason))

    def _bounded(self, waiting: Deferred[Any]) -> Deferred[Any]:
        return _bounded(waiting, self._reactor)


def run(reactor: Any, config: Config, display: str | None) -> int:
    """
    Serve until SIGTERM, SIGINT or SIGHUP, or until display or bus are lost; returns the exit status. A signal that comes
    while it starts makes it give that up.

    Prints one line when the name is taken. What goes wrong at start is one sentence on standard error.
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
        with suppress(ReactorNotRunning):  # It may have been stopped by a signal just now.
            reactor.stop()

    @inlineCallbacks
    def start() -> Generator[Deferred[Any], Any, None]:
        nonlocal service
        try:
            service = yield Service.start(reactor, config, display)
        except Exception as problem:
            if stopping:
                return  # The start was given up, whatever came of that.
            if isinstance(problem, TypewrightError):
                print(f"typewright: {problem}", file=sys.stderr)
            else:
                log.failure("the service could not start")
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

    for ending in (signal.SIGINT, signal.SIGHUP):
        # Scripts start what is to run in the background with SIGINT ignored, and the reactor would leave it at that.
        reactor.callWhenRunning(signal.signal, ending, lambda *_: reactor.callFromThread(reactor.stop))
    reactor.callWhenRunning(begin)
    reactor.addSystemEventTrigger("before", "shutdown", stop)
    reactor.run()
    return status


def _bounded(waiting: Deferred[Any], reactor: Any) -> Deferred[Any]:
    """The end of `waiting`, good or bad, but not later than in a few seconds: a service must be able to stop."""
    return waiting.addTimeout(_CLOSING_S, reactor).addErrback(
        lambda failure: log.warn("closing down: {problem}", problem=failure.type.__name__)
    )


def _soon(waiting: Deferred[Any], reactor: Any) -> Deferred[Any]:
    """
    Fires at the end of `waiting`, but not later than in a second: who does not answer keeps no service from starting.

    `waiting` itself goes on: a late answer is an answer.
    """
    soon: Deferred[Any] = Deferred()
    waiting.addBoth(lambda _: None if soon.called else soon.callback(None))
    return soon.addTimeout(_STARTING_S, reactor, onTimeoutCancel=lambda *_: None)
