# SPDX-License-Identifier: MIT
"""What the compositor offers: its globals, as they come and go."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from typewright.wayland.failures import GlobalMissing
from typewright.wayland.objects import Proxy
from typewright.wayland.tables import INTERFACES
from typewright.wire.codec import Malformed, Unsendable
from typewright.wire.tables import Interface


class Global(NamedTuple):
    """A thing that can be bound: the compositor's number for it, the interface, and the highest version it offers."""

    name: int
    interface: str
    version: int


class Registry:
    """
    The globals. `on_added` and `on_removed` are called with each that comes or goes from now on.

    What is bound of a global that goes stays an object; the compositor ignores its requests.
    """

    def __init__(self, proxy: Proxy, bind: Callable[[Proxy, Global, Interface, int], Proxy]) -> None:
        self.on_added: Callable[[Global], object] = lambda added: None
        self.on_removed: Callable[[Global], object] = lambda removed: None
        self._proxy = proxy
        self._bind = bind
        self._globals: dict[int, Global] = {}
        proxy.listen("global", self._added)
        proxy.listen("global_remove", self._removed)

    @property
    def globals(self) -> tuple[Global, ...]:
        """All of them, oldest first."""
        return tuple(self._globals.values())

    def find(self, interface: str) -> Global | None:
        """The oldest global of that interface."""
        return next((each for each in self._globals.values() if each.interface == interface), None)

    def bind(self, wanted: str | Global, version: int | None = None) -> Proxy:
        """
        An object for a global, or for the oldest of that interface; asked for at once.

        Its version is the highest that both sides know, `version` at most. Raises GlobalMissing, or Unsendable for an
        interface that has no table.
        """
        found = self.find(wanted) if isinstance(wanted, str) else self._globals.get(wanted.name)
        name = wanted if isinstance(wanted, str) else wanted.interface
        if found is None or found.interface != name:
            raise GlobalMissing(name)
        interface = INTERFACES.get(name)
        if interface is None:
            raise Unsendable(f"{name} is not an interface that Typewright knows")
        return self._bind(self._proxy, found, interface, min(found.version, interface.version, version or interface.version))

    def _added(self, name: int, interface: str, version: int) -> None:
        if not version:
            raise Malformed("a global of version 0")
        self._globals[name] = Global(name, interface, version)
        self.on_added(self._globals[name])

    def _removed(self, name: int) -> None:
        removed = self._globals.pop(name, None)
        if removed is not None:
            self.on_removed(removed)
