# SPDX-License-Identifier: MIT
"""The user's consent: asked for by one dialog at most, when something is to be typed; after a refusal only when told."""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.defer import CancelledError, Deferred, succeed
from twisted.logger import Logger
from twisted.python.failure import Failure

from typewright.backends.portal.session import Refused
from typewright.interfaces.backend import (
    CONSENT_ASKING,
    CONSENT_FAILED,
    CONSENT_GIVEN,
    CONSENT_REFUSED,
    CONSENT_UNASKED,
)

log = Logger()


class Consent:
    """
    Satisfies `IConsent`. `open()` starts the session in which keys can be sent; it errbacks with Refused, or another error.

    `on_change(state)` is called with each new state.
    """

    def __init__(self, open_session: Callable[[], Deferred[None]]) -> None:
        self.on_change: Callable[[str], object] = lambda state: None
        self._open = open_session
        self._state = CONSENT_UNASKED
        self._opening: Deferred[None] | None = None
        self._waiting: list[Deferred[str]] = []

    @property
    def state(self) -> str:
        """See `IConsent`."""
        return self._state

    def ask(self, *, again: bool = False) -> Deferred[str]:
        """See `IConsent`."""
        if self._opening is None and (self._state == CONSENT_UNASKED or (again and self._state != CONSENT_GIVEN)):
            self._begin()
        if self._opening is None:
            return succeed(self._state)
        # A caller may give up waiting; the dialog stays.
        self._waiting.append(Deferred())
        return self._waiting[-1]

    def end(self, state: str) -> None:
        """The session is over: CONSENT_ENDED when it must not be opened again until told, else CONSENT_UNASKED."""
        if self._opening is None:
            self._become(state)

    def close(self) -> None:
        """Ask no more; a dialog is closed."""
        if self._opening is not None:
            self._opening.cancel()

    def _begin(self) -> None:
        self._become(CONSENT_ASKING)
        self._opening = self._open()
        self._opening.addCallbacks(lambda _: self._opened(CONSENT_GIVEN), self._failed)

    def _failed(self, failure: Failure) -> None:
        if failure.check(Refused):
            log.info("the user has refused to let Typewright type")
            self._opened(CONSENT_REFUSED)
            return
        if failure.check(CancelledError):
            self._opened(CONSENT_UNASKED)
            return
        log.warn("the portal has started no session: {problem}", problem=failure.getErrorMessage())
        self._opened(CONSENT_FAILED)

    def _opened(self, state: str) -> None:
        self._opening = None
        self._become(state)
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            if not each.called:
                each.callback(state)

    def _become(self, state: str) -> None:
        if state != self._state:
            self._state = state
            self.on_change(state)
