# SPDX-License-Identifier: MIT
"""What was typed, where, and by whom: confirmed characters only, in memory only, bounded."""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import NamedTuple


class Typed(NamedTuple):
    """A stretch of confirmed text. Hides its text."""

    caller: str
    text: str

    def __repr__(self) -> str:
        return f"Typed({len(self.text)} characters)"


class History:
    """
    I remember, for each of the `windows` used last, up to `characters` confirmed characters and who had them typed.

    What I don't know I don't guess: backspaces past my beginning are forgotten.
    """

    def __init__(self, *, windows: int = 16, characters: int = 20_000) -> None:
        self._windows = windows
        self._characters = characters
        self._stretches: OrderedDict[int, deque[Typed]] = OrderedDict()

    def typed(self, window: int, caller: str, text: str) -> None:
        """Note that `text` was confirmed in `window`."""
        if not text:
            return
        stretches = self._stretches.setdefault(window, deque())
        self._stretches.move_to_end(window)
        while len(self._stretches) > self._windows:
            self._stretches.popitem(last=False)
        stretches.append(Typed(caller, text))
        surplus = sum(len(stretch.text) for stretch in stretches) - self._characters
        while surplus > 0:
            oldest = stretches.popleft()
            if len(oldest.text) > surplus:
                stretches.appendleft(oldest._replace(text=oldest.text[surplus:]))
            surplus -= len(oldest.text)

    def backspaced(self, window: int, caller: str, count: int) -> None:
        """Note that `count` presses of BackSpace were confirmed in `window`, whoever asked for them."""
        stretches = self._stretches.get(window, deque())
        while count > 0 and stretches:
            last = stretches.pop()
            if len(last.text) > count:
                stretches.append(last._replace(text=last.text[:-count]))
            count -= len(last.text)

    def before(self, window: int) -> str:
        """What is known to stand before the caret of `window`."""
        return "".join(stretch.text for stretch in self._stretches.get(window, ()))

    def of(self, window: int) -> tuple[Typed, ...]:
        """The stretches of `window`, oldest first."""
        return tuple(self._stretches.get(window, ()))

    def forget(self) -> None:
        """Wipe everything."""
        self._stretches.clear()
