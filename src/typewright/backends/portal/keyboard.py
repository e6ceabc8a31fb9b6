# SPDX-License-Identifier: MIT
"""The keyboard that keys are sent to: its layout is the device's own, its state what the compositor tells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from twisted.internet.defer import Deferred, succeed
from twisted.python.failure import Failure

from typewright.backends.shared.xkbcommon import BadKeymap, layout_of
from typewright.ei.connection import Connection
from typewright.ei.keyboards import Device
from typewright.interfaces.backend import KeyboardState, Loan
from typewright.keymap.layout import Layout
from typewright.keymap.packing import Lent, Packing

_REAL = 0xFF
"""The real modifiers; a mask may have bits of virtual ones above them."""
NO_LAYOUT = Layout({}, {})
"""Before the user has consented, no layout is known."""


class Keyboard:
    """
    Satisfies `IKeyboard`. Its layout has one group, the one in force: EI has no request that changes the group.

    `on_layout(name)` is called when another layout or group is in force.
    """

    stale = False

    def __init__(self, compose: Callable[[str], Sequence[Sequence[int]]]) -> None:
        """`compose` gives the sequences of keysyms that programs compose to a character."""
        self.on_layout: Callable[[str], object] = lambda name: None
        self.layout = NO_LAYOUT
        self._connection: Connection | None = None
        self._device: Device | None = None
        self._compose = compose
        self._keymap = b""
        self._whole = NO_LAYOUT
        self._views: dict[int, Layout] = {}
        self._unmodified: list[Deferred[KeyboardState]] = []

    @property
    def name(self) -> str:
        """See `IKeyboard`."""
        return self.layout.name(0)

    @property
    def state(self) -> KeyboardState:
        """The state as last told. A compositor that tells none is taken for one at rest."""
        if self._device is None:
            return KeyboardState(0, 0, 0)
        depressed, locked, latched, _ = self._device.modifiers
        return KeyboardState(0, locked & _REAL, (depressed | latched) & _REAL)

    @property
    def told(self) -> bool:
        """Whether the compositor tells the state of the keyboard, as far as is known."""
        return self._device is not None and self._device.told

    def use(self, connection: Connection | None, device: Device | None) -> None:
        """Be the keyboard of `device` from now on; the layout stays while there is none."""
        self._connection, self._device = connection, device
        if device is not None:
            self.update()

    def update(self) -> None:
        """Take in what the compositor has told of the device."""
        device = self._device
        if device is None or device.keymap is None:
            return
        if device.keymap != self._keymap:
            try:
                self._whole = replace(layout_of(device.keymap), compose=self._compose)
            except BadKeymap:
                self._whole = NO_LAYOUT
            self._keymap = device.keymap
            self._views.clear()
        group = device.modifiers.group
        if group not in self._views:
            self._views[group] = _view(self._whole, group)
        if self._views[group] is not self.layout:
            self.layout = self._views[group]
            self.on_layout(self.name)
        state = self.state
        if not state.held:
            waiting, self._unmodified = self._unmodified, []
            for each in waiting:
                if not each.called:
                    each.callback(state)

    def read(self) -> Deferred[tuple[Layout, KeyboardState]]:
        """See `IKeyboard`."""
        if self._connection is None or self._connection.closed:
            return succeed((self.layout, self.state))
        asked = self._connection

        def told(result: object) -> Any:
            # A session that was ended is no loss of the display.
            lost = isinstance(result, Failure) and asked is self._connection
            return result if lost else (self.layout, self.state)

        return asked.sync().addBoth(told)

    def unmodified(self) -> Deferred[KeyboardState]:
        """See `IKeyboard`."""
        if not self.state.held:
            return succeed(self.state)
        self._unmodified.append(Deferred())
        return self._unmodified[-1]


class NoSlots:
    """Lends nothing: the keymap is the compositor's; satisfies `ISlots`."""

    def __init__(self, keyboard: Keyboard) -> None:
        self._keyboard = keyboard

    def packing(self) -> Packing:
        """See `ISlots`."""
        return Packing.upon(self._keyboard.layout, 0)

    def reuses(self, wanted: Sequence[Lent]) -> bool:
        """See `ISlots`."""
        return False

    def lend(self, wanted: Sequence[Lent]) -> Deferred[Loan | None]:
        """See `ISlots`."""
        return succeed(None if wanted else Loan(self._keyboard.layout, barrier=False))

    def keep(self) -> None:
        """See `ISlots`."""

    def done(self) -> None:
        """See `ISlots`."""

    def give_back(self) -> Deferred[None]:
        """See `ISlots`."""
        return succeed(None)


def _view(layout: Layout, group: int) -> Layout:
    """Return `layout` with `group` alone, as its only group."""
    group = group if group < layout.groups else 0
    keys = {code: key._replace(reach=(key.reach[group],)) if key.groups else key for code, key in layout.keys.items()}
    return replace(layout, keys=keys, groups=1, names=layout.names[group : group + 1])
