# SPDX-License-Identifier: MIT
"""What is said of a connection that has ended: a protocol's own words for each way of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from typewright.errors import DisplayLost
from typewright.wire.codec import Malformed
from typewright.wire.transport import Backlog

_LONGEST_MESSAGE = 200


@dataclass(frozen=True)
class Losses:
    """
    `broken(what)` is for a peer that does not speak the protocol, `not_reading()` for one that takes nothing; the others
    are sentences: the peer `closed` it, it was `lost` in another way, or ended `by_us`.
    """

    broken: Callable[[str], DisplayLost]
    not_reading: Callable[[], DisplayLost]
    closed: str
    lost: str
    by_us: str

    def of(self, problem: Exception | None) -> DisplayLost:
        """The error for the reason that a transport gave; None is the peer's end."""
        if isinstance(problem, Malformed):
            return self.broken(str(problem))
        if isinstance(problem, Backlog):
            return self.not_reading()
        if problem is None or isinstance(problem, OSError):
            return DisplayLost(self.closed)
        return DisplayLost(self.lost)


def told(message: str) -> str:
    """What a peer said of the end, as the rest of a sentence: a colon and the message, on one line; empty without any."""
    line = "".join(character if character.isprintable() else " " for character in message[:_LONGEST_MESSAGE]).strip(" .")
    return f": {line}" if line else ""
