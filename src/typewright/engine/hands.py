# SPDX-License-Identifier: MIT
"""
The hands: they press and release the keys of a key list, one chord after the other.

Each `yield` hands the reactor a Deferred and sleeps until it fires; between two of them the rest of the service lives.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, TimeoutError, inlineCallbacks  # noqa: A004
from twisted.internet.task import deferLater

from typewright.engine.collaborators import Collaborators
from typewright.engine.flow_control import Ahead
from typewright.engine.interference import Disturbance, judge
from typewright.engine.job import Job
from typewright.engine.pacing import Pacing, delay_s, fitted
from typewright.engine.target import COVERED, elsewhere
from typewright.engine.timeouts import Waits
from typewright.engine.user_activity import User
from typewright.engine.watchdog import Watchdog
from typewright.interfaces.backend import HELD, IClock
from typewright.keymap.chords import ANY_STATE, Chord, KeyEvent, KeyList
from typewright.options import WAIT

NOT_AS_SENT = "a key event was not processed as it was sent: another modifier or layout was active"
LAYOUT_CHANGED = "the keyboard layout changed"
_SILENT = "the confirmation of a key event stayed away"
_BEHIND = "the program with the focus takes no more keys"


class Hands:
    """I work for one key list at a time: wait for my Deferred before you ask for the next."""

    def __init__(self, collaborators: Collaborators, user: User, clock: IClock, pacing: Pacing) -> None:
        self._keyer = collaborators.keyer
        self._observer = collaborators.observer
        self._keyboard = collaborators.keyboard
        self._barrier = collaborators.barrier
        self._focus = collaborators.focus
        self._user = user
        self._clock: Any = clock  # the type checker can't see that a clock is Twisted's IReactorTime
        self._pacing = pacing

    @inlineCallbacks
    def press_and_release_keys(self, key_list: KeyList, job: Job) -> Waits:
        """
        Press and release the chords of `key_list`: the keys of a chord in order, then up in reverse order.

        Sends a burst of events (`Pacing`), waits for the confirmation of each of them, and only then sends the next. Fires
        True if all were confirmed. Stops, and fires False, at the first chord that was not; when the focus leaves
        `job.window`; when the layout is no longer `job.layout`; when the program takes no more keys; when the job is told to
        stop. A disturbance that can be put right, or waited for, fires False as well: then `job.disturbance` tells of it,
        and the job is not stopped. Keys still down are released. `key_list` stays as it is.
        """
        watchdog = Watchdog(self._clock, job.options.timeout_s or self._pacing.timeout_s)
        ahead = Ahead(lambda: self._barrier.reach(job.window, settle=False))
        patience_s = 0.0 if job.options.timeout_s else self._pacing.answer_s - self._pacing.timeout_s
        down: Counter[int] = Counter()
        reason, unsure, waited = _SILENT, False, False
        try:
            yield from self._check_layout(job, watchdog)
            for chord in key_list:
                if job.window == HELD and (yield watchdog.guard(self._focus.covered())):
                    # Where a launcher held the keyboard, a locker may have waited for it.
                    job.stop(COVERED)
                if not (job.disturbance or job.stopped):
                    if self._user.comes_between(erases=job.erases):
                        job.disturbance = Disturbance(typed=False, surplus=0)
                    elif waited and (strays := self._observer.strays()):
                        job.disturbance = judge(strays, chord, 0, job.layout)
                if job.stopped or job.disturbance:
                    break
                unsure = True
                if not (yield from self._strike(chord, job, watchdog, down)):
                    break
                # A chord that a new layout has overtaken may have typed anything.
                stands = self._keyboard.layout is job.layout and not self._keyboard.stale
                if stands or (yield from self._check_layout(job, watchdog)):
                    job.confirmed(chord)
                unsure, waited = False, False
                if (taken := ahead.typed()) is not None:
                    # Long enough for a hand to come down.
                    reason, waited = _BEHIND, not taken.called
                    yield watchdog.guard(taken, patience_s)
                    reason = _SILENT
        except CancelledError:
            if not watchdog.expired:
                raise
            job.stop(reason)
            if unsure:
                # A server that wakes up later will take the chord all the same.
                job.insertion = 0
        finally:
            watchdog.stop()
            ahead.stop()
            self._observer.forget()
            if down:
                yield from self._lift(down, job)
        return not (job.stopped or job.disturbance)

    @inlineCallbacks
    def lift(self, keycodes: Collection[int], job: Job) -> Waits:
        """
        Release `keycodes`, last pressed first; fires True if that was confirmed.

        Unlike a key list it is sent whatever has become of the job, of focus and layout, or of the user's patience: a key
        that is down must come up.
        """
        if not (yield from self._lift(keycodes, job)):
            job.stop(NOT_AS_SENT)
        if not job.stopped:
            job.typed += 1
        return not job.stopped

    def _strike(self, chord: Chord, job: Job, watchdog: Watchdog, down: Counter[int]) -> Waits:
        """Send `chord` and wait for its confirmations; whether it typed its text. `down` is kept true in between."""
        confirmed, sent = True, 0
        controls, modifiers = self._keyboard.controls, job.layout.modifiers
        chord = fitted(chord, modifiers, controls)
        for burst in self._pacing.bursts(chord, modifiers, controls):
            slow_s = delay_s(burst, controls)
            confirmations = [self._observer.confirm(event) for event in burst]
            sent += len(burst)
            for event in burst:
                if event.pressed:
                    down[event.keycode] += 1
            window = yield watchdog.guard(self._keyer.send(burst), slow_s)
            for event, confirmation in zip(burst, confirmations, strict=True):
                if not (yield watchdog.guard(confirmation, slow_s)):
                    confirmed = False
                if not event.pressed:
                    # Processed otherwise than it was meant is processed: the key is up.
                    down[event.keycode] -= 1
                    if down[event.keycode] < 1:
                        del down[event.keycode]
            if window != job.window:
                # What goes elsewhere from the last press on has typed nothing here.
                typed = not any(event.pressed for event in chord.events[sent - len(burst) :])
                if job.options.on_focus_change == WAIT:
                    job.disturbance = Disturbance(typed, surplus=0)
                else:
                    job.stop(elsewhere(window))
                return typed
            if self._pacing.hold_s:
                yield watchdog.guard(deferLater(self._clock, self._pacing.hold_s), self._pacing.hold_s)
            if not confirmed:
                break
        if confirmed:
            # What the chord itself does not release is to be held: its holder sees to it from now on.
            job.left_down += [keycode for keycode in down if keycode not in job.left_down]
            down.clear()
        if strays := self._observer.strays():
            job.disturbance = judge(strays, chord, sent, job.layout)
        if not (confirmed or job.disturbance):
            job.stop(NOT_AS_SENT)
        return confirmed or (job.disturbance is not None and job.disturbance.typed)

    def _check_layout(self, job: Job, watchdog: Watchdog) -> Waits:
        """Whether the layout is still the one that the key list was made for; stops the job if not."""
        if self._keyboard.stale:
            yield watchdog.guard(self._keyboard.read())
        if job.is_typed_in(self._keyboard.layout):
            return True
        job.stop(LAYOUT_CHANGED)
        # What the program has not taken yet, it reads by the new one.
        job.insertion = 0
        return False

    def _lift(self, down: Collection[int], job: Job) -> Waits:
        """Release what is down, last pressed first, and wait for the confirmations, but not for ever; whether all came."""
        releases = [KeyEvent(keycode, False, ANY_STATE) for keycode in reversed(list(down))]
        confirmations = [self._observer.confirm(event) for event in releases]
        confirmed = True
        try:
            waits: list[Deferred[Any]] = [self._keyer.send(releases), *confirmations]
            for waiting in waits:
                try:
                    found = yield waiting.addTimeout(job.options.timeout_s or self._pacing.timeout_s, self._clock)
                    confirmed = confirmed and found is not False
                except TimeoutError:
                    job.stop("a key release was not confirmed")
        finally:
            # One that still waits would stand before those of the next job, and none of these would come.
            self._observer.forget()
        return confirmed
