# SPDX-License-Identifier: MIT
"""Traits: what was measured of programs whose answer to a ping does not mean that they have handled the keys before it."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from typewright.interfaces.backend import Pace, Program
from typewright.interfaces.forwarders import FORWARDERS

LAST_KEYCODE = 255


class Readable(NamedTuple):
    """The slots that a program reads: keycodes up to `highest`, and so many `levels` of them (None: all)."""

    highest: int = LAST_KEYCODE
    levels: int | None = None


class Traits(NamedTuple):
    """
    How a program takes keys; the defaults are those of most programs. docs/targets.md has the measurements.

    With `ahead`, it answers before it has handled the keys: it reads them into a queue of its own, or another process of
    the program has the text. With `late`, it looks keycodes up only then. It handles keys in order if they come at this
    `pace`. After its first answer it is pinged again as often as there are `rounds`. Of slots it reads what `slots` tells.
    """

    ahead: bool = False
    late: bool = False
    pace: Pace = Pace()
    rounds: int = 0
    slots: Readable = Readable()

    def joined(self, other: Traits) -> Traits:
        """Return the traits of a program that has these, and gets its keys through one that has the `other`."""
        slow, slower = self.pace, other.pace
        pace = Pace(max(slow.pause_s, slower.pause_s), min(slow.at_most, slower.at_most), max(slow.line_s, slower.line_s))
        return Traits(
            self.ahead or other.ahead,
            self.late or other.late,
            pace,
            max(self.rounds, other.rounds),
            self.slots if self.slots != Readable() else other.slots,
        )


PLAIN = Traits()

_ROUNDS = 8
"""
With two characters under way there are up to eight events. Fcitx hands them back one by one, and waits for the program in
between, so that in each round both come to the next.
"""
INPUT_METHOD = Traits(ahead=True, late=True, pace=Pace(0.005, 2), rounds=_ROUNDS)
"""Of a program that sends its keys through an XIM server, which may hand them on in turn, as IBus does."""
_MODULE = Traits(ahead=True, pace=Pace(0.005, 2), rounds=_ROUNDS)
"""
Of Qt beside an input method, and of GTK beside Fcitx: their modules handle a key at once if its reply has come by then, and
else later, when others have overtaken it. GTK's module for IBus waits for the reply.
"""
# LibreOffice looks ahead, and puts what it finds back behind other events; Return is bound to a command that runs when it
# is idle. Wine looks keycodes up when the Windows program takes them from its queue. A browser's page is another process. A
# viewer forwards its keys to another display.
_OFFICE = Traits(ahead=True, pace=Pace(0.001, 1, 0.1), rounds=_ROUNDS)
_WINE = Traits(ahead=True, late=True, pace=Pace(0.015), slots=Readable(154, 2))
_BROWSER = Traits(ahead=True)
_FORWARDER = Traits(ahead=True)

_BY_NAME = {"soffice": _OFFICE, "firefox": _BROWSER, "firefox-esr": _BROWSER, "navigator": _BROWSER}


def traits_of(program: Program, servers: Collection[str]) -> Traits:
    """Return the traits of `program` while XIM servers of these names are alive; those of its input method not included."""
    name = program.name.lower()
    if name in FORWARDERS:
        return _FORWARDER
    if name.endswith(".exe"):  # Wine names its windows after the Windows program.
        return _WINE
    if program.toolkit == "chromium":
        return _BROWSER
    own = _OFFICE if name.startswith("libreoffice") else _BY_NAME.get(name, PLAIN)
    return own.joined(_MODULE) if _by_module(program.toolkit, servers) else own


def _by_module(toolkit: str, servers: Collection[str]) -> bool:
    """Return whether the toolkit's module for one of the input methods handles keys out of their order."""
    return bool(servers) if toolkit == "qt" else toolkit == "gtk" and any(name.endswith("fcitx") for name in servers)
