# SPDX-License-Identifier: MIT
"""
The observer of backends whose keyer sends a sync after its keys.

Such a compositor shows no key events. That it has processed the requests before a sync is all that it tells of keys.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from twisted.internet.defer import Deferred

from typewright.errors import DisplayLost
from typewright.interfaces.backend import Stray
from typewright.keymap.chords import KeyEvent


class SyncedObserver:
    """
    Confirms events when the keyer reports that the compositor has processed the requests for them; satisfies `IObserver`.

    Only what the keyer reports with `seen` is a stray.
    """

    def __init__(self) -> None:
        self._expected: deque[Deferred[bool]] = deque()
        self._strays: list[Stray] = []
        self._generation = 0
        self._attending = False

    @property
    def generation(self) -> int:
        """A number that every `forget` changes."""
        return self._generation

    def confirm(self, event: KeyEvent) -> Deferred[bool]:
        """See `IObserver`."""
        self._attending = True
        self._expected.append(Deferred())
        return self._expected[-1]

    def processed(self, count: int, generation: int, as_meant: bool) -> None:
        """
        Confirm the oldest `count` events: they were sent in this generation.

        `as_meant` is False for events that may have come out in another state, and for those that were not sent.
        """
        if generation != self._generation:
            return
        for _ in range(min(count, len(self._expected))):
            confirmation = self._expected.popleft()
            if not confirmation.called:
                confirmation.callback(as_meant)

    def seen(self, stray: Stray) -> None:
        """Take in what came between, if a job types."""
        if self._attending:
            self._strays.append(stray)

    def strays(self) -> Sequence[Stray]:
        """See `IObserver`."""
        strays, self._strays = self._strays, []
        return strays

    def forget(self) -> None:
        """See `IObserver`."""
        self._generation += 1
        self._attending = False
        self._strays.clear()
        for confirmation in self._empty():
            if not confirmation.called:
                confirmation.callback(False)

    def lost(self) -> None:
        """Errback all confirmations: the display is lost."""
        for confirmation in self._empty():
            if not confirmation.called:
                confirmation.errback(DisplayLost())

    def _empty(self) -> deque[Deferred[bool]]:
        expected, self._expected = self._expected, deque()
        return expected
