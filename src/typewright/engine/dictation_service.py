# SPDX-License-Identifier: MIT
"""The dictation service: text that is revised while it is spoken, and taken back when asked; only ever its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from twisted.internet.defer import Deferred, inlineCallbacks

from typewright.engine.gate import Gate
from typewright.engine.history import History, Insertion
from typewright.engine.job import Job
from typewright.engine.limits import Limits
from typewright.engine.plans import Means, Planned, replacement
from typewright.engine.timeouts import DeferredGenerator
from typewright.engine.typist import Typist
from typewright.interfaces.services import Given, Report
from typewright.reasons import (
    ELSEWHERE,
    FORGOTTEN,
    HISTORY_ENDED,
    NOTHING_LEFT,
    OVERTAKEN,
    SUPERSEDED,
    Reason,
)
from typewright.text.context import adjust
from typewright.text.language import Rules


@dataclass
class Draft:
    """
    What a caller has had typed since its last commit. Hides its text.

    `insertion` is its number in the history, `window` where it is, `length` how long it was, `before` what was before it
    when it began, as far as that is known, `job` the one that came last.
    """

    insertion: int
    window: int = 0
    length: int = 0
    before: str | None = field(default=None, repr=False)
    job: Job | None = None


class DictationService:
    """Implements `IDictationService`. Its jobs go through the same gate and queue as those of the typing service."""

    def __init__(self, typist: Typist, history: History, gate: Gate, limits: Limits, rules: Rules) -> None:
        self._typist = typist
        self._history = history
        self._gate = gate
        self._limits = limits
        self._rules = rules
        self._drafts: dict[str, Draft] = {}
        self._changed: Callable[[str, object], None] = lambda name, value: None

    def revise(self, caller: str, text: str, options: Given = None) -> Deferred[Report]:
        """See `IDictationService`."""
        chosen = self._limits.options.given(options or {})
        text = self._limits.text(text, chosen)
        draft = self._drafts.get(caller) or Draft(self._history.begin())
        self._supersede(draft)
        job = Job(caller, "revise", total=len(text), insertion=draft.insertion, erases=True, types_text=True, options=chosen)
        reply = self._gate.submit(job, DraftRevision(draft, text, self._typist, self._history, self._rules).carry_out)
        # Keep the draft only once the job is accepted: a refused caller is not watched, so nothing would clean up.
        self._drafts[caller], draft.job = draft, job
        return reply

    def commit(self, caller: str) -> None:
        """See `IDictationService`."""
        self._drafts.pop(caller, None)

    def undo(self, caller: str, options: Given = None) -> Deferred[Report]:
        """See `IDictationService`. A draft counts as committed: it is what is taken back first."""
        chosen = self._limits.options.given(options or {})
        if caller in self._drafts:
            self._supersede(self._drafts[caller])
        self.commit(caller)
        job = Job(caller, "undo", insertion=self._history.begin(), erases=True, options=chosen)
        return self._gate.submit(job, lambda job: self._typist.perform(job, Undoing(self._history).plan))

    def forget(self, caller: str) -> None:
        """See `IDictationService`."""
        self._history.forget()
        self.commit(caller)

    def caller_left(self, caller: str) -> None:
        """See `IDictationService`."""
        self.commit(caller)

    def get_property(self, name: str) -> object:
        """See `IDictationService`."""
        return {"ContextAdjust": self._limits.options.context_adjust}[name]

    def set_context_adjust(self, caller: str, adjust: bool) -> None:
        """See `IDictationService`."""
        if adjust != self._limits.options.context_adjust:
            self._limits.options = replace(self._limits.options, context_adjust=adjust)
            self._changed("ContextAdjust", adjust)

    def listen_dictation(self, changed: Callable[[str, object], None]) -> None:
        """See `IDictationService`."""
        self._changed = changed

    def _supersede(self, draft: Draft) -> None:
        """End the last job of `draft`; those of committed drafts are carried out."""
        if draft.job is not None:
            self._gate.supersede(draft.job, SUPERSEDED)


class DraftRevision:
    """
    One job of `revise`: makes `draft` read `text`.

    `begun` is whether the draft was found and its revision planned, `goal` the text with its context, `planned` the steps
    to it from what was there, `typed_before` how much the job had typed when they were planned.
    """

    def __init__(self, draft: Draft, text: str, typist: Typist, history: History, rules: Rules) -> None:
        self._draft = draft
        self._text = text
        self._typist = typist
        self._history = history
        self._rules = rules
        self._begun = False
        self._goal = ""
        self._planned: Planned | None = None
        self._typed_before = 0

    @inlineCallbacks
    def carry_out(self, job: Job) -> DeferredGenerator:
        """Do `job`; fires as `Typist.perform`. The draft is kept true on every way out."""
        try:
            return (yield self._typist.perform(job, self._plan))
        finally:
            if self._begun:
                self._measure(job)

    def _plan(self, job: Job, means: Means) -> Planned:
        draft = self._draft
        if job.insertion and not (self._begun or draft.length):
            # Nothing of the draft is there, so nothing that happened since it began can matter to it.
            draft.insertion = job.insertion = self._history.begin()
        found = self._history.find(draft.insertion, job.place.window)
        if (reason := self._obstacle(found, job)) is not None:
            return Planned(reason=reason)
        if found is None and not self._begun:
            draft.before = job.before
        self._begun, draft.window = True, job.place.window
        self._goal = adjust(self._text, draft.before, self._rules) if job.options.context_adjust else self._text
        self._typed_before = job.typed
        self._planned = replacement(found.text if found else "", self._goal, job, means)
        return self._planned

    def _obstacle(self, found: Insertion | None, job: Job) -> Reason | None:
        """Return why the draft, of which `found` is left, cannot be revised."""
        draft = self._draft
        if draft.length and not self._begun and draft.window != job.place.window:
            return ELSEWHERE
        lost = not self._is_gone(job) if self._begun else draft.length > 0
        if not self._history.knows(draft.insertion) or (found is None and lost):
            return HISTORY_ENDED
        return None if found is None else _not_last(found, job)

    def _is_gone(self, job: Job) -> bool:
        """Return whether everything that was there was taken back, and nothing typed after it."""
        planned = self._planned
        if planned is None:
            return False
        if planned.presses is None:
            return planned.needs_account and not job.stopped and not self._goal
        return job.typed - self._typed_before == planned.presses

    def _measure(self, job: Job) -> None:
        left = self._history.find(self._draft.insertion, self._draft.window)
        if left is not None:
            self._draft.length = len(left.text)
        elif self._is_gone(job) and job.insertion:
            self._draft.length = 0
        else:
            # Something may be left: after a draft of no length, the next one would be typed as if nothing were.
            self._draft.length = max(self._draft.length, 1)


class Undoing:
    """One job of `undo`: takes back the last insertion of its caller. `insertion` is its number once it is found."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._insertion = 0

    def plan(self, job: Job, means: Means) -> Planned:
        """Plan the job, or what is left of it."""
        if self._insertion:
            found = self._history.find(self._insertion, job.place.window)
        else:
            found = self._history.last(job.caller)
        if found is None:
            if not self._insertion:
                return Planned(reason=NOTHING_LEFT)
            done = self._history.knows(self._insertion) and job.typed >= job.total
            return Planned(reason=None if done else HISTORY_ENDED)
        if found.window != job.place.window:
            return Planned(reason=ELSEWHERE)
        if (reason := _not_last(found, job)) is not None:
            return Planned(reason=reason)
        self._insertion = found.number
        return replacement(found.text, "", job, means)


def _not_last(found: Insertion, job: Job) -> Reason | None:
    """Return why what was `found` cannot be deleted from its end."""
    if job.caller in found.followers:
        return OVERTAKEN.saying("the same caller has typed other text after the text: commit the draft before")
    if found.followers:
        return OVERTAKEN.saying("another caller has typed after the text")
    return None if found.whole else FORGOTTEN
