# SPDX-License-Identifier: MIT
"""
The keyer: keys go out with a sync after them, and the sync confirms them.

The compositor does not tell in which state it processed a key. So where the user's modifiers are told while a key is on its
way, it may have come out in another state, and is not confirmed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_

from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import deferLater
from twisted.python.failure import Failure

from typewright.backends.portal.keyboard import Keyboard
from typewright.backends.shared.synced_observer import SyncedObserver
from typewright.ei.connection import Connection
from typewright.ei.keyboards import Device
from typewright.interfaces.backend import HELD, OURS, UNKNOWN, IClock, Place, Shape, Stray
from typewright.keymap.chords import LASTING, Chord, KeyEvent
from typewright.keymap.keysyms import keysym_named
from typewright.keymap.layout import Layout

_LOCKING = {1 << 1: "Caps_Lock", 1 << 4: "Num_Lock"}
"""The real modifiers that a key locks, and which key that is."""
_OWN_S = 0.05
"""How long the compositor may take to tell that a modifier of ours is up again."""
_LOOK_S = 0.005


class Keyer:
    """
    Sends the events of a burst, and a sync, in one write; satisfies `IKeyer`.

    While no device takes keys, presses are not sent, and the place is HELD.
    """

    def __init__(self, keyboard: Keyboard, observer: SyncedObserver, clock: IClock) -> None:
        self._keyboard = keyboard
        self._observer = observer
        self._clock = clock
        self._connection: Connection | None = None
        self._device: Device | None = None
        self._down: dict[int, int] = {}
        self._locked = 0

    @property
    def place(self) -> Place:
        """Where keys would go, as far as EI tells."""
        return UNKNOWN if self._device is not None and self._device.ready else HELD

    def use(self, connection: Connection | None, device: Device | None) -> None:
        """Send to `device` from now on."""
        if device is not self._device:
            self._down.clear()
        self._connection, self._device = connection, device

    def shape(self, chord: Chord) -> Shape:
        """See `IKeyer`."""
        return Shape(chord.events)

    def settle(self) -> Deferred[None]:
        """See `IKeyer`. Sending changes nothing that outlasts it."""
        return succeed(None)

    def send(self, events: Sequence[KeyEvent]) -> Deferred[Place]:
        """See `IKeyer`."""
        generation = self._observer.generation
        device, connection = self._device, self._connection
        if device is None or connection is None or not device.ready:
            self._observer.processed(len(events), generation, as_meant=False)
            return succeed(HELD)
        layout, state = self._keyboard.layout, self._keyboard.state
        wanted = next((event.state for event in events if event.state is not None), None)
        taps = [] if wanted is None else _lock_keys(layout, state.locked & ~wanted.modifiers)
        if taps is None or (wanted is not None and wanted.group):
            self._observer.processed(len(events), generation, as_meant=False)
            return succeed(self.place)
        own = 0
        for keycode in taps:
            self._tap(device, keycode)
        for event in events:
            device.key(event.keycode, event.pressed)
            mask = max(layout.modifiers.get(event.keycode, 0), 0)
            own |= mask
            if event.pressed:
                self._down[event.keycode] = mask
            else:
                self._down.pop(event.keycode, None)
        for keycode in taps:
            self._tap(device, keycode)
        lasting = bool(taps) or any(layout.modifiers.get(event.keycode) == LASTING for event in events)
        sent = _Sent(events, generation, device, device.generation, own, None if lasting else state.locked)
        return connection.sync().addCallbacks(lambda _: self._processed(sent), self._unsent, errbackArgs=(sent,))

    def _tap(self, device: Device, keycode: int) -> None:
        device.key(keycode, True)
        device.key(keycode, False)

    def _processed(self, sent: _Sent) -> Place | Deferred[Place]:
        if sent.device_generation != sent.device.generation or self._device is not sent.device:
            return self._confirm(sent, as_meant=False)
        surplus = self._surplus()
        if surplus and not surplus & ~sent.own:
            # Ours, and told late, or the user's.
            return self._late(sent, self._clock.seconds() + _OWN_S)
        return self._judge(sent, surplus)

    def _unsent(self, failure: Failure, sent: _Sent) -> Place | Failure:
        """The session was ended while the keys were on their way: that is no loss of the display."""
        return failure if self._device is sent.device else self._confirm(sent, as_meant=False)

    def _late(self, sent: _Sent, until: float) -> Deferred[Place]:
        def look() -> Place | Deferred[Place]:
            surplus = self._surplus()
            if surplus and self._clock.seconds() < until:
                return self._late(sent, until)
            return self._judge(sent, surplus)

        return deferLater(self._clock, _LOOK_S, look)  # type: ignore[arg-type]

    def _judge(self, sent: _Sent, surplus: int) -> Place:
        moved = sent.locked is not None and self._keyboard.state.locked != sent.locked
        if surplus or moved:
            # Whether it came before or after the key is unknown, and with that what was typed.
            keycode = next((event.keycode for event in reversed(sent.events) if event.pressed), 0)
            if keycode:
                self._observer.seen(Stray(keycode, True, None, OURS))
        return self._confirm(sent, as_meant=not (surplus or moved))

    def _confirm(self, sent: _Sent, *, as_meant: bool) -> Place:
        self._observer.processed(len(sent.events), sent.generation, as_meant)
        return self.place

    def _surplus(self) -> int:
        """Return the modifiers that are held, and not by us."""
        return self._keyboard.state.held & ~reduce(or_, self._down.values(), 0)


class _Sent:
    """A burst that is on its way: to which device, which modifiers are in it, which locks it was made for (None: any)."""

    def __init__(
        self,
        events: Sequence[KeyEvent],
        generation: int,
        device: Device,
        device_generation: int,
        own: int,
        locked: int | None,
    ) -> None:
        self.events = events
        self.generation = generation
        self.device = device
        self.device_generation = device_generation
        self.own = own
        self.locked = locked


def _lock_keys(layout: Layout, modifiers: int) -> list[int] | None:
    """Return the keycodes whose press takes off these locked modifiers, and puts them on again; None where there is none."""
    found = []
    for bit in (1 << at for at in range(8)):
        if not modifiers & bit:
            continue
        wanted = keysym_named(_LOCKING[bit]) if bit in _LOCKING else 0
        keycode = next(
            (
                keycode
                for keycode, mask in layout.modifiers.items()
                if mask == LASTING and any(wanted in group.keysyms[:1] for group in layout.keys[keycode].groups)
            ),
            None,
        )
        if not wanted or keycode is None:
            return None
        found.append(keycode)
    return found
