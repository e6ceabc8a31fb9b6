# SPDX-License-Identifier: MIT
"""What is locked, a group and modifiers, and what we did to it."""

from __future__ import annotations

from typewright.backends.x11 import xkb
from typewright.backends.x11.ledger import Leases
from typewright.backends.x11.requests import Extension

_UNNOTICED = 1 << 5
"""Mod3: it has no light, and no key is pressed while it is changed."""


class Lifted:
    """
    Locks that are `off` while keys are sent, and `on` again behind them.

    The user may have taken one off already, and we have not heard of it yet. So the `question` goes ahead of it all, in the
    same write, and from its reply it is known what nobody wants back.
    """

    def __init__(self, major: int, modifiers: int) -> None:
        self._major = major
        self._modifiers = modifiers
        self.question = xkb.get_state(major)
        self.off = xkb.lock_modifiers(major, modifiers, 0)
        self.on = xkb.lock_modifiers(major, modifiers, modifiers)

    def amends(self, reply: bytes) -> bytes:
        """The request that takes off for good what was off when we came; none where nothing was."""
        gone = self._modifiers & ~xkb.parse_state(reply).locked
        return xkb.lock_modifiers(self._major, gone, 0) if gone else b""


class Locks:
    """
    I switch the active group for characters that stand in another one, and take off locked modifiers for those that stand
    nowhere while these are on.

    Both travel in one write with the keys that need it, so that no key falls between. A group stays until `restore`, and a
    lease on the server tells the next of us to put it back should this one die. A modifier is locked again in that same
    write already: whatever happens to us, the lock is as it was.
    """

    def __init__(self, extension: Extension, leases: Leases) -> None:
        self._major = extension.major
        self._leases = leases
        self._active = 0
        self._locked = 0
        self._groups = 1
        self._original: int | None = None
        self._modifiers = 0

    @property
    def ours(self) -> bool:
        """Whether the active group is our doing."""
        return self._original is not None

    def of_user(self, active: int) -> int:
        """The group that the user has chosen: the `active` one, unless that is our doing."""
        return active if self._original is None else self._original

    def found(self, state: xkb.State, groups: int) -> None:
        """Take over what the server says, on a layout with so many groups; of the group only while it is not our doing."""
        self._modifiers = state.locked
        self._groups = groups
        if not self.ours:
            self._active, self._locked = state.group, state.locked_group

    def switch(self, group: int) -> tuple[bytes, int]:
        """The requests, and how many, that make `group` the active one; none when it is."""
        if group == self._active:
            return b"", 0
        requests, count = b"", 1
        if self._original is None:
            self._original = self._locked
            requests, count = self._leases.group(self._locked), 2
        # The active group is the locked one plus what a held group key adds to it.
        self._locked = (self._locked + group - self._active) % self._groups
        self._active = group
        return requests + xkb.lock_group(self._major, self._locked), count

    def lift(self, modifiers: int) -> Lifted | None:
        """How to take off every lock but those in `modifiers` for one write; None when there is nothing to take off."""
        surplus = self._modifiers & ~modifiers
        return Lifted(self._major, surplus) if surplus else None

    def tell_again(self) -> list[bytes]:
        """
        The requests that have the server tell the state anew behind a change of the map: none when all of it is 0.

        Qt 5 takes the new map up with nothing locked, no group and no modifiers, and learns of these with the next change of
        the state only.
        """
        if not (self._active or self._modifiers):
            return []
        locked = self._modifiers & _UNNOTICED
        changed = [_UNNOTICED & ~locked, locked]
        return [xkb.lock_modifiers(self._major, _UNNOTICED, modifiers) for modifiers in changed]

    def restore(self) -> tuple[bytes, int]:
        """The requests, and how many, that put back the group that we found."""
        if self._original is None:
            return b"", 0
        requests = xkb.lock_group(self._major, self._original) + self._leases.no_group()
        self._original = None
        return requests, 2
