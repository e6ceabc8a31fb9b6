# SPDX-License-Identifier: MIT
"""The target of a job: the place that it belongs to, what is there, and when the job may begin or go on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from twisted.internet.task import deferLater

from typewright.engine.history import History
from typewright.engine.job import Job, elsewhere
from typewright.engine.pacing import Pacing
from typewright.engine.timeouts import DeferredGenerator, Timeouts
from typewright.engine.user_activity import UserActivity
from typewright.interfaces.accessibility import FocusedObject, IAccessibility
from typewright.interfaces.backend import (
    BACKGROUND,
    FOCUS,
    HELD,
    LOCKED,
    MENU,
    NOWHERE,
    UNKNOWN,
    IBackend,
    IClock,
    window_place,
)
from typewright.options import REFUSE, STOP, WAIT
from typewright.reasons import BACKGROUND as ON_BACKGROUND
from typewright.reasons import (
    FOCUS_MOVED,
    KEYBOARD_HELD,
    MODIFIER_HELD,
    NOT_IN_WINDOW,
    PASSWORD_FIELD,
    PLACE_UNKNOWN,
    TOUCHED,
    Reason,
)
from typewright.text.context import tells_place
from typewright.text.erasing import kind_of
from typewright.text.language import Rules

_PARAGRAPH = 1000
"""Characters before the caret that the context rules look at, at most."""
_LOOK_S = 0.05
_LATE_S = 1.0
"""How long a field may take to tell of a text that its program has taken already."""
_MOST_ASKED = 1000


class Target:
    """Finds out, and waits; what cannot be had in time, or must not be, stops the job."""

    def __init__(
        self,
        backend: IBackend,
        accessibility: IAccessibility,
        history: History,
        user: UserActivity,
        clock: IClock,
        pacing: Pacing,
        rules: Rules,
        *,
        passwords: bool,
        declared: Mapping[str, str],
    ) -> None:
        """
        `rules` tell how much context a text needs; with `passwords`, password fields are typed into as well; `declared` are
        the kinds of programs that the user has configured.
        """
        self._declared = {name.lower(): kind for name, kind in declared.items()}
        self._capabilities = backend.capabilities
        self._keyboard = backend.keyboard
        self._focus = backend.focus
        self._programs = backend.programs
        self._history = history
        self._accessibility = accessibility
        self._user = user
        self._clock: Any = clock  # the type checker can't see that a clock is Twisted's IReactorTime
        self._pacing = pacing
        self._timeouts = Timeouts(clock, pacing.timeout_s)
        self._rules = rules
        self._passwords = passwords

    def find(self, job: Job) -> DeferredGenerator:
        """
        Find the place that the job belongs to from now on, and what is before the caret there.

        For a job that erases, also the kind of program (`job.program`). Return layout and state as `at_rest` does.
        """
        found = yield from self.at_rest(job)
        if job.stopped:
            return None
        if job.waits_until is None:
            self._user.attend()
        job.place = (yield from self._timeouts.within(job, self._focus.focused())) or NOWHERE
        if job.place.kind == MENU and not job.insertion:
            job.place = window_place(job.place.window)
        wanted = window_place(job.options.window)
        if job.options.window and wanted != job.place:
            if job.options.on_focus_change == WAIT and self._waits(job):
                return None
            job.place = wanted
            found = yield from self._at_rest_there(job, NOT_IN_WINDOW, wait_s=0.0)
            self._user.arrive()
        elif job.waits_until is not None:
            self._user.arrive()
        elif job.place in (HELD, UNKNOWN):
            job.insertion = 0  # It is unknown which program that is.
            if job.place == HELD and job.options.grabs == REFUSE:
                job.stop(KEYBOARD_HELD)
            elif job.place == UNKNOWN and FOCUS in self._capabilities:
                job.stop(PLACE_UNKNOWN)
        elif job.place in (NOWHERE, LOCKED) or job.place.kind == MENU:
            job.stop(elsewhere(job.place))
        if job.insertion and job.place.kind == BACKGROUND:
            # Shortcuts work there, and nothing else does.
            job.stop(ON_BACKGROUND)
        if not job.stopped:
            yield from self._look_around(job)
        return found

    def at_rest(self, job: Job) -> DeferredGenerator:
        """Return layout and state with no modifier held; None, and the job stopped, when that does not come."""
        within, keyboard = self._timeouts.within, self._keyboard
        found = yield from within(job, keyboard.read())
        while found is not None and found[1].held and not job.stopped:
            yield from within(job, keyboard.unmodified(), MODIFIER_HELD, self._pacing.modifier_wait_s)
            found = yield from within(job, keyboard.read())
        job.rested_at = self._clock.seconds()
        return None if job.stopped else found

    def at_rest_again(self, job: Job) -> DeferredGenerator:
        """As `at_rest`, once the user is quiet and the focus is where the job belongs."""
        yield from self._until_quiet(job)
        return (yield from self._at_rest_there(job))

    def _waits(self, job: Job) -> bool:
        """Return whether the job lets others go first, since its window has not the focus and may yet get it."""
        now = self._clock.seconds()
        if job.waits_until is None:
            job.waits_until = now + self._pacing.focus_wait_s
        job.waits = now < job.waits_until
        return job.waits

    def _at_rest_there(self, job: Job, never: Reason | None = None, *, wait_s: float | None = None) -> DeferredGenerator:
        """As `at_rest`, with the focus where the job belongs: a shortcut whose keys are down may yet change that."""
        while True:
            yield from self._until_back(job, never, wait_s)
            found = yield from self.at_rest(job)
            if job.stopped:
                return None
            place = yield from self._timeouts.within(job, self._focus.focused())
            if place is not None and job.belongs(place):
                return found

    def _look_around(self, job: Job) -> DeferredGenerator:
        job.focused = yield self._accessibility.focused_object()
        self._mind_passwords(job, job.focused)
        if job.erases:
            program = yield from self._timeouts.within(job, self._programs.program(job.place))
            if program is not None:
                job.program = kind_of(program.name, program.toolkit, self._declared)
        if job.options.context_adjust:
            job.before = known = self._history.before(job.place.window)
            if not tells_place(known, self._rules):
                told = yield from self._told_before(job)
                job.before = told if told is not None and told.endswith(known[-_PARAGRAPH:]) else None

    def _told_before(self, job: Job, characters: int = _PARAGRAPH) -> DeferredGenerator:
        """Return the last `characters` that the program says are before the caret; None where it says nothing."""
        if job.place == HELD:
            return None
        if job.focused is not None and not (yield from self._has_keys(job, job.focused)):
            return None
        return (yield self._accessibility.before(min(characters, _MOST_ASKED)))

    def _has_keys(self, job: Job, focused: FocusedObject) -> DeferredGenerator:
        """Return whether `focused` belongs to the program that gets the keys, as far as the display server tells."""
        if job.place == HELD:
            return False
        process = yield from self._timeouts.within(job, self._programs.process(job.place))
        return process in (0, focused.process)

    def is_there(self, job: Job, text: str) -> DeferredGenerator:
        """
        Return whether the focused field has `text` before its caret, and is the one that it was typed in; None if that
        tells nothing. Waits a moment for a field that is late.
        """
        end = self._clock.seconds() + _LATE_S
        while not job.stopped:
            field = yield self._accessibility.focused_object()
            if field is None or field.password or field.terminal or not (yield from self._has_keys(job, field)):
                return None
            if self._history.field(job.place.window) not in ("", field.identity):
                return False
            if not field.editable:
                return None
            job.focused = field
            told = yield from self._told_before(job, len(text))
            if told is None or told.endswith(text[-_MOST_ASKED:]):
                return None if told is None else True
            if self._clock.seconds() >= end:
                return False
            yield from self._pause(job, _LOOK_S)
        return False

    def watch(self, job: Job) -> Callable[[], None]:
        """Watch for password fields that get the focus while the job is typed. Call what is returned to end that."""
        return self._accessibility.watch(lambda focused: self._mind_passwords(job, focused))

    def look_again(self) -> DeferredGenerator:
        """Wait until everything has arrived that the program has told of the focus by now; `watch` sees it then."""
        yield self._accessibility.caught_up()

    def _mind_passwords(self, job: Job, focused: FocusedObject | None) -> None:
        if focused is not None and focused.password:
            self._history.forget()
            job.insertion = 0
            if job.types_text and not self._passwords:
                job.stop(PASSWORD_FIELD)

    def _until_quiet(self, job: Job) -> DeferredGenerator:
        """Wait until the user has touched nothing for a while, as configured."""
        while not job.stopped and (restless_s := self._user.restless_s()):
            if self._user.manner == STOP:
                job.stop(TOUCHED)
            else:
                yield from self._pause(job, restless_s)

    def _until_back(self, job: Job, never: Reason | None, wait_s: float | None) -> DeferredGenerator:
        """
        Wait until the focus is where the job belongs, for `wait_s` seconds (None: if the job may wait for that, as long as
        is configured); stop it when that does not come.

        `never` is the reason to give when the focus is in another window, where that is not that it moved there.
        """
        if wait_s is None:
            wait_s = self._pacing.focus_wait_s if job.options.on_focus_change == WAIT else 0.0
        end = self._clock.seconds() + wait_s
        while not job.stopped:
            place = yield from self._timeouts.within(job, self._focus.focused())
            if place is None or job.belongs(place):
                return
            if self._clock.seconds() >= end:
                reason = elsewhere(place)
                job.stop(never if never is not None and reason is FOCUS_MOVED else reason)
            else:
                yield from self._pause(job, _LOOK_S)

    def _pause(self, job: Job, pause_s: float) -> DeferredGenerator:
        yield from self._timeouts.within(job, deferLater(self._clock, pause_s), timeout_s=pause_s + 1.0)
