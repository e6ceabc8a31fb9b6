# SPDX-License-Identifier: MIT
"""One call's typing: its caller, how far it is, and why it stopped."""

from __future__ import annotations

from typing import Any, NamedTuple

from twisted.internet.defer import Deferred

from typewright.interfaces.accessibility import FocusedObject
from typewright.interfaces.backend import HELD, LOCKED, NOWHERE, UNKNOWN, Place
from typewright.interfaces.services import Report
from typewright.keymap.chords import Chord
from typewright.keymap.layout import Layout
from typewright.options import Options
from typewright.reasons import FOCUS_MOVED, KEYBOARD_HELD, LOCKER_HELD, NO_FOCUS, PLACE_UNKNOWN, Reason


class Interference(NamedTuple):
    """
    What came between the keys of a job did this to its text.

    `typed` is whether the chord under way typed what it was to type; `surplus` how many characters are in the text that do
    not belong there, None if that is unknown.
    """

    typed: bool
    surplus: int | None


class Job:
    """
    What typist and queue write down about one call.

    `total` and `typed` count characters, chords or, for `revise` and `undo`, keystrokes. `erases` is whether it deletes what
    is before the caret. `place` is where the job belongs, `layout` what its key list was made for, `program` the kind of its
    program (a key of `text.erasing.MODELS`), `before` what is before its text, if that is known and matters, `focused` the
    object with the focus when it began. `left_down` are the keycodes that one of its chords left down, in the order in which
    they went down. `insertion` is the number under which the history keeps its text, 0 if what is there is unknown.
    `interference` is what came between its keys and has yet to be corrected. `last` is what its last chord typed, empty for
    a shortcut. `goal` is what must be before the caret at its end, if that is to be compared.
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
        self.place: Place = NOWHERE
        self.layout = Layout({}, {})
        self.interference: Interference | None = None
        self.level = ""
        self.reason: Reason | None = None
        self.program = "unknown"
        self.before: str | None = None
        self.focused: FocusedObject | None = None
        self.left_down: list[int] = []
        self.last = ""
        self.goal = ""
        self._pieces: list[str] = []
        self._interruptible: Deferred[Any] | None = None

    @property
    def stopped(self) -> bool:
        """Whether there is a reason to type no further."""
        return self.reason is not None

    def stop(self, reason: Reason) -> None:
        """Type no further, for the first `reason` that is given. A chord under way is finished; a wait is broken off."""
        if self.reason is None:
            self.reason = reason
            if self._interruptible is not None:
                self._interruptible.cancel()

    def interruptible(self, waiting: Deferred[Any] | None) -> None:
        """Have `stop` cancel `waiting`, which is being waited for; None when the wait is over."""
        self._interruptible = waiting

    def is_typed_in(self, layout: Layout) -> bool:
        """Return whether `layout` is the one that the key list was made for, or equal to it."""
        return layout is self.layout or layout == self.layout

    def confirmed(self, chord: Chord) -> None:
        """Note that `chord` was confirmed."""
        self.typed += chord.counts
        self.last = chord.text
        self._pieces.append(chord.text)

    def committed(self, text: str) -> None:
        """Note that the focused field took `text` as a commit."""
        self.typed += len(text)
        self.last = text[-1:]
        self._pieces.append(text)

    def take_text(self) -> str:
        """Return what was confirmed since the last call of this."""
        text = "".join(self._pieces)
        self._pieces.clear()
        return text

    def report(self, confirmed: bool, elapsed_s: float) -> Report:
        """Return how the job ended."""
        code, sentence = (self.reason.code, self.reason.sentence) if self.reason is not None else ("", "")
        return Report(confirmed, self.typed, self.total, self.level, sentence, elapsed_s, self.place.window, code)

    def __repr__(self) -> str:
        return f"Job({self.kind} for {self.caller}, {self.typed} of {self.total})"


def elsewhere(place: Place) -> Reason:
    """Return why a job stops when keys go to `place`, which is not its own."""
    return {NOWHERE: NO_FOCUS, HELD: KEYBOARD_HELD, LOCKED: LOCKER_HELD, UNKNOWN: PLACE_UNKNOWN}.get(place, FOCUS_MOVED)
