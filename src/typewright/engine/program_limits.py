# SPDX-License-Identifier: MIT
"""What some programs can't take, whatever is confirmed: known by their names, and refused before the first key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from typewright.engine.job import Job
from typewright.engine.plans import CheckedStep, KeyStep, Step
from typewright.engine.timeouts import DeferredGenerator, Timeouts
from typewright.interfaces.backend import IPrograms, Program
from typewright.interfaces.forwarders import FORWARDERS
from typewright.reasons import CHARACTER_CUT, FORWARDER, Reason

# docs/targets.md has what was measured. The two lose what takes AltGr or another group; a VNC server adds some thirty
# characters to a keymap that lacks them, which is enough for each layout of a Latin script, and drops the rest.
_SHIFT_ONLY = frozenset(("xephyr", "tigervnc viewer"))
_LATIN_ONLY = frozenset(("tigervnc viewer",))
_LAST_OF_CODE_PAGE = "\u00ff"
_LAST_LATIN = "\u024f"
_LAST_OF_PLANE = "\uffff"
_CUTTING = frozenset(("kwrite", "kate", "kdevelop"))
"""KTextEditor drops characters beyond U+FFFF."""
_CODE_PAGE = frozenset(("scite",))
"""SciTE converts its text to a code page."""
_CUTTING_TOOLKITS = frozenset(("java",))
"""The JDK's XIM code cuts keysyms beyond U+FFFF to 16 bits."""


class Needs(NamedTuple):
    """
    What a text needs of a program: characters of it are `lent`, since the keyboard layout lacks them; some take more than a
    key and Shift (`beyond_shift`); and `highest` is the highest of its characters.
    """

    lent: bool = False
    beyond_shift: bool = False
    highest: str = ""


class ProgramLimits:
    """Stops jobs whose text the program with the focus is known not to take."""

    def __init__(self, programs: IPrograms, timeouts: Timeouts) -> None:
        self._programs = programs
        self._timeouts = timeouts

    def check(self, job: Job, steps: Sequence[Step]) -> DeferredGenerator:
        """Stop the job if its program cannot take what these steps type. Asks nothing where every program takes it."""
        if job.stopped:
            return
        keyed = [step for step in steps if isinstance(step, KeyStep)]
        goals = [step.goal for step in steps if isinstance(step, CheckedStep)]
        needs = Needs(
            any(step.lend for step in keyed),
            any(step.beyond_shift for step in keyed),
            max("".join([*(step.highest for step in keyed), *goals]), default=""),
        )
        if needs.lent or needs.beyond_shift or needs.highest > _LAST_OF_CODE_PAGE:
            program = yield from self._timeouts.within(job, self._programs.program(job.place))
            reason = program and limit(program, needs)
            if reason:
                job.stop(reason)


def limit(program: Program, needs: Needs) -> Reason | None:
    """Return why `program` cannot take a text with these needs, None if it can."""
    name = program.name.lower()
    if needs.lent and name in FORWARDERS:
        return FORWARDER
    if (needs.beyond_shift and name in _SHIFT_ONLY) or (needs.highest > _LAST_LATIN and name in _LATIN_ONLY):
        return FORWARDER
    if needs.highest > _LAST_OF_PLANE and (name in _CUTTING or program.toolkit in _CUTTING_TOOLKITS):
        return CHARACTER_CUT
    if needs.highest > _LAST_OF_CODE_PAGE and name in _CODE_PAGE:
        return CHARACTER_CUT
    return None
