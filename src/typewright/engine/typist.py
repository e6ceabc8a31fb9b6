# SPDX-License-Identifier: MIT
"""
The typist: a generator of Deferreds that types fake keystrokes, one chord after the other.

Each `yield` hands the reactor a Deferred and sleeps until it fires; between two of them the rest of the service lives.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Sequence
from dataclasses import dataclass
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, TimeoutError, inlineCallbacks  # noqa: A004
from twisted.internet.task import deferLater

from typewright.engine.job import Job
from typewright.engine.watchdog import Watchdog
from typewright.interfaces import IBarrier, IClock, IFocus, IHistory, IKeyboard, IKeyer, IObserver
from typewright.plan.chords import ANY_STATE, KeyEvent, KeyList
from typewright.plan.key_coder import KeyCoder, Segment
from typewright.plan.layout import Untypeable

Waits = Generator[Deferred[Any], Any, Any]

_NOT_AS_SENT = "a key event was not processed as it was sent: another modifier or layout was active"
_FOCUS_MOVED = "the focus moved"
_TAKEN = "no program could receive the keys: another one holds the keyboard, or nothing has the focus"
_DEAF = "the X server does not answer"
_SILENT = "the confirmation of a key event stayed away"

ContextAdjust = Callable[[str, str], str]
"""Fits a text (first argument) to what stands before it (second)."""


def verbatim(text: str, before: str) -> str:
    """The context adjustment that adjusts nothing: a plain Insert types exactly what it is given."""
    return text


@dataclass(frozen=True)
class Pacing:
    """
    How keys are spread over time.

    `mode` is "chord" (all events of a chord in one write, so that neither a stall nor a kill falls between a press and its
    release) or "event" (strict lock-step, with `hold_s` behind each event, for programs that need it). `timeout_s` is how
    long a confirmation may stay away, `modifier_wait_s` how long a job waits for the user to let go of a modifier.
    """

    mode: str = "chord"
    hold_s: float = 0.0
    timeout_s: float = 2.0
    modifier_wait_s: float = 1.0


@dataclass(frozen=True)
class Collaborators:
    """The others that a typist works with; see `typewright.interfaces`."""

    keyer: IKeyer
    observer: IObserver
    keyboard: IKeyboard
    barrier: IBarrier
    focus: IFocus
    history: IHistory


class Typist:
    """
    I type for one job at a time: wait for the Deferred that I return before you ask for the next.

    The Deferreds of `insert`, `backspace` and `press` fire True when every key event was confirmed, and the barrier
    reached; else False. By then all keys that I pressed are up. The job holds what happened.
    """

    def __init__(
        self,
        collaborators: Collaborators,
        clock: IClock,
        pacing: Pacing | None = None,
        context_adjust: ContextAdjust = verbatim,
    ) -> None:
        self._keyer = collaborators.keyer
        self._observer = collaborators.observer
        self._keyboard = collaborators.keyboard
        self._barrier = collaborators.barrier
        self._focus = collaborators.focus
        self._history = collaborators.history
        self._clock: Any = clock  # the type checker can't see that a clock is Twisted's IReactorTime
        self._pacing = pacing or Pacing()
        self._context_adjust = context_adjust

    @inlineCallbacks
    def insert(self, text: str, job: Job) -> Waits:
        """Type `text`, which has been through `typeable`, over borrowed keycodes where the layout lacks a character."""

        def cut(coder: KeyCoder) -> Sequence[Segment]:
            adjusted = self._context_adjust(text, self._history.before(job.window))
            job.total = len(adjusted)
            return coder.segments(adjusted, self._keyboard.spare)

        try:
            return (yield from self._type(job, cut, lambda coder, segment: coder.text_to_keys(segment.text)))
        finally:
            self._history.typed(job.window, job.caller, job.text)

    @inlineCallbacks
    def backspace(self, count: int, job: Job) -> Waits:
        """Press BackSpace `count` times."""
        try:
            return (yield from self._type(job, _whole, lambda coder, _: coder.backspaces(count)))
        finally:
            self._history.backspaced(job.window, job.caller, job.typed)

    @inlineCallbacks
    def press(self, notation: str, job: Job) -> Waits:
        """Press the chords of `notation`; see `typewright.plan.notation`."""
        return (yield from self._type(job, _whole, lambda coder, _: coder.chords(notation)))

    @inlineCallbacks
    def press_and_release_keys(self, key_list: KeyList, job: Job) -> Waits:
        """
        Press and release the chords of `key_list`: the keys of a chord in order, then up in reverse order.

        Sends a burst of events (`Pacing.mode`), waits for the confirmation of each of them, and only then sends the next.
        Fires True if all were confirmed. Stops, and fires False, at the first chord that was not; when the focus leaves
        `job.window`; when the layout is no longer `job.layout`; when the job is told to stop. Keys still down then are
        released. `key_list` stays as it is.
        """
        watchdog = Watchdog(self._clock, self._timeout_s(job))
        whole = self._pacing.mode == "chord"
        down: dict[int, None] = {}
        try:
            yield from self._check_layout(job, watchdog)
            for chord in key_list:
                if job.stopped:
                    break
                for burst in (chord.events,) if whole else [(event,) for event in chord.events]:
                    confirmations = [self._observer.confirm(event) for event in burst]
                    for event in burst:
                        if event.pressed:
                            down[event.keycode] = None
                    window = yield watchdog.guard(self._keyer.send(burst))
                    confirmed = window == job.window
                    for event, confirmation in zip(burst, confirmations, strict=True):
                        if not (yield watchdog.guard(confirmation)):
                            confirmed = False
                            job.stop(_NOT_AS_SENT)
                        elif not event.pressed:
                            del down[event.keycode]
                    if window != job.window:
                        job.stop(_FOCUS_MOVED if window else _TAKEN)
                    if self._pacing.hold_s:
                        yield watchdog.guard(deferLater(self._clock, self._pacing.hold_s), self._pacing.hold_s)
                    if not confirmed:
                        break
                else:
                    # A chord that a new layout has overtaken may have typed anything.
                    stands = self._keyboard.layout is job.layout and not self._keyboard.stale
                    if stands or (yield from self._check_layout(job, watchdog)):
                        job.confirmed(chord.text)
        except CancelledError:
            if not watchdog.expired:
                raise
            job.stop(_SILENT)
        finally:
            watchdog.stop()
            self._observer.forget()
            if down:
                yield from self._lift(down, job)
        return not job.stopped

    def _check_layout(self, job: Job, watchdog: Watchdog) -> Waits:
        """Whether the layout is still the one that the key list was made for; stops the job if not."""
        if self._keyboard.stale:
            yield watchdog.guard(self._keyboard.read())
        stands = self._keyboard.layout is job.layout or self._keyboard.layout == job.layout
        if not stands:
            job.stop("the keyboard layout changed")
        return stands

    def _lift(self, down: Collection[int], job: Job) -> Waits:
        """Release what is down, last pressed first, and wait for the confirmations: but not for ever."""
        releases = [KeyEvent(keycode, False, ANY_STATE) for keycode in reversed(list(down))]
        confirmations = [self._observer.confirm(event) for event in releases]
        try:
            waits: list[Deferred[Any]] = [self._keyer.send(releases), *confirmations]
            for waiting in waits:
                yield from self._within(self._timeout_s(job), waiting, job, "a key release was not confirmed")
        finally:
            # One that still waits would stand before those of the next job, and none of these would come.
            self._observer.forget()

    def _type(
        self,
        job: Job,
        cut: Callable[[KeyCoder], Sequence[Segment]],
        code: Callable[[KeyCoder, Segment], KeyList],
    ) -> Waits:
        """What insert, backspace and press have in common: make ready, type segment by segment, reach the barrier."""
        timeout_s = self._timeout_s(job)
        found = yield from self._at_rest(job)
        job.window = (yield from self._within(timeout_s, self._focus.focused(), job, _DEAF)) or 0
        if not job.window:
            job.stop("no window has the focus, or another program holds the keyboard")
        if found is None or job.stopped:
            return False
        job.layout, state = found
        try:
            coder = KeyCoder(job.layout, group=state.group, locked=state.locked)
            for segment in cut(coder):
                if segment.borrow:
                    if job.layout.borrowed:
                        yield from self._reach(job, settle=True)
                    if job.stopped:
                        break
                    borrowing = self._keyboard.borrow(segment.borrow)
                    lent = yield from self._within(timeout_s, borrowing, job, _DEAF)
                    if lent is None:
                        break
                    job.layout = lent
                    coder = KeyCoder(job.layout, group=state.group, locked=state.locked)
                if not (yield self.press_and_release_keys(code(coder, segment), job)):
                    break
        except Untypeable as problem:
            job.stop(str(problem))
        finally:
            self._keyboard.done_borrowing()
            yield from self._within(timeout_s, self._keyer.settle(), job, _DEAF)
        if job.stopped and job.layout.borrowed:
            yield from self._reach(job, settle=True)
        if not job.stopped:
            job.level = (yield from self._reach(job, settle=False)) or ""
        return not job.stopped

    def _at_rest(self, job: Job) -> Waits:
        """Layout and state with no modifier held; None, and the job stopped, when that stays away."""
        found = yield from self._within(self._timeout_s(job), self._keyboard.read(), job, _DEAF)
        if found is not None and found[1].held:
            wait_s = self._pacing.modifier_wait_s
            yield from self._within(wait_s, self._keyboard.unmodified(), job, "a modifier key is held down")
            found = yield from self._within(self._timeout_s(job), self._keyboard.read(), job, _DEAF)
        return found

    def _reach(self, job: Job, *, settle: bool) -> Waits:
        return self._within(
            self._timeout_s(job),
            self._barrier.reach(job.window, settle=settle),
            job,
            "the program with the focus has not answered yet",
        )

    def _within(self, timeout_s: float, waiting: Deferred[Any], job: Job, reason: str) -> Waits:
        """The result of `waiting`; None, and the job stopped for `reason`, when it stays away."""
        try:
            return (yield waiting.addTimeout(timeout_s, self._clock))
        except TimeoutError:
            job.stop(reason)
            return None

    def _timeout_s(self, job: Job) -> float:
        return self._pacing.timeout_s if job.timeout_s is None else job.timeout_s


def _whole(coder: KeyCoder) -> Sequence[Segment]:
    """The one segment of a job that is not a text."""
    return (Segment("", ()),)
