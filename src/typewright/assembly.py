# SPDX-License-Identifier: MIT
"""The engine put together on a backend, as the configuration says."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from typewright import __version__
from typewright.config import BLIND_RUN, Config
from typewright.engine.dictation_service import DictationService
from typewright.engine.gate import Gate
from typewright.engine.held_keys import HeldKeys
from typewright.engine.history import History
from typewright.engine.job_queue import JobQueue
from typewright.engine.limits import Limits
from typewright.engine.pacing import Pacing
from typewright.engine.typing_service import TypingService
from typewright.engine.typist import Typist
from typewright.engine.user_activity import UserActivity
from typewright.interfaces.accessibility import IAccessibility
from typewright.interfaces.backend import (
    CAPABILITIES,
    REPEAT,
    IBackend,
    IBarrier,
    IFocus,
    IKeyboard,
    IKeyer,
    IObserver,
    IPrograms,
    IRuns,
    ISlots,
    Stray,
    wire,
)
from typewright.options import Options
from typewright.text.language import rules_for


class Assembled(NamedTuple):
    """The two halves of the service, and what hears the backend."""

    typing: TypingService
    dictation: DictationService
    listener: Listener


class Listener:
    """
    Implements `IListener`: hands what the backend tells to the part of the engine that it concerns.

    `on_lost()` is for the service to set.
    """

    def __init__(self, backend: IBackend, user: UserActivity, history: History, typing: TypingService) -> None:
        self.on_lost: Callable[[], None] = lambda: None
        self._keyboard = backend.keyboard
        self._user = user
        self._history = history
        self._typing = typing

    def lost(self) -> None:
        """See `IListener`."""
        self.on_lost()

    def layout_changed(self, name: str) -> None:
        """See `IListener`."""
        self._typing.layout_changed(name)

    def key_seen(self, stray: Stray) -> None:
        """See `IListener`."""
        self._user.touched(stray)
        if stray.pressed and stray.source != REPEAT and stray.keycode not in self._keyboard.layout.modifiers:
            self._history.forget()

    def clicked(self) -> None:
        """See `IListener`."""
        self._user.clicked()
        self._history.forget()

    def window_gone(self, window: int) -> None:
        """See `IListener`."""
        self._history.gone(window)

    def consent_changed(self, state: str) -> None:
        """See `IListener`."""
        self._typing.consent_changed(state)


def assemble(reactor: Any, config: Config, backend: IBackend, accessibility: IAccessibility) -> Assembled:
    """Return the engine on `backend`, by `config`. Raises TypeError for a part that lacks the shape of its interface."""
    _check(backend, accessibility)
    mode = "run" if config.pacing == BLIND_RUN else config.pacing
    pacing = Pacing(mode, config.hold_s, config.timeout_s, config.answer_s, config.modifier_wait_s, config.focus_wait_s)
    limits = Limits(
        config.max_characters,
        config.max_jobs,
        config.max_jobs_per_caller,
        Options(newline=config.newline, on_focus_change=config.on_focus_change, grabs=config.grabs),
    )
    rules = rules_for(config.language or _locale(os.environ), config.context)
    history = History(reactor.seconds, age_s=config.history_s)
    user = UserActivity(reactor, backend.keyboard, manner=config.on_user, quiet_s=config.quiet_s, panic=config.panic)
    typist = Typist(
        backend, accessibility, history, user, reactor, pacing, rules,
        passwords=config.passwords == "type", declared=config.programs,
    )  # fmt: skip
    queue = JobQueue(reactor, per_caller=limits.max_jobs_per_caller, in_all=limits.max_jobs)
    held = HeldKeys(typist.hands, typist.perform, reactor)
    gate = Gate(queue, held, history, enabled=config.typing_enabled)
    user.on_escape, user.on_panic = gate.escape, gate.panic
    facts = {
        "Backend": backend.name,
        "Capabilities": tuple(name for name in CAPABILITIES if name in backend.capabilities),
        "Version": __version__,
    }
    typing = TypingService(backend, typist, history, gate, queue, held, limits, rules, facts)
    dictation = DictationService(typist, history, gate, limits, rules)
    return Assembled(typing, dictation, Listener(backend, user, history, typing))


def _check(backend: IBackend, accessibility: IAccessibility) -> None:
    wire(backend, IBackend)
    wire(backend.keyer, IKeyer)
    if backend.runs is not None:
        wire(backend.runs, IRuns)
    wire(backend.observer, IObserver)
    wire(backend.keyboard, IKeyboard)
    wire(backend.slots, ISlots)
    wire(backend.barrier, IBarrier)
    wire(backend.focus, IFocus)
    wire(backend.programs, IPrograms)
    wire(accessibility, IAccessibility)


def _locale(environ: Mapping[str, str]) -> str:
    """Return the locale of the user's language, as POSIX finds it."""
    return environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or "C"
