# SPDX-License-Identifier: MIT
"""The locked group and the locked modifiers, and what the service has changed about them for its keys."""

from __future__ import annotations

from typewright.backends.x11 import xkb
from typewright.backends.x11.ledger import Ledger
from typewright.backends.x11.requests import Extension

_UNNOTICED = 1 << 5
"""Mod3: it has no light, and no key is pressed while it is changed."""


class Unlocked:
    """
    The requests that take off some locked modifiers for one write, and lock them again at its end.

    The user may have unlocked one of them without the service knowing yet. So `question` (GetState) goes before `unlock`, in
    the same write, and `correction` of its reply unlocks for good what was unlocked already.
    """

    def __init__(self, major: int, modifiers: int) -> None:
        self._major = major
        self._modifiers = modifiers
        self.question = xkb.get_state(major)
        self.unlock = xkb.lock_modifiers(major, modifiers, 0)
        self.lock = xkb.lock_modifiers(major, modifiers, modifiers)

    def correction(self, reply: bytes) -> bytes:
        """Return the request that unlocks again what was not locked before; empty if there is none."""
        unlocked = self._modifiers & ~xkb.parse_state(reply).locked
        return xkb.lock_modifiers(self._major, unlocked, 0) if unlocked else b""


class Locks:
    """
    Switches the active group for characters of another one, and unlocks modifiers for those that no key types under them.

    Both travel in one write with the keys that need them, so that no other key comes between. A group stays until `restore`;
    the ledger on the server tells a later Typewright to restore it should this one die. A modifier is locked again within
    the same write, so that a crash cannot leave it unlocked.
    """

    def __init__(self, extension: Extension, ledger: Ledger) -> None:
        self._major = extension.major
        self._ledger = ledger
        self._active = 0
        self._locked = 0
        self._groups = 1
        self._original: int | None = None
        self._modifiers = 0

    @property
    def switched(self) -> bool:
        """Whether the service has switched the group."""
        return self._original is not None

    def users_group(self, active: int) -> int:
        """Return the group that the user has chosen: `active`, unless the service has switched to that."""
        return active if self._original is None else self._original

    def update(self, state: xkb.ServerState, groups: int) -> None:
        """Take over the server's state, on a layout of so many `groups`; the group only if it is not switched."""
        self._modifiers = state.locked
        self._groups = groups
        if not self.switched:
            self._active, self._locked = state.group, state.locked_group

    def switch(self, group: int) -> tuple[bytes, int]:
        """Return the requests, and their number, that make `group` the active one; none if it is."""
        if group == self._active:
            return b"", 0
        requests, count = b"", 1
        if self._original is None:
            self._original = self._locked
            requests, count = self._ledger.note_group(self._locked), 2
        # The active group is the locked one plus what a held group key adds to it.
        self._locked = (self._locked + group - self._active) % self._groups
        self._active = group
        return requests + xkb.lock_group(self._major, self._locked), count

    def unlock(self, modifiers: int) -> Unlocked | None:
        """Return how to unlock all modifiers but `modifiers` for one write; None if no others are locked."""
        surplus = self._modifiers & ~modifiers
        return Unlocked(self._major, surplus) if surplus else None

    def announce_state(self) -> list[bytes]:
        """
        Return the requests that make the server announce the state anew after a change of the map; none if nothing is
        locked.

        Qt 5 begins with a new map as if no group and no modifier were locked, until the next announcement of the state.
        """
        if not (self._active or self._modifiers):
            return []
        locked = self._modifiers & _UNNOTICED
        changed = [_UNNOTICED & ~locked, locked]
        return [xkb.lock_modifiers(self._major, _UNNOTICED, modifiers) for modifiers in changed]

    def restore(self) -> tuple[bytes, int]:
        """Return the requests, and their number, that restore the group as it was found."""
        if self._original is None:
            return b"", 0
        requests = xkb.lock_group(self._major, self._original) + self._ledger.drop_group()
        self._original = None
        return requests, 2
