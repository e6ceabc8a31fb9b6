# SPDX-License-Identifier: MIT
"""How many of the next chords go out in one write: a run, where the backend has runs and it is safe."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from typewright.engine.job import Job
from typewright.engine.pacing import Pacing
from typewright.engine.user_activity import UserActivity
from typewright.interfaces.backend import WINDOW, IRuns, Pace, Place
from typewright.keymap.chords import Chord, KeyList
from typewright.keymap.layout import Layout

_UNDER_HAND = 4
"""Chords in a run when the user has touched something lately: what they press in mid-run acts on the rest of it."""
_ENDS = ("\n", "\t")
"""What may have the program move the focus: nothing goes out behind it before that is looked at."""


class RunLength:
    """
    Knows which chords have been typed in the job's window by themselves, with nothing else receiving them.

    Only those get into a longer run: a key that another program has bound as a hotkey is found out by itself, and not with
    others behind it. Where runs do not ask, speed was chosen over that as well.
    """

    def __init__(self, runs: IRuns | None, user: UserActivity, pacing: Pacing) -> None:
        self._runs = runs if pacing.mode == "run" else None
        self._user = user
        self._free: set[tuple[int, ...]] = set()
        self._free_in: tuple[Layout, Place] | None = None

    def next(self, key_list: KeyList, at: int, job: Job) -> tuple[Sequence[Chord], bool]:
        """Return the next chords of `key_list`, which go out in one write, and whether that is a run; `at` is the first."""
        chord = key_list[at]
        if self._runs is None or not chord.text or job.place.kind != WINDOW or not (longest := self._runs.longest):
            return [chord], False
        if self._free_in is None or self._free_in[0] is not job.layout or self._free_in[1] != job.place:
            self._free, self._free_in = set(), (job.layout, job.place)
        if job.erases or job.pace != Pace():
            longest = 1
        elif self._user.touched_lately:
            longest = min(longest, _UNDER_HAND)
        run = [chord]
        state = chord.events[0].state
        if self._joins(chord) and state is not None:
            for other in islice(key_list, at + 1, at + longest):
                if not self._joins(other) or other.events[0].state != state:
                    break
                run.append(other)
        return run, True

    def typed(self, run: Sequence[Chord]) -> None:
        """Note that these chords have reached the job's window."""
        self._free.update(chord.keys for chord in run)

    def forget(self) -> None:
        """A key was taken: others may be bound by now as well."""
        self._free_in = None

    def _joins(self, chord: Chord) -> bool:
        known = self._runs is not None and (chord.keys in self._free or not self._runs.asks)
        return known and chord.text not in _ENDS and chord.text != ""
