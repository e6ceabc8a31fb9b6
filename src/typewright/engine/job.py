# SPDX-License-Identifier: MIT
"""One call's typing: its caller, how far it is, and why it stopped."""

from __future__ import annotations

from typing import Any, NamedTuple

from twisted.internet.defer import Deferred

from typewright.interfaces.accessibility import FocusedObject
from typewright.interfaces.backend import (
    CONSENT_ENDED,
    CONSENT_FAILED,
    CONSENT_REFUSED,
    HELD,
    LOCKED,
    MENU,
    NOWHERE,
    TAKEN,
    UNKNOWN,
    WINDOW,
    Pace,
    Place,
)
from typewright.interfaces.services import Report
from typewright.keymap.chords import Chord
from typewright.keymap.layout import Layout
from typewright.options import Options
from typewright.reasons import (
    CONSENT_ASKED,
    FOCUS_MOVED,
    HOTKEY,
    KEYBOARD_HELD,
    LOCKER_HELD,
    MENU_OPEN,
    NO_FOCUS,
    PLACE_UNKNOWN,
    Reason,
)
from typewright.reasons import CONSENT_ENDED as ENDED
from typewright.reasons import CONSENT_FAILED as FAILED
from typewright.reasons import CONSENT_REFUSED as REFUSED

NEVER = float("-inf")
"""A time before all others."""


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
    is before the caret, `types_text` whether it types characters, not only shortcuts and keys that move. `place` is where
    the job belongs, `layout` what its key list was made for, `program` the kind of its program (a key of
    `text.erasing.EDITORS`), `before` what is before its text, if that is known and matters, `goal` what must be there at its
    end, if that is to be compared, `focused` the object with the focus when it began. `left_down` are the keycodes that one
    of its chords left down, in the order in which they went down. `insertion` is the number under which the history keeps
    its text, 0 if what is there is unknown. `interference` is what came between its keys and has yet to be corrected. `last`
    is what its last chord typed, empty for a shortcut. `interruptible` is the Deferred that a stop cancels, if the job waits
    for one. `pace` is what its program needs. `rested_at` is when no modifier was held, unless the program was waited for
    since. `waits` tells that it has typed nothing, since its window has not the focus, and lets others go first;
    `waits_until` how long it does.
    """

    def __init__(
        self,
        caller: str,
        kind: str,
        *,
        total: int = 0,
        insertion: int = 0,
        erases: bool = False,
        types_text: bool = False,
        options: Options = Options(),  # noqa: B008
    ) -> None:
        self.caller = caller
        self.kind = kind
        self.total = total
        self.insertion = insertion
        self.erases = erases
        self.types_text = types_text
        self.options = options
        self.typed = 0
        self.place: Place = NOWHERE
        self.layout = Layout({}, {})
        self.interference: Interference | None = None
        self.level = ""
        self.stopped = False
        self.reason: Reason | None = None
        self.interruptible: Deferred[Any] | None = None
        self.program = "unknown"
        self.before: str | None = None
        self.focused: FocusedObject | None = None
        self.left_down: list[int] = []
        self.last = ""
        self.goal = ""
        self.pace = Pace()
        self.rested_at = NEVER
        self.waits = False
        self.waits_until: float | None = None
        self._pieces: list[str] = []

    def stop(self, reason: Reason) -> None:
        """Type no further, for the first `reason` that is given. A chord under way is finished; a wait is broken off."""
        if not self.stopped:
            self.stopped, self.reason = True, reason
            if self.interruptible is not None:
                self.interruptible.cancel()

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

    def belongs(self, place: Place) -> bool:
        """Return whether keys that go to `place` are where the job belongs: a shortcut may be for the program's own menu."""
        if place.kind == MENU and not self.insertion:
            place = Place(WINDOW, place.window)
        return place == self.place

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


_ELSEWHERE = {NOWHERE: NO_FOCUS, HELD: KEYBOARD_HELD, LOCKED: LOCKER_HELD, TAKEN: HOTKEY, UNKNOWN: PLACE_UNKNOWN}


def elsewhere(place: Place) -> Reason:
    """Return why a job stops when keys go to `place`, which is not its own."""
    return MENU_OPEN if place.kind == MENU else _ELSEWHERE.get(place, FOCUS_MOVED)


def without_consent(state: str) -> Reason:
    """Return why nothing is typed while the user's consent has this state."""
    return {CONSENT_ENDED: ENDED, CONSENT_FAILED: FAILED, CONSENT_REFUSED: REFUSED}.get(state, CONSENT_ASKED)
