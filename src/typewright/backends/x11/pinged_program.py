# SPDX-License-Identifier: MIT
"""A program that is pinged, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from Xlib import X

from typewright.backends.x11.input_methods import InputMethod
from typewright.backends.x11.program_ping import Way
from typewright.backends.x11.traits import PLAIN, Traits
from typewright.interfaces.backend import Program


@dataclass(eq=False)
class PingedProgram:
    """
    What is known of a program that is pinged at `window`; `begun` are the windows of it that had the focus, `found` those
    of them that are sure to be its own.

    `ways` are those in which it is pinged: all that it may answer, until it has answered one. `answers` tells that it has,
    or announces that it will; `silent` that it did not within the time allowed. `name` is what its windows say
    that it is; `methods` are the input methods that its keys may go through, and are part of its `traits`.
    """

    window: int
    ways: Way
    answers: bool = False
    silent: bool = False
    begun: set[int] = field(default_factory=set)
    found: set[int] = field(default_factory=set)
    name: Program | None = None
    traits: Traits = PLAIN
    methods: tuple[InputMethod, ...] = ()


def no_program() -> PingedProgram:
    """Return what stands in for the program of a place that has none, or none that is known: it never answers."""
    return PingedProgram(X.NONE, Way(0), silent=True)
