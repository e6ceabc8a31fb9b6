# SPDX-License-Identifier: MIT
"""The X11 backend: two connections to one display, and the parts that work on them."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, NamedTuple

from twisted.internet.defer import Deferred, inlineCallbacks

from typewright.backends.x11.accessx import AccessX
from typewright.backends.x11.barrier import Barrier
from typewright.backends.x11.connection import Connection
from typewright.backends.x11.event_sources import EventSources
from typewright.backends.x11.focus import Focus
from typewright.backends.x11.keyboard import Keyboard
from typewright.backends.x11.keyer import Keyer
from typewright.backends.x11.locks import Locks
from typewright.backends.x11.observer import Observer
from typewright.backends.x11.programs import Programs
from typewright.backends.x11.recovery.inheritance import Inheritance
from typewright.backends.x11.recovery.supervisor import Supervisor
from typewright.backends.x11.runs import Runs
from typewright.backends.x11.slots import Slots
from typewright.errors import DisplayLost
from typewright.interfaces import backend as seam


class Keys(NamedTuple):
    """The keyboard, its layout read, and the parts that share its state."""

    keyboard: Keyboard
    slots: Slots
    locks: Locks
    accessx: AccessX


class X11Backend:
    """See `IBackend`. `_control` asks and sends, `_data` receives what RECORD shows."""

    def __init__(
        self,
        control: Connection,
        data: Connection,
        sources: EventSources,
        keys: Keys,
        *,
        keyer: Keyer,
        runs: Runs,
        observer: Observer,
        barrier: Barrier,
        programs: Programs,
        focus: Focus,
        inheritance: Inheritance,
        supervisor: Supervisor,
    ) -> None:
        self.name = "x11"
        self.capabilities = frozenset(
            (seam.ANY_TEXT, seam.OBSERVES, seam.USER_KEYS, seam.FOCUS, seam.LOCKS, seam.APPLICATION, seam.SHORTCUTS)
        )
        self.keyer = keyer
        self.runs = runs
        self.observer = observer
        self.keyboard = keys.keyboard
        self.slots = keys.slots
        self.barrier = barrier
        self.focus = focus
        self.programs = programs
        self.committer = None
        self.consent = None
        self._control = control
        self._data = data
        self._inheritance = inheritance
        self._supervisor = supervisor
        self._sources = sources
        self._listener: seam.IListener | None = None
        self._lost = False
        control.on_lost = data.on_lost = self._on_lost

    @inlineCallbacks
    def start(self, listener: seam.IListener) -> Generator[Deferred[Any], Any, None]:
        """See `IBackend`. The guardian guards then, unless it could not be started."""
        if not self._is_lost():
            self._listen(listener)
            yield self._supervisor.start()
        if self._is_lost():
            raise DisplayLost

    def inherit(self) -> Deferred[None]:
        """See `IBackend`."""
        return self._inheritance.inherit()

    @inlineCallbacks
    def close(self) -> Generator[Deferred[Any], Any, None]:
        """See `IBackend`. The guardian is gone then."""
        try:
            yield self.keyer.settle()
            yield self.slots.give_back()
            yield self._inheritance.leave()
        finally:
            yield self.abandon()

    def abandon(self) -> Deferred[None]:
        """See `IBackend`."""
        self._listener = None
        self._control.companion = None
        self.observer.forget()
        self.runs.close()
        self._control.close()
        self._data.close()
        return self._supervisor.end()

    def _listen(self, listener: seam.IListener) -> None:
        def key_seen(stray: seam.Stray) -> None:
            if stray.source == seam.PROGRAM:
                self.keyer.program_typed()
            listener.key_seen(stray)

        self._listener = listener
        self.observer.on_stray = key_seen
        self._sources.on_button = listener.clicked
        self.keyboard.on_layout = listener.layout_changed
        self.barrier.on_gone = listener.window_gone

    def _is_lost(self) -> bool:
        return self._lost or self._control.closed or self._data.closed

    def _on_lost(self) -> None:
        """Called by each connection that the server closes; only the first call counts."""
        if not self._lost:
            self._lost = True
            self.observer.lost()
            if self._listener is not None:
                self._listener.lost()
