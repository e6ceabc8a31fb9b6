# SPDX-License-Identifier: MIT
"""
The user's accessibility settings (AccessX): XKB's controls, read and followed, never changed; and chords shaped for them.

Source: X Keyboard Extension protocol 1.0, sections 4 and 16.3.5. Each device has controls of its own, and the core keyboard
takes on those of the device that a key comes from. Hence those of the XTEST keyboard are read: they are in force for its
keys even while the core keyboard still shows what a gesture on another keyboard has changed. What each setting does to
keys, and why the shapes here are enough, was measured: docs/design-decisions.md.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from twisted.internet.defer import Deferred

from typewright.backends.x11.connection import Connection
from typewright.backends.x11.requests import Extension
from typewright.backends.x11.xtest import NO_KEY, fake_input
from typewright.interfaces.backend import Shape
from typewright.keymap.chords import Chord, KeyEvent, State

CORE_KEYBOARD = 0x100
CONTROLS_NOTIFY = 3
_SLOW_KEYS, _BOUNCE_KEYS, _STICKY_KEYS = 1 << 1, 1 << 2, 1 << 3
_TWO_KEYS = 1 << 6
_PARTS = struct.Struct("=24xHH10xH16xI")
_MARGIN_MS = 10


class Controls(NamedTuple):
    """
    The settings that change what keys do.

    SlowKeys accept a key only when it has been down for `slow_s`, BounceKeys ignore one that was up for less than
    `bounce_s`; 0 where they are off. `sticky` is StickyKeys, which two keys at a time switch off if `two_keys` is set.
    """

    slow_s: float = 0.0
    bounce_s: float = 0.0
    sticky: bool = False
    two_keys: bool = False

    @property
    def change_keys(self) -> bool:
        """Whether any of them is on."""
        return bool(self.slow_s or self.bounce_s or self.sticky)


class AccessX:
    """
    Knows the controls of one device, and shapes chords for them.

    `controls` are those last read; `stale` tells that the server has announced a change since.
    """

    def __init__(self, connection: Connection, extension: Extension, device: int) -> None:
        self._connection = connection
        self._major = extension.major
        self._device = device
        self.controls = Controls()
        self.stale = True

    def follow(self) -> None:
        """Have the server announce changes, as XKB events of the kind CONTROLS_NOTIFY."""
        which = 1 << CONTROLS_NOTIFY
        self._connection.send(struct.pack("=BBHHHHHHH", self._major, 1, 4, self._device, which, 0, which, 0, 0))

    def read(self) -> Deferred[None]:
        """Fires when `controls` are up to date."""
        return self._connection.ask(struct.pack("=BBHHH", self._major, 6, 2, self._device, 0)).addCallback(self._take)

    def shape(self, chord: Chord, modifiers: Mapping[int, int]) -> Shape:
        """
        Return the events that type `chord` under these controls; `modifiers` is `Layout.modifiers`.

        Only StickyKeys that two keys switch off need other events: modifiers do what they always do while they are held.
        Taps on modifiers are joined to the key after them: a latch without its key would outlast a job that stops.
        """
        slow_s, _, sticky, two_keys = self.controls
        if not (slow_s or sticky):
            return Shape(chord.events)
        joined: frozenset[int] = frozenset()
        if sticky and two_keys:
            chord, joined = tap_modifiers(chord, modifiers), frozenset(modifiers)
        return Shape(chord.events, slow_s * sum(event.pressed for event in chord.events), joined)

    def _take(self, reply: bytes) -> None:
        # The reply includes every change announced before it.
        self.stale = False
        self.controls = parse_controls(reply)


def parse_controls(reply: bytes) -> Controls:
    """Parse the reply to GetControls."""
    slow, bounce, options, enabled = _PARTS.unpack_from(reply)
    return Controls(
        slow_s=slow / 1000 if enabled & _SLOW_KEYS else 0.0,
        bounce_s=bounce / 1000 if enabled & _BOUNCE_KEYS else 0.0,
        sticky=bool(enabled & _STICKY_KEYS),
        two_keys=bool(options & _TWO_KEYS),
    )


class Part(NamedTuple):
    """Requests without reply, packed one after the other, and their number."""

    requests: bytes
    number: int


def pack(major: int, events: Sequence[KeyEvent], controls: Controls, *, cut: bool) -> tuple[Part, ...]:
    """
    Return the XTEST requests that send `events` in one write, in parts.

    With `cut`, a part ends where a press was processed and its release was not, so that something can be asked there. What
    comes after the last of these is the last part, which may be empty; without `cut`, it is. For SlowKeys, the server itself
    waits after each press until it has accepted that, so that neither a delay of this process nor auto-repeat comes between
    a press and its release. BounceKeys ignore only the key that came up last: so before each press another one, NO_KEY,
    comes up. It is not down, so no program receives it.
    """
    # With SlowKeys on, the server does not look at BounceKeys.
    slow_ms = math.ceil(controls.slow_s * 1000) + _MARGIN_MS if controls.slow_s else 0
    bounces = bool(controls.bounce_s) and not slow_ms
    parts: list[Part] = []
    requests: list[bytes] = []
    delay_ms, pressed = 0, False

    def end_part() -> None:
        parts.append(Part(b"".join(requests), len(requests)))
        requests.clear()

    for event in events:
        if cut and pressed and not event.pressed:
            if delay_ms:
                requests.append(fake_input(major, NO_KEY, False, delay_ms))
                delay_ms = 0
            end_part()
        pressed = event.pressed
        if event.pressed and bounces:
            requests.append(fake_input(major, NO_KEY, False))
        requests.append(fake_input(major, event.keycode, event.pressed, delay_ms))
        delay_ms = slow_ms if event.pressed else 0
    if not parts:
        end_part()
    end_part()
    return tuple(parts)


def tap_modifiers(chord: Chord, modifiers: Mapping[int, int]) -> Chord:
    """
    Return `chord` with each modifier tapped before the key that it is for, in place of held down.

    While StickyKeys are on, a tapped modifier acts on the next key only; and where two keys at a time switch StickyKeys off,
    no key may be pressed while a modifier is down. `modifiers` is `Layout.modifiers`. A chord of modifiers alone stays as it
    is, and so does one with an event whose state cannot be predicted.
    """
    if all(_mask(event, modifiers) for event in chord.events) or any(event.state is None for event in chord.events):
        return chord
    return chord._replace(events=tuple(_taps(chord, modifiers)))


def _taps(chord: Chord, modifiers: Mapping[int, int]) -> Iterator[KeyEvent]:
    rest = chord.events[0].state or State(0, 0)
    held: list[int] = []
    for event in chord.events:
        if not _mask(event, modifiers):
            state = rest
            for keycode in held if event.pressed else ():
                latched = State(state.group, state.modifiers | modifiers[keycode])
                yield KeyEvent(keycode, True, state)
                yield KeyEvent(keycode, False, latched)
                state = latched
            yield event._replace(state=state)
        elif event.pressed:
            held.append(event.keycode)
        else:
            held.remove(event.keycode)


def _mask(event: KeyEvent, modifiers: Mapping[int, int]) -> int:
    """Return what the event's key adds to the state while it is down; 0 for one that is no modifier."""
    return max(modifiers.get(event.keycode, 0), 0)
