# SPDX-License-Identifier: MIT
"""The surroundings of a job: the window that it belongs to, what stands there, and when it may begin or go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.task import deferLater

from typewright.engine.collaborators import Collaborators
from typewright.engine.context_adjust import Fitting
from typewright.engine.job import Job
from typewright.engine.pacing import Pacing
from typewright.engine.timeouts import Patience, Waits
from typewright.engine.user_activity import User
from typewright.interfaces.accessibility import FocusedObject
from typewright.interfaces.backend import HELD, NOWHERE, IClock
from typewright.options import REFUSE, STOP, WAIT

_NO_FOCUS = "nothing has the focus"
_BACKGROUND = "no window has the focus, only the background behind them all"
_HELD = "another program holds the keyboard"
COVERED = "another program holds the keyboard, and its window covers the screen, as that of a locker does"
_FOCUS_MOVED = "the focus moved"
_PARAGRAPH = 1000
_LOOK_S = 0.05


def elsewhere(window: int) -> str:
    """Why a job stops when keys go to `window`, which is not its own."""
    return {NOWHERE: _NO_FOCUS, HELD: _HELD}.get(window, _FOCUS_MOVED)


class Surroundings:
    """I find out, and I wait; what can't be had in time, or must not be, stops the job."""

    def __init__(
        self, collaborators: Collaborators, user: User, clock: IClock, pacing: Pacing, fitting: Fitting, *, passwords: bool
    ) -> None:
        """`fitting` is asked whether it is on; with `passwords`, password fields are typed into as well."""
        self._keyboard = collaborators.keyboard
        self._focus = collaborators.focus
        self._programs = collaborators.programs
        self._history = collaborators.history
        self._accessibility = collaborators.accessibility
        self._user = user
        self._clock: Any = clock  # the type checker can't see that a clock is Twisted's IReactorTime
        self._pacing = pacing
        self._patience = Patience(clock, pacing.timeout_s)
        self._fitting = fitting
        self._passwords = passwords

    def find(self, job: Job) -> Waits:
        """
        Find the window that the job belongs to from now on, and what stands before the caret there.

        For one that erases, also what kind of program it is (`job.program`). Layout and state as of `at_rest`.
        """
        found = yield from self.at_rest(job)
        if job.stopped:
            return None
        self._user.attend()
        job.window = (yield from self._patience.within(job, self._focus.focused())) or NOWHERE
        if job.options.window not in (job.window, NOWHERE):
            job.window = job.options.window
            found = yield from self._at_rest_there(job)
            self._user.arrive()
        elif job.window == NOWHERE:
            job.stop(_NO_FOCUS)
        elif job.window == HELD:
            job.insertion = 0  # Nobody knows to which program.
            if job.options.grabs == REFUSE:
                job.stop(_HELD)
            elif (yield from self._patience.within(job, self._focus.covered())):
                job.stop(COVERED)
        if job.insertion and self._focus.is_background(job.window):
            # Shortcuts work there, and that is all.
            job.stop(_BACKGROUND)
        if not job.stopped:
            yield from self._look_around(job)
        return found

    def at_rest(self, job: Job) -> Waits:
        """Layout and state with no modifier held; None, and the job stopped, when that stays away."""
        within, keyboard = self._patience.within, self._keyboard
        found = yield from within(job, keyboard.read())
        while found is not None and found[1].held and not job.stopped:
            yield from within(job, keyboard.unmodified(), "a modifier key is held down", self._pacing.modifier_wait_s)
            found = yield from within(job, keyboard.read())
        return None if job.stopped else found

    def at_rest_again(self, job: Job) -> Waits:
        """As `at_rest`, once the user is quiet, and the focus where the job belongs."""
        yield from self._until_quiet(job)
        return (yield from self._at_rest_there(job))

    def _at_rest_there(self, job: Job) -> Waits:
        """As `at_rest`, with the focus where the job belongs: which the shortcut may yet change whose keys are down."""
        while True:
            yield from self._until_back(job)
            found = yield from self.at_rest(job)
            if job.stopped:
                return None
            if (yield from self._patience.within(job, self._focus.focused())) == job.window:
                return found

    def _look_around(self, job: Job) -> Waits:
        job.focused = yield self._accessibility.focused_object()
        self._mind_passwords(job, job.focused)
        if job.erases:
            job.program = (yield from self._patience.within(job, self._programs.kind(job.window))) or job.program
        if self._fitting.on:
            job.before = known = self._history.before(job.window)
            if not self._fitting.may_go_by(known):
                told = yield from self._told_before(job)
                job.before = told if told is not None and told.endswith(known[-_PARAGRAPH:]) else None

    def _told_before(self, job: Job) -> Waits:
        """What the program that gets the keys says to stand before the caret; None where none says so."""
        on = job.focused
        if job.window == HELD:
            return None
        if on is not None:
            process = yield from self._patience.within(job, self._programs.process(job.window))
            if process not in (0, on.process):
                return None
        return (yield self._accessibility.before(_PARAGRAPH))

    def watch(self, job: Job) -> Callable[[], None]:
        """Mind the fields that the focus gets to while the job is typed. Call what is returned to end that."""
        return self._accessibility.watch(lambda focused: self._mind_passwords(job, focused))

    def look_again(self) -> Waits:
        """Wait until all is known that the program has told of the focus by now; what `watch` minds is minded then."""
        yield self._accessibility.caught_up()

    def _mind_passwords(self, job: Job, focused: FocusedObject | None) -> None:
        if focused is not None and focused.password:
            self._history.forget()
            job.insertion = 0
            if not self._passwords:
                job.stop("the focus is in a password field, and the configuration refuses these")

    def _until_quiet(self, job: Job) -> Waits:
        """Wait until the user has touched nothing for a while, as the configuration has it."""
        while not job.stopped and (restless_s := self._user.restless_s()):
            if self._user.manner == STOP:
                job.stop("the user pressed a key or a button")
            else:
                yield deferLater(self._clock, restless_s)

    def _until_back(self, job: Job) -> Waits:
        """Wait until the focus is in the job's window, where the job may wait for that; stop it where that does not come."""
        end = self._clock.seconds() + (self._pacing.focus_wait_s if job.options.on_focus_change == WAIT else 0.0)
        while not job.stopped:
            window = yield from self._patience.within(job, self._focus.focused())
            if window == job.window or window is None:
                return
            if self._clock.seconds() >= end:
                job.stop(elsewhere(window))
            else:
                yield deferLater(self._clock, _LOOK_S)
