# SPDX-License-Identifier: MIT
"""
The hands: they press and release the keys of a key list, one chord after the other.

Each `yield` gives a Deferred to the reactor and sleeps until it fires; in between, the rest of the service goes on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, TimeoutError, inlineCallbacks  # noqa: A004
from twisted.internet.task import deferLater

from typewright.engine.flow_control import FlowControl
from typewright.engine.interference import Seen, judge, judge_run
from typewright.engine.job import Interference, Job, elsewhere
from typewright.engine.pacing import Pacing
from typewright.engine.run_length import RunLength
from typewright.engine.timeouts import DeferredGenerator, Watchdog
from typewright.engine.user_activity import UserActivity
from typewright.interfaces.backend import HELD, TAKEN, IBackend, IClock, Place
from typewright.keymap.chords import Chord, KeyEvent, KeyList
from typewright.options import WAIT
from typewright.reasons import LAYOUT_CHANGED, NOT_AS_SENT, PROGRAM_BEHIND, RELEASE_UNCONFIRMED, UNCONFIRMED


class Hands:
    """Type one key list at a time: wait for the Deferred before the next call."""

    def __init__(self, backend: IBackend, user: UserActivity, clock: IClock, pacing: Pacing) -> None:
        self._keyer = backend.keyer
        self._observer = backend.observer
        self._keyboard = backend.keyboard
        self._barrier = backend.barrier
        self._focus = backend.focus
        self._runs: Any = backend.runs  # it is there where `RunLength` finds runs
        self._run_length = RunLength(backend.runs, user, pacing)
        self._user = user
        self._clock: Any = clock  # the type checker can't see that a clock is Twisted's IReactorTime
        self._pacing = pacing

    @inlineCallbacks
    def press_and_release_keys(self, key_list: KeyList, job: Job) -> DeferredGenerator:
        """
        Press and release the chords of `key_list`: the keys of a chord in order, then up in reverse order.

        Sends a burst of events (`Pacing`), waits for the confirmation of each of them, and only then sends the next. Fires
        True if all were confirmed. Stops, and fires False, at the first chord that was not; when the focus leaves
        `job.place`; when the layout is no longer `job.layout`; when the program takes no more keys; when the job is stopped.
        Fires False as well for interference that can be corrected or waited for: then `job.interference` tells of it, and
        the job is not stopped. Keys still down are released. `key_list` is not changed.
        """
        watchdog = Watchdog(self._clock, job.options.timeout_s or self._pacing.timeout_s)
        flow = FlowControl(lambda: self._barrier.reach(job.place, settle=False), job.pace.at_most)
        patience_s = 0.0 if job.options.timeout_s else self._pacing.answer_s - self._pacing.timeout_s
        down: Counter[int] = Counter()
        reason, unsure, waited, at = UNCONFIRMED, False, False, 0
        try:
            yield from self._check_layout(job, watchdog)
            while at < len(key_list):
                if job.place == HELD and (place := (yield watchdog.guard(self._focus.focused()))) != HELD:
                    # Where a launcher held the keyboard, a locker may have waited for it.
                    job.stop(elsewhere(place))
                if self._is_interfered(job, key_list[at], strays=waited):
                    break
                chords, is_run = self._run_length.next(key_list, at, job)
                # What can be done before a run begins is: the program may end in between, and keys go elsewhere then.
                events = [event for chord in chords for event in self._keyer.shape(chord).events] if is_run else []
                if is_run and not (yield watchdog.guard(self._runs.begin(job.place))):
                    # Where it cannot be known in advance, the place is looked at before the next key, and after it.
                    place = yield watchdog.guard(self._focus.focused())
                    if not job.belongs(place):
                        self._leave(job, place, typed=False)
                        break
                    chords, is_run = chords[:1], False
                # What was announced or seen before the run began is known by now, and no client can act any more.
                if self._keyboard.stale or self._is_interfered(job, chords[0], strays=is_run):
                    if is_run:
                        self._runs.drop()
                    if job.stopped or job.interference or not (yield from self._check_layout(job, watchdog)):
                        break
                    continue
                unsure = True
                if is_run:
                    typed = yield from self._strike_run(chords, events, job, watchdog, down)
                else:
                    typed = yield from self._strike(chords[0], job, watchdog, down)
                # Chords that a new layout has overtaken may have typed anything.
                valid = self._keyboard.layout is job.layout and not self._keyboard.stale
                if typed and (valid or (yield from self._check_layout(job, watchdog))):
                    for chord in chords[:typed]:
                        job.confirmed(chord)
                    unsure = False
                waited = False
                if pause_s := max(job.pace.pause_s, job.pace.line_s if chords[-1].text == "\n" else 0.0):
                    yield watchdog.guard(deferLater(self._clock, pause_s), pause_s)
                if (taken := flow.typed(typed)) is not None:
                    # The wait may be long: a modifier may come down meanwhile, and a stop must not wait for it.
                    reason, waited = PROGRAM_BEHIND, not taken.called
                    job.interruptible = None if job.stopped else taken
                    yield watchdog.guard(taken, patience_s)
                    job.interruptible = None
                    reason = UNCONFIRMED
                if typed < len(chords):
                    break
                at += typed
        except CancelledError:
            if not (watchdog.expired or job.stopped):
                raise
            job.stop(reason)
            if unsure:
                # A server that wakes up later will process the chord all the same.
                job.insertion = 0
        finally:
            job.interruptible = None
            watchdog.stop()
            flow.stop()
            self._observer.forget()
            if down:
                yield from self._release(down, job)
        return not (job.stopped or job.interference)

    @inlineCallbacks
    def lift(self, keycodes: Collection[int], job: Job) -> DeferredGenerator:
        """
        Release `keycodes`, last pressed first; fires True if that was confirmed.

        Unlike a key list it is sent in any case, even if the job was stopped, the focus moved or the layout changed: a key
        that is down must come up.
        """
        if not (yield from self._release(keycodes, job)):
            job.stop(NOT_AS_SENT)
        if not job.stopped:
            job.typed += 1
        return not job.stopped

    def _is_interfered(self, job: Job, chord: Chord, *, strays: bool) -> bool:
        """Return whether the job is stopped, or something has come between its keys; with `strays`, look at those, too."""
        if not (job.interference or job.stopped):
            if self._user.comes_between(erases=job.erases):
                job.interference = Interference(typed=False, surplus=0)
            elif strays and (seen := self._observer.strays()):
                job.interference = judge(seen, chord, 0, job.layout)
        return bool(job.stopped or job.interference)

    def _strike(self, chord: Chord, job: Job, watchdog: Watchdog, down: Counter[int]) -> DeferredGenerator:
        """Send `chord`, wait for its confirmations, and return how many chords typed their text: 1 or 0."""
        confirmed, sent = True, 0
        shape = self._keyer.shape(chord)
        for burst in self._pacing.bursts(shape):
            confirmations = self._expect(burst, down)
            sent += len(burst)
            place = yield watchdog.guard(self._keyer.send(burst), shape.delay_s)
            for event, confirmation in zip(burst, confirmations, strict=True):
                if not (yield watchdog.guard(confirmation, shape.delay_s)):
                    confirmed = False
                _came(event, down)
            if place == TAKEN and job.place == HELD:
                place = HELD  # The launcher that got the key has ended with it.
            if place != job.place and not job.belongs(place):
                # If the last press went to another place, this chord typed nothing in the job's.
                typed = not any(event.pressed for event in shape.events[sent - len(burst) :])
                self._leave(job, place, typed=typed)
                return int(typed)
            if self._pacing.hold_s:
                yield watchdog.guard(deferLater(self._clock, self._pacing.hold_s), self._pacing.hold_s)
            if not confirmed:
                break
        if confirmed:
            # Keys that the chord itself does not release are to be held; their holder is responsible from now on.
            job.left_down += [keycode for keycode in down if keycode not in job.left_down]
            down.clear()
        if strays := self._observer.strays():
            job.interference = judge(strays, chord._replace(events=tuple(shape.events)), sent, job.layout)
        if not (confirmed or job.interference):
            job.stop(NOT_AS_SENT)
        return int(confirmed or (job.interference is not None and job.interference.typed))

    def _strike_run(
        self, chords: Sequence[Chord], events: Sequence[KeyEvent], job: Job, watchdog: Watchdog, down: Counter[int]
    ) -> DeferredGenerator:
        """As `_strike`, for several chords whose `events` go out in one write, in a run that has begun."""
        expected = self._expect(events, down)
        sending = self._keyer.send(events)
        # A stray belongs to the chord under way when it was seen, and the answers to all of them may come in one go.
        answers = iter([each.addCallback(lambda as_sent: (as_sent, self._observer.strays())) for each in expected])
        place = yield watchdog.guard(sending)
        run = []
        for chord in chords:
            confirmed, strays = True, []
            for event in chord.events:
                as_sent, before = yield watchdog.guard(next(answers))
                confirmed = confirmed and as_sent
                strays += before
                _came(event, down)
            run.append(Seen(chord, confirmed, strays))
        run[-1].strays.extend(self._observer.strays())
        if place != job.place and not job.belongs(place):
            # A hotkey of another program, or a grab that came with one: which of the keys it has received is unknown.
            self._run_length.forget()
            job.insertion = 0
            self._leave(job, place, typed=False)
            return 0
        typed, job.interference = judge_run(run, job.layout)
        if typed < len(run) and job.interference is None:
            job.stop(NOT_AS_SENT)
        self._run_length.typed(chords[:typed])
        return typed

    def _expect(self, events: Sequence[KeyEvent], down: Counter[int]) -> list[Deferred[bool]]:
        """Have these events confirmed, which are sent in this turn; their keys count as down from now on."""
        for event in events:
            if event.pressed:
                down[event.keycode] += 1
        return [self._observer.confirm(event) for event in events]

    def _leave(self, job: Job, place: Place, *, typed: bool) -> None:
        """Keys go to `place` now, which is not the job's: stop there, or have it wait."""
        if job.options.on_focus_change == WAIT and place != TAKEN:
            job.interference = Interference(typed, surplus=0)
        else:
            job.stop(elsewhere(place))

    def _check_layout(self, job: Job, watchdog: Watchdog) -> DeferredGenerator:
        """Return whether the layout is still the one that the key list was made for; stop the job if not."""
        if self._keyboard.stale:
            yield watchdog.guard(self._keyboard.read())
        if job.is_typed_in(self._keyboard.layout):
            return True
        job.stop(LAYOUT_CHANGED)
        # The program reads what it has not taken yet in the new layout.
        job.insertion = 0
        return False

    def _release(self, down: Collection[int], job: Job) -> DeferredGenerator:
        """Release what is down, last pressed first; return whether all was confirmed in time."""
        releases = [KeyEvent(keycode, False, None) for keycode in reversed(list(down))]
        confirmations = [self._observer.confirm(event) for event in releases]
        confirmed = True
        try:
            waits: list[Deferred[Any]] = [self._keyer.send(releases), *confirmations]
            for waiting in waits:
                try:
                    found = yield waiting.addTimeout(job.options.timeout_s or self._pacing.timeout_s, self._clock)
                    confirmed = confirmed and found is not False
                except TimeoutError:
                    job.stop(RELEASE_UNCONFIRMED)
        finally:
            # A confirmation still waited for would come before those of the next job, and take their place.
            self._observer.forget()
        return confirmed


def _came(event: KeyEvent, down: Counter[int]) -> None:
    """An event was processed: even where that was differently than it was meant, a key that was to come up is up."""
    if not event.pressed:
        down[event.keycode] -= 1
        if down[event.keycode] < 1:
            del down[event.keycode]
