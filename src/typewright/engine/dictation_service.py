# SPDX-License-Identifier: MIT
"""Dictation: text that is revised while it is spoken, and taken back when asked; only ever what we typed ourselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from twisted.internet.defer import Deferred, inlineCallbacks

from typewright.engine.context_adjust import Fitting
from typewright.engine.history import History
from typewright.engine.job import Job
from typewright.engine.plans import Typist
from typewright.engine.timeouts import Waits
from typewright.engine.typing_service import Desk
from typewright.engine.typist import Step
from typewright.interfaces.services import Report
from typewright.keymap.key_coder import KeyCoder
from typewright.text.revision import Revision, revise

SUPERSEDED = "a newer revision took its place"
_ELSEWHERE = "the focus is in another window than the text"
_BEHIND = "another caller has typed behind the text"
_UNKNOWN = "what stands before the caret is not known any more: somebody pressed a key or a button, or wiped the history"
_FORGOTTEN = "the beginning of the text is not known any more: it is longer than what is remembered of a window"
_NOTHING = "nothing that this caller had typed is known any more"


_FOR_GOOD = "in this program, what was typed can't be taken back with BackSpace alone"


@dataclass
class _Draft:
    """
    What a caller has had typed since its last commit: the number of its insertion, where it is, how long it was, what
    stood before it when it began, as far as that is known, and the job that came last. Hides its text.
    """

    insertion: int
    window: int = 0
    length: int = 0
    before: str | None = field(default=None, repr=False)
    job: Job | None = None


class Dictation:
    """I am the dictation service (`IDictationService`): my jobs stand in the desk's queue."""

    def __init__(self, desk: Desk, typist: Typist, history: History, fitting: Fitting) -> None:
        self._desk = desk
        self._typist = typist
        self._history = history
        self._fitting = fitting
        self._drafts: dict[str, _Draft] = {}
        self._changed: Callable[[str, object], None] = lambda name, value: None

    # --- the contract ------------------------------------------------------------------------------------------------

    def revise(self, caller: str, text: str) -> Deferred[Report]:
        """See `IDictationService`."""
        text = self._desk.admit(text, self._desk.options)
        draft = self._drafts.get(caller) or _Draft(self._history.begin())
        self._supersede(draft)
        options = self._desk.options
        job = Job(caller, "revise", total=len(text), insertion=draft.insertion, erases=True, options=options)
        reply = self._desk.submit(job, lambda job: self._revise(draft, text, job))
        # A caller that was refused is not watched: what were kept for it, nobody would clear away.
        self._drafts[caller], draft.job = draft, job
        return reply

    def commit(self, caller: str) -> None:
        """See `IDictationService`."""
        self._drafts.pop(caller, None)

    def undo(self, caller: str) -> Deferred[Report]:
        """See `IDictationService`. A draft counts as committed: it is what is taken back first."""
        if caller in self._drafts:
            self._supersede(self._drafts[caller])
        self.commit(caller)
        job = Job(caller, "undo", insertion=self._history.begin(), erases=True, options=self._desk.options)
        return self._desk.submit(job, self._undo)

    def forget(self, caller: str) -> None:
        """See `IDictationService`."""
        self._history.forget()
        self.commit(caller)

    def caller_left(self, caller: str) -> None:
        """See `IDictationService`."""
        self.commit(caller)

    def get_property(self, name: str) -> object:
        """See `IDictationService`."""
        return {"ContextAdjust": self._fitting.on}[name]

    def set_context_adjust(self, caller: str, adjust: bool) -> None:
        """See `IDictationService`."""
        if adjust != self._fitting.on:
            self._fitting.on = adjust
            self._changed("ContextAdjust", adjust)

    def listen_dictation(self, changed: Callable[[str, object], None]) -> None:
        """See `IDictationService`."""
        self._changed = changed

    def _supersede(self, draft: _Draft) -> None:
        """End the job of `draft`; those of committed ones are carried out."""
        if draft.job is not None:
            self._desk.supersede(draft.job, SUPERSEDED)

    # --- the jobs ----------------------------------------------------------------------------------------------------

    @inlineCallbacks
    def _revise(self, draft: _Draft, text: str, job: Job) -> Waits:
        begun, goal, way, behind = False, "", None, 0

        def gone() -> bool:
            """Whether all that stood was taken back, and nothing typed behind it."""
            return way is not None and job.typed - behind == way.presses and way.text == goal

        def plan(coder: KeyCoder) -> list[Step]:
            nonlocal begun, goal, way, behind
            if job.insertion and not (begun or draft.length):
                # Nothing of it stands, and so nothing that has happened since it was begun can have spoiled it.
                draft.insertion = job.insertion = self._history.begin()
            found = self._history.find(draft.insertion, job.window)
            if draft.length and not begun and draft.window != job.window:
                job.stop(_ELSEWHERE)
            elif not self._history.knows(draft.insertion) or (found is None and (not gone() if begun else draft.length)):
                job.stop(_UNKNOWN)
            elif found is not None and not found.is_last:
                job.stop(_BEHIND)
            elif found is not None and not found.whole:
                job.stop(_FORGOTTEN)
            if job.stopped:
                return []
            if found is None and not begun:
                draft.before = job.before
            begun, draft.window = True, job.window
            goal, behind = self._fitting(text, draft.before), job.typed
            way = self._way(found.text if found else "", goal, job)
            return self._steps(way, coder)

        try:
            return (yield self._typist.perform(job, plan))
        finally:
            if begun:
                left = self._history.find(draft.insertion, draft.window)
                if left:
                    draft.length = len(left.text)
                elif gone() and job.insertion:
                    draft.length = 0
                else:
                    # Something may stand there: a draft of no length would be typed anew behind it.
                    draft.length = max(draft.length, 1)

    def _undo(self, job: Job) -> Deferred[bool]:
        insertion = 0

        def plan(coder: KeyCoder) -> list[Step]:
            nonlocal insertion
            found = self._history.find(insertion, job.window) if insertion else self._history.last(job.caller)
            if found is None:
                if not insertion:
                    job.stop(_NOTHING)
                elif not self._history.knows(insertion) or job.typed < job.total:
                    job.stop(_UNKNOWN)
                return []
            if found.window != job.window:
                job.stop(_ELSEWHERE)
            elif not found.is_last:
                job.stop(_BEHIND)
            elif not found.whole:
                job.stop(_FORGOTTEN)
            if job.stopped:
                return []
            insertion = found.number
            return self._steps(self._way(found.text, "", job), coder)

        return self._typist.perform(job, plan)

    def _way(self, standing: str, text: str, job: Job) -> Revision | None:
        """The way from what stands at the end of the window to `text`; None, and the job stopped, where there is none."""
        way = revise(standing, text, job.program)
        if way is None or not way.certain:
            job.stop(_FOR_GOOD)
            return None
        job.total = job.typed + way.keystrokes
        return way

    def _steps(self, way: Revision | None, coder: KeyCoder) -> list[Step]:
        if way is None:
            return []
        return [Step(lambda coder: coder.backspaces(way.presses)), *self._typist.steps(coder, way.text)]
