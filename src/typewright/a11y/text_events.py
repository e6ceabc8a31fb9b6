# SPDX-License-Identifier: MIT
"""
Changes of the focused object's text, as its program tells them.

Programs send these events only while a client has registered for them, and the match rule passes only those of the focused
object. Password fields are never listened to: some toolkits (Qt 5, GTK 4) send their text in clear. A move of the caret is
derived from the position of the next change, since events for each step would double the work of all programs.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import Any

from twisted.internet.defer import Deferred, inlineCallbacks, succeed
from twisted.python.failure import Failure

from typewright.a11y.focus import Focus, Focused
from typewright.a11y.objects import DESKTOP, Objects
from typewright.a11y.text import EMBEDDED, as_typed
from typewright.bus.connection import BusConnection
from typewright.bus.message import Message
from typewright.interfaces.accessibility import CARET_MOVED, TEXT_DELETED, TEXT_INSERTED, TextEvent

_INTERFACE = "org.a11y.atspi.Event.Object"
_EVENT, _MEMBER = "object:text-changed", "TextChanged"
_KINDS = {"insert": TEXT_INSERTED, "delete": TEXT_DELETED}


class TextEvents:
    """
    Calls `heard` with the text events of the focused object, from `begin` to `end`.

    `generation` is 0 while events may be missed; each unbroken subscription gets the next number of `generations`.
    """

    def __init__(
        self,
        connection: BusConnection,
        objects: Objects,
        focus: Focus,
        generations: Iterator[int],
        heard: Callable[[TextEvent], None],
    ) -> None:
        self.generation = 0
        self._connection = connection
        self._objects = objects
        self._focus = focus
        self._generations = generations
        self._heard = heard
        self._wanted = False
        self._on: Focused | None = None
        self._settled = True
        self._caret: int | None = None  # Where the last event left the caret, in the program's units.
        self._waiting: list[Deferred[int]] = []
        connection.listen(_INTERFACE, _MEMBER, self._text_changed)

    def begin(self) -> None:
        """Listen to the focused object, now and when it changes."""
        self._wanted = True
        # Without the registry there are no events; a new session may find one that works.
        self._objects.register(_EVENT).addErrback(lambda _: self._connection.abort())
        self.follow()

    def end(self) -> None:
        """Stop listening, and have the programs send no more events."""
        self._wanted = False
        self.follow()
        self._objects.deregister(_EVENT).addErrback(_ignored)

    def follow(self) -> None:
        """Listen to the object that has the focus now, if it is editable and no password."""
        on = self._focus.now if self._wanted else None
        if on is not None and (on.facts.password or not on.facts.editable):
            on = None
        if on is self._on:
            return
        if self._on is not None:
            self._connection.remove_match(_rule(self._on)).addErrback(_ignored)
        self._on = on
        self._settle(0)
        if on is not None:
            self._arm(on)

    def known(self) -> Deferred[int]:
        """Fires with `generation` when it is known whether the focused object's events are heard."""
        if self._settled:
            return succeed(self.generation)
        self._waiting.append(Deferred())
        return self._waiting[-1]

    @inlineCallbacks
    def _arm(self, on: Focused) -> Generator[Deferred[Any], Any, None]:
        self._settled = False
        try:
            yield self._connection.add_match(_rule(on))
            # The registry answers after it has announced the registration, so the program knows of it before the question
            # here: after its own answer it sends all events. The answer itself is not used: GTK 4 counts differently there.
            yield self._objects.role(DESKTOP)
            yield self._objects.caret(on.reference)
        except Exception:  # An error of the bus, or NotTold: events may be missed.
            complete = False
        else:
            complete = True
        if self._on is on:
            self._caret = None
            self._settle(next(self._generations) if complete else 0)

    def _settle(self, generation: int) -> None:
        self.generation, self._settled = generation, True
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            if not each.called:
                each.callback(generation)

    def _text_changed(self, event: Message) -> None:
        if not self._is_of_the_object(event):
            return
        kind, start, length, text = _fields(event)
        sort = _KINDS.get(kind.partition(":")[0])  # A change by the program itself is `insert:system`.
        if sort is None or EMBEDDED in text or (sort == TEXT_INSERTED and length and not text):
            self._settle(0)  # The change is not told completely, or not by this object.
        elif sort == TEXT_DELETED and length < 0:  # GTK 4, when the program empties its field: everything.
            self._caret = None
            self._settle(next(self._generations))
            self._heard(TextEvent(CARET_MOVED))
        else:
            # A deletion may begin or end at the caret.
            if self._caret is not None and self._caret not in (start, start + length * (sort == TEXT_DELETED)):
                self._heard(TextEvent(CARET_MOVED))
            # GTK 4's text areas count differently in insertions and in deletions.
            self._caret = start + length if sort == TEXT_INSERTED else None
            if text:
                self._heard(TextEvent(sort, as_typed(text)))

    def _is_of_the_object(self, event: Message) -> bool:
        # Any peer can send a signal with this path; only the object's program can be its sender.
        return bool(self.generation and self._on and (event.sender, event.path) == self._on.reference)


def _rule(on: Focused) -> str:
    sender, path = on.reference
    return f"type='signal',sender='{sender}',path='{path}',interface='{_INTERFACE}',member='{_MEMBER}'"


def _fields(event: Message) -> tuple[str, int, int, str]:
    """Return the detail, the two numbers and the text of an event; of a malformed one, values that end the generation."""
    try:
        detail, first, second, value = event.leading("siiv")
        return detail, first, second, value if isinstance(value, str) else ""
    except Exception:
        return "", 0, 1, ""


def _ignored(failure: Failure) -> None:
    """Failures while leaving do not matter."""
