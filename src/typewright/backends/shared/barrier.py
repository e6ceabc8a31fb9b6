# SPDX-License-Identifier: MIT
"""
The barrier: when the program with the focus has read its keys, as the kernel tells of its socket.

That is no answer of the program, and so the level is the server's. It keeps typing from running ahead of a program that
hangs, which the compositor would end for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import deferLater

from typewright.backends.shared.unread import Unread
from typewright.interfaces.backend import GONE, LEVEL_SERVER, IClock, IDelayed, Pace, Place

PAUSE_S = 0.05
"""How long programs have for a keymap before keys come; Chromium needs some 20 ms of it, Xwayland 30 (docs/wayland.md)."""

_LOOKS_S = (0.001, 0.001, 0.002, 0.004, 0.008, 0.016, 0.03)
"""The pauses between looks at the sockets; the last one again and again."""


@dataclass(eq=False)
class _Waiting:
    """`behind` are the programs that have not been seen to have read all yet."""

    behind: set[int]
    reached: Deferred[None]


class Barrier:
    """
    Looks at the sockets of all programs while a job waits; satisfies `IBarrier`. Without `unread` nothing is known.
    `exists(place)` is whether a window is still there.

    `on_begin(place)` is called when a job begins, which waits for its Deferred; `on_end()` when it ends.
    """

    def __init__(self, clock: IClock, unread: Unread | None, exists: Callable[[Place], bool] = lambda place: True) -> None:
        self.on_begin: Callable[[Place], Deferred[None]] = lambda place: succeed(None)
        self.on_end: Callable[[], object] = lambda: None
        self._exists = exists
        self._clock: Any = clock  # the type checker can't see that a clock is Twisted's IReactorTime
        self._unread = unread
        self._before: dict[int, int] = {}
        self._waiting: list[_Waiting] = []
        self._looking: IDelayed | None = None
        self._looks = 0

    def begin(self, place: Place) -> Deferred[Pace]:
        """See `IBarrier`. What a program had not read before is not waited for: it may hang in the background."""
        self._before = dict(self._unread.look()) if self._unread is not None else {}
        return self.on_begin(place).addCallback(lambda _: Pace())

    def end(self) -> None:
        """See `IBarrier`."""
        self.on_end()
        self._before = {}

    def reach(self, place: Place, *, settle: bool) -> Deferred[str]:
        """See `IBarrier`. With `settle`, programs get the time for a change of the keymap on top."""
        reached = self._all_read()
        if settle:
            reached.addCallback(lambda _: deferLater(self._clock, PAUSE_S))
        return reached.addCallback(lambda _: LEVEL_SERVER if self._exists(place) else GONE)

    def close(self) -> None:
        """Look no more."""
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None
        if self._unread is not None:
            self._unread.close()
            self._unread = None

    def _all_read(self) -> Deferred[None]:
        """Fires when each program was seen to have read all, or as much as when the job began."""
        behind = self._behind()
        if not behind:
            return succeed(None)
        waiting = _Waiting(behind, Deferred(self._cancelled))
        self._waiting.append(waiting)
        if self._looking is None:
            self._looks = 0
            self._look_later()
        return waiting.reached

    def _cancelled(self, reached: Deferred[None]) -> None:
        self._waiting = [each for each in self._waiting if each.reached is not reached]

    def _behind(self) -> set[int]:
        if self._unread is None:
            return set()
        now = self._unread.look_again()
        return {program for program, unread in now.items() if unread > self._before.get(program, 0)}

    def _look_later(self) -> None:
        pause_s = _LOOKS_S[min(self._looks, len(_LOOKS_S) - 1)]
        self._looks += 1
        self._looking = self._clock.callLater(pause_s, self._look)

    def _look(self) -> None:
        self._looking = None
        behind = self._behind()
        for each in self._waiting:
            each.behind &= behind
        while self._waiting and not self._waiting[0].behind:
            self._looks = 0
            self._waiting.pop(0).reached.callback(None)
        if self._waiting and self._looking is None:
            self._look_later()
