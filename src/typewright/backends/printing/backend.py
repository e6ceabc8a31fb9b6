# SPDX-License-Identifier: MIT
"""
The printing backend: the whole of a display in one process, for trying things out and for tests. Nothing is typed anywhere.

It has one window with one text field. As the window's program it takes every key at once, so it truly confirms what it
prints at level `application`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial

from twisted.internet.defer import Deferred, succeed

from typewright.backends.printing.keyboard import Keyboard, Slots
from typewright.backends.printing.keyer import Committer, Field, Keyer, Observer
from typewright.errors import DisplayLost
from typewright.interfaces.backend import (
    ANY_TEXT,
    APPLICATION,
    FOCUS,
    GONE,
    LEVEL_APPLICATION,
    LOCKS,
    OBSERVES,
    SHORTCUTS,
    USER_KEYS,
    IClock,
    IListener,
    Pace,
    Place,
    Program,
    window_place,
)
from typewright.keymap.layout import Layout

_PROGRAM = Program("typewright-printing", "")


def _print(line: str) -> None:
    """Print a line to standard output. Raises OSError when that can no longer be done."""
    try:
        print(line, flush=True)
    except OSError:
        # What is left in the buffer would fail again when the interpreter ends, and spoil the exit status.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise


class Window:
    """The one place that keys go to, until `place` is set to another one; satisfies `IBarrier`, `IFocus` and `IPrograms`."""

    def __init__(self, number: int) -> None:
        self.place = window_place(number)
        self._own = self.place

    def begin(self, place: Place) -> Deferred[Pace]:
        """See `IBarrier`."""
        return succeed(Pace())

    def end(self) -> None:
        """See `IBarrier`."""

    def reach(self, place: Place, *, settle: bool) -> Deferred[str]:
        """See `IBarrier`. Keys are taken as they are sent."""
        return succeed(LEVEL_APPLICATION if place == self._own else GONE)

    def focused(self) -> Deferred[Place]:
        """See `IFocus`."""
        return succeed(self.place)

    def program(self, place: Place) -> Deferred[Program]:
        """See `IPrograms`."""
        return succeed(_PROGRAM if place == self._own else Program("", ""))

    def process(self, place: Place) -> Deferred[int]:
        """See `IPrograms`."""
        return succeed(os.getpid() if place == self._own else 0)


class PrintingBackend:
    """
    A simulated display whose key events go to `write`, a line each; by default to standard output.

    `field` is the text field, whose text is what was typed. When a line can no longer be written, the display is lost.
    `call_soon` calls what it is given in a later turn of the reactor, in which keys are answered and the listener is called;
    without it, both happen at once.
    """

    name = "printing"
    consent = None
    runs = None
    # The user has no way to press a key here, so none is missed.
    capabilities = frozenset({ANY_TEXT, OBSERVES, USER_KEYS, FOCUS, LOCKS, APPLICATION, SHORTCUTS})

    def __init__(
        self,
        write: Callable[[str], object] = _print,
        *,
        layout: Layout | None = None,
        window: int = 1,
        call_soon: Callable[[Callable[[], None]], object] = lambda call: call(),
    ) -> None:
        self.field = Field()
        self.window = Window(window)
        self.keyboard = Keyboard(layout)
        self.observer = Observer()
        self.keyer = Keyer(self.keyboard, self.observer, self.field, self._written, lambda: self.window.place, call_soon)
        self.slots = Slots(self.keyboard)
        self.committer = Committer(self.field, self._written, lambda: self.window.place)
        self.barrier = self.focus = self.programs = self.window
        self._write = write
        self._call_soon = call_soon
        self._listener: IListener | None = None

    def start(self, listener: IListener) -> Deferred[None]:
        """See `IBackend`."""
        self._listener = listener
        return succeed(None)

    def inherit(self) -> Deferred[None]:
        """See `IBackend`. There is nothing that an earlier process could have left."""
        return succeed(None)

    def close(self) -> Deferred[None]:
        """See `IBackend`."""
        self._listener = None
        return self.slots.give_back()

    def abandon(self) -> Deferred[None]:
        """See `IBackend`."""
        self._listener = None
        return succeed(None)

    def _written(self, line: str) -> None:
        """Write `line`. Raises DisplayLost when that can no longer be done, and the listener is told once."""
        try:
            self._write(line)
        except OSError:
            listener, self._listener = self._listener, None
            if listener is not None:
                self._call_soon(listener.lost)
            raise DisplayLost() from None


def open_backend(reactor: IClock) -> PrintingBackend:
    """Return a backend that prints to standard output."""
    return PrintingBackend(call_soon=partial(reactor.callLater, 0))
