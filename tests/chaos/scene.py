# SPDX-License-Identifier: MIT
"""The desktop on which everything happens at once, and what must hold there when it is quiet again."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

from Xlib import X

from tests.helpers import desktop
from tests.x11.stage import Other

LINGER_S = 0.3
CONFIG = f"linger_s = {LINGER_S}\nfocus_wait_s = 1.5\nanswer_s = 2.5\nquiet_s = 0.1\n"
FENCE, TAB = "\t", 23


class Scene:
    """The desktop: two terminals, what the user has set, how often that was the layout, and what each terminal got."""

    def __init__(self, environ: dict[str, str], terminals: Sequence[desktop.Terminal], layouts: Sequence[str]) -> None:
        self.environ = environ
        self.terminals = terminals
        self.other = Other(environ["DISPLAY"])
        self.service: desktop.Service
        self.layout, self.group, self.changes = "", 0, 0
        self.got = ["", ""]
        self.windows = [self._window(terminal) for terminal in terminals]
        self._logged = 0
        self._maps: dict[str, str] = {}
        for name in layouts:
            self.set_layout(name)
            self._maps[name] = desktop.keymap(environ)

    def begin(self, layout: str) -> None:
        """A round begins, on this layout."""
        self.changes = 0
        self.set_layout(layout)
        self.group = 0
        desktop.lock_group(self.environ, 0)
        self.focus(0)
        self.got = ["", ""]

    def set_layout(self, name: str) -> None:
        """As the user does."""
        desktop.run(self.environ, "setxkbmap", "-option", "", name)
        self.layout = name
        self.changes += 1

    def set_group(self, group: int) -> None:
        """Of a layout that has another."""
        if "," in self.layout:
            self.group = group
            desktop.lock_group(self.environ, group)

    def focus(self, number: int) -> None:
        """Give it to that terminal."""
        self.other.display.set_input_focus(self.windows[number], X.RevertToNone, X.CurrentTime)
        self.other.display.sync()

    def drain(self) -> None:
        """Take what the terminals got, lest they stand still."""
        for terminal in self.terminals:
            terminal.drain()

    def quiet(self) -> list[str]:
        """What is wrong when all is over; then it is as at the beginning."""
        found = []
        if keys := self.other.down():
            found.append(f"keys are down: {keys}")
        mask = self.other.root.query_pointer().mask
        if mask & 0xFF:
            found.append(f"modifiers are on: {mask & 0xFF:#x}")
        # To choose the group that is active by our doing changes nothing, and nobody is told of it.
        allowed = {self.group, 0} if "," in self.layout else {0}
        if mask >> 13 & 3 not in allowed:
            found.append(f"the group is {mask >> 13 & 3}, and the user has set {self.group}")
            desktop.lock_group(self.environ, self.group)
        for number, terminal in enumerate(self.terminals):
            self.focus(number)
            for down in (True, False):
                self.other.fake(TAB, down=down)
            self.got[number] = terminal.rest(FENCE)
        end = time.monotonic() + LINGER_S + 2
        while (now := desktop.keymap(self.environ)) != self._maps[self.layout]:
            if time.monotonic() > end:
                differs = set(now.splitlines()) ^ set(self._maps[self.layout].splitlines())
                found.append(f"the map is another: {sorted(differs)[:6]}")
                break
        logged = self.service.log.read_text()
        new, self._logged = logged[self._logged :], len(logged)
        bad = re.compile(r"critical|error:|Traceback|Unhandled", re.IGNORECASE)
        if bad.search(new):
            found.append(f"in the log: {new}")
        return found

    def _window(self, terminal: desktop.Terminal) -> int:
        found = desktop.run(self.environ, "xdotool", "search", "--sync", "--onlyvisible", "--pid", str(terminal.process.pid))
        return int(found.split()[-1])
