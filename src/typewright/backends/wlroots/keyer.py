# SPDX-License-Identifier: MIT
"""
The keyer: keys go out with a sync after them, and the sync confirms them.

A modifier is a key event and a `modifiers` request: wlroots takes a level from the request alone, niri from the key alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater

from typewright.backends.shared.synced_observer import SyncedObserver
from typewright.backends.wlroots.toplevels import Toplevels
from typewright.backends.wlroots.virtual_keyboard import VirtualKeyboard
from typewright.interfaces.backend import IClock, Place, Shape
from typewright.keymap.chords import Chord, KeyEvent
from typewright.wayland.connection import Connection


class Keyer:
    """
    Sends the events of a burst, and a sync, in one write; satisfies `IKeyer`.

    `target` is the place of the job; None while there is none. While keys would go elsewhere, presses are not sent at all.
    `pause_s` is a pause after each burst.
    """

    def __init__(
        self,
        connection: Connection,
        device: VirtualKeyboard,
        observer: SyncedObserver,
        toplevels: Toplevels,
        modifiers: Mapping[int, int],
        clock: IClock,
    ) -> None:
        """`modifiers` are the masks of the modifier keys, by keycode."""
        self.target: Place | None = None
        self.pause_s = 0.0
        self._connection = connection
        self._device = device
        self._observer = observer
        self._toplevels = toplevels
        self._modifiers = {keycode: mask for keycode, mask in modifiers.items() if mask > 0}
        self._clock: Any = clock  # the type checker can't see that a clock is Twisted's IReactorTime
        self._down: dict[int, int] = {}

    def shape(self, chord: Chord) -> Shape:
        """See `IKeyer`."""
        return Shape(chord.events)

    def send(self, events: Sequence[KeyEvent]) -> Deferred[Place]:
        """See `IKeyer`."""
        generation = self._observer.generation
        if self._device.ready or not any(event.pressed for event in events):
            return self._send(events, generation)
        return self._device.prepare().addCallback(lambda _: self._send(events, generation))

    def settle(self) -> Deferred[None]:
        """See `IKeyer`. Sending changes nothing."""
        return self._connection.sync()

    def _send(self, events: Sequence[KeyEvent], generation: int) -> Deferred[Place]:
        pressing = any(event.pressed for event in events)
        if pressing and self.target is not None and self._toplevels.place != self.target:
            return self._connection.sync().addCallback(self._sent, len(events), generation, as_meant=False)
        for place, event in enumerate(events, 1):
            self._device.key(event.keycode, event.pressed)
            if event.keycode in self._modifiers:
                if event.pressed:
                    self._down[event.keycode] = self._modifiers[event.keycode]
                else:
                    self._down.pop(event.keycode, None)
                if place == len(events) or events[place].keycode not in self._modifiers:
                    self._device.modifiers(reduce(or_, self._down.values(), 0))
        done = self._connection.sync().addCallback(self._sent, len(events), generation, as_meant=True)
        if self.pause_s:
            done.addCallback(lambda place: deferLater(self._clock, self.pause_s, lambda: place))
        return done

    def _sent(self, _: None, count: int, generation: int, *, as_meant: bool) -> Place:
        self._observer.processed(count, generation, as_meant)
        return self._toplevels.place
