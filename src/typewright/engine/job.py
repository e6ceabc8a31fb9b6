# SPDX-License-Identifier: MIT
"""One call's typing: who asked, how far it is, and why it stopped."""

from __future__ import annotations

from typewright.engine.interference import Disturbance
from typewright.interfaces.accessibility import FocusedObject
from typewright.interfaces.backend import NOWHERE
from typewright.interfaces.services import Report
from typewright.keymap.chords import Chord
from typewright.keymap.layout import Layout
from typewright.options import Options


class Job:
    """
    I am what the typist and the queue write down about one call.

    `total` and `typed` count characters, chords or, for `revise` and `undo`, keystrokes. `erases` tells that it takes away
    what stands before the caret. `window` is where the job belongs, `layout` what its key list was made for, `program` the
    kind of its program, `before` what stands before its text, if that is known and matters, `focused` what has the focus at
    its begin. `left_down` are the keycodes that a chord of it has left down, in the order in which they went down.
    `insertion` is the number under which the history keeps its text, 0 where nobody knows what stands there; `disturbance`
    is what has come between its keys and is to be put right. `last` is what the last of its chords typed, empty for a
    shortcut.
    """

    def __init__(
        self,
        caller: str,
        kind: str,
        *,
        total: int = 0,
        insertion: int = 0,
        erases: bool = False,
        options: Options = Options(),  # noqa: B008
    ) -> None:
        self.caller = caller
        self.kind = kind
        self.total = total
        self.insertion = insertion
        self.erases = erases
        self.options = options
        self.typed = 0
        self.window = 0
        self.layout = Layout({}, {})
        self.disturbance: Disturbance | None = None
        self.level = ""
        self.reason = ""
        self.program = "unknown"
        self.before: str | None = None
        self.focused: FocusedObject | None = None
        self.left_down: list[int] = []
        self.last = ""
        self._pieces: list[str] = []

    @property
    def stopped(self) -> bool:
        """Whether there is a reason to type no further."""
        return bool(self.reason)

    def stop(self, reason: str) -> None:
        """Type no further. The first reason is the one that counts; the chord under way is finished."""
        self.reason = self.reason or reason

    def is_typed_in(self, layout: Layout) -> bool:
        """Whether that is the layout which my key list was made for, or one like it."""
        return layout is self.layout or layout == self.layout

    def confirmed(self, chord: Chord) -> None:
        """`chord` was confirmed."""
        self.typed += chord.counts
        self.last = chord.text
        self._pieces.append(chord.text)

    def take_text(self) -> str:
        """What was confirmed since I was asked for it last."""
        text = "".join(self._pieces)
        self._pieces.clear()
        return text

    def report(self, confirmed: bool, elapsed_s: float) -> Report:
        """How I ended."""
        return Report(confirmed, self.typed, self.total, self.level, self.reason, elapsed_s, max(self.window, NOWHERE))

    def __repr__(self) -> str:
        return f"Job({self.kind} for {self.caller}, {self.typed} of {self.total})"
