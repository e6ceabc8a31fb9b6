# SPDX-License-Identifier: MIT
"""
Which object has the focus, as programs say.

The bus sets the sender of an event, so a program can only speak of its own objects. But it can claim a focus that it does
not have: to be sure, compare `FocusedObject.process` with the process of the window that has the focus.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import Any

from twisted.internet.defer import Deferred, FirstError, gatherResults, inlineCallbacks, succeed

from typewright.a11y.objects import ACTIVE, DESKTOP, EDITABLE, FOCUSED, PASSWORD_TEXT, TERMINAL, NotTold, Objects, Reference
from typewright.bus.connection import DAEMON, BusConnection
from typewright.bus.message import Message
from typewright.interfaces.accessibility import FocusedObject

_OBJECT, _WINDOW = "org.a11y.atspi.Event.Object", "org.a11y.atspi.Event.Window"
_EVENTS = ("object:state-changed:focused", "window:deactivate")
_RULES = (
    f"type='signal',interface='{_OBJECT}',member='StateChanged',arg0='focused'",
    f"type='signal',interface='{_WINDOW}',member='Deactivate'",
    # Few peers are on this bus, and they rarely leave it: one rule for all of them costs least.
    f"type='signal',sender='{DAEMON}',interface='{DAEMON}',member='NameOwnerChanged',arg2=''",
)
_SEARCH_LIMIT = 300
"""How many objects at most are searched for the focus at start, before any event has told it."""


@dataclass(frozen=True)
class Focused:
    """
    An object that has the focus, and its facts; `settled` unless a text field may yet be made of it.

    Each time that an object gets the focus is another instance.
    """

    reference: Reference
    facts: FocusedObject
    settled: bool


class Focus:
    """Follows the focus. `now` is the focused object; `on_change()` is called when it has changed."""

    def __init__(self, connection: BusConnection, objects: Objects) -> None:
        self.now: Focused | None = None
        self.on_change: Callable[[], None] = lambda: None
        self._connection = connection
        self._objects = objects
        self.last = ""  # The program that has the focus, or had it last.
        self._claimed: Reference | None = None
        self._asking = False
        self._lost: set[Reference | str] | None = None  # During the search: what has lost the focus.
        self._waiting: list[Deferred[Focused | None]] = []
        connection.listen(_OBJECT, "StateChanged", self._state_changed)
        connection.listen(_WINDOW, "Deactivate", self._deactivated)
        connection.listen(DAEMON, "NameOwnerChanged", self._owner_changed)

    @inlineCallbacks
    def follow(self) -> Generator[Deferred[Any], Any, None]:
        """Begin. Fires when the focused object is known; errbacks if the bus, or the registry on it, does not work."""
        yield gatherResults(
            [self._connection.add_match(rule) for rule in _RULES] + [self._objects.register(event) for event in _EVENTS],
            consumeErrors=True,
        )
        lost = self._lost = set()
        found = yield self._search()
        self._lost = None
        # An event that came during the search is newer.
        if found is not None and self._claimed is None and not lost & {found, found.application}:
            yield self._claim(found)

    def known(self) -> Deferred[Focused | None]:
        """Fires with `now` as soon as the program that claims the focus has answered, or has failed to answer again."""
        if self._claimed is not None and self.now is None and not self._asking:
            self._claim(self._claimed)  # GTK 4 announces the focus before it answers questions.
        elif self.now is not None and not self.now.settled and not self._asking:
            self._look_again(self.now)
        if not self._asking:
            return succeed(self.now)
        self._waiting.append(Deferred())
        return self._waiting[-1]

    def _state_changed(self, event: Message) -> None:
        state, value, *_ = event.arguments()
        if state != "focused":
            return
        reference = Reference(event.sender, event.path)
        if not value:
            self._lose(reference)
        elif reference != self._claimed:  # GTK 3 sends the event twice.
            self._claim(reference)

    def _deactivated(self, event: Message) -> None:
        # In Qt, an object keeps the focus when its window loses it. All toolkits announce the focus again with the window.
        self._lose(event.sender)

    def _owner_changed(self, signal: Message) -> None:
        name, _, owner = signal.arguments()
        if not owner:
            self._lose(name)

    def _lose(self, what: Reference | str) -> None:
        """Take note that an object, or every object of a program, does not have the focus."""
        if self._lost is not None:
            self._lost.add(what)
        if self._claimed is not None and what in (self._claimed, self._claimed.application):
            self._claimed = None
            self._settle(None)

    @inlineCallbacks
    def _claim(self, reference: Reference) -> Generator[Deferred[Any], Any, None]:
        self._claimed, self.last, self._asking = reference, reference.application, True
        if self.now is not None:
            self.now = None
            self.on_change()
        objects = self._objects
        questions = [objects.role(reference), objects.states(reference), objects.process(reference)]
        try:
            role, states, process = yield gatherResults(questions, consumeErrors=True)
            editable = bool(states & EDITABLE) and role != TERMINAL
            identity = f"{reference.application}{reference.path}"
            facts = FocusedObject(role == PASSWORD_TEXT, editable, process, identity, role == TERMINAL)
            focused = Focused(reference, facts, editable or facts.password or facts.terminal)
        except FirstError:
            focused = None
        if self._claimed is reference:
            self._settle(focused)

    @inlineCallbacks
    def _look_again(self, focused: Focused) -> Generator[Deferred[Any], Any, None]:
        """Ask whether a field that was read-only has become editable: not every program tells of that."""
        self._asking = True
        try:
            states = yield self._objects.states(focused.reference)
        except NotTold:
            states = 0
        if self.now is focused:
            facts = replace(focused.facts, editable=True)
            self._settle(Focused(focused.reference, facts, True) if states & EDITABLE else focused)

    def _settle(self, focused: Focused | None) -> None:
        self._asking = False
        changed, self.now = self.now is not focused, focused
        waiting, self._waiting = self._waiting, []
        if changed:
            self.on_change()
        for each in waiting:
            if not each.called:
                each.callback(focused)

    @inlineCallbacks
    def _search(self) -> Generator[Deferred[Any], Any, Reference | None]:
        """Search the active windows level by level, since the protocol has no question for the focused object."""
        programs = yield self._objects.children(DESKTOP)
        windows = [window for _, _, inside in (yield self._look_at(programs)) for window in inside]
        found = yield self._look_at(windows)
        level = [child for _, states, inside in found if states & ACTIVE for child in inside]
        left = _SEARCH_LIMIT
        while level and left > 0:
            found = yield self._look_at(level[:left])
            left -= len(found)
            for reference, states, _ in found:
                if states & FOCUSED:
                    return reference
            level = [child for _, _, inside in found for child in inside]
        return None

    def _look_at(self, level: list[Reference]) -> Deferred[list[tuple[Reference, int, list[Reference]]]]:
        return gatherResults([self._look(reference) for reference in level])

    @inlineCallbacks
    def _look(self, at: Reference) -> Generator[Deferred[Any], Any, tuple[Reference, int, list[Reference]]]:
        questions: list[Deferred[Any]] = [self._objects.states(at), self._objects.children(at)]
        try:
            states, children = yield gatherResults(questions, consumeErrors=True)
        except FirstError:  # Other objects may answer.
            return at, 0, []
        return at, states, children
