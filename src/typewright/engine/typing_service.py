# SPDX-License-Identifier: MIT
"""The typing service: checks the calls of the main interface, and makes jobs of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from twisted.internet.defer import Deferred, succeed

from typewright.engine.gate import Gate
from typewright.engine.held_keys import HeldKeys
from typewright.engine.history import History
from typewright.engine.job import Job, without_consent
from typewright.engine.job_queue import JobQueue
from typewright.engine.limits import Limits
from typewright.engine.plans import deletion, insertion, pressing
from typewright.engine.typist import Typist
from typewright.errors import InvalidArgs
from typewright.interfaces.backend import CONSENT_ENDED, CONSENT_GIVEN, SHORTCUTS, IBackend
from typewright.interfaces.services import CONSENT_NOT_NEEDED, Given, Report
from typewright.keymap.notation import types_text
from typewright.reasons import CALLER_LEFT, CANCELLED, UNTYPEABLE, Reason
from typewright.text.language import Rules

_LONGEST_LEASE_S = 10.0


class TypingService:
    """
    Implements `ITypingService`.

    `facts` are the properties that never change (`Backend`, `Capabilities`, `Version`); `layout_changed` sets the one that
    the backend changes.
    """

    def __init__(
        self,
        backend: IBackend,
        typist: Typist,
        history: History,
        gate: Gate,
        queue: JobQueue,
        held: HeldKeys,
        limits: Limits,
        rules: Rules,
        facts: Mapping[str, object],
    ) -> None:
        self._capabilities = backend.capabilities
        self._consent = backend.consent
        self._typist = typist
        self._history = history
        self._gate = gate
        self._held = held
        self._limits = limits
        self._rules = rules
        self._properties: dict[str, object] = {
            **facts,
            "Layout": backend.keyboard.name,
            "Busy": False,
            "Consent": CONSENT_NOT_NEEDED if backend.consent is None else backend.consent.state,
            "TypingEnabled": gate.enabled,
        }
        self._listeners: list[tuple[Callable[[str, object], None], Callable[[str, str, Report], None]]] = []
        queue.on_busy = lambda busy: self._set("Busy", busy)
        queue.on_end = self._ended
        gate.on_enabled = lambda enabled: self._set("TypingEnabled", enabled)

    # --- ITypingService ----------------------------------------------------------------------------------------------

    def insert(self, caller: str, text: str, options: Given = None) -> Deferred[Report]:
        """See `ITypingService`."""
        chosen = self._limits.options.given(options or {})
        text = self._limits.text(text, chosen)
        job = Job(caller, "insert", total=len(text), insertion=self._history.begin(), types_text=True, options=chosen)
        return self._gate.submit(job, lambda job: self._typist.perform(job, insertion(text, self._rules)))

    def backspace(self, caller: str, count: int, options: Given = None) -> Deferred[Report]:
        """See `ITypingService`."""
        chosen = self._limits.options.given(options or {})
        self._limits.length(count, "backspaces")
        begun = self._history.begin()
        job = Job(caller, "backspace", total=count, insertion=begun, erases=True, options=chosen)
        return self._gate.submit(job, lambda job: self._typist.perform(job, deletion(count, self._history)))

    def press(self, caller: str, chords: str, options: Given = None) -> Deferred[Report]:
        """See `ITypingService`."""
        chosen = self._limits.options.given(options or {})
        keysyms = self._limits.chords(chords)
        job = Job(caller, "press", total=len(keysyms), types_text=any(map(types_text, keysyms)), options=chosen)
        self._refuse_shortcuts(job)
        return self._gate.submit(job, lambda job: self._typist.perform(job, pressing(chords)))

    def press_and_hold(self, caller: str, chord: str, lease_s: float) -> Deferred[Report]:
        """See `ITypingService`."""
        keysyms = self._limits.chords(chord)
        if len(keysyms) != 1:
            raise InvalidArgs("One chord can be held at a time, such as 'ctrl+shift' or 'Down'.")
        if not 0 < lease_s <= _LONGEST_LEASE_S:
            raise InvalidArgs(f"The lease must be above 0, at most {_LONGEST_LEASE_S:g} (seconds).")
        job = Job(caller, "hold", total=1, types_text=types_text(keysyms[0]), options=self._limits.options)
        self._refuse_shortcuts(job)
        return self._gate.submit(job, lambda job: self._held.hold(chord, lease_s, job))

    def release(self, caller: str, chord: str) -> Deferred[Report]:
        """See `ITypingService`."""
        keysyms = self._limits.chords(chord)
        return self._gate.submit(Job(caller, "release", total=1), lambda job: self._held.release_for(job, keysyms))

    def cancel(self, caller: str) -> Deferred[int]:
        """See `ITypingService`."""
        return self._gate.stop(CANCELLED, caller)

    def cancel_all(self, caller: str) -> Deferred[int]:
        """See `ITypingService`."""
        return self._gate.cancel_all(caller)

    def allow(self, caller: str) -> Deferred[bool]:
        """See `ITypingService`."""
        if self._consent is None:
            return succeed(True)
        return self._consent.ask(again=True).addCallback(lambda state: state == CONSENT_GIVEN)

    def caller_left(self, caller: str) -> None:
        """See `ITypingService`."""
        self._gate.stop(CALLER_LEFT, caller)

    def get_property(self, name: str) -> object:
        """See `ITypingService`."""
        return self._properties[name]

    def set_typing_enabled(self, caller: str, enabled: bool) -> None:
        """See `ITypingService`."""
        self._gate.switch(enabled, caller)

    def listen(self, changed: Callable[[str, object], None], finished: Callable[[str, str, Report], None]) -> None:
        """See `ITypingService`."""
        self._listeners.append((changed, finished))

    # --- for the service ---------------------------------------------------------------------------------------------

    def layout_changed(self, name: str) -> None:
        """Another layout is active, of this name."""
        self._set("Layout", name)

    def consent_changed(self, state: str) -> None:
        """The user's consent has this state now."""
        self._set("Consent", state)
        if state == CONSENT_ENDED:
            self._gate.stop(without_consent(state))

    def screen_locked(self, by: str, locked: bool) -> None:
        """The source `by` tells that the user's screen is locked, or no longer."""
        self._gate.screen_locked(by, locked)

    def close(self, reason: Reason) -> Deferred[int]:
        """Take no more calls, and end all jobs for `reason`; fires with their number when all keys are up."""
        return self._gate.close(reason)

    def _refuse_shortcuts(self, job: Job) -> None:
        if SHORTCUTS not in self._capabilities:
            job.stop(UNTYPEABLE.saying("this session lets no program press shortcuts"))

    def _ended(self, job: Job, report: Report) -> None:
        for _, finished in self._listeners:
            finished(job.caller, job.kind, report)

    def _set(self, name: str, value: object) -> None:
        if self._properties[name] != value:
            self._properties[name] = value
            for changed, _ in self._listeners:
                changed(name, value)
