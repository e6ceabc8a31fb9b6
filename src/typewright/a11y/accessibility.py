# SPDX-License-Identifier: MIT
"""
The accessibility bus as the engine sees it: it may be there or not, come and go, and no job waits for it.

There is a session on it while the user has accessibility on. After a lost connection, a new session is tried later.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from itertools import count
from typing import Any, TypeVar

from twisted.internet.defer import CancelledError, Deferred, TimeoutError, inlineCallbacks, succeed  # noqa: A004
from twisted.logger import Logger
from twisted.python.failure import Failure

from typewright.a11y.objects import NotTold
from typewright.a11y.session import Session, open_session
from typewright.a11y.status import Status
from typewright.bus.connection import BusConnection
from typewright.interfaces.accessibility import FocusedObject, TextEvent

_ANSWER_S = 0.25
"""How long a caller waits for an answer at most."""
_START_S = 1.0
_LINGER_S = 5.0
"""How long programs go on sending events after the last listener has left: the next listener often comes soon."""
_FIRST_RETRY_S, _LAST_RETRY_S = 1.0, 60.0
_BEFORE_LIMIT = 1000

_Answer = TypeVar("_Answer")

log = Logger(namespace="typewright.a11y")


class Accessibility:
    """
    Implements `IAccessibility`.

    `choice` is `off` (never on the accessibility bus), `if-on` (while the user has accessibility on) or `switch-on` (switch
    accessibility on at start).
    """

    def __init__(self, reactor: Any, session_bus: BusConnection, choice: str) -> None:
        self._reactor = reactor
        self._choice = choice
        self._status = Status(session_bus, reactor)
        self._session: Session | None = None
        self._listeners: list[Callable[[TextEvent], None]] = []
        self._watchers: list[Callable[[FocusedObject | None], None]] = []
        self._generations = count(1)
        self._looking: Deferred[None] | None = None
        self._look_again = False
        self._retry_s = _FIRST_RETRY_S
        self._retrying: Any = None
        self._lingering: Any = None
        self._closed = False

    @inlineCallbacks
    def start(self) -> Generator[Deferred[Any], Any, None]:
        """Begin. Fires when the focused object is known, or there is no answer; after a second at the latest."""
        if self._choice == "off":
            return
        self._status.on_change = self._look
        looked: Deferred[None] = Deferred()
        looked.addTimeout(_START_S, self._reactor, onTimeoutCancel=lambda *_: None)
        self._looking = self._begin().addErrback(_cancelled)
        self._looking.addCallback(self._looked, looked)
        yield looked

    def close(self) -> Deferred[None]:
        """End; fires when that is done."""
        self._closed = True
        for timer in filter(None, (self._retrying, self._lingering)):
            timer.cancel()
        self._retrying = self._lingering = None
        if self._looking is not None:
            self._looking.cancel()
        if self._choice != "off":
            self._status.ignore()
        return self._leave()

    # --- IAccessibility ----------------------------------------------------------------------------------------------

    def focused_object(self) -> Deferred[FocusedObject | None]:
        """See `IAccessibility`."""
        if self._session is None:
            return succeed(None)
        return self._soon(self._session.focused(), None)

    def watch(self, changed: Callable[[FocusedObject | None], None]) -> Callable[[], None]:
        """See `IAccessibility`."""
        self._watchers.append(changed)
        return lambda: self._watchers.remove(changed)

    def caught_up(self) -> Deferred[bool]:
        """See `IAccessibility`."""
        if self._session is None:
            return succeed(False)
        return self._soon(self._session.caught_up(), False)

    def before(self, characters: int) -> Deferred[str | None]:
        """See `IAccessibility`."""
        if self._session is None:
            return succeed(None)
        return self._soon(self._session.before(min(characters, _BEFORE_LIMIT)), None)

    def listen(self, heard: Callable[[TextEvent], None]) -> Callable[[], None]:
        """See `IAccessibility`."""
        listener = [heard]  # A list, so that each call can be ended once, even with the same function.
        self._listeners.append(heard)
        if self._lingering is not None:
            self._lingering.cancel()
            self._lingering = None
        elif len(self._listeners) == 1 and self._session is not None:
            self._session.text_events.begin()

        def stop() -> None:
            if listener:
                self._listeners.remove(listener.pop())
                if not self._listeners and not self._closed:
                    self._lingering = self._reactor.callLater(_LINGER_S, self._linger_ended)

        return stop

    def hearing(self) -> Deferred[int]:
        """See `IAccessibility`."""
        if self._session is None or not self._listeners:
            return succeed(0)
        return self._soon(self._session.generation(), 0)

    # --- Coming and going --------------------------------------------------------------------------------------------

    @inlineCallbacks
    def _begin(self) -> Generator[Deferred[Any], Any, None]:
        yield self._status.follow()
        if self._choice == "switch-on":
            yield self._status.turn_on()
        yield self._follow_status()

    def _look(self) -> None:
        """Read the status, and join or leave the bus; again if the status changes meanwhile."""
        if self._looking is not None:
            self._look_again = True
        elif not self._closed:
            self._looking = self._follow_status().addErrback(_cancelled)
            self._looking.addCallback(self._looked)

    def _looked(self, _: None, told: Deferred[None] | None = None) -> None:
        self._looking = None
        if told is not None and not told.called:
            told.callback(None)
        if self._look_again:
            self._look_again = False
            self._look()

    @inlineCallbacks
    def _follow_status(self) -> Generator[Deferred[Any], Any, None]:
        address = yield self._status.address()
        if address is None:
            self._try_later()
        elif not address:
            yield self._leave()
        elif self._session is None:
            try:
                session = yield open_session(self._reactor, address, self._generations, self._heard, self._focus_changed)
            except CancelledError:
                raise
            except Exception as problem:
                log.debug("the accessibility bus cannot be used: {kind}", kind=type(problem).__name__)
                self._try_later()
                return
            self._session = session
            self._retry_s = _FIRST_RETRY_S
            session.on_lost(self._lost)
            if self._listeners or self._lingering is not None:
                session.text_events.begin()

    def _leave(self) -> Deferred[None]:
        session, self._session = self._session, None
        return succeed(None) if session is None else session.close()

    def _lost(self) -> None:
        self._session = None
        self._try_later()

    def _try_later(self) -> None:
        if self._retrying is None and not self._closed:
            self._retrying = self._reactor.callLater(self._retry_s, self._retry)
            self._retry_s = min(2 * self._retry_s, _LAST_RETRY_S)

    def _retry(self) -> None:
        self._retrying = None
        self._look()

    # --- Inside ------------------------------------------------------------------------------------------------------

    def _heard(self, event: TextEvent) -> None:
        for heard in list(self._listeners):
            heard(event)

    def _focus_changed(self, facts: FocusedObject | None) -> None:
        for changed in list(self._watchers):
            changed(facts)

    def _linger_ended(self) -> None:
        self._lingering = None
        if self._session is not None:
            self._session.text_events.end()

    def _soon(self, answered: Deferred[_Answer], otherwise: _Answer) -> Deferred[_Answer]:
        """Return `answered`, which fires with `otherwise` if it errbacks or takes too long."""

        def failed(failure: Failure) -> _Answer:
            failure.trap(NotTold, TimeoutError, CancelledError)
            return otherwise

        return answered.addTimeout(_ANSWER_S, self._reactor).addErrback(failed)


def _cancelled(failure: Failure) -> None:
    if not failure.check(CancelledError):
        log.error("Defect, the status of accessibility is not followed any more: {kind}", kind=failure.type.__name__)
