# SPDX-License-Identifier: MIT
"""The accessibility seam: what programs tell of the object that has the focus, and of its text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from twisted.internet.defer import Deferred


@dataclass(frozen=True)
class FocusedObject:
    """
    What the accessibility bus tells of the object that has the focus.

    `password` is True for a field that hides its text, `editable` for one whose text can be changed. `process` is the id of
    the program's process; the caller compares it with that of the window that has the focus. `identity` names the object
    for as long as its program runs. A `terminal` is not editable, and what runs in it may be.
    """

    password: bool
    editable: bool
    process: int
    identity: str = field(default="", compare=False)
    terminal: bool = False


TEXT_INSERTED, TEXT_DELETED, CARET_MOVED = "inserted", "deleted", "moved"


@dataclass(frozen=True)
class TextEvent:
    """
    A change of the focused object's text, or of the caret's place in it. Hides its text.

    `kind` is `TEXT_INSERTED`, `TEXT_DELETED`, or `CARET_MOVED`, which comes before a change that is elsewhere than where the
    last one left the caret. `text` is what was inserted or deleted, with each line end as one newline character. Of deleted
    text only the length is reliable: Qt's areas tell blanks in its place.
    """

    kind: str
    text: str = field(default="", repr=False)


@runtime_checkable
class IAccessibility(Protocol):
    """
    Knows what the accessibility bus tells of the object that has the focus; nothing while the bus is off.

    It is what programs say of themselves. The Deferreds never errback and fire soon, if need be with nothing: a program that
    does not answer holds up no job.
    """

    def focused_object(self) -> Deferred[FocusedObject | None]:
        """Fires with the facts of the object that has the focus, at once where they are known; None if they are unknown."""

    def watch(self, changed: Callable[[FocusedObject | None], None]) -> Callable[[], None]:
        """
        Have `changed` called with the facts of the focused object as soon as they change or become unknown. Call what is
        returned to end that.
        """

    def caught_up(self) -> Deferred[bool]:
        """
        Fires with True when everything has arrived that the program with the focus, or the last one, told before the call;
        with False where no program answers.
        """

    def before(self, characters: int) -> Deferred[str | None]:
        """
        Fires with the text before the caret of the focused object, or before its selection: at most the last `characters`
        of it, with each line end as one newline character. None if it is unknown, and for a password.
        """

    def listen(self, heard: Callable[[TextEvent], None]) -> Callable[[], None]:
        """
        Have `heard` called with each change of the focused object's text, in order, if it is editable and no password. Call
        what is returned to end that: programs are a little slower while they are listened to.
        """

    def hearing(self) -> Deferred[int]:
        """
        Fires with 0 if events may be missed, else with the number of a subscription: as long as it stays the same, every
        event of one and the same object has been heard. Fires at once where that is known.
        """
