# SPDX-License-Identifier: MIT
"""The engine on a backend, put together by the configuration."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from typewright import __version__
from typewright.backends.x11.backend import Backend
from typewright.config import Config
from typewright.engine.collaborators import Collaborators
from typewright.engine.context_adjust import Fitting
from typewright.engine.dictation_service import Dictation
from typewright.engine.history import History
from typewright.engine.pacing import Pacing
from typewright.engine.plans import Typist
from typewright.engine.typing_service import Desk, House
from typewright.engine.user_activity import User
from typewright.interfaces.accessibility import IAccessibility
from typewright.interfaces.backend import (
    PROGRAM,
    REPEAT,
    IBarrier,
    IFocus,
    IHistory,
    IKeyboard,
    IKeyer,
    IObserver,
    IPrograms,
    Stray,
    wire,
)
from typewright.options import Options
from typewright.text.language import rules_for


def assemble(
    reactor: Any, config: Config, backend: Backend, accessibility: IAccessibility, history: History
) -> tuple[Desk, Dictation]:
    """The engine on this backend, by this configuration; each collaborator checked against its seam."""
    collaborators = Collaborators(
        keyer=wire(backend.keyer, IKeyer),
        observer=wire(backend.observer, IObserver),
        keyboard=wire(backend.keyboard, IKeyboard),
        barrier=wire(backend.barrier, IBarrier),
        focus=wire(backend.focus, IFocus),
        programs=wire(backend.programs, IPrograms),
        history=wire(history, IHistory),
        accessibility=wire(accessibility, IAccessibility),
    )
    pacing = Pacing(
        config.pacing, config.hold_s, config.timeout_s, config.answer_s, config.modifier_wait_s, config.focus_wait_s
    )
    house = House(
        typing_enabled=config.typing_enabled,
        max_characters=config.max_characters,
        max_jobs=config.max_jobs,
        max_jobs_per_caller=config.max_jobs_per_caller,
        options=Options(newline=config.newline, on_focus_change=config.on_focus_change, grabs=config.grabs),
    )
    user = User(reactor, backend.keyboard, manner=config.on_user, quiet_s=config.quiet_s, panic=config.panic)
    fitting = Fitting(rules_for(config.language or _locale(os.environ), config.context))
    typist = Typist(collaborators, reactor, pacing, fitting, user, passwords=config.passwords == "type")
    facts = {"Backend": backend.name, "Version": __version__}
    desk = Desk(typist, history, reactor, house, facts, backend.keyboard.name)
    backend.keyboard.on_layout = desk.layout_changed

    user.on_escape, user.on_panic = desk.escape, desk.panic

    def touched(stray: Stray) -> None:
        user.touched(stray)
        if stray.source == PROGRAM:
            backend.keyer.beside()
        if stray.pressed and stray.source != REPEAT and stray.keycode not in backend.keyboard.layout.modifiers:
            history.forget()

    def clicked() -> None:
        user.clicked()
        history.forget()

    backend.observer.on_stray, backend.observer.on_click = touched, clicked
    backend.barrier.on_gone = history.gone
    return desk, Dictation(desk, typist, history, fitting)


def _locale(environ: Mapping[str, str]) -> str:
    """The locale of the user's language, as POSIX finds it."""
    return environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or "C"
