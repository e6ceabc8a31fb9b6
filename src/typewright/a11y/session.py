# SPDX-License-Identifier: MIT
"""A session on the accessibility bus: one connection, with all that is known through it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import Any

from twisted.internet.defer import Deferred, inlineCallbacks

from typewright.a11y.focus import Focus, Focused
from typewright.a11y.objects import REGISTRY, NotTold, Objects
from typewright.a11y.text import text_before
from typewright.a11y.text_events import TextEvents
from typewright.bus.connect import connect
from typewright.bus.connection import DAEMON, BusConnection
from typewright.bus.message import Message
from typewright.interfaces.accessibility import FocusedObject, TextEvent


class Session:
    """
    A session, made by `open_session`. It ends with `close`, or when the bus or the registry on it is lost.

    `heard` is called with each text event, `focus_changed` with the facts of the focused object when they have changed.
    """

    def __init__(
        self,
        connection: BusConnection,
        reactor: Any,
        generations: Iterator[int],
        heard: Callable[[TextEvent], None],
        focus_changed: Callable[[FocusedObject | None], None],
    ) -> None:
        objects = Objects(connection, reactor)
        self.focus = Focus(connection, objects)
        self.text_events = TextEvents(connection, objects, self.focus, generations, heard)
        self._connection = connection
        self._objects = objects
        self._unanswered: Focused | None = None
        self.focus.on_change = self._focus_changed
        self._tell_focus = focus_changed
        connection.listen(DAEMON, "NameOwnerChanged", self._owner_changed)

    def on_lost(self, lost: Callable[[], None]) -> None:
        """Have `lost` called once when the session ends other than by `close`."""
        self._connection.on_lost(lost)

    def close(self) -> Deferred[None]:
        """Fires when the connection is closed. The bus tells the registry, which then drops its registrations."""
        self.focus.on_change = lambda: None
        return self._connection.close()

    def focused(self) -> Deferred[FocusedObject | None]:
        """Fires with the facts of the focused object, when they are known."""
        return self.focus.known().addCallback(lambda on: None if on is None else on.facts)

    @inlineCallbacks
    def before(self, characters: int) -> Generator[Deferred[Any], Any, str | None]:
        """Fires with the text before the caret; None for a password. Errbacks with NotTold. May be cancelled."""
        on = yield self.focus.known()
        if on is None or on.facts.password or on is self._unanswered:
            return None
        self._unanswered = on  # Until it has answered, it is not asked again, unless it gets the focus anew.
        try:
            text = yield text_before(self._objects, on.reference, characters)
        except NotTold:
            self._unanswered = None  # It has answered, so it may be asked again.
            raise
        self._unanswered = None
        return str(text)

    @inlineCallbacks
    def caught_up(self) -> Generator[Deferred[Any], Any, bool]:
        """See `IAccessibility`. Errbacks with NotTold. May be cancelled."""
        # `focus.last`, since for a moment between two objects none has the focus.
        if not self.focus.last:
            return False
        # Qt 5 asks the registry about each key before it processes it. With its first answer it has asked, with the second
        # it has the registry's reply, with the third it has announced what the key did.
        for program in (self.focus.last, REGISTRY, self.focus.last, self.focus.last):
            yield self._objects.answer(program)
        yield self.focus.known()
        return True

    @inlineCallbacks
    def generation(self) -> Generator[Deferred[Any], Any, int]:
        """Fires with the generation of the text events, when it is known."""
        yield self.focus.known()
        generation = yield self.text_events.known()
        return int(generation)

    def _focus_changed(self) -> None:
        self.text_events.follow()
        on = self.focus.now
        self._tell_focus(None if on is None else on.facts)

    def _owner_changed(self, signal: Message) -> None:
        name, _, owner = signal.arguments()
        if name == REGISTRY and not owner:
            # All registrations went with it, so the session has to begin again.
            self._connection.abort()


@inlineCallbacks
def open_session(
    reactor: Any,
    address: str,
    generations: Iterator[int],
    heard: Callable[[TextEvent], None],
    focus_changed: Callable[[FocusedObject | None], None],
) -> Generator[Deferred[Any], Any, Session]:
    """Fires with a session that knows the focus. Errbacks with NoBus, or with the failure of what the bus could not do."""
    connection = yield connect(reactor, address, 2.0)
    session = Session(connection, reactor, generations, heard, focus_changed)
    try:
        yield session.focus.follow()
    except BaseException:
        connection.abort()
        raise
    return session
