# SPDX-License-Identifier: MIT
"""
Plans: what a job does, step by step. Pure functions: nothing is typed here, and nothing is waited for.

A plan is called when it is known where the job belongs and what is before the caret, and again for what is left when
something came between. It reads the job, the history and the means, and changes none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby
from typing import NamedTuple

from typewright.engine.history import History
from typewright.engine.job import Job
from typewright.keymap.chords import Chord, KeyList
from typewright.keymap.key_coder import KeyCoder
from typewright.keymap.packing import Lent, Packing
from typewright.reasons import Reason
from typewright.text.context import adjust
from typewright.text.deletion import last_characters, presses
from typewright.text.graphemes import clusters
from typewright.text.language import Rules
from typewright.text.revision import revise

_MOST_BETWEEN = 16
"""Characters that keys could type but that go with the commits around them."""


class KeyStep(NamedTuple):
    """
    A part of a job that is typed: the key list that a coder makes of it, and what slots must hold before it.

    With `after_barrier`, the program must have taken the keys of the parts before it. `highest` is the highest of its
    characters, and `beyond_shift` tells that some take more than a key and Shift. Hides its characters.
    """

    keys: Callable[[KeyCoder], KeyList]
    lend: Sequence[Lent] = ()
    after_barrier: bool = False
    highest: str = ""
    beyond_shift: bool = False

    def __repr__(self) -> str:
        return f"KeyStep({len(self.lend)} slots, after_barrier={self.after_barrier})"


class CommitStep(NamedTuple):
    """A part of a job that is handed to the focused field without keys. Hides its text."""

    text: str

    def __repr__(self) -> str:
        return f"CommitStep({len(self.text)} characters)"


class CheckedStep(NamedTuple):
    """
    A part of a job that deletes `there` from its end, press by press, until what is left begins `goal`, and types the rest.

    Each press is checked against the field's account before the next. Hides both texts.
    """

    there: str
    goal: str

    def __repr__(self) -> str:
        return f"CheckedStep({len(self.there)} characters)"


Step = KeyStep | CommitStep | CheckedStep


class Means(NamedTuple):
    """
    What a plan has to type with: a coder for the layout and state, a packing upon what the slots hold, and `commits`, which
    tells whether the focused field takes a text without keys; None where no field ever does.
    """

    coder: KeyCoder
    packing: Packing
    commits: Callable[[str], bool] | None = None


class Planned(NamedTuple):
    """
    What a plan comes to: the steps, and how much the job has to do in `total`, in its own unit (None: as before). With a
    `reason` the job must stop instead.

    `there` is the text that must be before the caret for the steps to be right, as they delete some of it, and `goal` what
    must be there afterwards in its place; both are compared with the field's own account where there is one. With
    `needs_account`, nothing may be deleted where there is none. `presses` delete all of `there`; None if the steps keep
    some of it, or if it is not known before how many do. Hides the texts.
    """

    steps: Sequence[Step] = ()
    total: int | None = None
    reason: Reason | None = None
    there: str = ""
    goal: str = ""
    needs_account: bool = False
    presses: int | None = None

    def __repr__(self) -> str:
        return f"Planned({len(self.steps)} steps, needs_account={self.needs_account})"


Plan = Callable[[Job, Means], Planned]
"""Plans what is left of a job. Raises Untypeable before the first key of a text that cannot be typed whole."""


def insertion(text: str, rules: Rules) -> Plan:
    """Return the plan to type `text`, which is typeable; adjusted to what is before it by `rules` if the job wants that."""

    def plan(job: Job, means: Means) -> Planned:
        adjusted = adjust(text, job.before, rules) if job.options.context_adjust else text
        return Planned(text_steps(adjusted[job.typed :], means), len(adjusted))

    return plan


def deletion(count: int, history: History) -> Plan:
    """Return the plan to delete `count` characters backwards, as the user sees them where the history knows them."""

    def plan(job: Job, means: Means) -> Planned:
        known = history.before(job.place.window)
        counts = presses(known, count - job.typed, job.program)
        if counts is None:
            there = last_characters(known, count - job.typed)
            return Planned([CheckedStep(there, "")], there=there, needs_account=True)

        def keys(coder: KeyCoder) -> KeyList:
            chords = coder.backspaces(len(counts))
            return [chord._replace(counts=done) for chord, done in zip(chords, counts, strict=True)]

        return Planned([KeyStep(keys)])

    return plan


def pressing(notation: str) -> Plan:
    """Return the plan to press the chords of `notation` (see `keymap.notation`)."""
    return lambda job, means: Planned([KeyStep(lambda coder: coder.chords(notation)[job.typed :])])


def holding(notation: str) -> Plan:
    """Return the plan to press the one chord of `notation` and leave its keys down."""

    def pressed(chord: Chord) -> Chord:
        return chord._replace(events=tuple(event for event in chord.events if event.pressed))

    return lambda job, means: Planned([KeyStep(lambda coder: list(map(pressed, coder.chords(notation)[job.typed :])))])


def replacement(there: str, goal: str, job: Job, means: Means) -> Planned:
    """
    Plan to make `goal` of `there`, the text before the caret that was typed before, with the fewest keystrokes.

    Where it is not certain which presses of BackSpace delete what in this kind of program, each press is checked.
    """
    way = revise(there, goal, job.program)
    if way is None or not way.certain:
        return Planned([CheckedStep(there, goal)], None, None, there, goal, needs_account=True)
    erasing = [KeyStep(lambda coder: coder.backspaces(way.presses))] if way.presses else []
    steps = [*erasing, *text_steps(way.text, means)]
    presses_for_all = way.presses if way.text == goal else None
    total = job.typed + way.keystrokes
    if not way.presses:
        return Planned(steps, total, presses=presses_for_all)
    return Planned(steps, total, None, there, goal, way.walled, presses_for_all)


def text_steps(text: str, means: Means) -> list[Step]:
    """
    Return the steps that type `text`, with commits for what has no keys. Raises Untypeable.

    What a user sees as one character is typed or committed as a whole. A few characters between two commits go with them: a
    commit has to wait for the keys before it.
    """
    reaches = partial(means.coder.reaches, packing=means.packing)
    if means.commits is None or all(map(reaches, set(text))):
        return _key_steps(text, means)
    parts = groupby(clusters(text), lambda cluster: all(map(reaches, cluster)))
    runs = _joined([(typed, "".join(run)) for typed, run in parts])
    if not all(typed or means.commits(run) for typed, run in runs):
        return _key_steps(text, means)  # Raises, with the place of the character in the whole text.
    steps: list[Step] = []
    for typed, run in runs:
        steps += _key_steps(run, means) if typed else [CommitStep(run)]
    return steps


def _joined(runs: Sequence[tuple[bool, str]]) -> list[tuple[bool, str]]:
    """Return `runs` with the short ones that are typed between two that are not taken for such; line ends stay typed."""
    inner = range(1, len(runs) - 1)
    kept = (
        (typed and not (at in inner and len(run) <= _MOST_BETWEEN and run.isprintable()), run)
        for at, (typed, run) in enumerate(runs)
    )
    return [(typed, "".join(run for _, run in part)) for typed, part in groupby(kept, lambda each: each[0])]


def _key_steps(text: str, means: Means) -> list[Step]:
    segments = means.coder.segments(text, means.packing)
    return [
        KeyStep(
            partial(_spell, segment.text),
            segment.lend,
            segment.after_barrier,
            max(segment.text, default=""),
            means.coder.beyond_shift(segment.text),
        )
        for segment in segments
    ]


def _spell(text: str, coder: KeyCoder) -> KeyList:
    return coder.text_to_keys(text)
