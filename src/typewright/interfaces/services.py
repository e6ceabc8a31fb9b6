# SPDX-License-Identifier: MIT
"""
What the bus side delegates to: the two halves of the service, as seams like those of `interfaces.backend`.

`caller` is always the unique name of a bus peer, and one that may make the call. Every Deferred fires when the job's keys
are up. Calls that must not be made raise an error of `typewright.errors` at once; a job that could not be done fires with a
Report that is not confirmed. `options` are by their names on the bus, as the contract documents them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from twisted.internet.defer import Deferred

Given = Mapping[str, object] | None
"""The options that a call has given; None for a call that takes none."""

CONSENT_NOT_NEEDED = "not-needed"
"""The value of the property `Consent` where the backend needs no consent; else it is one of `interfaces.backend`."""


@dataclass(frozen=True)
class Report:
    """
    How a job ended: lengths and outcome, never the text.

    `typed` and `total` count characters (for `backspace`: as the user sees them; for `press`, `hold` and `release`: chords;
    for `undo`: presses of BackSpace; for `revise`: characters and presses of BackSpace together). `level` is one of
    `interfaces.backend`, empty if there is none. `code` and `reason` are empty if the job is confirmed; else `code` is the
    one word of `reasons` that stays the same, and `reason` a sentence for people. `window` is where the job belonged, 0 if
    to none.
    """

    confirmed: bool
    typed: int
    total: int
    level: str
    reason: str
    elapsed_s: float
    window: int = 0
    code: str = ""


@runtime_checkable
class ITypingService(Protocol):
    """Typing, pressing, deleting: a method for each member of the main interface."""

    def insert(self, caller: str, text: str, options: Given = None) -> Deferred[Report]:
        """Type `text`."""

    def backspace(self, caller: str, count: int, options: Given = None) -> Deferred[Report]:
        """Delete `count` characters backwards."""

    def press(self, caller: str, chords: str, options: Given = None) -> Deferred[Report]:
        """Press the chords of a notation such as `ctrl+s Return`."""

    def press_and_hold(self, caller: str, chord: str, lease_s: float) -> Deferred[Report]:
        """
        Press the keys of one chord and leave them down, for `lease_s` (above 0, at most 10) seconds at most.

        Fires when they are down. They come up when the lease ends, with `release`, `cancel` or typing disabled, when the
        caller leaves the bus, and before any other job begins, another `press_and_hold` included.
        """

    def release(self, caller: str, chord: str) -> Deferred[Report]:
        """Release a chord that this caller holds; not confirmed if it does not hold it, or no longer."""

    def cancel(self, caller: str) -> Deferred[int]:
        """End this caller's running and waiting jobs; fires with their number when their keys are up."""

    def cancel_all(self, caller: str) -> Deferred[int]:
        """End the running and waiting jobs of all callers; fires with their number when their keys are up."""

    def allow(self, caller: str) -> Deferred[bool]:
        """
        Have the user asked whether the service may type, even after a refusal; fires with whether it may.

        Fires with true at once where no consent is needed, and otherwise when the user has answered.
        """

    def caller_left(self, caller: str) -> None:
        """The caller is gone from the bus: its jobs end, and get no answer."""

    def get_property(self, name: str) -> object:
        """Return the value of one of the interface's properties, by its name on the bus."""

    def set_typing_enabled(self, caller: str, enabled: bool) -> None:
        """Set the user's switch. False stops the running job and answers the waiting ones."""

    def listen(self, changed: Callable[[str, object], None], finished: Callable[[str, str, Report], None]) -> None:
        """
        Have `changed(property name, new value)` called when a property has really changed, and `finished(caller, kind,
        report)` when a job of either half ended; `kind` is `insert`, `backspace`, `press`, `hold`, `release`, `revise` or
        `undo`. There may be several listeners; each is called in the order in which they came.
        """


@runtime_checkable
class IDictationService(Protocol):
    """
    Dictation: revising and taking back.

    A caller's draft is what it has had typed by `revise` since its last `commit`.
    """

    def revise(self, caller: str, text: str, options: Given = None) -> Deferred[Report]:
        """
        Make this caller's draft read `text`, with the fewest keystrokes.

        A revision that comes while another of this caller's waits or runs takes its place; that one is not confirmed.
        """

    def commit(self, caller: str) -> None:
        """End the draft as it is; the next `revise` begins after it."""

    def undo(self, caller: str, options: Given = None) -> Deferred[Report]:
        """Take back the last insertion of this caller, and with the next call the one before."""

    def forget(self, caller: str) -> None:
        """Wipe the history of all callers: nothing that was typed can be revised or undone any more."""

    def caller_left(self, caller: str) -> None:
        """The caller is gone from the bus, and its drafts with it."""

    def get_property(self, name: str) -> object:
        """Return the value of `ContextAdjust`, the interface's one property."""

    def set_context_adjust(self, caller: str, adjust: bool) -> None:
        """Set whether calls that give no option `context_adjust` have their text adjusted to what is before it."""

    def listen_dictation(self, changed: Callable[[str, object], None]) -> None:
        """Have `changed(property name, new value)` called when a property has really changed."""
