# SPDX-License-Identifier: MIT
"""
The accessibility bus as the engine sees it: there or not, it comes and goes, and nobody has to wait for it.

We are attached to it while the user's switch is on. When the connection is lost, it is tried again after a while.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from itertools import count
from typing import Any, TypeVar

from twisted.internet.defer import CancelledError, Deferred, TimeoutError, inlineCallbacks, succeed  # noqa: A004
from twisted.logger import Logger
from twisted.python.failure import Failure

from typewright.a11y.objects import NotTold
from typewright.a11y.session import Attachment, attach
from typewright.a11y.status import Switch
from typewright.bus.connection import BusConnection
from typewright.interfaces.accessibility import FocusedObject, TextEvent

_PATIENCE_S = 0.25
"""How long anyone waits for an answer of mine."""
_START_S = 1.0
_LINGER_S = 5.0
"""How long events are still asked for when the last listener has gone: the next is often not far."""
_FIRST_RETRY_S, _LAST_RETRY_S = 1.0, 60.0
_MOST_BEFORE = 1000

_Answer = TypeVar("_Answer")

log = Logger(namespace="typewright.a11y")


class Accessibility:
    """
    I am attached to the accessibility bus as `choice` says: `off` never, `if-on` while the user has accessibility on;
    `switch-on` switches it on first. See `IAccessibility`.
    """

    def __init__(self, reactor: Any, session: BusConnection, choice: str) -> None:
        self._reactor = reactor
        self._choice = choice
        self._switch = Switch(session, reactor)
        self._attached: Attachment | None = None
        self._listeners: list[Callable[[TextEvent], None]] = []
        self._watchers: list[Callable[[FocusedObject | None], None]] = []
        self._spells = count(1)
        self._looking: Deferred[None] | None = None
        self._look_again = False
        self._retry_s = _FIRST_RETRY_S
        self._retrying: Any = None
        self._lingering: Any = None
        self._closed = False

    @inlineCallbacks
    def start(self) -> Generator[Deferred[Any], Any, None]:
        """Begin. Fires when it is known what has the focus, or that nobody tells; after a second at the latest."""
        if self._choice == "off":
            return
        self._switch.on_change = self._look
        looked: Deferred[None] = Deferred()
        looked.addTimeout(_START_S, self._reactor, onTimeoutCancel=lambda *_: None)
        self._looking = self._begin().addErrback(_cancelled)
        self._looking.addCallback(self._looked, looked)
        yield looked

    def close(self) -> Deferred[None]:
        """End; fires when it has."""
        self._closed = True
        for timer in filter(None, (self._retrying, self._lingering)):
            timer.cancel()
        self._retrying = self._lingering = None
        if self._looking is not None:
            self._looking.cancel()
        if self._choice != "off":
            self._switch.ignore()
        return self._detach()

    # --- IAccessibility ----------------------------------------------------------------------------------------------

    def focused_object(self) -> Deferred[FocusedObject | None]:
        """See `IAccessibility`."""
        if self._attached is None:
            return succeed(None)
        return self._soon(self._attached.focused(), None)

    def watch(self, changed: Callable[[FocusedObject | None], None]) -> Callable[[], None]:
        """See `IAccessibility`."""
        self._watchers.append(changed)
        return lambda: self._watchers.remove(changed)

    def caught_up(self) -> Deferred[bool]:
        """See `IAccessibility`."""
        if self._attached is None:
            return succeed(False)
        return self._soon(self._attached.caught_up(), False)

    def before(self, characters: int) -> Deferred[str | None]:
        """See `IAccessibility`."""
        if self._attached is None:
            return succeed(None)
        return self._soon(self._attached.before(min(characters, _MOST_BEFORE)), None)

    def listen(self, heard: Callable[[TextEvent], None]) -> Callable[[], None]:
        """See `IAccessibility`."""
        listener = [heard]  # So that one who listens twice can stop twice.
        self._listeners.append(heard)
        if self._lingering is not None:
            self._lingering.cancel()
            self._lingering = None
        elif len(self._listeners) == 1 and self._attached is not None:
            self._attached.hearing.begin()

        def stop() -> None:
            if listener:
                self._listeners.remove(listener.pop())
                if not self._listeners and not self._closed:
                    self._lingering = self._reactor.callLater(_LINGER_S, self._linger_ended)

        return stop

    def hearing(self) -> Deferred[int]:
        """See `IAccessibility`."""
        if self._attached is None or not self._listeners:
            return succeed(0)
        return self._soon(self._attached.spell(), 0)

    # --- Coming and going --------------------------------------------------------------------------------------------

    @inlineCallbacks
    def _begin(self) -> Generator[Deferred[Any], Any, None]:
        yield self._switch.follow()
        if self._choice == "switch-on":
            yield self._switch.turn_on()
        yield self._obey()

    def _look(self) -> None:
        """Look at the switch, and obey; once more if it has been touched meanwhile."""
        if self._looking is not None:
            self._look_again = True
        elif not self._closed:
            self._looking = self._obey().addErrback(_cancelled)
            self._looking.addCallback(self._looked)

    def _looked(self, _: None, told: Deferred[None] | None = None) -> None:
        self._looking = None
        if told is not None and not told.called:
            told.callback(None)
        if self._look_again:
            self._look_again = False
            self._look()

    @inlineCallbacks
    def _obey(self) -> Generator[Deferred[Any], Any, None]:
        address = yield self._switch.address()
        if address is None:
            self._try_later()
        elif not address:
            yield self._detach()
        elif self._attached is None:
            try:
                attached = yield attach(self._reactor, address, self._spells, self._tell, self._notice)
            except CancelledError:
                raise
            except Exception as problem:
                log.debug("the accessibility bus can't be used: {kind}", kind=type(problem).__name__)
                self._try_later()
                return
            self._attached = attached
            self._retry_s = _FIRST_RETRY_S
            attached.on_lost(self._lost)
            if self._listeners or self._lingering is not None:
                attached.hearing.begin()

    def _detach(self) -> Deferred[None]:
        attached, self._attached = self._attached, None
        return succeed(None) if attached is None else attached.close()

    def _lost(self) -> None:
        self._attached = None
        self._try_later()

    def _try_later(self) -> None:
        if self._retrying is None and not self._closed:
            self._retrying = self._reactor.callLater(self._retry_s, self._retry)
            self._retry_s = min(2 * self._retry_s, _LAST_RETRY_S)

    def _retry(self) -> None:
        self._retrying = None
        self._look()

    # --- Inside ------------------------------------------------------------------------------------------------------

    def _tell(self, event: TextEvent) -> None:
        for heard in list(self._listeners):
            heard(event)

    def _notice(self, facts: FocusedObject | None) -> None:
        for changed in list(self._watchers):
            changed(facts)

    def _linger_ended(self) -> None:
        self._lingering = None
        if self._attached is not None:
            self._attached.hearing.end()

    def _soon(self, answered: Deferred[_Answer], otherwise: _Answer) -> Deferred[_Answer]:
        """`answered`, but `otherwise` where it errbacks, or does not fire soon."""

        def failed(failure: Failure) -> _Answer:
            failure.trap(NotTold, TimeoutError, CancelledError)
            return otherwise

        return answered.addTimeout(_PATIENCE_S, self._reactor).addErrback(failed)


def _cancelled(failure: Failure) -> None:
    if not failure.check(CancelledError):
        log.error("Defect, accessibility is not followed any more: {kind}", kind=failure.type.__name__)
