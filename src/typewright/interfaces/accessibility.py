# SPDX-License-Identifier: MIT
"""The seam to what programs tell of the object that has the focus and of its text. `interfaces` says what a seam is."""

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
    the program's process; whether that is the program whose window has the focus, the asker must compare.
    """

    password: bool
    editable: bool
    process: int


TEXT_INSERTED, TEXT_DELETED, CARET_MOVED = "inserted", "deleted", "moved"


@dataclass(frozen=True)
class TextEvent:
    """
    A change of the focused object's text, or of the caret's place in it. Hides its text.

    `kind` is `TEXT_INSERTED`, `TEXT_DELETED`, or `CARET_MOVED`, told ahead of a change that is elsewhere than where the last
    one has left the caret.
    `text` is what was inserted or deleted, each line end one newline character, whatever the program has.
    Of what was deleted only the length can be relied on: Qt's areas tell blanks in its place.
    """

    kind: str
    text: str = field(default="", repr=False)


@runtime_checkable
class IAccessibility(Protocol):
    """
    I know what the accessibility bus tells of the object that has the focus; where the bus is off, I know nothing.

    What I know is what programs say of themselves. My Deferreds never errback and fire soon, if need be with nothing: a
    program that does not answer holds nobody up.
    """

    def focused_object(self) -> Deferred[FocusedObject | None]:
        """Fires with the facts of the object that has the focus, at once where they are known; None where nobody tells."""

    def watch(self, changed: Callable[[FocusedObject | None], None]) -> Callable[[], None]:
        """
        Have `changed` called with the facts of what has the focus as soon as these have become others, or unknown. Call what
        is returned to end that.
        """

    def caught_up(self) -> Deferred[bool]:
        """
        Fires with True when all is known here that the program which has the focus, or had it last, told before I was asked;
        with False where nobody answers.
        """

    def before(self, characters: int) -> Deferred[str | None]:
        """
        Fires with the text before the caret of the focused object, or before what is selected there: at most the last so
        many characters of it, each line end one newline character. None where nobody tells, and for a password.
        """

    def listen(self, heard: Callable[[TextEvent], None]) -> Callable[[], None]:
        """
        Have `heard` called with what happens to the text of the focused object, if it is editable and no password, in the
        order in which it happens. Call what is returned to end that: programs are a little slower as long as I listen.
        """

    def hearing(self) -> Deferred[int]:
        """
        Fires with 0 if no events are heard, else with the number of a spell: as long as it stays the same, every event of
        one and the same object has been heard. Fires at once where that is known.
        """
