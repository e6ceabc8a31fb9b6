# SPDX-License-Identifier: MIT
"""A stand-in for the accessibility bus."""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.defer import Deferred, succeed

from typewright.interfaces.accessibility import FocusedObject, TextEvent


class FakeAccessibility:
    """
    Says that the object of `facts` has the focus, with `text` before its caret; both None: nothing is known.

    `tell` plays the program. `generation` is what `hearing` fires with while there are listeners: 1 if there is an object,
    until `focus` moves on or a test sets another.
    """

    def __init__(self, facts: FocusedObject | None = None, text: str | None = None) -> None:
        self.facts = facts
        self.text = text
        self.generation = int(facts is not None)
        self.listeners: list[Callable[[TextEvent], None]] = []
        self.watchers: list[Callable[[FocusedObject | None], None]] = []

    def focused_object(self) -> Deferred[FocusedObject | None]:
        """See `IAccessibility`."""
        return succeed(self.facts)

    def watch(self, changed: Callable[[FocusedObject | None], None]) -> Callable[[], None]:
        """See `IAccessibility`."""
        self.watchers.append(changed)
        return lambda: self.watchers.remove(changed)

    def focus(self, facts: FocusedObject | None) -> None:
        """Move the focus to another object."""
        self.facts, self.generation = facts, self.generation + 1
        for changed in list(self.watchers):
            changed(facts)

    def caught_up(self) -> Deferred[bool]:
        """See `IAccessibility`."""
        return succeed(self.facts is not None)

    def before(self, characters: int) -> Deferred[str | None]:
        """See `IAccessibility`."""
        return succeed(None if self.text is None else self.text[-characters:])

    def listen(self, heard: Callable[[TextEvent], None]) -> Callable[[], None]:
        """See `IAccessibility`."""
        self.listeners.append(heard)
        return lambda: self.listeners.remove(heard)

    def hearing(self) -> Deferred[int]:
        """See `IAccessibility`."""
        return succeed(self.generation if self.listeners else 0)

    def tell(self, kind: str, text: str = "") -> None:
        """Tell the listeners of an event."""
        for heard in list(self.listeners):
            heard(TextEvent(kind, text))
