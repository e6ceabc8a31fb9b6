# SPDX-License-Identifier: MIT
"""The history: which confirmed characters were typed where, for which caller; in memory only, bounded in size and age."""

from __future__ import annotations

import re
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import dropwhile, takewhile
from typing import NamedTuple

from typewright.keymap.chords import ERASE
from typewright.text.erasing import EDITORS, LOOK_BACK, plain_end


@dataclass
class Stretch:
    """Text of one insertion in a window, and its time; `whole` unless its beginning is forgotten. Hides its text."""

    caller: str
    insertion: int
    text: str
    at_s: float
    whole: bool = True

    def __repr__(self) -> str:
        return f"Stretch({len(self.text)} characters)"


class Insertion(NamedTuple):
    """
    Where an insertion is, what is known of its text, and who typed after it; `whole` unless its beginning is forgotten.

    `followers` are the callers whose text comes after its beginning in its window. Hides its text.
    """

    number: int
    window: int
    text: str
    followers: frozenset[str] = frozenset()
    whole: bool = True

    def __repr__(self) -> str:
        return f"Insertion({self.number}, {len(self.text)} characters)"


class History:
    """
    Remembers up to `characters` confirmed characters for each of the `windows` used last, for `age_s` seconds.

    Each stretch belongs to an insertion of a caller. Nothing is guessed: a BackSpace past the beginning ends what is known
    of the window, and when others may have changed the text or moved the caret, everything ends (`forget`).
    """

    def __init__(
        self,
        seconds: Callable[[], float] = lambda: 0.0,
        *,
        windows: int = 16,
        characters: int = 20_000,
        age_s: float = 900.0,
    ) -> None:
        self._seconds = seconds
        self._windows = windows
        self._characters = characters
        self._age_s = age_s
        self._passages: OrderedDict[int, deque[Stretch]] = OrderedDict()
        self._gone: OrderedDict[int, int] = OrderedDict()
        self._fields: dict[int, str] = {}
        self._insertions = 0
        self._first_known = 0

    def begin(self) -> int:
        """Return the number of a new insertion."""
        self._insertions += 1
        return self._insertions

    def typed(self, window: int, caller: str, text: str, insertion: int, program: str, field: str = "") -> None:
        """
        Note that `text` was confirmed in `window`; an ERASE in it is a BackSpace, in a `program` of that kind.

        `field` is the identity of the text field that had the focus; empty if it is unknown. Another field than before ends
        what was known of the window.
        """
        if field and self.field(window) not in ("", field):
            self.end(window)
        if not self.knows(insertion) or insertion <= self._gone.get(window, 0):
            self.end(window)
            return
        first, *others = re.split(f"({ERASE}+)", text)
        self._append(window, caller, first, insertion)
        for erases, piece in zip(others[::2], others[1::2], strict=True):
            self._backspaces(window, len(erases), program)
            self._append(window, caller, piece, insertion)
        if field:
            self._fields[window] = field
        self._bound(window)

    def field(self, window: int) -> str:
        """Return the identity of the text field that the known text of `window` is in; empty if it is unknown."""
        return self._fields.get(window, "") if self._passage(window) else ""

    def shorten(self, window: int, left: str, count: int) -> None:
        """Note that the last `count` characters of `window` were deleted but for `left`, as the field itself has told."""
        passage = self._passage(window)
        if sum(len(stretch.text) for stretch in passage) < count:
            self.end(window)
            return
        last = _cut(passage, count) if count else None
        if last is not None and left:
            self._append(window, last.caller, left, last.insertion)

    def knows(self, insertion: int) -> bool:
        """Return whether the history has been kept without a break since an insertion began."""
        return insertion >= self._first_known

    def before(self, window: int) -> str:
        """Return what is known to be before the caret of `window`; empty when nothing is."""
        return "".join(stretch.text for stretch in self._passage(window))

    def last(self, caller: str) -> Insertion | None:
        """Return the last insertion of `caller` of which something is left; None when nothing is known."""
        mine = [
            (stretch.insertion, window)
            for window in list(self._passages)
            for stretch in self._passage(window)
            if stretch.caller == caller
        ]
        return self.find(*max(mine)) if mine else None

    def find(self, insertion: int, window: int) -> Insertion | None:
        """Return what is left of an insertion in `window`; None when nothing is."""
        passage = self._passage(window)
        mine = [stretch for stretch in passage if stretch.insertion == insertion]
        text = "".join(stretch.text for stretch in mine)
        from_first = dropwhile(lambda stretch: stretch.insertion != insertion, passage)
        followers = frozenset(stretch.caller for stretch in from_first if stretch.insertion != insertion)
        return Insertion(insertion, window, text, followers, all(stretch.whole for stretch in mine)) if text else None

    def of(self, window: int) -> tuple[tuple[str, str], ...]:
        """Return the stretches of `window`, oldest first, as (caller, text)."""
        return tuple((stretch.caller, stretch.text) for stretch in self._passage(window))

    def end(self, window: int) -> None:
        """What is before the caret of `window` is no longer known."""
        self._passages.pop(window, None)
        self._fields.pop(window, None)

    def gone(self, window: int) -> None:
        """`window` is gone. What began until now is in none of that number, which the next window may get."""
        self.end(window)
        self._gone[window] = self._insertions
        self._gone.move_to_end(window)
        if len(self._gone) > self._windows:
            self._gone.popitem(last=False)

    def forget(self) -> None:
        """Wipe everything. Insertions that have begun are not remembered: their surroundings are unknown."""
        self._passages.clear()
        self._fields.clear()
        self._first_known = self._insertions + 1

    # --- inside ------------------------------------------------------------------------------------------------------

    def _passage(self, window: int) -> deque[Stretch]:
        passage = self._passages.get(window)
        if passage is None:
            return deque()
        oldest = self._seconds() - self._age_s
        while passage and passage[0].at_s < oldest:
            passage.popleft()
        return passage

    def _append(self, window: int, caller: str, text: str, insertion: int) -> None:
        if not text:
            return
        passage = self._passages.setdefault(window, deque())
        self._passages.move_to_end(window)
        if passage and passage[-1].insertion == insertion:
            passage[-1].text += text
            passage[-1].at_s = self._seconds()
        else:
            passage.append(Stretch(caller, insertion, text, self._seconds()))

    def _backspaces(self, window: int, count: int, program: str) -> None:
        while count:
            passage = self._passage(window)
            plain = min(count, plain_end(passage[-1].text, program)) if passage else 0
            if plain:
                _cut(passage, plain)
            else:
                self._backspace(window, program)
            count -= plain or 1

    def _backspace(self, window: int, program: str) -> None:
        passage = self._passage(window)
        tail = _tail(passage)
        ways = {editor.erase(tail) for editor in EDITORS[program]} if tail else set()
        if any(editor.keeps(tail[-1:]) != tail[-1:] for editor in EDITORS[program]):
            ways.clear()  # What was typed last may not be there at all.
        if len(ways) != 1:
            # It went past what is known, or what it did is not certain.
            self.end(window)
            return
        (left,) = ways
        if left == tail:
            return
        kept = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(tail, left, strict=False))))
        last = _cut(passage, len(tail) - kept)
        if left[kept:]:
            # The program keeps the rest of a composed character in a form that was not typed so.
            self._append(window, last.caller, left[kept:], last.insertion)

    def _bound(self, window: int) -> None:
        while len(self._passages) > self._windows:
            self._fields.pop(self._passages.popitem(last=False)[0], None)
        passage = self._passage(window)
        surplus = sum(len(stretch.text) for stretch in passage) - self._characters
        while surplus > 0:
            oldest = passage.popleft()
            if len(oldest.text) > surplus:
                oldest.text, oldest.whole = oldest.text[surplus:], False
                passage.appendleft(oldest)
                break
            surplus -= len(oldest.text)


def _tail(passage: deque[Stretch]) -> str:
    """Return the last characters of the passage; not all, since this runs for each press of BackSpace."""
    tail = ""
    for stretch in reversed(passage):
        tail = stretch.text[-LOOK_BACK:] + tail
        if len(tail) >= LOOK_BACK:
            break
    return tail[-LOOK_BACK:]


def _cut(passage: deque[Stretch], surplus: int) -> Stretch:
    """Take `surplus` (1 or more) characters from the end; return the stretch that the first of them was in."""
    while True:
        last = passage.pop()
        if len(last.text) > surplus:
            last.text = last.text[:-surplus]
            passage.append(last)
            return last
        surplus -= len(last.text)
        if not surplus:
            return last
