# SPDX-License-Identifier: MIT
"""The user at the keyboard, who has precedence: typing waits for them, stops at Escape, and ends at the panic chord."""

from __future__ import annotations

from collections.abc import Callable

from typewright.interfaces.backend import PROGRAM, REPEAT, USER, IClock, IKeyboard, Stray
from typewright.keymap.keysyms import keysym_named
from typewright.keymap.layout import Untypeable
from typewright.keymap.notation import chords_of
from typewright.options import GO_ON, PAUSE, STOP

_LATELY_S = 1.0


class UserActivity:
    """
    Hears of every key and button that others press (`touched`, `clicked`), and tells what that means for a job.

    `manner` is of `ON_USER`; the user is quiet after `quiet_s` without a touch. `on_escape()` is called when Escape is
    pressed, `on_panic()` when the panic chord is, in the notation of `Press`; an empty one never is. Modifiers alone are no
    touch: the typist waits for these anyway. `touches` counts the touches during the job, `presses` also those of other
    programs, `seen` every event heard of.
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
        self._lately_until = 0.0

    def attend(self) -> None:
        """A job begins. What was touched before is no concern of it: a key may have been what called for it."""
        self.touches = self.presses = 0
        self._pressed.clear()
        self._quiet_at = self._clock.seconds()

    def arrive(self) -> None:
        """The job's window got the focus. What brought it there is no reason to stop, only to wait for quiet."""
        self.touches = self.presses = 0

    def touched(self, stray: Stray) -> None:
        """A key event of others was seen."""
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
        now = self._clock.seconds()
        self._quiet_at, self._lately_until = now + self._quiet_s, now + _LATELY_S

    @property
    def touched_lately(self) -> bool:
        """Whether the user has touched something in the last second: they may well touch it again."""
        return self._clock.seconds() < self._lately_until

    def restless_s(self) -> float:
        """Return for how many seconds from now it must stay quiet before typing goes on; 0.0 when it need not."""
        if self.manner == STOP:
            # However long ago the touch is: something else may have been waited for since.
            return self._quiet_s if self.touches else 0.0
        return 0.0 if self.manner == GO_ON else max(0.0, self._quiet_at - self._clock.seconds())

    def comes_between(self, *, erases: bool) -> bool:
        """Return whether the user's input since the job began must pause it; a job that `erases` has to stop instead."""
        return self.restless_s() > 0 or (erases and self.presses > 0)

    def _is_escape(self, stray: Stray) -> bool:
        groups = self._keyboard.layout.keys[stray.keycode].groups
        return any(keysym_named("Escape") in group.keysyms[:1] for group in groups)

    def _is_panic(self, stray: Stray) -> bool:
        if not self._panic or stray.state is None:
            return False
        try:
            (chord,) = chords_of(self._panic, self._keyboard.layout, group=0, locked=0)
        except Untypeable:
            return False
        # Other modifiers may be down as well: people press more than they mean to in a panic.
        wanted = chord.events[len(chord.keys) - 1].state
        wanted_modifiers = 0 if wanted is None else wanted.modifiers
        return stray.keycode == chord.keys[-1] and stray.state.modifiers & wanted_modifiers == wanted_modifiers
