# SPDX-License-Identifier: MIT
"""Limits: how much one call may ask for, and the options of calls that choose none."""

from __future__ import annotations

from dataclasses import dataclass, field

from typewright.errors import InvalidArgs, LimitsExceeded
from typewright.keymap.notation import keysyms_of
from typewright.options import Options
from typewright.text.typeable import typeable

Keysyms = list[tuple[tuple[str, int], ...]]
"""The chords of a notation, each as (word, keysym) pairs."""


@dataclass
class Limits:
    """
    What both services check before they make a job of a call.

    `max_characters` is for a text, a number of backspaces, a notation; `max_jobs` and `max_jobs_per_caller` are for the
    queue; `options` are those of a call that gives none.
    """

    max_characters: int = 20_000
    max_jobs: int = 64
    max_jobs_per_caller: int = 16
    options: Options = field(default_factory=Options)

    def text(self, text: str, options: Options) -> str:
        """Return `text` made fit for typing. Raises InvalidArgs or LimitsExceeded."""
        self.length(len(text), "characters")
        try:
            text = typeable(text)
        except ValueError as problem:
            raise InvalidArgs(str(problem)) from None
        return options.with_line_ends(text)

    def chords(self, notation: str) -> Keysyms:
        """Return the chords of `notation`. Raises InvalidArgs or LimitsExceeded."""
        self.length(len(notation), "characters")
        try:
            return keysyms_of(notation)
        except ValueError as problem:
            raise InvalidArgs(str(problem)) from None

    def length(self, length: int, what: str) -> None:
        """Raise LimitsExceeded if `length` of `what` (a plural noun) is too much for one call."""
        if length > self.max_characters:
            raise LimitsExceeded(
                f"The call has {length} {what}, and at most {self.max_characters} are allowed; make several calls of it."
            )
