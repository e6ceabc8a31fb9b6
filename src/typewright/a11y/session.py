# SPDX-License-Identifier: MIT
"""One connection to the accessibility bus, with all that is known through it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import Any

from twisted.internet.defer import Deferred, inlineCallbacks

from typewright.a11y.focus import Focus, Focused
from typewright.a11y.objects import REGISTRY, NotTold, Objects
from typewright.a11y.text import text_before
from typewright.a11y.text_events import Hearing
from typewright.bus.connect import connect
from typewright.bus.connection import DAEMON, BusConnection
from typewright.bus.message import Incoming
from typewright.interfaces.accessibility import FocusedObject, TextEvent


class Attachment:
    """I am attached from `attach` on, until `close` or until the bus, or the registry on it, is lost."""

    def __init__(
        self,
        connection: BusConnection,
        reactor: Any,
        spells: Iterator[int],
        tell: Callable[[TextEvent], None],
        notice: Callable[[FocusedObject | None], None],
    ) -> None:
        objects = Objects(connection, reactor)
        self.focus = Focus(connection, objects)
        self.hearing = Hearing(connection, objects, self.focus, spells, tell)
        self._connection = connection
        self._objects = objects
        self._mute: Focused | None = None
        self.focus.on_change = self._focus_changed
        self._notice = notice
        connection.listen(DAEMON, "NameOwnerChanged", self._owner_changed)

    def on_lost(self, lost: Callable[[], None]) -> None:
        """Have `lost` called once when I am not attached any more without having been closed."""
        self._connection.on_lost(lost)

    def close(self) -> Deferred[None]:
        """Fires when the connection is closed. The bus tells the registry, which then forgets what we asked for."""
        self.focus.on_change = lambda: None
        return self._connection.close()

    def focused(self) -> Deferred[FocusedObject | None]:
        """Fires with the facts of what has the focus, when they are known."""
        return self.focus.known().addCallback(lambda on: None if on is None else on.facts)

    @inlineCallbacks
    def before(self, characters: int) -> Generator[Deferred[Any], Any, str | None]:
        """Fires with the text before the caret; None for a password. Errbacks with NotTold. May be cancelled."""
        on = yield self.focus.known()
        if on is None or on.facts.password or on is self._mute:
            return None
        self._mute = on  # If it does not answer, it is not asked again before it gets the focus another time.
        try:
            text = yield text_before(self._objects, on.reference, characters)
        except NotTold:
            self._mute = None  # That is an answer, and another one may follow.
            raise
        self._mute = None
        return str(text)

    @inlineCallbacks
    def caught_up(self) -> Generator[Deferred[Any], Any, bool]:
        """See `IAccessibility`. Errbacks with NotTold. May be cancelled."""
        # Between losing the focus and getting it, no object has it.
        if not self.focus.last:
            return False
        # Qt 5 asks the registry about each key before it hands it on. It has asked by its first answer, got the registry's
        # by its second, and told what came of the key by its third.
        for who in (self.focus.last, REGISTRY, self.focus.last, self.focus.last):
            yield self._objects.answer(who)
        yield self.focus.known()
        return True

    @inlineCallbacks
    def spell(self) -> Generator[Deferred[Any], Any, int]:
        """Fires with the spell of hearing, when it is known."""
        yield self.focus.known()
        spell = yield self.hearing.known()
        return int(spell)

    def _focus_changed(self) -> None:
        self.hearing.follow()
        on = self.focus.now
        self._notice(None if on is None else on.facts)

    def _owner_changed(self, signal: Incoming) -> None:
        name, _, owner = signal.arguments()
        if name == REGISTRY and not owner:
            # What was registered went with it. To begin anew is the one way that is always right.
            self._connection.abort()


@inlineCallbacks
def attach(
    reactor: Any,
    address: str,
    spells: Iterator[int],
    tell: Callable[[TextEvent], None],
    notice: Callable[[FocusedObject | None], None],
) -> Generator[Deferred[Any], Any, Attachment]:
    """Fires with an attachment that knows what has the focus. Errbacks with NoBus, or with what the bus could not do."""
    connection = yield connect(reactor, address, 2.0)
    attachment = Attachment(connection, reactor, spells, tell, notice)
    try:
        yield attachment.focus.follow()
    except BaseException:
        connection.abort()
        raise
    return attachment
