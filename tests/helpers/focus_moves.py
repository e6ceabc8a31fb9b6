# SPDX-License-Identifier: MIT
"""A job whose window loses the focus at a random moment, and where its characters went."""

from __future__ import annotations

import contextlib
import random
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

from Xlib import X

from tests.helpers import desktop
from tests.helpers.outside import gdbus
from tests.x11.stage import SHIFT, Other

TEXT = "The Quick Brown Fox. " * 400
WAYS = ("another window", "nothing", "a grab")


@dataclass(frozen=True)
class Moved:
    """What became of one try: characters in the job's window, of these confirmed; characters elsewhere; the answer."""

    here: int
    typed: int
    elsewhere: int
    answer: str

    @property
    def kept(self) -> bool:
        """Whether the promise was: false, no character elsewhere, and no other count than what stands there."""
        return "'confirmed': <false>" in self.answer and self.elsewhere == 0 and self.here == self.typed


class Mover:
    """I take the focus, or the keyboard, away from a terminal mid-text."""

    def __init__(self, environ: dict[str, str], terminal: desktop.Terminal) -> None:
        self._environ = environ
        self._terminal = terminal
        self._other = Other(environ["DISPLAY"])
        self._window = self._other.window()

    def move(self, way: str, chance: random.Random) -> Moved:
        """One try."""
        self._terminal.focus()
        call = gdbus("Type", TEXT, "{}")
        with subprocess.Popen(call, env=self._environ, stdout=subprocess.PIPE, text=True) as caller:
            got = self._terminal.read(chance.randrange(1, 200))
            for _ in range(chance.randrange(20)):
                self._other.down()  # a round trip: the moment is another one within a chord
            self._take(way)
            answer, _ = caller.communicate(timeout=60)
        elsewhere = sum(keycode != SHIFT for keycode, _ in self._other.got(self._window))
        self._other.display.ungrab_keyboard(X.CurrentTime)
        self._other.display.sync()
        self._terminal.focus()
        desktop.run(self._environ, "xdotool", "key", "asciitilde")
        got += self._terminal.rest()
        assert TEXT.startswith(got), "what arrived is not the beginning of the text"
        typed = int(answer.partition("'typed': <uint32 ")[2].partition(">")[0])
        return Moved(len(got), typed, elsewhere, answer)

    def close(self) -> None:
        self._other.close()

    def _take(self, way: str) -> None:
        if way == "another window":
            self._window.set_input_focus(X.RevertToNone, X.CurrentTime)
        elif way == "nothing":
            self._other.display.set_input_focus(X.NONE, X.RevertToNone, X.CurrentTime)
        else:
            self._window.grab_keyboard(False, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)
        self._other.display.sync()


@contextlib.contextmanager
def mover(environ: dict[str, str], terminal: desktop.Terminal) -> Iterator[Mover]:
    """One that has a window of its own to take the focus with."""
    moving = Mover(environ, terminal)
    try:
        yield moving
    finally:
        moving.close()
