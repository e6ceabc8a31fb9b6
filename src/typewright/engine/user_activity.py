# SPDX-License-Identifier: MIT
"""The user at the keyboard, who wins: typing waits for them, stops at Escape, and ends altogether at the panic chord."""

from __future__ import annotations

from collections.abc import Callable

from typewright.interfaces.backend import PROGRAM, REPEAT, USER, IClock, IKeyboard, Stray
from typewright.keymap.keysyms import keysym_named
from typewright.keymap.layout import Untypeable
from typewright.keymap.notation import chords_of
from typewright.options import GO_ON, PAUSE, STOP


class User:
    """
    I am told of every key and button that is pressed and not ours (`touched`, `clicked`), and say what that means for a job.

    `manner` is of `ON_USER`; quiet is when nothing has been touched for `quiet_s`. `on_escape()` is called when Escape is
    pressed, `on_panic()` when the panic chord is, in the notation of `Press`; an empty one never is. Modifiers alone are no
    touch: the typist waits for these anyway. `touches` counts them for the job, `presses` those of other programs
    besides, `seen` whatever I am told of.
    """

    def __init__(
        self, clock: IClock, keyboard: IKeyboard, *, manner: str = PAUSE, quiet_s: float = 0.3, panic: str = ""
    ) -> None:
        self.manner = manner
        self.touches = 0
        self.presses = 0
        self.seen = 0
        self.on_escape: Callable[[], object] = lambda: None
        self.on_panic: Callable[[], object] = lambda: None
        self._clock = clock
        self._keyboard = keyboard
        self._quiet_s = quiet_s
        self._panic = panic
        self._pressed: set[int] = set()
        self._quiet_at = clock.seconds()

    def attend(self) -> None:
        """A job begins. What was touched before does not concern it: a key may have been what called for it."""
        self.touches = self.presses = 0
        self._pressed.clear()
        self._quiet_at = self._clock.seconds()

    def arrive(self) -> None:
        """The job's window has got the focus. What brought it there is no reason to stop, though to wait for quiet."""
        self.touches = self.presses = 0

    def touched(self, stray: Stray) -> None:
        """A key event that is not ours was seen."""
        self.seen += 1
        keycode = stray.keycode
        if not stray.pressed or keycode in self._keyboard.layout.modifiers:
            return
        if stray.source == PROGRAM:
            self.presses += 1
        if stray.source == USER:
            self._pressed.add(keycode)
            if self._is_panic(stray):
                self.on_panic()
            elif self._is_escape(stray):
                self.on_escape()
        if stray.source == USER or (stray.source == REPEAT and keycode in self._pressed):
            self.clicked()

    def clicked(self) -> None:
        """A button of the pointer was pressed."""
        self.touches += 1
        self.presses += 1
        self.seen += 1
        self._quiet_at = self._clock.seconds() + self._quiet_s

    def restless_s(self) -> float:
        """For how many seconds from now it must stay quiet before typing goes on; 0.0 when it need not."""
        if self.manner == STOP:
            # However long that is ago: something else may have been waited for since.
            return self._quiet_s if self.touches else 0.0
        return 0.0 if self.manner == GO_ON else max(0.0, self._quiet_at - self._clock.seconds())

    def comes_between(self, *, erases: bool) -> bool:
        """Whether what was pressed since it began keeps a job's next chord back; one that `erases` may not go on at all."""
        return self.restless_s() > 0 or (erases and self.presses > 0)

    def _is_escape(self, stray: Stray) -> bool:
        groups = self._keyboard.layout.keys[stray.keycode].groups
        return any(keysym_named("Escape") in group.keysyms[:1] for group in groups)

    def _is_panic(self, stray: Stray) -> bool:
        if not self._panic:
            return False
        layout = self._keyboard.layout
        try:
            (chord,) = chords_of(self._panic, layout, group=0, locked=0)
        except Untypeable:
            return False
        # Whatever else is down: nobody counts fingers in a panic.
        wanted = chord.events[len(chord.keys) - 1].state
        return stray.keycode == chord.keys[-1] and stray.state & wanted == wanted
