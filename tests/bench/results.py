# SPDX-License-Identifier: MIT
"""What the race found: its runs, and what they come to."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import NamedTuple


class Key(NamedTuple):
    """Which text went into which program by whom."""

    text: str
    target: str
    peer: str


@dataclass(frozen=True)
class Run:
    """`count` characters in `elapsed_s` seconds, of which `wrong` were; `told` is what the peer said of it itself."""

    count: int
    elapsed_s: float
    wrong: int
    told: str


class Results:
    """All runs of a race."""

    def __init__(self) -> None:
        self._runs: dict[Key, list[Run]] = {}

    def add(self, key: Key, run: Run) -> None:
        self._runs.setdefault(key, []).append(run)

    @property
    def texts(self) -> dict[str, int]:
        """The names of the texts, in their order, and how many characters they have."""
        return {key.text: runs[0].count for key, runs in self._runs.items()}

    @property
    def targets(self) -> list[str]:
        """The programs, in their order."""
        return list(dict.fromkeys(key.target for key in self._runs))

    @property
    def rounds(self) -> int:
        return min(map(len, self._runs.values()))

    def rate(self, key: Key) -> float:
        """Characters a second: the median of the rounds."""
        return statistics.median(run.count / run.elapsed_s for run in self._runs[key])

    def ratio(self, key: Key, other: Key) -> float:
        """How many times as fast `key` was as `other` in the same round: the median of the rounds."""
        pairs = zip(self._runs[key], self._runs[other], strict=True)
        return statistics.median(other.elapsed_s / own.elapsed_s for own, other in pairs)

    def wrong(self, key: Key) -> int:
        """Wrong characters in the worst round."""
        return max(run.wrong for run in self._runs[key])

    def told(self, key: Key) -> str:
        """What the peer said in the last round."""
        return self._runs[key][-1].told

    def arrived(self, key: Key) -> bool:
        """Whether at least half of the text arrived; else there is no speed to speak of."""
        return 2 * self.wrong(key) < self._runs[key][0].count
