# SPDX-License-Identifier: MIT
"""
What happens to the text of the focused object, as its program tells it.

Programs send such events only while somebody has registered for them, and the bus passes on to us only those of the one
object. A password field is never listened to: some toolkits send its text in clear (Qt 5, GTK 4). Where the caret goes is
seen from where the next change is: to have each of its steps told, too, would be twice the work for everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import Any

from twisted.internet.defer import Deferred, inlineCallbacks, succeed
from twisted.python.failure import Failure

from typewright.a11y.focus import Focus, Focused
from typewright.a11y.objects import DESKTOP, Objects
from typewright.a11y.text import EMBEDDED, with_newlines
from typewright.bus.connection import BusConnection
from typewright.bus.message import Incoming
from typewright.interfaces.accessibility import CARET_MOVED, TEXT_DELETED, TEXT_INSERTED, TextEvent

_INTERFACE = "org.a11y.atspi.Event.Object"
_EVENT, _MEMBER = "object:text-changed", "TextChanged"
_KINDS = {"insert": TEXT_INSERTED, "delete": TEXT_DELETED}


class Hearing:
    """
    I hear the text events of whatever object has the focus, from `begin` to `end`, and `tell` them.

    `spell` is 0 while they are not, or not all, heard, and the next of `spells` otherwise.
    """

    def __init__(
        self,
        connection: BusConnection,
        objects: Objects,
        focus: Focus,
        spells: Iterator[int],
        tell: Callable[[TextEvent], None],
    ) -> None:
        self.spell = 0
        self._connection = connection
        self._objects = objects
        self._focus = focus
        self._spells = spells
        self._tell = tell
        self._wanted = False
        self._on: Focused | None = None
        self._settled = True
        self._caret: int | None = None  # Where the last event leaves the caret, in the program's units.
        self._waiting: list[Deferred[int]] = []
        connection.listen(_INTERFACE, _MEMBER, self._text_changed)

    def begin(self) -> None:
        """Listen, to what has the focus now and to what will have it."""
        self._wanted = True
        # A registry that can't do this is of no use, and a new connection may find a better one.
        self._objects.register(_EVENT).addErrback(lambda _: self._connection.abort())
        self.follow()

    def end(self) -> None:
        """Listen no more, and let the programs know."""
        self._wanted = False
        self.follow()
        self._objects.deregister(_EVENT).addErrback(_ignored)

    def follow(self) -> None:
        """Listen to the object that has the focus now, if it is one to listen to."""
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
        """Fires with `spell` when it is known whether the object that has the focus is heard."""
        if self._settled:
            return succeed(self.spell)
        self._waiting.append(Deferred())
        return self._waiting[-1]

    @inlineCallbacks
    def _arm(self, on: Focused) -> Generator[Deferred[Any], Any, None]:
        self._settled = False
        try:
            yield self._connection.add_match(_rule(on))
            # The registry answers when it has announced what was registered before, and the program hears of that ahead
            # of our question: from its answer on it sends all events. (Where the caret is, GTK 4 tells in other terms then.)
            yield self._objects.role(DESKTOP)
            yield self._objects.caret(on.reference)
        except Exception:  # Of the bus, or NotTold; it means the same here.
            heard = False
        else:
            heard = True
        if self._on is on:
            self._caret = None
            self._settle(next(self._spells) if heard else 0)

    def _settle(self, spell: int) -> None:
        self.spell, self._settled = spell, True
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            if not each.called:
                each.callback(spell)

    def _text_changed(self, event: Incoming) -> None:
        if not self._is_heard(event):
            return
        kind, start, length, text = _fields(event)
        sort = _KINDS.get(kind.partition(":")[0])  # A change that the program made by itself is an `insert:system`.
        if sort is None or EMBEDDED in text or (sort == TEXT_INSERTED and length and not text):
            self._settle(0)  # Not all of what happens here is told, or not by this object.
        elif sort == TEXT_DELETED and length < 0:  # GTK 4, when a program empties its field: all, however much that was.
            self._caret = None
            self._settle(next(self._spells))
            self._tell(TextEvent(CARET_MOVED))
        else:
            # A deletion may have begun at the caret, or ended there.
            if self._caret is not None and self._caret not in (start, start + length * (sort == TEXT_DELETED)):
                self._tell(TextEvent(CARET_MOVED))
            # GTK 4's areas tell of what was inserted in other terms than of what was deleted.
            self._caret = start + length if sort == TEXT_INSERTED else None
            if text:
                self._tell(TextEvent(sort, with_newlines(text)))

    def _is_heard(self, event: Incoming) -> bool:
        # Anyone can send us a signal that looks like one of this object; only its program can be the sender.
        return bool(self.spell and self._on and (event.sender, event.path) == self._on.reference)


def _rule(on: Focused) -> str:
    sender, path = on.reference
    return f"type='signal',sender='{sender}',path='{path}',interface='{_INTERFACE}',member='{_MEMBER}'"


def _fields(event: Incoming) -> tuple[str, int, int, str]:
    """The detail, the two numbers and the text of an event; with nonsense in their place, nonsense that ends a spell."""
    try:
        detail, first, second, value = event.leading("siiv")
        return detail, first, second, value if isinstance(value, str) else ""
    except Exception:
        return "", 0, 1, ""


def _ignored(failure: Failure) -> None:
    """What does not work on the way out is over anyway."""
