# SPDX-License-Identifier: MIT
"""The others that the engine works with."""

from __future__ import annotations

from dataclasses import dataclass

from typewright.interfaces.accessibility import IAccessibility
from typewright.interfaces.backend import IBarrier, IFocus, IHistory, IKeyboard, IKeyer, IObserver, IPrograms


@dataclass(frozen=True)
class Collaborators:
    """One for each seam; see `typewright.interfaces.backend`."""

    keyer: IKeyer
    observer: IObserver
    keyboard: IKeyboard
    barrier: IBarrier
    focus: IFocus
    programs: IPrograms
    history: IHistory
    accessibility: IAccessibility
