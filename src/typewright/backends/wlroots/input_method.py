# SPDX-License-Identifier: MIT
"""
The input method: hands text to the focused field without keys, for characters that its program takes from no key.

A seat has one input method at a time. So this is one only while a job for such a program lasts, and only if fcitx, ibus or
another is not: the compositor says `unavailable` then, and a job goes without.

Source: input-method-unstable-v2; text-input-unstable-v3 for the purposes.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred, succeed
from twisted.internet.defer import TimeoutError as TimedOut
from twisted.logger import Logger

from typewright.backends.wlroots.toplevels import Toplevels
from typewright.interfaces.backend import LEVEL_APPLICATION, LEVEL_SERVER, IClock, Place
from typewright.wayland.connection import Connection
from typewright.wayland.objects import Proxy

log = Logger()

MANAGER = "zwp_input_method_manager_v2"

_LONGEST = 3800
"""Bytes of one commit; the protocol's limit is 4,000."""
_PASSWORD, _PIN = 8, 9
_FIRST_S = 0.15
"""How long a program may take to say that a field is there: 10 ms are usual."""
_ANSWER_S = 0.5


class InputMethod:
    """Satisfies `ICommitter` between `begin` and `end`; outside of these it takes no text."""

    def __init__(self, connection: Connection, clock: IClock, seat: Proxy, toplevels: Toplevels) -> None:
        self._connection = connection
        self._clock: Any = clock  # the type checker can't see that a clock is Twisted's IReactorTime
        self._seat = seat
        self._toplevels = toplevels
        self._manager: Proxy = connection.registry.bind(MANAGER)
        self._method: Proxy | None = None
        self._serial = 0
        self._pending: tuple[bool, int] = (False, 0)
        self._field: tuple[bool, int] = (False, 0)
        """Whether a field has the focus, and its purpose, as of the last `done`; `_pending` comes with the next one."""
        self._done: Deferred[None] | None = None

    def begin(self) -> Deferred[None]:
        """Become the seat's input method. Fires when a field has announced itself, or will not."""
        self.end()
        method: Proxy = self._manager.queue("get_input_method", self._seat)
        self._method = method
        method.listen("activate", lambda: self._told(active=True))
        method.listen("deactivate", lambda: self._told(active=False))
        method.listen("content_type", lambda hint, purpose: self._told(purpose=purpose))
        method.listen("done", self._applied)
        method.listen("unavailable", self._unavailable)
        return self._answer(_FIRST_S)

    def end(self) -> None:
        """Be the input method no longer."""
        method, self._method = self._method, None
        self._pending = self._field = (False, 0)
        self._serial = 0
        if method is not None and not self._connection.closed:
            method.request("destroy")
        self._fire()

    def takes(self, text: str) -> bool:
        """See `ICommitter`. No text is committed to a password field: its program may show it, as text that is composed."""
        active, purpose = self._field
        return active and purpose not in (_PASSWORD, _PIN) and len(text.encode()) <= _LONGEST

    def commit(self, text: str, place: Place) -> Deferred[str]:
        """See `ICommitter`. A program that takes the text tells of its field anew, which is its answer."""
        if self._method is None or not self.takes(text) or self._toplevels.place != place:
            return succeed("")
        self._method.queue("commit_string", text)
        self._method.queue("commit", self._serial)
        before = self._serial
        return self._answer(_ANSWER_S).addCallback(lambda _: self._level(place, before))

    def _level(self, place: Place, before: int) -> str:
        if self._toplevels.place != place:
            return ""  # It is unknown which of the two windows had the focus when the text came.
        return LEVEL_APPLICATION if self._serial > before else LEVEL_SERVER

    def _answer(self, patience_s: float) -> Deferred[None]:
        """Send what is queued; fires with the next `done`, and after `patience_s` in any case."""
        done: Deferred[None] = Deferred()
        self._done = done
        self._connection.flush()
        return done.addTimeout(patience_s, self._clock).addErrback(lambda failure: failure.trap(TimedOut) and None)

    def _told(self, *, active: bool | None = None, purpose: int | None = None) -> None:
        if active is not None:
            self._pending = (active, 0)
        if purpose is not None:
            self._pending = (self._pending[0], purpose)

    def _applied(self) -> None:
        self._serial += 1
        self._field = self._pending
        self._fire()

    def _unavailable(self) -> None:
        log.info("another input method serves this seat; what takes no keys is refused")
        self.end()

    def _fire(self) -> None:
        done, self._done = self._done, None
        if done is not None and not done.called:
            done.callback(None)
