# SPDX-License-Identifier: MIT
"""How many characters are wrong, and where."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile

_MOST_CELLS = 4_000_000


@dataclass(frozen=True)
class Difference:
    """`wrong` characters; from place `first` on (counted from 0), `sent` and `got` differ, up to their common end."""

    wrong: int
    first: int
    sent: str
    got: str

    def __str__(self) -> str:
        return f"{self.wrong} wrong from character {self.first} on: sent {_shown(self.sent)}, got {_shown(self.got)}"


def compare(sent: str, got: str) -> Difference:
    """
    The edit distance of `sent` and `got`: the fewest characters to insert, delete or replace.

    Only where what differs is too long for that (the product of its lengths is over 4,000,000) it is the length of the
    longer part, which is too much rather than too little.
    """
    first = _common(sent, got)
    sent, got = sent[first:], got[first:]
    last = _common(sent[::-1], got[::-1])
    sent, got = sent[: len(sent) - last], got[: len(got) - last]
    return Difference(_distance(sent, got), first, sent, got)


def _common(one: str, other: str) -> int:
    """The length of the common beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _distance(one: str, other: str) -> int:
    if len(one) * len(other) > _MOST_CELLS:
        return max(len(one), len(other))
    row = list(range(len(other) + 1))
    for place, character in enumerate(one, 1):
        diagonal, row[0] = row[0], place
        for column, theirs in enumerate(other, 1):
            best = min(row[column] + 1, row[column - 1] + 1, diagonal + (character != theirs))
            diagonal, row[column] = row[column], best
    return row[-1]


def _shown(text: str) -> str:
    """At most 12 of its characters, as code points and as themselves."""
    points = " ".join(f"{ord(character):04X}" for character in text[:12])
    return f"{len(text)} characters [{points}{' …' * (len(text) > 12)}] {text[:12]!r}"
