# SPDX-License-Identifier: MIT
"""
What the bus face delegates to: the two halves of the service, as seams like those of `typewright.interfaces.backend`.

`caller` is always the unique name of a bus peer, and one that may make the call. Every Deferred fires when the job's
keys are up. Calls that must not be made raise an error of `typewright.errors` at once; a job that could not be done
fires with a Report that is not confirmed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from twisted.internet.defer import Deferred


@dataclass(frozen=True)
class Report:
    """
    How a job ended: lengths and outcome, never the text.

    `typed` and `total` count characters (for `press`, `hold` and `release`: chords; for `backspace` and `undo`: presses;
    for `revise`: characters and presses of BackSpace together); `reason` is empty or says in a sentence why the job is
    not confirmed. `window` is where the job belonged, 0 if to none.
    """

    confirmed: bool
    typed: int
    total: int
    level: str
    reason: str
    elapsed_s: float
    window: int = 0


@runtime_checkable
class ITypingService(Protocol):
    """Typing, pressing, deleting: a line a member of the main interface."""

    def insert(self, caller: str, text: str, options: Mapping[str, object] | None = None) -> Deferred[Report]:
        """Type `text`. `options` as documented for `Type` in the contract."""

    def backspace(self, caller: str, count: int) -> Deferred[Report]:
        """Press BackSpace `count` times."""

    def press(self, caller: str, chords: str) -> Deferred[Report]:
        """Press the chords of a notation such as `ctrl+s Return`."""

    def press_and_hold(self, caller: str, chord: str, lease_s: float) -> Deferred[Report]:
        """
        Press the keys of one chord and leave them down, for `lease_s` (above 0, at most 10) seconds at most.

        Fires when they are down. They come up when the lease ends, with `release`, `cancel` or typing disabled, when the
        caller leaves the bus, and before any other job begins, another `press_and_hold` included.
        """

    def release(self, caller: str, chord: str) -> Deferred[Report]:
        """Release a chord that this caller holds; not confirmed if it does not hold it (any more)."""

    def cancel(self, caller: str) -> Deferred[int]:
        """End this caller's running and waiting jobs; fires with their number when their keys are up."""

    def caller_left(self, caller: str) -> None:
        """The caller is gone from the bus: its jobs end, and nobody hears of it."""

    def get_property(self, name: str) -> object:
        """The value of a contract property: `TypingEnabled`, `Busy`, `Backend`, `Layout`, `Version`."""

    def set_typing_enabled(self, caller: str, enabled: bool) -> None:
        """Set the user's switch. False stops the running job and answers the waiting ones."""

    def listen(self, changed: Callable[[str, object], None], finished: Callable[[str, str, Report], None]) -> None:
        """
        Have `changed(property name, new value)` called when a property has really changed, and `finished(caller, kind,
        report)` when a job of either half ended; `kind` is `insert`, `backspace`, `press`, `hold`, `release`, `revise` or
        `undo`.
        """


@runtime_checkable
class IDictationService(Protocol):
    """
    Dictation: revising and taking back.

    A caller's draft is what it has had typed by `revise` since its last `commit`.
    """

    def revise(self, caller: str, text: str) -> Deferred[Report]:
        """
        Make this caller's draft read `text`, with the fewest keystrokes.

        One that comes while another of this caller's waits or runs takes its place; that one's Report is not confirmed.
        """

    def commit(self, caller: str) -> None:
        """The draft stands as it is; the next `revise` begins behind it."""

    def undo(self, caller: str) -> Deferred[Report]:
        """Take back the last insertion of this caller, and with the next call the one before."""

    def forget(self, caller: str) -> None:
        """Wipe the history, everybody's: nothing that was typed can be revised or undone any more."""

    def caller_left(self, caller: str) -> None:
        """The caller is gone from the bus, and its drafts with it."""

    def get_property(self, name: str) -> object:
        """The value of a contract property: `ContextAdjust`."""

    def set_context_adjust(self, caller: str, adjust: bool) -> None:
        """Have insertions and revisions fitted to what stands before them, or not."""

    def listen_dictation(self, changed: Callable[[str, object], None]) -> None:
        """Have `changed(property name, new value)` called when a property has really changed."""
