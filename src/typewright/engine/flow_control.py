# SPDX-License-Identifier: MIT
"""Flow control: how far typing may run ahead of the program that takes the keys."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from twisted.internet.defer import Deferred

from typewright.interfaces.backend import Pace

AT_MOST = Pace().at_most
"""Characters that may be under way: a stop comes soon, and no program is flooded."""


class FlowControl:
    """
    Asks for a barrier after every `at_most` / 2 characters, and says which one must be reached before the next.

    So the program never has to idle: it takes one half while the other is typed; only with 1, the barrier after a character
    must be reached before the next. `reach()` gives the Deferred of a barrier; that of a program that cannot answer fires at
    once, and nothing is held up.
    """

    def __init__(self, reach: Callable[[], Deferred[str]], at_most: int = AT_MOST) -> None:
        self._reach = reach
        self._half = max(1, at_most // 2)
        self._halves = min(at_most, 2)
        self._since = 0
        self._unanswered: deque[Deferred[str]] = deque()

    def typed(self, characters: int = 1) -> Deferred[str] | None:
        """Count so many more characters under way; return the barrier to wait for, if there is one."""
        self._since += characters
        if self._since < self._half:
            return None
        self._since = 0
        self._unanswered.append(self._reach())
        return self._unanswered.popleft() if len(self._unanswered) >= self._halves else None

    def stop(self) -> None:
        """Cancel the barriers that are still waited for."""
        while self._unanswered:
            waiting = self._unanswered.popleft()
            waiting.addErrback(lambda failure: None)
            waiting.cancel()
